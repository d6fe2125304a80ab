"""What an extract of a live organisation brings: every row once, by pages, ranges and changes."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from tests.support.salesforce_cases import BEGIN, NOW, case, case_id
from tests.support.salesforce_server import Fault, at
from tskit.errors import SourceError
from tskit.sources.salesforce import live
from tskit.sources.salesforce.live.soql import at_stamp
from tskit.sources.sync import begin


def ids(rows):
    return sorted(row["Id"] for row in rows)


def test_every_row_of_every_object_comes_once_with_each_cell_as_it_was_written(desk):
    assert desk.sync() == 1
    found = desk.rows("Case")
    assert ids(found) == [case_id(number) for number in range(25)]
    expected = {name: cell for name, cell in case(3).items() if name != "Where__c"}
    assert next(row for row in found if row["Id"] == case_id(3)) == expected
    assert len(desk.rows("CaseHistory")) == 7
    assert desk.rows("CaseStatus")[0]["IsClosed"] == "false"
    assert ("Case", 25) in desk.told


def test_pages_are_asked_for_by_locator_until_it_says_null(desk):
    desk.sync()
    pages = [line for line in desk.org.log if "/results" in line and "maxRecords=10" in line]
    locators = [line.partition("locator=")[2] for line in pages[:3]]
    assert [locator.rpartition("-")[2] for locator in locators] == ["", "10", "20"]


def test_a_second_sync_asks_for_what_changed_and_looks_back_a_little(desk):
    desk.sync()
    desk.org.now = NOW + timedelta(hours=1)
    desk.org.tables["Case"].rows[3].update(Status="Closed", SystemModstamp=at(NOW + timedelta(minutes=40)))
    desk.org.tables["Case"].rows.append(case(25, SystemModstamp=at(NOW + timedelta(minutes=50))))
    assert desk.sync(now=desk.org.now) == 2
    assert ids(desk.rows("Case", number=2)) == [case_id(3), case_id(25)]
    asked = next(query for query in reversed(desk.org.queries) if "FROM Case " in query)
    assert asked.endswith("SystemModstamp >= 2026-03-01T07:45:00.000Z")


def test_a_row_that_was_deleted_since_is_told_as_deleted(desk):
    desk.sync()
    desk.org.now = NOW + timedelta(hours=1)
    desk.org.tables["Case"].rows[5].update(IsDeleted="true", SystemModstamp=at(desk.org.now))
    desk.sync(now=desk.org.now)
    (deleted,) = (desk.store / "0002" / "Case").glob("deleted*.parquet")
    assert pq.read_table(deleted).to_pylist() == [{"Id": case_id(5)}]


def test_a_large_object_is_asked_for_by_ranges_of_its_ids(desk):
    desk.settings["range_rows"] = 8
    desk.sync()
    asked = [query for query in desk.org.queries if "FROM Case" in query and "ORDER" not in query and "Status" in query]
    assert len([query for query in asked if "FROM Case WHERE Id" in query]) == 4
    assert ids(desk.rows("Case")) == [case_id(number) for number in range(25)]


def test_a_query_that_takes_too_long_is_asked_in_narrower_ranges(desk):
    desk.org.slow = lambda table, rows: len(rows) > 9
    desk.sync()
    assert ids(desk.rows("Case")) == [case_id(number) for number in range(25)]


def test_a_query_that_takes_too_long_however_narrow_ends_in_words(desk):
    desk.org.slow = lambda table, rows: "Subject" in table.types
    with pytest.raises(SourceError, match="however narrow"):
        desk.sync()


def test_an_object_that_the_organisation_lacks_is_left_out_with_a_note(desk):
    desk.sync()
    assert not (desk.store / "0001" / "EmailMessage").exists()


def test_old_and_new_values_of_history_come_though_they_are_of_any_type(desk):
    desk.sync()
    assert {row["OldValue"] for row in desk.rows("CaseHistory")} == {"New"}


@pytest.mark.parametrize("body", [b"", b'"Id"\n'])
def test_a_job_that_found_nothing_is_no_broken_page(desk, body):
    desk.org.tables["CaseHistory"].rows.clear()
    names = ("Id", "IsDeleted", "CaseId", "CreatedDate", "Field", "OldValue", "NewValue")
    header = body and (",".join(f'"{name}"' for name in names) + "\n").encode()

    def nothing(answer):
        if answer.headers["Sforce-NumberOfRecords"] != "0":
            return answer
        kept = {name: value for name, value in answer.headers.items() if name != "Content-Encoding"}
        return replace(answer, body=header, headers=kept)

    desk.org.faults = [Fault(r"/results\?", nothing, times=99)]
    desk.sync()
    (chunk,) = (desk.store / "0001" / "CaseHistory").glob("0*.parquet")
    assert set(pq.read_schema(chunk).names) == set(names)


def test_times_of_an_answer_are_those_of_utc():
    assert at_stamp("2026-03-01T16:00:00.000+0800") == "2026-03-01T08:00:00.000Z"
    assert at_stamp("yesterday") == ""
    assert datetime(2026, 1, 1, tzinfo=UTC) == BEGIN


def test_the_front_door_extracts_as_often_as_it_is_asked(desk, monkeypatch):
    monkeypatch.setattr("tskit.sources.salesforce.live.pace.Pace", lambda: desk.clock.pace)
    for _ in range(2):
        with begin(desk.store, source=desk.source, now=NOW) as delivery:
            live.extract(desk.source, delivery, root=desk.store, secret=desk.secret, progress=lambda *_: None, now=NOW)
            assert delivery.seal() == 1


def test_a_machine_without_the_library_is_told_what_to_install(desk, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("tskit.sources.salesforce.live.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "simple_salesforce.api", None)
    with pytest.raises(SourceError, match=r'pip install "ts-investigation-kit\[salesforce\]"'):
        live.extract(desk.source, None, root=desk.store, secret=desk.secret, progress=lambda *_: None, now=NOW)


@pytest.mark.parametrize(
    ("days", "settings", "is_told"), [(20, {}, True), (9, {}, False), (1, {"recheck_days": 0}, True)]
)
def test_a_row_that_left_the_recycle_bin_is_missed_when_ids_are_compared(desk, days, settings, is_told):
    desk.settings.update(settings)
    desk.sync()
    desk.org.now = NOW + timedelta(days=days)
    del desk.org.tables["Case"].rows[7]
    desk.org.tables["Case"].rows.append(case(25, SystemModstamp=at(desk.org.now)))
    desk.sync(now=desk.org.now)
    told = [pq.read_table(path).to_pylist() for path in (desk.store / "0002" / "Case").glob("deleted*.parquet")]
    assert told == ([[{"Id": case_id(7)}]] if is_told else [])


def test_ids_that_do_not_all_come_delete_nothing(desk):
    desk.settings["recheck_days"] = 0
    desk.sync()
    desk.org.now = NOW + timedelta(days=1)
    few = Fault(
        r"^GET .*/jobs/query/\w+$", lambda answer: replace(answer, body=answer.body.replace(b": 25", b": 30")), times=99
    )
    desk.org.faults = [few]
    with pytest.raises(SourceError, match="found 30 ids of Case, and its pages hold 25"):
        desk.sync(now=desk.org.now)
    desk.org.faults = []
    assert desk.sync(now=desk.org.now) == 1


def test_rows_that_the_user_lost_sight_of_are_not_taken_for_deleted(desk):
    desk.settings["recheck_days"] = 0
    desk.sync()
    desk.org.now = NOW + timedelta(days=1)
    del desk.org.tables["Case"].rows[4:]
    with pytest.raises(SourceError, match=r"21 of the 25 rows of Case .* lost sight"):
        desk.sync(now=desk.org.now)
    desk.settings["vanished_share"] = 1
    assert desk.sync(now=desk.org.now) == 2
