from __future__ import annotations

from tskit.findings.places import country, within


def test_a_market_is_called_by_its_name():
    assert within("cases", {"market": "ID"}) == "cases in Indonesia"
    assert within("cases", {"market": "PH"}) == "cases in the Philippines"


def test_a_market_without_a_name_keeps_its_code():
    assert country("XK") == "XK"


def test_kinds_stand_before_and_places_behind():
    assert within("cases", {"market": "TH", "policy_id": "scam"}) == "scam cases in Thailand"
    assert within("SLA attainment", {"queue": "conduct-th"}) == "SLA attainment in the conduct-th queue"
    assert within("cases", {"content_language": "th", "severity": "S2"}) == "cases in Thai of severity S2"


def test_a_queue_is_not_called_queue_twice():
    assert within("cases", {"queue": "Scam queue"}) == "cases in the Scam queue"


def test_any_other_column_is_named():
    assert within("cases", {"ingestion_route": "rss"}) == "cases with ingestion route rss"


def test_braces_in_a_value_stay_what_they_are():
    assert within("cases", {"vendor": "{0}"}) == "cases at {0}"
