"""What speaks against the present view: each thing by itself, and what is no sign of anything."""

from datetime import datetime, timedelta

import pytest

from tests.support.incidents import brief_of, casebook_in, changed, incident, without

ALL = [f"i{n}" for n in range(1, 13)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return casebook_in(tmp_path_factory.mktemp("team"))


@pytest.fixture(scope="module")
def checks(book):
    return by_name(brief_of(incident(), book))


@pytest.fixture(scope="module")
def doubtful(book):
    """Return the checks of the incident in which everything is wrong that can be."""
    rows = incident()
    for n, case_id in enumerate(ALL):
        rows = changed(rows, case_id, source_identity=f"reporter-{n % 3}")
    rows = changed(rows, "i2", decision="no_action", decision_initial="no_action")
    rows = changed(rows, "i3", policy_version="2025-11", reviewer_language="en")
    rows = changed(rows, "i5", automated_decision="AUTOMATED_DECISION_FULLY")
    rows = changed(rows, "i10", content_language="ta")
    labels = {"Lumen": "incorrect", "Northwind": "incorrect", "Saffron": "correct"}
    past = [row["case_id"] for row in rows if row["case_id"].startswith("p")]
    for n, case_id in enumerate(past):
        vendor = "Lumen" if n % 2 else "Saffron"
        rows = changed(rows, case_id, decided_vendor=vendor, qa_label_final=labels[vendor])
    return by_name(brief_of(rows, book))


def by_name(brief):
    return {check.name: check for check in brief.against.checks}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("reversals", "against"),
        ("overturned", "too few"),
        ("decided", "not against"),
        ("disagree", "not against"),
        ("version", "not against"),
        ("automation", "not against"),
        ("language", "not against"),
        ("quality", "not known"),
        ("abuse", "not against"),
        ("thin", "not against"),
    ],
)
def test_of_the_incident_only_its_reversal_speaks_against_the_view(checks, name, verdict):
    assert checks[name].verdict == verdict, checks[name].text


def test_new_reporters_alone_are_no_sign_of_abuse(checks):
    assert "By itself that is no sign of abuse" in checks["abuse"].text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("disagree", "Of 1 item decided more than once 1 was decided both ways."),
        ("version", "Of 9 decisions that name a version 1 named one that was not in force."),
        ("automation", "Of 9 decisions 1 was made by automation alone."),
        ("language", "Of 9 decisions 1 was made in another language than the content's and nobody who works in Tamil"),
        (
            "quality",
            "Of 19 reviewed decisions of the groups that decided these cases, under the same rule, 19 were incorrect",
        ),
        ("abuse", "11 reports come from 3 reporters"),
    ],
)
def test_what_speaks_against_it_is_told_with_its_counts(doubtful, name, words):
    assert doubtful[name].verdict == "against"
    assert words in doubtful[name].text
    assert doubtful[name].short


def test_what_speaks_against_the_view_comes_first(doubtful):
    verdicts = [check.verdict for check in doubtful.values()]
    order = ["against", "too few", "not known", "not against"]
    assert verdicts == sorted(verdicts, key=order.index)


def test_few_reports_tell_nothing_of_those_who_made_them(book):
    few = by_name(brief_of(without(incident(), *ALL[2:]), book))
    assert few["abuse"].verdict == "too few"


def test_without_anything_decided_before_it_says_that_it_rests_on_little(book):
    rows = [row for row in incident() if not row["case_id"].startswith("p")]
    alone = by_name(brief_of(rows, book))
    assert alone["thin"].verdict == "too few"
    assert alone["decided"].verdict == "not known"
    assert alone["overturned"].verdict == "not known"


def test_no_spread_is_claimed_where_the_past_is_too_short_or_as_many_are_usual(book):
    rows = incident()
    alone = brief_of([row for row in rows if row["case_id"].startswith("i")], book)
    assert (alone.spread.verdict, alone.spread.stands_out) == ("young", False)
    assert brief_of(rows, book, until="2026-11-01T13:00").spread.verdict == "few"


def test_where_as_many_are_usual_no_spread_is_claimed(book):
    rows = incident()
    weekly = [
        row | {"case_id": f"w{week}{row['case_id']}", "content_id": f"w{week}{n}", "created_at": earlier(row, week),
               "decided_at": "", "closed_at": "", "decision": "", "decision_initial": "", "appeal_status": ""}
        for week in range(1, 16)
        for n, row in enumerate(rows)
        if row["case_id"].startswith("i")
    ]  # fmt: skip
    usual = brief_of([*rows, *weekly], book).spread
    assert (usual.verdict, usual.cases) == ("usual", 12)
    assert usual.usual >= 12


def earlier(row, weeks):
    return f"{datetime.fromisoformat(row['created_at']) - timedelta(weeks=weeks):%Y-%m-%d %H:%M}"
