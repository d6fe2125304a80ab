from __future__ import annotations


def test_a_sampled_decision_of_a_person_is_rated_twice_by_two_people(small):
    sql = """
        SELECT count(*), count(DISTINCT rater_id), count(DISTINCT round) FROM reviews WHERE is_gold = 'false' GROUP BY item_id
    """
    found = small.rows(sql)
    assert len(found) > 400
    assert set(found) == {(2, 2, 2)}


def test_two_ratings_differ_where_the_decision_was_wrong_in_the_end(small):
    sql = """
        SELECT count(*) FROM (SELECT item_id, count(DISTINCT label) AS labels FROM reviews WHERE is_gold = 'false' GROUP BY 1)
        JOIN clean ON item_id = case_id WHERE (labels = 2) <> (qa_label_final = 'incorrect')
    """
    assert small.value(sql) == 0


def test_rated_cases_are_in_the_quality_sample(small):
    sql = (
        "SELECT count(*) FROM reviews JOIN clean ON item_id = case_id WHERE is_gold = 'false' AND qa_sampled <> 'true'"
    )
    assert small.value(sql) == 0


def test_every_site_rates_the_same_gold_items_each_week(small):
    sql = "SELECT count(DISTINCT site), count(DISTINCT rater_id), count(DISTINCT gold_label) FROM reviews WHERE is_gold = 'true' GROUP BY item_id"
    assert set(small.rows(sql)) == {(5, 15, 1)}
    assert small.value("SELECT count(DISTINCT round) FROM reviews WHERE is_gold = 'true'") == 105


def test_calibration_shows_the_drift_of_the_vendor(full):
    sql = """
        SELECT vendor, rated_at >= '2026-08-24' AS late, avg((label = gold_label)::INT) FROM reviews
        WHERE is_gold = 'true' AND policy_id IN ('DEC-SCAM', 'DEC-IMPERSONATION') GROUP BY 1, 2
    """
    match = {(vendor, late): value for vendor, late, value in full.rows(sql)}
    assert match.pop(("Lumen", True)) < 0.8
    assert all(value > 0.88 for value in match.values())


def test_a_rating_is_one_row_for_item_rater_and_round(small):
    assert (
        small.value("SELECT count(*) FROM (SELECT DISTINCT item_id, rater_id, round FROM reviews)")
        == small.truth["rows"]["reviews"]
    )
