from __future__ import annotations

APPEALS = "clean c JOIN clean p ON c.parent_case_id = p.case_id WHERE c.record_type = 'appeal'"


def test_an_appeal_case_points_to_the_appealed_case_and_opens_with_the_appeal(small):
    assert small.value(f"SELECT count(*) FROM {APPEALS}") > 100
    sql = f"SELECT count(*) FROM {APPEALS} AND c.created_at IS DISTINCT FROM CAST(p.appealed_at AS TIMESTAMP)"
    assert small.value(sql) == 0


def test_an_appeal_case_closes_when_the_appeal_is_decided(small):
    assert small.value(f"SELECT count(*) FROM {APPEALS} AND c.closed_at IS DISTINCT FROM p.appeal_decided_at") == 0


def test_only_appeal_cases_have_a_parent_and_they_are_few(small):
    assert small.value("SELECT count(*) FROM cases WHERE (parent_case_id IS NULL) = (record_type = 'appeal')") == 0
    assert small.truth["rows"]["appeal_cases"] < 0.02 * small.truth["rows"]["cases"]


def test_an_appeal_case_carries_no_decision_of_its_own(small):
    assert small.value("SELECT count(*) FROM cases WHERE record_type = 'appeal' AND decision IS NOT NULL") == 0


def test_an_appeal_case_has_an_opening_in_the_log(small):
    sql = """
        SELECT count(*) FROM cases c LEFT JOIN
        (SELECT case_id, count(*) AS n FROM events WHERE event_type = 'created' GROUP BY 1) e USING (case_id)
        WHERE record_type = 'appeal' AND coalesce(n, 0) <> 1
    """
    assert small.value(sql) == 0
