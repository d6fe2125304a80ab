"""What the literals of a parameters cell ask, and what they may not."""

import pytest

from tests.support.tables import case_set_from
from tskit.errors import ParameterError
from tskit.findings.session import asked, over_weeks


def test_names_may_come_as_a_list_or_with_commas():
    assert asked(problem="qa_incorrect, overturned").problems == asked(problem=["qa_incorrect", "overturned"]).problems


def test_severity_weights_are_read_and_have_a_default():
    assert asked(problem="breached").severity_weights == {"S0": 1.0, "S1": 2.0, "S2": 5.0, "S3": 10.0}
    assert asked(problem="breached", severity_weight=["S3:3", "S0:1"]).severity_weights == {"S3": 3.0, "S0": 1.0}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"problem": ["overturnd"]}, "Did you mean 'overturned'"),
        ({"problem": []}, "names none"),
        ({"problem": "breached", "level": 3}, "1 or 2"),
        ({"problem": "breached", "severity_weight": ["S3"]}, "S3:10"),
        ({"problem": "breached", "severity_weight": ["S3:-1"]}, "S3:10"),
    ],
)
def test_what_cannot_be_asked_is_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        asked(**given)


def test_a_session_looks_at_so_many_weeks_where_no_first_day_is_given():
    cases = case_set_from("case_id | created_at\na | 2026-03-02\nb | 2026-03-08")
    assert over_weeks(cases, start="", weeks=12).scope.window.days == 84
    assert over_weeks(cases, start="2026-03-02", weeks=12).scope.window.days == 7
    with pytest.raises(ParameterError, match="1 or more"):
        over_weeks(cases, start="", weeks=0)
