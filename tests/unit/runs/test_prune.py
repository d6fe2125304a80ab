"""Runs go by rule alone, as a whole or not at all, and nothing outside the folder of runs is touched."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.errors import ParameterError, RunError
from tskit.model.retention import Retention
from tskit.runs import pin, pins, prunable, remove, rows, sweep, unpin
from tskit.runs.at_work import at_work, is_at_work, lock_of
from tskit.runs.prune import GONE, Doomed

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def root(tmp_path):
    found = tmp_path / "runs"
    found.mkdir()
    return found


@pytest.fixture
def lay(root):
    """Return a function that lays down a run of a day in November."""

    def make(day, *, status="ok", below="", end="", given=(), **parameters):
        folder = root / below / f"202611{day:02}T000000Z-trend_report-ab12c{day % 10}{end}"
        folder.mkdir(parents=True)
        template = {"name": "trend_report", "sha256": "a"}
        body = {"status": status, "template": template, "started": f"2026-11-{day:02}T00:00:00+00:00"}
        body |= {"parameters": parameters, "given": list(given)}
        if not end:
            (folder / "manifest.json").write_text(json.dumps(body))
        (folder / "report.html").write_text("x" * 1000)
        for path in (folder, *folder.iterdir()):
            _touch(path, NOW - timedelta(hours=2))
        return folder

    return make


def _touch(path, moment):
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def names(root, **rules):
    found = prunable(rows(root), root, rules=Retention(**rules), pins=pins(root), now=NOW)
    return [one.folder.name[6:8] if one.folder.name[:2] == "20" else one.folder.name for one in found.doomed]


def test_no_rule_removes_nothing(root, lay):
    lay(1)
    lay(2, status="failed")
    lay(3, end=".partial")
    assert names(root) == []


@pytest.mark.parametrize(
    ("rules", "gone"),
    [
        ({"keep_newest": 2}, ["02", "01"]),
        ({"keep_newest": 9}, []),
        ({"older_than_days": 20}, ["02", "01"]),
        ({"older_than_days": 20, "keep_newest": 3}, ["01"]),
        ({"failed_after_days": 5}, ["05", "04"]),
        ({"unfinished_after_days": 5}, ["03"]),
        ({"unfinished_after_days": 29}, []),
    ],
)
def test_each_rule_removes_what_it_says(root, lay, rules, gone):
    for day in (1, 2, 20, 21):
        lay(day)
    lay(4, status="no_data")
    lay(5, status="failed")
    lay(3, end=".partial")
    assert names(root, **rules) == gone


def test_the_newest_are_counted_by_what_was_asked_the_named_days_included(root, lay):
    lay(1, given=["start"], market=["ID"], start="2026-02-01")
    lay(2, given=["start"], market=["ID"], start="2026-06-01")
    lay(3, market=["ID"])
    lay(4, market=["TH"])
    lay(5, market=["ID"])
    assert names(root, keep_newest=1) == ["03"]


def test_a_pinned_run_stays_until_it_is_unpinned(root, lay):
    kept = lay(1).name
    lay(2)
    pin(root, kept, why='the "board" saw\nit \x7f')
    assert pins(root) == {kept: 'the "board" saw it \ufffd'}
    assert names(root, older_than_days=1) == ["02"]
    unpin(root, kept)
    assert names(root, older_than_days=1) == ["02", "01"]
    with pytest.raises(ParameterError, match="is not pinned"):
        unpin(root, kept)


@pytest.mark.parametrize("text", ["[pins", "pins = 3", "[pins]\na = 1", "\xff"])
def test_pins_that_cannot_be_read_stop_everything(root, text):
    (root / "pins.toml").write_text(text, encoding="latin-1")
    with pytest.raises(ParameterError, match=r"pins\.toml"):
        pins(root)


def test_a_batch_goes_as_a_whole_or_not_at_all(root, lay):
    for day in (1, 2):
        lay(day, below="batch-old")
    for day in (3, 29):
        lay(day, below="batch-mixed")
    for name in ("batch-old", "batch-mixed"):
        (root / name / "batch.json").write_text("{}")
    assert names(root, older_than_days=10) == ["batch-old"]
    found = prunable(rows(root), root, rules=Retention(older_than_days=10), pins=(), now=NOW)
    assert (found.runs, found.in_batches) == (2, 1)
    pin(root, "batch-old")
    assert names(root, older_than_days=10) == []


def test_an_unfinished_run_stays_while_a_process_is_at_work_on_it_or_was_a_moment_ago(root, lay):
    folder = lay(3, end=".partial")
    with at_work(folder):
        assert is_at_work(folder)
        assert sorted(path.name for path in root.iterdir()) == sorted([folder.name, lock_of(folder).name])
        assert names(root, unfinished_after_days=5) == []
    assert not is_at_work(folder)
    assert not lock_of(folder).exists()
    assert names(root, unfinished_after_days=5) == ["03"]
    _touch(folder, NOW - timedelta(minutes=5))
    found = prunable(rows(root), root, rules=Retention(unfinished_after_days=5), pins=(), now=NOW)
    assert (found.doomed, found.at_work) == ((), 1)


def test_the_lock_of_a_killed_process_holds_nobody_off(root, lay):
    folder = lay(3, end=".partial")
    lock_of(folder).touch()
    assert not is_at_work(folder)


def test_a_lock_without_a_run_is_cleared_away_and_no_other(root, lay):
    folder = lay(3, end=".partial")
    lock_of(folder).touch()
    lost = lock_of(root / "20261101T000000Z-gone-ab12cd.partial")
    lost.touch()
    sweep(root)
    assert (lock_of(folder).exists(), lost.exists()) == (True, False)


def test_work_goes_on_where_no_lock_can_be_had(tmp_path):
    with at_work(tmp_path / "none" / "run"):
        pass


def test_what_is_removed_is_out_of_sight_at_once(root, lay):
    folder = lay(1)
    (one,) = prunable(rows(root), root, rules=Retention(older_than_days=1), pins=(), now=NOW).doomed
    assert one.bytes >= 1000
    remove(one, root)
    assert not folder.exists()
    assert list(root.iterdir()) == []


def test_a_removal_that_was_cut_off_is_finished_by_the_next(root, lay, monkeypatch):
    lay(1)
    (one,) = prunable(rows(root), root, rules=Retention(older_than_days=1), pins=(), now=NOW).doomed
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    remove(one, root)
    assert rows(root) == ()
    assert [path.name.startswith(GONE) for path in root.iterdir()] == [True]
    monkeypatch.undo()
    assert sweep(root) == 1
    assert list(root.iterdir()) == []


def test_links_and_what_lies_elsewhere_are_never_removed(tmp_path, root, lay):
    outside = tmp_path / "20261101T000000Z-trend_report-ab12cd"
    outside.mkdir()
    (outside / "precious").write_text("x")
    link = root / outside.name
    link.symlink_to(outside)
    for folder in (link, outside, root / ".." / outside.name, tmp_path):
        with pytest.raises(RunError, match="is not the folder of a run any more"):
            remove(Doomed(folder, "", 1, 0), root)
    inside = lay(2)
    (inside / "way-out").symlink_to(outside)
    (one,) = prunable(rows(root), root, rules=Retention(older_than_days=1), pins=(), now=NOW).doomed
    remove(one, root)
    assert (outside / "precious").exists()


def test_a_folder_that_is_not_called_as_runs_are_stays(root):
    for name in ("public", "notes"):
        (root / name).mkdir()
        (root / name / "manifest.json").write_text(
            json.dumps({"status": "ok", "template": {"name": "x"}, "started": "2020-01-01T00:00:00+00:00"})
        )
    assert names(root, older_than_days=1, keep_newest=0) == []


@pytest.mark.parametrize("value", [-1, True, "3", 1.5])
def test_a_rule_is_a_whole_number(value):
    with pytest.raises(ParameterError, match=r"keep_newest in \[runs\] is a whole number"):
        Retention(keep_newest=value)


RUNS = st.lists(
    st.tuples(st.integers(1, 28), st.sampled_from(["ok", "failed"]), st.sampled_from(["", "batch-a", "batch-b"])),
    unique_by=lambda run: run[0],
    max_size=8,
)


@given(RUNS, st.integers(0, 3), st.integers(0, 30), st.integers(0, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_what_goes_is_old_or_superseded_and_batches_stay_whole(tmp_path_factory, found, newest, older, failed):
    root = Path(tmp_path_factory.mktemp("runs"))
    for day, status, below in found:
        folder = root / below / f"202611{day:02}T000000Z-t-ab12cd"
        folder.mkdir(parents=True)
        body = {"status": status, "template": {"name": "t"}, "started": f"2026-11-{day:02}T00:00:00+00:00"}
        (folder / "manifest.json").write_text(json.dumps(body))
        if below:
            (root / below / "batch.json").write_text("{}")
    rules = Retention(keep_newest=newest, older_than_days=older, failed_after_days=failed)
    before = rows(root)
    for one in prunable(before, root, rules=rules, pins=(), now=NOW).doomed:
        remove(one, root)
    after = {row.id for row in rows(root)}
    gone = [row for row in before if row.id not in after]
    assert all((row.status == "ok" and (newest or older)) or (row.status == "failed" and failed) for row in gone)
    assert len([row for row in before if row.status == "ok" and row.id in after]) >= min(
        newest, sum(row.status == "ok" for row in before)
    )
    for name in ("batch-a", "batch-b"):
        assert len({row.id in after for row in before if row.batch == name}) <= 1
    assert prunable(rows(root), root, rules=rules, pins=(), now=NOW).doomed == ()
