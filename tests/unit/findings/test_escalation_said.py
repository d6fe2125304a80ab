"""What a brief says: what needs somebody first, nothing that is noise, and never a case, a person or a text."""

import re
from dataclasses import replace

import pytest

from tests.support.incidents import UNTIL, brief_of, casebook_in, changed, incident, log_entries, without
from tskit.findings.escalation import Reader, log_table, precedents_table, record, statements
from tskit.findings.escalation.against import against_table

NAMES = re.compile(r"\bi\d+\b|\bp\d+(MY|SG)\b|item-|account-|reporter-|aisyah|\bben\b|SECRET|\bu1\b|\bu2\b")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    made = casebook_in(tmp_path_factory.mktemp("team"))
    log_entries(made)
    return made


@pytest.fixture(scope="module")
def brief(book):
    return brief_of(incident(), book)


@pytest.fixture(scope="module")
def found(brief):
    return record(brief)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """Return the brief of three ordinary weeks, in which nothing went wrong, for a team that writes nothing down."""
    rows = without(incident(), *(f"i{n}" for n in range(1, 13)))
    return brief_of(
        rows, casebook_in(tmp_path_factory.mktemp("quiet")), ask="market=MY,SG; since=2026-10-10", until="2026-10-30"
    )


def test_the_title_answers(found):
    assert found.title == (
        "Threats over 3 episodes: 12 cases from Malaysia and Singapore in 9.2\u202fh, 1 hand-off missed, 1 wrong takedown"
    )


def test_what_needs_somebody_now_comes_first_and_doubts_come_last(found):
    begin = (
        "1 hand-off was missed",
        "1 deadline has passed unmet",
        "Malaysia and Singapore: orders: the next case is due",
    )
    then = (
        "1 wrong takedown",
        "12 cases reported as threats",
        "The reach of the content",
        "Of 38 similar cases",
        "Of 10 things",
    )
    claims = [item.claim for item in found.items]
    for claim, start in zip(claims, (*begin, *then), strict=False):
        assert claim.startswith(start)


def test_every_finding_points_to_what_it_rests_on_and_says_what_to_do_where_something_is_wrong(found):
    for item in found.items:
        assert item.evidence
        assert item.next_step or item.tone != "worse", item.claim


def test_the_statements_stand_in_the_findings_with_the_one_asked_for_first(brief):
    for audience in ("executive", "policy", "legal", "communications", "vendor"):
        asked = replace(brief, escalation=replace(brief.escalation, reader=Reader(audience)))
        told = statements(asked)
        assert told[0].is_asked
        assert told[0].audience.startswith(audience)
        assert sum(text.is_asked for text in told) == 1
        assert {text.audience.partition(" ")[0] for text in told} == {
            "executive", "policy", "legal", "communications", "vendor",
        }  # fmt: skip


def test_no_statement_names_a_case_an_account_a_person_or_what_somebody_wrote(brief):
    for told in statements(brief):
        assert not NAMES.search(f"{told.headline} {' '.join(told.paragraphs)} {dict(told.values)}"), told.audience


def test_what_is_of_no_single_case_names_none(found):
    for item in found.items:
        if not item.of_single_cases:
            assert not NAMES.search(f"{item.claim} {item.detail} {dict(item.values)}"), item.claim


def test_a_vendor_reads_of_its_own_part_alone(brief):
    parts = [told for told in statements(brief) if told.audience.startswith("vendor")]
    assert [told.audience for told in parts] == ["vendor Lumen", "vendor Northwind"]
    assert not any("Northwind" in text for text in parts[0].paragraphs)
    assert not any("Lumen" in text for text in parts[1].paragraphs)
    assert "Nothing has to be done differently." in parts[1].paragraphs[2]


def test_the_log_is_told_whole_with_what_was_replaced(brief):
    told = log_table(brief.escalation)
    assert (told.role, told.of_single_cases) == ("people", True)
    assert list(told.frame["seq"]) == ["#1", "#2", "#3", "#4", "#5"]
    assert list(told.frame["state"].fillna("")) == ["", "", "", "replaced by #5", ""]
    assert told.frame["due"].dropna().tolist() == ["2026-11-02T09:30:00+08:00"]
    assert told.caption.startswith(
        "5 entries as of Monday 2 November 2026, 00:00, 1 of them replaced or taken back since."
    )


def test_the_log_is_told_as_it_stood(book):
    early = brief_of(incident(), book, until="2026-11-01T13:30")
    assert list(log_table(early.escalation).frame["seq"]) == ["#1", "#2"]
    assert early.next is None or early.next.kind != "logged"


def test_precedents_say_how_they_differ_and_under_which_version(brief):
    told = precedents_table(brief)
    assert len(told.frame) == 8
    assert told.of_single_cases
    assert {header.name: header.unit for header in told.columns}["decided"] == "moment"
    assert set(told.frame["differs"]) == {"in nothing on record"}
    assert told.frame["version"].str.contains("not the one in force").any()
    assert brief.precedents.rate.cases == 38


def test_where_nothing_is_wrong_nothing_is_claimed(quiet):
    found = record(quiet)
    assert found.title.endswith("nothing went wrong on record")
    assert not [item for item in found.items if item.tone == "worse"]
    assert not [item for item in found.items if item.kind == "pattern"]
    assert "Nothing on record speaks against the present view" in " ".join(item.claim for item in found.items)
    assert against_table(quiet).caption == "Nothing on record speaks against it."
    assert log_table(quiet.escalation).caption.startswith("Nothing was written about these cases yet")


def test_who_has_no_owner_and_no_deadline_is_told_so(quiet):
    [executive] = [told for told in statements(quiet) if told.audience == "executive"]
    assert any("Nothing is due by a set time" in text for text in executive.paragraphs)


def test_what_the_source_lacks_is_said_as_not_known(book):
    rows = [
        {
            name: value
            for name, value in row.items()
            if name not in {"reach", "appeal_status", "appealed_at", "appeal_decided_at", "automated_decision"}
        }
        for row in changed(incident(), "i4", decision="action")
    ]
    told = {text.audience: " ".join(text.paragraphs) for text in statements(brief_of(rows, book))}
    assert "How many people the content reached is not on record." in told["executive"]
    assert "Whether appeals were made is not on record." in told["legal"]
    assert (
        "Not known: how many people it reached, whether it was appealed and whether automation was used."
        in told["executive"]
    )


def test_one_case_is_told_as_one_and_not_in_a_copy_to_share(book):
    found = record(brief_of(incident(), book, ask="i11", until=UNTIL))
    assert found.title == "Case i11: threats from Singapore; 1 hand-off missed"
    assert found.title_to_share
    assert "i11" not in found.title_to_share
