from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tskit.errors import ParameterError, SourceError
from tskit.model import TABLES, Casebook
from tskit.sources.synthetic import STORIES, write_sample

if TYPE_CHECKING:
    from pathlib import Path


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_sample(tmp_path / name, cases=3000)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


@pytest.mark.parametrize("change", [{"seed": 8}, {"until": date(2026, 3, 31)}, {"stories": "none"}, {"cases": 3001}])
def test_every_argument_changes_the_cases(tmp_path, change):
    write_sample(tmp_path / "one", cases=3000)
    write_sample(tmp_path / "two", **{"cases": 3000, **change})
    name = "data/cases.parquet"
    assert digests(tmp_path / "one")[name] != digests(tmp_path / "two")[name]


@pytest.mark.parametrize("table", ["cases", "events", "reviews"])
def test_every_column_is_text_under_its_canonical_name(small, table):
    schema = pq.read_schema(small.folder / "data" / f"{table}.parquet")
    assert tuple(schema.names) == TABLES[table].names
    assert set(schema.types) == {pa.string()}


def test_blank_cells_are_null_and_never_empty_text(small):
    for table in ("cases", "events", "reviews"):
        empty = " + ".join(f"count(*) FILTER ({name} = '')" for name in TABLES[table].names)
        assert small.value(f"SELECT {empty} FROM {table}") == 0


def test_truth_counts_the_rows_of_every_table(small):
    for table in ("cases", "events", "reviews"):
        assert small.truth["rows"][table] == small.value(f"SELECT count(*) FROM {table}")


def test_as_many_cases_arrive_as_were_asked_for_and_the_incident_comes_on_top(small):
    doubled = sum(small.truth["dirty"][kind]["rows"] for kind in ("exact_duplicate", "same_key"))
    incident = small.story("incident")["size"]["cases"]
    assert small.value("SELECT count(*) FROM cases WHERE record_type <> 'appeal'") == 20_000 + doubled + incident


def test_every_value_is_of_its_vocabulary_but_for_the_dirty_ones(small):
    for name, table in TABLES.items():
        for column in table.columns:
            if column.vocabulary:
                words = ", ".join(f"'{word}'" for word in column.vocabulary)
                part = f"unnest(string_split({column.name}, ';'))" if column.kind == "list" else column.name
                wrong = small.value(
                    f"SELECT count(*) FROM (SELECT {part} AS word FROM {name}) WHERE word NOT IN ({words})"
                )
                dirty = small.truth["dirty"]["unknown_severity"]["rows"] if column.name == "severity" else 0
                assert wrong == dirty, column.name


def test_nothing_happens_after_the_last_day(small):
    for column in ("created_at", "decided_at", "closed_at", "appealed_at", "appeal_decided_at", "source_modified_at"):
        latest = small.value(f"SELECT max(try_cast({column} AS TIMESTAMP)) FROM cases")
        assert latest.isoformat() < "2026-11-01T16:01", column
    assert small.value("SELECT max(occurred_at) FROM events") < "2026-11-01T16"
    assert small.value("SELECT max(created_at) FROM clean").date() == date(2026, 11, 1)


def test_two_whole_years_of_days_hold_cases(small):
    assert small.value("SELECT count(DISTINCT CAST(created_at + INTERVAL 8 HOUR AS DATE)) FROM clean") == 735


def test_the_casebook_reads_back_and_says_that_it_is_a_sample(small):
    casebook = Casebook.read(small.folder)
    assert casebook.is_sample
    assert casebook.band == "SAMPLE DATA · SYNTHETIC"
    assert [source.name for source in casebook.sources] == ["main"]
    assert {site.country for site in casebook.sites} == {"SG", "MY", "PH", "TH", "VN"}
    assert len(casebook.markets) == 8


@pytest.mark.parametrize("name", STORIES)
def test_one_story_can_be_told_alone(tmp_path, name):
    write_sample(tmp_path / "one", cases=1000, stories=name)
    text = (tmp_path / "one" / "truth.json").read_text(encoding="utf-8")
    assert [story for story in STORIES if f'"name": "{story}"' in text] == [name]


def test_progress_ends_with_all_cases(tmp_path):
    seen: list[tuple[int, int]] = []
    write_sample(tmp_path / "one", cases=120_000, progress=lambda done, of: seen.append((done, of)))
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] == (120_000, 120_000)


def test_a_run_that_stops_half_way_leaves_nothing(tmp_path):
    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "one", cases=1000, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    write_sample(folder, cases=1000)
    assert (folder / "casebook.toml").exists()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SourceError, match="not empty"):
        write_sample(tmp_path, cases=1000)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_too_few_cases_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="1,000 or more"):
        write_sample(tmp_path / "one", cases=999)


def test_an_unknown_story_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(ParameterError, match="Did you mean 'scam_spike'"):
        write_sample(tmp_path / "one", cases=1000, stories="scam_spikes")


def test_case_ids_are_ids_as_salesforce_makes_them(tmp_path):
    write_sample(tmp_path / "book", cases=1000)
    ids = pq.read_table(tmp_path / "book" / "data" / "cases.parquet")["case_id"].drop_null().to_pylist()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    for case_id in ids:
        parts = (case_id[0:5], case_id[5:10], case_id[10:15])
        checked = "".join(letters[sum(c.isupper() << n for n, c in enumerate(part))] for part in parts)
        assert (len(case_id), case_id[15:]) == (18, checked)
