from __future__ import annotations

import re

import pytest

SCRIPTS = {"th": "[\u0e00-\u0e7f]", "zh": "[\u4e00-\u9fff]", "vi": "[ăâđêôơưạảấầẩậắằặẹếềểệỉịọốồổộớờợụủứừựỳ]"}


def texts(sample, language: str) -> list[str]:
    sql = f"SELECT description FROM clean WHERE content_language = '{language}' AND description IS NOT NULL LIMIT 400"
    return [row[0] for row in sample.rows(sql)]


@pytest.mark.parametrize("language", ["en", "ms", "id", "th", "vi", "tl", "zh"])
def test_every_language_has_texts_without_an_open_slot(small, language):
    found = texts(small, language)
    assert len(set(found)) > 100
    assert not any("{" in text or "}" in text for text in found)


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_texts_are_written_in_the_script_of_their_language(small, language, script):
    assert all(re.search(script, text) for text in texts(small, language))


def test_no_text_holds_a_link_or_an_address(small):
    assert small.value("SELECT count(*) FROM cases WHERE regexp_matches(description, 'https?:|www\\.|@')") == 0


def test_child_safety_cases_describe_nothing(small):
    sql = "SELECT DISTINCT regexp_replace(description, '[0-9]+', '') FROM clean WHERE policy_id = 'DAN-CHILD-SAFETY'"
    assert (
        small.value("SELECT count(*) FROM clean WHERE policy_id = 'DAN-CHILD-SAFETY' AND description LIKE '%\"%'") == 0
    )
    assert 1 <= len(small.rows(sql)) <= 14


def trigrams(text: str) -> set[str]:
    # Look-alike letters are folded by hand here, so that the test does not lean on what it is to test.
    plain = text.lower().translate(str.maketrans("аеоірсух", "aeoipcyx")).replace(" ", "")
    return {plain[i : i + 3] for i in range(len(plain) - 2)}


def test_the_cluster_is_near_duplicates_and_hardly_ever_the_same_text(full):
    ids = full.story("impersonation_cluster")["case_ids"]
    assert len(ids) == 200
    listed = ", ".join(f"'{key}'" for key in ids)
    found = [row[0] for row in full.rows(f"SELECT description FROM clean WHERE case_id IN ({listed})")]
    assert len(set(found)) > 0.95 * len(found)
    grams = [trigrams(text) for text in found]
    alike = [len(grams[0] & other) / len(grams[0] | other) for other in grams[1:]]
    assert min(alike) > 0.25
    assert any(re.search("[\u0400-\u04ff]", text) for text in found)


def test_the_cluster_spreads_over_many_accounts_that_lead_to_few_items(full):
    listed = ", ".join(f"'{key}'" for key in full.story("impersonation_cluster")["case_ids"])
    sql = (
        f"SELECT count(DISTINCT subject_account_id), count(DISTINCT content_id) FROM clean WHERE case_id IN ({listed})"
    )
    accounts, items = full.rows(sql)[0]
    assert accounts > 150
    assert items <= 6


def test_honest_reports_of_one_kind_are_less_alike_than_the_cluster(full):
    listed = ", ".join(f"'{key}'" for key in full.story("impersonation_cluster")["case_ids"])
    one_kind = "content_language = 'en' AND policy_id = 'DEC-IMPERSONATION'"

    def alike(condition: str) -> float:
        rows = full.rows(f"SELECT description FROM clean WHERE {condition} ORDER BY case_id LIMIT 150")
        grams = [trigrams(row[0]) for row in rows]
        pairs = [(grams[i], grams[i + 1]) for i in range(len(grams) - 1)]
        return sorted(len(a & b) / len(a | b) for a, b in pairs)[len(pairs) // 2]

    assert alike(f"case_id IN ({listed})") > alike(f"{one_kind} AND case_id NOT IN ({listed})") + 0.2
