from datetime import date

import pytest

from tskit.errors import ParameterError
from tskit.model import Casebook, Deadline

TROUBLES = [
    ({}, "exactly one of hours, days and working_days"),
    ({"hours": 4, "days": 1}, "it has hours and days"),
    ({"hours": 0}, "'hours' is a number above 0"),
    ({"hours": "4"}, "'hours' is a number above 0, without quotes"),
    ({"hours": True}, "'hours' is a number above 0"),
    ({"hours": float("inf")}, "'hours' is a number above 0"),
    ({"days": 1.5}, "'days' is a whole number; for parts of a day use hours"),
    ({"working_days": 2}, "add calendar"),
    ({"days": 2, "calendar": "SG"}, "'calendar' leaves no day out of 'days'; write working_days, or take it away"),
    ({"hours": 4, "kind": "law"}, "'kind' is 'law'. Use one of: contractual, internal, statutory"),
    ({"hours": 4, "kind": "statutary"}, "Did you mean 'statutory'"),
    ({"hours": 4, "zone": "Asia/Jakrta"}, "write it as in Asia/Singapore"),
    ({"hours": 4, "zone": "Asia"}, "which is no time zone"),
    ({"hours": 4, "after": "created"}, "Did you mean 'created_at'"),
    ({"hours": 4, "after": "market"}, "which is no column of time"),
    ({"hours": 4, "met_by": "decided"}, "Did you mean 'decided_at'"),
    ({"hours": 4, "where": "ID"}, "'where' is a table"),
    ({"hours": 4, "where": {"markt": "ID"}}, "Did you mean 'market'"),
    ({"hours": 4, "where": {"description": "x"}}, "no column to compare by"),
    ({"hours": 4, "where": {"owner_id": "x"}}, "no column to compare by"),
    ({"hours": 4, "where": {"reach": 5}}, "no column to compare by"),
    ({"hours": 4, "where": {"severity": ["S2", "S4"]}}, "severity 'S4'. Use one of: S0, S1, S2, S3"),
    ({"hours": 4, "where": {"market": []}}, "text in quotes, or a list of texts"),
    ({"hours": 4, "where": {"is_escalated": "true"}}, "compares 'is_escalated' with true or false"),
    ({"hours": 4, "pauses": "no"}, "'pauses' is true or false"),
    ({"hours": 4, "basis": 5}, "'basis' is text"),
    ({"hours": 4, "as_of": "1 Nov 2026"}, "'as_of' is not a date; write it as in 2026-11-01"),
    ({"hours": 4, "valid_from": "2026-02-30"}, "'valid_from' is not a date"),
    ({"hours": 4, "valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "lies before 'valid_from'"),
]


@pytest.mark.parametrize(("settings", "message"), TROUBLES, ids=[message for _, message in TROUBLES])
def test_a_deadline_that_cannot_be_meant_is_refused_with_its_name_and_the_fix(settings, message):
    with pytest.raises(ParameterError) as caught:
        Deadline("Indonesia, urgent", **settings)
    assert message in str(caught.value)
    assert "the deadline 'Indonesia, urgent'" in str(caught.value)


def test_a_deadline_needs_a_name():
    with pytest.raises(ParameterError, match="needs a name"):
        Deadline(" ", hours=1)


def test_conditions_are_values_or_lists_of_words_lists_and_answers():
    where = {"market": ["ID", "VN"], "tags": "live", "is_escalated": True, "severity": ("S2", "S3")}
    assert Deadline("x", hours=1, where=where).where == where


def test_a_date_that_toml_knows_as_a_date_is_the_same_as_its_text():
    assert Deadline("x", hours=1, as_of=date(2026, 11, 1)) == Deadline("x", hours=1, as_of="2026-11-01")


def read(folder, text):
    (folder / "casebook.toml").write_text(text, encoding="utf-8")
    return Casebook.read(folder)


def test_a_casebook_reads_its_deadlines(tmp_path):
    book = read(
        tmp_path,
        """
        [sites.manila]
        country = "PH"
        zone = "Asia/Manila"

        [[deadlines]]
        name = "by law"
        hours = 4
        where = { market = ["ID", "VN"] }
        as_of = 2026-11-01

        [[deadlines]]
        name = "by contract"
        working_days = 2
        kind = "contractual"
        calendar = "manila"
        """,
    )
    assert [deadline.name for deadline in book.deadlines] == ["by law", "by contract"]
    assert book.deadlines[0].where == {"market": ["ID", "VN"]}
    assert book.deadlines[0].as_of == "2026-11-01"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("hour = 4", "unknown setting 'hour' in deadlines. Did you mean 'hours'"),
        ("zone = 'Asia/Jakrta'\nhours = 4", "the deadline 'x': 'zone' is 'Asia/Jakrta'"),
        ("working_days = 2\ncalendar = 'manilla'", "which is no site. Did you mean 'manila'?"),
        ("working_days = 2\ncalendar = 'sg'", "For a country write two letters, as in SG"),
        ("working_days = 2\ncalendar = 'SG'", "its days need a place at whose midnight they end"),
        ("days = 2", "add zone"),
        ("hours = 2\nvalid_from = 2026-02-20", "add zone"),
    ],
)
def test_a_casebook_with_a_wrong_deadline_is_refused_when_it_is_read(tmp_path, settings, message):
    sites = '[sites.manila]\ncountry = "PH"\nzone = "Asia/Manila"\n'
    with pytest.raises(ParameterError) as caught:
        read(tmp_path, f"{sites}[[deadlines]]\nname = 'x'\n{settings}\n")
    assert message in str(caught.value)
