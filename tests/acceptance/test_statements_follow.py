"""Every number in every audience's text is a value of it, and when the data changes each text follows."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.incidents import brief_of, casebook_in, changed, incident, log_entries, without
from tskit.findings.escalation import record, statements
from tskit.findings.wording import amount, count, day, instant

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

AUDIENCES = ("executive", "policy", "legal", "communications", "vendor")
ZONE = ZoneInfo("Asia/Singapore")
SHARED = {"executive", "policy", "legal", "communications"}
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    made = casebook_in(tmp_path_factory.mktemp("team"))
    log_entries(made)
    return made


@pytest.fixture(scope="module")
def brief(book):
    return brief_of(incident(), book)


@pytest.fixture(scope="module")
def before(brief):
    return texts(brief)


def texts(brief):
    """Return headline and paragraphs of each audience; those of several vendors are one text."""
    found = dict.fromkeys(AUDIENCES, "")
    for told in statements(brief):
        found[told.audience.partition(" ")[0]] += "\n".join([told.headline, *told.paragraphs, ""])
    return found


def followed(before, after):
    """Return the audiences whose text is another one."""
    return {name for name in AUDIENCES if before[name] != after[name]}


def unexplained(text, values):
    """Return the numbers of a text that no value of it explains, names and moments first."""
    said = [value for value in values.values() if isinstance(value, str)]
    for name in sorted(said, key=len, reverse=True):
        for words in _spoken(name):
            text = text.replace(words, " ")
    known = {word for value in values.values() if isinstance(value, int | float) for word in _written(value)}
    return [number for number in NUMBER.findall(text) if number.rstrip(".,") not in known]


def _spoken(name):
    if INSTANT.fullmatch(name):
        words = instant(datetime.fromisoformat(name), ZONE)
        return words, words.removesuffix(f", {ZONE}")
    if DAY.fullmatch(name):
        at = datetime.fromisoformat(name).date()
        return day(at, weekday=True, year=True), day(at, year=True), day(at, weekday=True), day(at)
    return (name,)


def _written(value):
    """Return the ways in which a text may write a value: as a count, a length of time, a mean, or a share below all."""
    units = ["cases", "hours", "mean", *(["share"] if 0 <= value <= 1 else [])]
    told = {amount(value, unit) for unit in units} | {count(value)}
    return {number for words in told for number in NUMBER.findall(words)}


def test_every_number_and_moment_of_a_text_is_one_of_its_values(brief):
    for told in statements(brief):
        for text in (told.headline, *told.paragraphs):
            assert not unexplained(text, told.values), (told.audience, text)


def test_a_number_that_somebody_typed_is_found():
    assert unexplained("12 cases since 2025", {"cases": 12}) == ["2025"]
    assert unexplained("more than 400 people", {"against": 4, "share": 0.04}) == ["400"]
    assert unexplained("on Sunday 1 November 2026, 19:41", {"at": "2026-11-01T11:40:00Z"}) == ["1", "2026", "19", "41"]


def test_every_number_of_a_finding_is_one_of_its_values(brief):
    for finding in record(brief).items:
        for text in (finding.claim, finding.detail, finding.why_sure, finding.limits, finding.next_step):
            assert not unexplained(text, finding.values), text


def test_the_audiences_quote_the_same_values(brief):
    seen = {}
    for told in statements(brief):
        if told.audience in SHARED:
            for name, value in told.values.items():
                assert seen.setdefault(name, value) == value, name


def test_when_a_market_goes_every_text_follows(book, before):
    rows = incident()
    gone = without(rows, *(row["case_id"] for row in rows if row["case_id"].startswith("i") and row["market"] == "SG"))
    after = texts(brief_of(gone, book))
    assert followed(before, after) == set(AUDIENCES)
    assert all("Singapore" in text.replace("Asia/Singapore", "") for text in before.values())
    assert not any(
        "Singapore" in re.sub("Asia/Singapore|Malaysia and Singapore: orders", "", text) for text in after.values()
    )
    assert "12 cases" in before["executive"]
    assert "7 cases" in after["executive"]


def test_when_a_decision_is_reversed_every_text_follows(book, before):
    rows = incident()
    again = changed(
        rows,
        "i2",
        decision="no_action",
        appeal_status="reversed",
        appealed_at="2026-11-01 18:00",
        appeal_decided_at="2026-11-01 22:10",
    )
    after = texts(brief_of(again, book))
    assert followed(before, after) == set(AUDIENCES)
    assert "1 wrong takedown" in before["executive"]
    assert "2 wrong takedowns" in after["executive"]
    assert "2 overturned" in after["policy"]
    assert "Appealed: 2 decisions; upheld: none, overturned: 2, pending: none" in after["legal"]
    assert "Sunday 1 November 2026, 22:10" in after["communications"]
    assert "Lumen: 8 decisions on threats, 2 overturned" in after["vendor"]


def test_when_reports_are_added_every_text_follows(book, before):
    rows = incident()
    more = [
        row | {"case_id": f"{row['case_id']}b", "created_at": "2026-11-01 20:30"}
        for row in rows
        if row["case_id"] in {"i5", "i6"}
    ]
    after = texts(brief_of([*rows, *more], book))
    assert followed(before, after) == set(AUDIENCES)
    for name in SHARED:
        assert "12 cases" in before[name]
        assert "14 cases" in after[name]
    assert "You decided 10 cases" in after["vendor"]


def test_when_the_next_decision_moves_all_who_wait_for_it_follow(tmp_path, before):
    book = casebook_in(tmp_path)
    log_entries(book, due="2026-11-02T11:45:00+08:00")
    after = texts(brief_of(incident(), book))
    # A vendor reads of its own part alone.
    assert followed(before, after) == SHARED
    assert all("Monday 2 November 2026, 09:30" in before[name] for name in SHARED)
    assert all("Monday 2 November 2026, 11:45" in after[name] for name in SHARED)


def test_when_a_deadline_of_the_casebook_moves_legal_follows(tmp_path, before):
    book = casebook_in(tmp_path, hours=30.0)
    log_entries(book)
    after = texts(brief_of(incident(), book))
    assert followed(before, after) == {"legal"}
    assert "next deadline on Monday 2 November 2026, 20:16" in before["legal"]
    assert "next deadline on Tuesday 3 November 2026, 02:16" in after["legal"]


def test_when_the_reach_changes_those_who_are_told_of_it_follow(book, before):
    after = texts(brief_of(changed(incident(), "i1", reach="9000"), book))
    assert followed(before, after) == {"executive", "communications"}
    assert "7,000 streams" in before["executive"]
    assert "11,000 streams" in after["executive"]


def test_when_nothing_that_is_told_changes_no_text_does(book, before):
    rows = incident()
    accounts = {"account-actor": "account-x1", "account-press": "account-x2", "account-other": "account-x3"}
    renamed = [
        row | {"subject_account_id": accounts.get(row["subject_account_id"], row["subject_account_id"])}
        for row in rows[::-1]
    ]
    assert followed(before, texts(brief_of(renamed, book))) == set()
