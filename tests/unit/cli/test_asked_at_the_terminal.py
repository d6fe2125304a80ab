"""Under whose name a verb writes."""

import getpass

import pytest

from tskit.cli.asked import own_name
from tskit.ui.review.opening import person_at_desk


@pytest.mark.parametrize(("named", "who"), [("dao", "dao"), (" dao ", "dao"), ("", "login"), (" ", "login")])
def test_the_command_line_and_the_review_desk_know_one_person_by_one_name(monkeypatch, named, who):
    monkeypatch.setenv("TSKIT_PERSON", named)
    monkeypatch.setattr(getpass, "getuser", lambda: "login")
    assert own_name() == person_at_desk() == who


def test_a_login_without_a_name_still_writes(monkeypatch):
    def unknown():
        raise OSError

    monkeypatch.delenv("TSKIT_PERSON", raising=False)
    monkeypatch.setattr(getpass, "getuser", unknown)
    assert own_name() == "somebody without a name"
