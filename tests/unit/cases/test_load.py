from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.cases import load
from tskit.errors import DataError, NoDataError, ParameterError
from tskit.model import Casebook, Scope, Source

PROFILE = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8").split('"""')[3]
TABLE = """
Number,State,Opened,Closed,Owner,Text,Reach
1,closed,20/05/2026 02:19,20/05/2026 04:19,ann,first,"1,234"
2,Parked,21/05/2026 10:00,,bob,second,?
3,closed,22/05/2026 10:00,21/05/2026 10:00,ann,third,12
"""


def rows(case_set, *columns):
    frame = case_set.cases.order_by("case_id").select(*columns).to_pyarrow().to_pydict()
    return list(zip(*frame.values(), strict=True))


def test_local_times_become_instants_of_the_profiles_zone(small):
    assert rows(small(TABLE), "created_at")[0] == (datetime(2026, 5, 19, 18, 19, tzinfo=UTC),)


def test_words_are_mapped_null_words_are_blank_and_separators_are_no_digits(small):
    found = rows(small(TABLE), "case_id", "status", "status_raw", "is_closed", "reach")
    assert found == [
        ("1", "closed", "closed", True, 1234),
        ("2", "waiting", "Parked", False, None),
        ("3", "closed", "closed", True, 12),
    ]


def test_a_case_that_closes_before_it_opens_is_kept_and_flagged(small):
    case_set = small(TABLE)
    assert rows(case_set, "case_id", "dq_flags") == [("1", []), ("2", []), ("3", ["closed_before_created"])]
    assert case_set.quality.flags == {"closed_before_created": 1}


def test_rows_without_key_or_opening_time_are_kept_apart_with_row_column_and_reason(small):
    case_set = small(TABLE + ",closed,20/05/2026 02:19,,,,\n9,closed,tomorrow,,,,\n8,closed,,,,,\n")
    found = case_set.rejected.order_by("_source_row").to_pyarrow().to_pylist()
    assert [(row["_source_row"], row["column"], row["reason"]) for row in found] == [
        (4, "case_id", "missing_key"),
        (5, "created_at", "not_a_time"),
        (6, "created_at", "missing_value"),
    ]
    assert (case_set.quality.read, case_set.quality.kept, case_set.quality.rejected) == (6, 3, 3)


def test_an_unreadable_optional_value_is_blank_and_flagged_never_silent(small):
    case_set = small(TABLE + "4,lost,23/05/2026 10:00,soon,,,1.5\n")
    assert rows(case_set, "status", "closed_at", "reach", "dq_flags")[3] == (
        None,
        None,
        None,
        ["bad_value:reach", "bad_value:status", "bad_value:closed_at"],
    )


def test_repeated_rows_are_counted_and_the_latest_state_stands(small):
    text = """
Number,State,Opened,Closed,Changed
1,open,20/05/2026 02:19,,20/05/2026 03:00
1,closed,20/05/2026 02:19,21/05/2026 02:19,21/05/2026 03:00
1,open,20/05/2026 02:19,,20/05/2026 03:00
2,open,20/05/2026 02:19,,
2,open,20/05/2026 02:19,,
"""
    case_set = small(text)
    assert rows(case_set, "case_id", "status", "dq_flags") == [("1", "closed", ["duplicate_key"]), ("2", "open", [])]
    assert case_set.quality.reasons == {"exact_duplicate": 2, "superseded": 1}


def test_people_are_pseudonyms_that_join_and_case_text_is_apart_and_private(small):
    case_set = small(TABLE)
    owners = [owner for (owner,) in rows(case_set, "owner_id")]
    assert owners[0] == owners[2] != owners[1]
    assert "description" not in case_set.cases.columns
    assert case_set.text_path is not None
    assert stat.S_IMODE(case_set.text_path.stat().st_mode) == 0o600


def test_pseudonyms_differ_by_key_and_stay_with_it(small, monkeypatch):
    first = rows(small(TABLE), "owner_id")
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "another key of the tests, long enough")
    other = rows(small(TABLE), "owner_id")
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
    assert first != other
    assert rows(small(TABLE.replace("first", "changed")), "owner_id") == first


def test_planted_words_are_nowhere_but_in_the_private_files(small, tmp_path):
    canary, person = "CANARY-TEXT-77", "CANARY-PERSON-88"
    case_set = small(
        TABLE + f"5,closed,23/05/2026 10:00,,{person},{canary},\n,closed,23/05/2026 10:00,,{person},{canary},\n"
    )
    shown = repr(case_set) + str(case_set._repr_mimebundle_()) + repr(case_set.rejected.to_pyarrow().to_pylist())
    assert canary not in shown
    assert person not in shown
    for path in (path for path in tmp_path.rglob("*") if path.is_file() and path.name != "cases.csv"):
        held = path.read_bytes()
        if person.encode() in held or canary.encode() in held:
            assert path.name in {"text.parquet", "rejected.parquet"}
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_load_reads_the_cache_and_a_changed_file_does_not(small, tmp_path):
    first = small(TABLE)
    folders = set((tmp_path / "user" / "loads").iterdir())
    assert small(TABLE).fingerprint == first.fingerprint
    assert set((tmp_path / "user" / "loads").iterdir()) == folders
    assert small(TABLE.replace("first", "other")).fingerprint != first.fingerprint


def test_a_load_that_breaks_leaves_nothing_half_made(small, tmp_path, monkeypatch):
    monkeypatch.setattr("tskit.cases.build.write_text", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        small(TABLE)
    assert {path.name for path in (tmp_path / "user" / "loads").iterdir()} == {".gitignore", ".lock"}


def test_open_dates_are_the_last_four_complete_weeks(small):
    scope = small(TABLE + "4,open,01/07/2026 10:00,,,,\n5,open,10/06/2026 10:00,,,,\n").scope
    assert (str(scope.start), str(scope.last_day), scope.zone) == ("2026-06-01", "2026-06-28", "Asia/Singapore")


def test_a_period_without_a_case_is_no_data(small):
    with pytest.raises(NoDataError, match="from 2020-01-01 to 2020-01-31"):
        small(TABLE, scope=Scope.from_parameters(source="cases.csv", start="2020-01-01", end="2020-01-31"))


def test_a_filter_on_an_unknown_column_or_value_names_the_nearest(small):
    with pytest.raises(ParameterError, match="Did you mean 'status'"):
        small(TABLE, scope=Scope.from_parameters(source="cases.csv", statsu="closed"))
    with pytest.raises(ParameterError, match="Did you mean 'closed'"):
        small(TABLE, scope=Scope.from_parameters(source="cases.csv", status="closd"))
    kept = small(TABLE, scope=Scope.from_parameters(source="cases.csv", status="closed"))
    assert kept.cases.count().to_pyarrow().as_py() == 2


def test_a_filter_never_shows_values_of_people(small):
    with pytest.raises(ParameterError) as error:
        small(TABLE, scope=Scope.from_parameters(source="cases.csv", owner_id="p0"))
    assert "never occurs" in str(error.value)


def test_dates_that_prove_no_order_are_refused_with_the_option(small):
    profile = 'name = "small"\nrecognise = ["Number"]\nabsent = ["status", "is_closed"]\nzone = "UTC"\n[columns]\ncase_id = "Number"\ncreated_at = "Opened"\n'
    with pytest.raises(DataError, match="--dates dmy"):
        small("Number,Opened\n1,03/04/2026 10:00\n2,05/04/2026 10:00\n", profile=profile)
    with pytest.raises(DataError, match="--tz"):
        small("Number,Opened\n1,13/04/2026 10:00\n", profile=profile.replace('zone = "UTC"\n', ""))


def test_hours_that_the_clock_shows_twice_or_never_are_flagged(small):
    profile = 'name = "small"\nrecognise = ["Number"]\nabsent = ["status", "is_closed"]\nzone = "America/New_York"\ndates = "mdy"\n[columns]\ncase_id = "Number"\ncreated_at = "Opened"\n'
    text = "Number,Opened\n1,11/2/2025 1:30\n2,3/9/2025 2:30\n3,11/2/2025 2:30\n4,2025-11-02T01:30:00-05:00\n"
    assert rows(small(text, profile=profile), "case_id", "dq_flags") == [
        ("1", ["ambiguous_time"]),
        ("2", ["nonexistent_time"]),
        ("3", []),
        ("4", []),
    ]


def test_ids_beyond_the_reach_of_floats_and_leading_zeros_stay_as_they_are(small):
    text = "Number,Opened\n9007199254740993,13/04/2026 10:00\n007,13/04/2026 10:00\n"
    assert rows(small(text), "case_id") == [("007",), ("9007199254740993",)]


def test_a_sheet_joins_by_case_id_and_rows_without_a_case_are_kept_apart(small, tmp_path, key):
    small(TABLE)
    (tmp_path / "qa.csv").write_text("Case,Result\n1,Wrong\n3,Right\n77,Right\n", encoding="utf-8")
    (tmp_path / "profiles" / "qa.toml").write_text(
        'name = "qa"\ntable = "sheet"\n[columns]\ncase_id = "Case"\nqa_label_final = "Result"\n'
        '[values.qa_label_final]\nWrong = "incorrect"\nRight = "correct"\n',
        encoding="utf-8",
    )
    source = Source("main", "cases.csv", sheets=({"path": "qa.csv", "profile": "qa"},))
    case_set = load(Scope(), casebook=Casebook(tmp_path, "tests", sources=(source,)), user_cache=tmp_path / "user")
    assert rows(case_set, "case_id", "qa_label_final") == [("1", "incorrect"), ("2", None), ("3", "correct")]
    assert case_set.quality.reasons == {"no_such_case": 1}
    assert case_set.quality.read == 6


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_account_adds_up_and_the_order_of_rows_changes_nothing(small, data):
    cell = st.sampled_from(["1", "2", "3", "", "x", "?", "13/05/2026 10:00", "14/05/2026", "closed", "open", "12"])
    row = st.tuples(
        cell,
        st.sampled_from(["open", "closed", "z"]),
        st.sampled_from(["13/05/2026 10:00", "14/05/2026 11:00", "no"]),
        cell,
    )
    table = data.draw(st.lists(row, min_size=1, max_size=12))
    table.append(("keep", "open", "13/05/2026 10:00", ""))
    results = []
    for listed in (table, data.draw(st.permutations(table))):
        case_set = small("\n".join([",".join(line) for line in [("Number", "State", "Opened", "Closed"), *listed]]))
        q = case_set.quality
        assert q.read == q.kept + q.rejected == len(listed)
        assert sum(q.reasons.values()) == q.rejected
        results.append((q.reasons, q.flags, rows(case_set, "case_id", "status", "created_at", "closed_at", "dq_flags")))
    assert results[0] == results[1]


def test_files_that_the_user_may_not_write_next_to_use_the_users_cache(small, tmp_path):
    small(TABLE)
    assert not (tmp_path / ".cache").exists()
    (tmp_path / "casebook.toml").write_text('name = "t"\n', encoding="utf-8")
    small(TABLE)
    assert (tmp_path / ".cache").is_dir()
    assert list((tmp_path / ".cache").glob("*/account.json"))


def test_an_owner_that_is_a_queue_is_no_person(small):
    profile = PROFILE.replace('zone = "Asia', 'owner_or_queue = true\nzone = "Asia')
    text = (
        "Number,State,Opened,Owner\n1,open,20/05/2026 02:19,00G000000000001\n2,open,20/05/2026 02:19,005000000000001\n"
    )
    found = rows(small(text, profile=profile), "case_id", "queue")
    assert found == [("1", "00G000000000001"), ("2", None)]
    assert rows(small(text, profile=profile), "owner_id")[0] == (None,)


def test_the_canonical_profile_can_be_named(tmp_path, key):
    (tmp_path / "c.csv").write_text("case_id,created_at\n1,2026-05-20T02:19:00Z\n", encoding="utf-8")
    source = Source("main", "c.csv", profile="canonical")
    case_set = load(Scope(), casebook=Casebook(tmp_path, "tests", sources=(source,)), user_cache=tmp_path / "user")
    assert case_set.profile == "canonical"
    assert "status" in case_set.quality.missing


def test_events_join_their_cases_get_ids_and_orphans_are_kept_apart(tmp_path, key):
    (tmp_path / "c.csv").write_text("case_id,created_at,status\n1,2026-05-20T02:19:00Z,open\n", encoding="utf-8")
    (tmp_path / "e.csv").write_text(
        "case_id,event_type,occurred_at,actor_id,note\n"
        "1,created,2026-05-20T02:19:00Z,ann,CANARY\n1,teleported,2026-05-20T03:19:00Z,ann,\n7,closed,2026-05-21T02:19:00Z,,\n",
        encoding="utf-8",
    )
    source = Source("main", "c.csv", events="e.csv")
    case_set = load(Scope(), casebook=Casebook(tmp_path, "tests", sources=(source,)), user_cache=tmp_path / "user")
    (event,) = case_set.events.to_pyarrow().to_pylist()
    assert (event["case_id"], event["event_type"], len(event["event_id"])) == ("1", "created", 24)
    assert "note" not in event
    assert case_set.quality.reasons == {"no_such_case": 1, "unknown_value": 1}
