"""A batch is carried out, taken up again, and outlives whoever dies at it."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest

from tests.support.hands import act, sealed
from tskit.errors import RunError, SourceError
from tskit.runs.batch import Conduct, LocalCrew, Planned, carry_out, left_to_do, read_plan, standings, write_plan
from tskit.runs.batch.journal import FILE, read_journal
from tskit.runs.batch.lock import alone

killing = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")


class Instant:
    """A crew that does a run when it is asked for news, in this process."""

    size = 2

    def __init__(self, _):
        self.given = []

    def give(self, run, place):
        self.given.append((run, place))

    def news(self):
        run, place = self.given.pop(0)
        return [(run.id, act(run, place))]

    def leave(self):
        self.given.clear()


@pytest.mark.parametrize("name", ["../../elsewhere", "/tmp/elsewhere", "..", ".", "a/../b", ""])
def test_a_plan_that_names_a_folder_outside_of_its_own_is_no_plan(batch, name):
    """Who takes a batch up again clears away what is half made: a path there would clear away anything."""
    plan = batch.plan("ok 1")
    write_plan(replace(plan, runs=(Planned(name, "ok 1", {"top": 1}),)), batch.folder)
    with pytest.raises(SourceError, match="no whole plan"):
        read_plan(batch.folder)


def test_every_run_is_done_once_and_taking_up_again_does_nothing(batch):
    batch.plan("ok 4", "no_data 2", "fails", "ok 3")
    assert batch.go(crew=Instant) == "whole"
    assert batch.outcomes() == [
        ("ok 4", "ok", ""), ("no_data 2", "no_data", ""), ("fails", "failed", "KeyError"), ("ok 3", "ok", "")
    ]  # fmt: skip
    assert [(told.done, told.total, told.left) for told in batch.told] == [
        (1, 4, 8),
        (2, 4, 3),
        (3, 4, 7 / 3),
        (4, 4, 0),
    ]
    assert not (batch.folder / ".attempts").exists()
    before = batch.events()
    assert batch.go(crew=Instant) == "whole"
    assert (batch.told, batch.events()[len(before) :]) == ([], [("begun", ""), ("closed", "")])
    assert batch.go(crew=Instant, again=True) == "whole"
    assert batch.outcomes() == [("fails", "failed", "KeyError")]


def test_the_journal_holds_kinds_and_ids_and_nothing_that_a_run_was_asked(batch):
    batch.plan("ok 4", "fails")
    batch.go(crew=Instant)
    ended = [line for line in read_journal(batch.folder) if line["event"] == "ended"]
    assert [set(line) for line in ended] == [{"at", "event", "run", "outcome", "kind", "seconds"}] * 2
    assert "top" not in (batch.folder / FILE).read_text(encoding="utf-8")


def test_a_run_whose_kernel_died_is_tried_once_more_and_by_every_later_start(batch):
    batch.plan("lost", "ok")
    assert batch.go(crew=Instant) == "whole"
    assert batch.outcomes() == [("ok", "ok", ""), ("lost", "failed", "DeadKernel")]
    assert [event for event, _ in batch.events()].count("lost") == 1
    batch.go(crew=Instant)
    assert batch.outcomes() == [("lost", "failed", "DeadKernel")]


@pytest.mark.parametrize(("share", "told"), [(0.0, 2), (0.5, 5), (0.8, 10), (1.0, 10)])
def test_a_batch_stops_when_more_than_a_share_has_failed_and_ends_what_is_under_way(batch, share, told):
    batch.plan(*["fails"] * 3, *["ok"] * 7)
    assert batch.go(crew=Instant, share=share) == ("whole" if told == 10 else "failures")
    assert len(batch.told) == told
    batch.go(crew=Instant, share=1.0)
    assert len(standings(batch.planned, batch.folder)) == 10


def test_a_run_that_failed_before_its_notebook_was_begun_is_tried_again(batch):
    plan = batch.plan("fails")
    batch.go(crew=Instant)
    manifest = batch.folder / plan.runs[0].id / "manifest.json"
    assert left_to_do(plan, standings(plan, batch.folder)) == ()
    body = json.loads(manifest.read_text(encoding="utf-8"))
    del body["outputs"]["notebook.ipynb"]
    manifest.write_text(json.dumps(body), encoding="utf-8")
    assert left_to_do(plan, standings(plan, batch.folder)) == plan.runs


def test_a_run_that_left_no_folder_is_tried_again(batch):
    plan = batch.plan("fails", "ok")
    batch.go(crew=Instant)
    shutil.rmtree(batch.folder / plan.runs[0].id)  # as on a full disk, which holds the line and no more
    assert left_to_do(plan, standings(plan, batch.folder)) == plan.runs[:1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files that are open")
def test_a_batch_whose_folder_is_removed_stops_and_says_so(batch):
    plan = batch.plan("ok", "ok", "ok")
    conduct = Conduct(Instant, batch.clock, lambda _: shutil.rmtree(batch.folder))
    with pytest.raises(RunError, match="was removed while it went on"):
        carry_out(plan, batch.folder, conduct)


def test_a_whole_run_that_the_journal_has_not_heard_of_is_not_repeated(batch):
    plan = batch.plan("ok", "fails", "ok")
    sealed(batch.folder / plan.runs[0].id, "ok")
    sealed(batch.folder / plan.runs[1].id, "failed", "Stopped")
    assert [run.label for run in left_to_do(plan, standings(plan, batch.folder))] == ["fails", "ok"]
    batch.go(crew=Instant)
    assert batch.outcomes() == [("fails", "failed", "KeyError"), ("ok", "ok", "")]


@pytest.mark.parametrize("damage", ["manifest", "size", "gone", "status"])
def test_a_run_that_lost_something_since_is_done_again(batch, damage):
    plan = batch.plan("ok")
    batch.go(crew=Instant)
    folder = batch.folder / plan.runs[0].id
    manifest = folder / "manifest.json"
    match damage:
        case "manifest":
            manifest.write_text("{", encoding="utf-8")
        case "size":
            (folder / "findings.json").write_text("", encoding="utf-8")
        case "gone":
            (folder / "findings.json").unlink()
        case _:
            manifest.unlink()
    batch.go(crew=Instant)
    assert batch.outcomes() == [("ok", "ok", "")]
    assert standings(plan, batch.folder)[folder.name].outcome == "ok"


def test_a_line_that_was_cut_off_counts_as_not_written_and_the_next_one_is_whole(batch):
    batch.plan("ok", "ok")
    batch.go(crew=Instant)
    path = batch.folder / FILE
    path.write_bytes(path.read_bytes()[:-20])
    lines = len(read_journal(batch.folder))
    batch.go(crew=Instant)
    assert len(read_journal(batch.folder)) == lines + 2
    assert batch.told == []


def test_what_killed_processes_left_is_cleared_away(batch):
    batch.plan("ok")
    for name in (".attempts/3/x.partial", ".gone-x"):
        (batch.folder / name).mkdir(parents=True)
    batch.go(crew=Instant)
    assert sorted(path.name for path in batch.folder.iterdir() if path.is_dir()) == [batch.planned.runs[0].id]


def test_a_second_process_is_kept_off_and_the_lock_ends_with_its_holder(batch):
    batch.plan("ok")
    with alone(batch.folder), pytest.raises(RunError, match="Another process works on batch-20261101"):
        batch.go(crew=Instant)
    assert batch.events() == []
    assert batch.go(crew=Instant) == "whole"


@killing
def test_a_process_that_dies_is_replaced_and_its_run_is_done_again(batch):
    batch.plan("dies-once", "no_data")
    assert batch.go() == "whole"
    assert batch.outcomes() == [("dies-once", "ok", ""), ("no_data", "no_data", "")]


def test_a_run_that_kills_every_process_is_given_up_and_left_for_a_later_start(batch):
    class Deadly(Instant):
        def news(self):
            return [(self.given.pop(0)[0].id, None)]

    batch.plan("ok")
    assert batch.go(crew=Deadly) == "whole"
    assert batch.outcomes() == [("ok", "failed", "WorkerDied")]
    assert standings(batch.planned, batch.folder)[batch.planned.runs[0].id].kind == "WorkerDied"
    batch.go(crew=Instant)
    assert batch.outcomes() == [("ok", "ok", "")]


@killing
def test_ctrl_c_ends_every_process_and_says_so_in_the_journal(batch):
    batch.plan("waits", "waits")

    def interrupt():
        pid = waiting(batch.folder)
        hands.append(psutil.Process(pid))
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    hands: list[psutil.Process] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        ended = batch.go(workers=1)
    finally:
        thread.join()
        signal.signal(signal.SIGINT, before)
    assert ended == "interrupted"
    assert not hands[0].is_running()
    assert batch.events() == [("begun", ""), ("started", "0"), ("closed", "")]
    assert not (batch.folder / ".attempts").exists()
    assert len(left_to_do(batch.planned, standings(batch.planned, batch.folder))) == 2


def waiting(folder):
    """Return the process that waits at a run."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if found := [int(path.name.partition("-")[2]) for path in folder.glob("waits-*")]:
            return found[0]
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_processes_end_when_their_crew_leaves(batch):
    plan = batch.plan("ok")
    crew = LocalCrew(act, 1)
    crew.give(plan.runs[0], batch.folder / ".attempts" / "0")
    process = crew.hands[0].process
    (news,) = crew.news()
    assert news[1] is not None
    crew.leave()
    assert (process.exitcode, crew.hands) == (0, [])
