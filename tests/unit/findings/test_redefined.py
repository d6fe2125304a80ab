"""Across a break of a vocabulary the report says "redefined", never "fell" or "rose"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tskit.cases import load
from tskit.findings import limits_table, look, record, spotlight
from tskit.findings.headlines import headlines
from tskit.metrics import compare
from tskit.model import Casebook, Scope

_P = "STATEMENT_CATEGORY_"
_BEFORE = {"PORNOGRAPHY_OR_SEXUALIZED_CONTENT": 30, "SCOPE_OF_PLATFORM_SERVICE": 20, "UNSAFE_AND_ILLEGAL_PRODUCTS": 15}
_AFTER = {"CYBER_VIOLENCE": 12, "OTHER_VIOLATION_TC": 40, "UNSAFE_AND_PROHIBITED_PRODUCTS": 15}
_BREAK = date(2025, 7, 1)
_GONE = f"{_P}PORNOGRAPHY_OR_SEXUALIZED_CONTENT"


@pytest.fixture(scope="module")
def statements(tmp_path_factory):
    """Return cases of 18 weeks around the break, with counts by day that hardly vary."""
    folder = tmp_path_factory.mktemp("dsa")
    lines = ["start_date,end_date,platform,column,entity,variant,text,count"]
    for number in range(18 * 7):
        day = date(2025, 4, 7) + timedelta(days=number)
        for category, usual in (_BEFORE if day < _BREAK else _AFTER).items():
            lines.append(f"{day},{day},P,category,,{_P}{category},,{usual + number % 3}")
    (folder / "counts.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "casebook.toml").write_text('name = "t"\n', encoding="utf-8")

    def loaded(start, end, **filters):
        scope = Scope.from_parameters(source="counts.csv", start=start, end=end, **filters)
        return load(
            scope, casebook=Casebook(folder, "t", zone="Europe/Brussels"), key=b"a key of the tests, long enough"
        )

    return loaded


@pytest.fixture(scope="module")
def across(statements):
    return look(statements("2025-07-07", "2025-08-03"), metrics=["cases_opened", "decisions"], by=["dsa_category"])


def test_a_value_that_ended_or_began_with_the_definition_has_neither_fallen_nor_risen(across):
    compared = {value for move in across.moves for _, value in move.segment.items}
    assert compared == {f"{_P}UNSAFE_AND_PROHIBITED_PRODUCTS"}
    assert {(found.value.removeprefix(_P), found.fate) for found in across.redefined} == {
        ("PORNOGRAPHY_OR_SEXUALIZED_CONTENT", "deleted"),
        ("CYBER_VIOLENCE", "new"),
        ("OTHER_VIOLATION_TC", "redefined"),
    }


def test_the_finding_says_what_was_redefined_and_counts_both_sides(across):
    (card,) = [item for item in record(across).items if "redefined its categories" in item.claim]
    assert card.kind == "limit"
    assert "on 1 July 2025" in card.claim
    before = sum(30 + n % 3 for n in range(18 * 7) if date(2025, 6, 9) <= date(2025, 4, 7) + timedelta(days=n) < _BREAK)
    assert f"{_GONE} ({before} before, 0 now)" in card.detail
    assert card.values["deleted_0_before"] == before
    said = " ".join(f"{item.claim} {item.detail}" for item in record(across).items)
    assert " fell " not in said


def test_the_chart_marks_the_day_and_the_limits_explain_it(across):
    assert spotlight(across).events == {_BREAK: "categories redefined"}
    assert any("carried over" in str(row) for row in limits_table(across).as_json()["rows"])


def test_a_period_without_the_break_on_both_sides_is_compared_as_ever(statements):
    later = look(statements("2025-07-29", "2025-08-10"), metrics=["cases_opened"], by=["dsa_category"])
    assert later.redefined == ()
    assert f"{_P}OTHER_VIOLATION_TC" in {value for move in later.moves for _, value in move.segment.items}
    assert not any("Redefined" in str(row) for row in limits_table(later).as_json()["rows"])


def test_cases_of_one_redefined_value_have_no_period_before(statements):
    case_set = statements("2025-07-07", "2025-08-03")
    scope = replace(case_set.scope, filters=(("dsa_category", (f"{_P}OTHER_VIOLATION_TC",)),))
    rows = case_set.cases.filter(case_set.cases.dsa_category == f"{_P}OTHER_VIOLATION_TC")
    seen = look(replace(case_set, scope=scope, cases=rows), metrics=["cases_opened"], by=[])
    assert seen.moves == ()
    (tile,) = headlines(seen).as_json()["rows"]
    assert "redefined on 1 July 2025" in tile


def test_a_comparison_of_windows_shows_both_figures_and_no_change(statements):
    case_set = statements("2025-07-07", "2025-08-03")
    window = case_set.scope.window
    frame = compare(case_set, "cases_opened", window=window, against=window.before(), by=["dsa_category"])
    found = frame.set_index("dsa_category")
    gone, goes_on = found.loc[_GONE], found.loc[f"{_P}UNSAFE_AND_PROHIBITED_PRODUCTS"]
    assert gone["before"] > 0
    assert gone[["change", "change_low", "change_high", "p_value"]].isna().all()
    assert gone["note"] == "redefined on 2025-07-01, not compared across it"
    assert goes_on["note"] == ""
    assert abs(goes_on["change"]) < 0.05
