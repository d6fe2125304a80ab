"""Tables of counts: a row that stands for n cases gives n cases to every figure, and its key only once."""

from __future__ import annotations

import pytest

from tskit.cases import counts, load
from tskit.errors import DataError
from tskit.metrics import measure
from tskit.model import Casebook, Scope

_HEAD = "start_date,end_date,platform,column,entity,variant,text,count,min,mean,max\n"
_ROWS = """2025-06-02,2025-06-02,P,rows,,,,7,,,
2025-06-02,2025-06-02,P,category,,STATEMENT_CATEGORY_SCAMS_AND_FRAUD,,5,,,
2025-06-02,2025-06-02,P,category,,STATEMENT_CATEGORY_UNSAFE_AND_ILLEGAL_PRODUCTS,,2,,,
2025-06-02,2025-06-02,P,automated_decision,,AUTOMATED_DECISION_FULLY,,7,,,
2025-06-03,2025-06-03,P,category,,STATEMENT_CATEGORY_SCAMS_AND_FRAUD,,0,,,
"""
_OTHER = """like = "dsa_daily_counts"
name = "by_automation"
only = { column = "automated_decision", entity = "" }

[columns]
automated_decision = "variant"
dsa_category = "text"
"""


@pytest.fixture
def counted(tmp_path, key):
    """Load rows of daily counts; several texts become several files of one folder."""

    def loaded(*texts, profile=""):
        (tmp_path / "profiles").mkdir(exist_ok=True)
        if profile:
            (tmp_path / "profiles" / "own.toml").write_text(profile, encoding="utf-8")
        (tmp_path / "counts").mkdir(exist_ok=True)
        for number, text in enumerate(texts):
            (tmp_path / "counts" / f"{number}.csv").write_text(_HEAD + text, encoding="utf-8")
        scope = Scope.from_parameters(source="counts", start="2025-06-02", end="2025-06-03")
        return load(scope, casebook=Casebook(tmp_path, "t", zone="UTC"))

    return loaded


def _by(case_set, column):
    frame = measure(case_set, "cases_opened", window=case_set.scope.window, by=[column])
    return {row[column]: int(row["value"]) for _, row in frame.iterrows()}


def test_a_row_gives_so_many_cases_and_other_breakdowns_count_nothing_again(counted):
    case_set = counted(_ROWS)
    assert case_set.quality.cases == 7
    assert case_set.quality.reasons == {"other_breakdown": 2}
    assert _by(case_set, "dsa_category") == {
        "STATEMENT_CATEGORY_SCAMS_AND_FRAUD": 5,
        "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS": 2,
    }


def test_every_case_has_a_key_of_its_own(counted):
    keys = counted(_ROWS).cases.select("case_id").to_pyarrow()["case_id"].to_pylist()
    assert len(set(keys)) == len(keys) == 7


def test_the_same_day_in_two_files_counts_once(counted):
    twice = counted(_ROWS, _ROWS)
    assert twice.quality.cases == 7
    assert twice.quality.reasons == {"other_breakdown": 4, "exact_duplicate": 3}


def test_another_column_is_another_profile(counted):
    assert _by(counted(_ROWS, profile=_OTHER), "automated_decision") == {"AUTOMATED_DECISION_FULLY": 7}


@pytest.mark.parametrize(
    ("cell", "reason"), [("-3", "negative_count"), ("many", "unknown_value"), ("", "missing_value")]
)
def test_a_count_that_is_none_is_kept_apart(counted, cell, reason):
    more = f"2025-06-03,2025-06-03,P,category,,STATEMENT_CATEGORY_VIOLENCE,,{cell},,,\n"
    assert counted(_ROWS + more).quality.reasons[reason] == 1


def test_more_cases_than_can_be_written_out_are_refused_in_words(counted, monkeypatch):
    monkeypatch.setattr(counts, "MOST_CASES", 6)
    with pytest.raises(DataError, match="stands for 7 cases, more than 6"):
        counted(_ROWS)


def test_a_moment_that_only_the_day_tells_is_no_duration(counted):
    case_set = counted(_ROWS)
    found = measure(case_set, "hours_to_decision", window=case_set.scope.window)
    assert found["value"].isna().all()
    assert "in the moment they were opened" in found["note"].iloc[0]
