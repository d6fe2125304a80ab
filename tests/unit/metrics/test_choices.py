from __future__ import annotations

from tskit.metrics import choices


def test_metrics_and_columns_are_checked_where_a_template_takes_them():
    allowed = choices(["metric", "by", "market"])
    assert set(allowed) == {"metric", "by"}
    assert "cases_opened" in allowed["metric"]
    assert "market" in allowed["by"]


def test_columns_that_name_people_or_hold_text_are_no_choice():
    allowed = choices(["columns"])["columns"]
    assert "description" not in allowed
    assert "reporter_id" not in allowed
    assert "decided_by" not in allowed


def test_a_template_without_such_parameters_has_no_choices():
    assert choices(["market"]) == {}
