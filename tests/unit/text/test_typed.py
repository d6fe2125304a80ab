"""What is typed is refused where it would hide or break something, and never quoted."""

import pytest

from tskit.errors import ParameterError
from tskit.text import check_line, check_words, is_one_line


@pytest.mark.parametrize("text", ["mei", "", "Nguyễn Văn A", "ศิริพร", "a b"])
def test_a_line_that_can_be_seen_is_taken(text):
    check_line(text, what="A name", most=20)
    assert is_one_line(text, is_name=True)


@pytest.mark.parametrize("text", [" mei", "mei\n", "a\nb", "a\u2028b", "a\x1b[2J", "a\u202eb", "a\u200bb", "\ud800"])
def test_a_line_that_hides_something_is_refused_and_not_quoted(text):
    with pytest.raises(ParameterError, match="A name is one line") as caught:
        check_line(text, what="A name", most=20)
    assert text not in str(caught.value)


def test_words_may_have_lines_and_tabs_and_no_other_control():
    check_words("first\n\tsecond", what="A note")
    with pytest.raises(ParameterError, match="A note holds control characters"):
        check_words("a\x1b[2J", what="A note")


def test_what_is_too_long_is_refused_with_its_length():
    with pytest.raises(ParameterError, match="A note has at most 3 characters; this one has 4"):
        check_words("abcd", what="A note", most=3)
