"""What the crew of a cluster asks of its scheduler; the real one is asked in tests/acceptance/test_batch_cluster.py."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.support.hands import act
from tskit.errors import RunError
from tskit.runs.batch import ClusterCrew, cluster


class Client:
    """A scheduler that does at once what is submitted, in this process."""

    def __init__(self, threads, seen=()):
        self.threads, self.seen, self.status, self.is_closed = threads, seen, "running", False
        self.cancelled = []

    def nthreads(self):
        return self.threads

    def run(self, call, *given):
        return {name: self.seen[at] if at < len(self.seen) else call(*given) for at, name in enumerate(self.threads)}

    def scheduler_info(self):
        return {"workers": self.threads}

    def submit(self, call, *given, key, pure):
        assert not pure
        try:
            made = call(*given)
            future = SimpleNamespace(status="finished", result=lambda: made)
        except ZeroDivisionError:
            future = SimpleNamespace(status="error")
        future.add_done_callback = lambda hear: hear(future)
        return future

    def cancel(self, futures):
        self.cancelled += futures

    def close(self):
        self.is_closed = True


@pytest.fixture
def crew_of(batch, monkeypatch):
    """Return a function that makes the crew of such a scheduler."""
    (batch.folder.parent / "casebook.toml").write_text('name = "x"\n', encoding="utf-8")

    def make(client, do=act):
        monkeypatch.setattr(cluster, "_connected", lambda _: client)
        return ClusterCrew.of(do, "tcp://x", folder=batch.folder, casebook=batch.folder.parent)

    return make


def test_a_batch_ends_on_a_cluster_as_it_does_here(batch, crew_of):
    batch.plan("ok", "no_data", "fails")
    assert batch.go(crew=lambda _: crew_of(Client({"a": 1, "b": 1}))) == "whole"
    assert [outcome for _, outcome, _ in batch.outcomes()] == ["ok", "no_data", "failed"]
    assert sorted(path.name for path in batch.folder.iterdir() if path.is_dir()) == [
        run.id for run in batch.planned.runs
    ]


def test_a_task_that_fails_in_dask_itself_counts_as_a_dead_process(batch, crew_of):
    def broken(run, place):
        raise ZeroDivisionError

    batch.plan("ok")
    batch.go(crew=lambda _: crew_of(Client({"a": 1}), broken))
    assert batch.outcomes() == [("ok", "failed", "WorkerDied")]


def test_a_scheduler_that_went_away_is_said(batch, crew_of, monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK_SECONDS", 0.01)
    plan, client = batch.plan("ok"), Client({"a": 1})
    crew = crew_of(client)
    client.submit = lambda *_, **__: SimpleNamespace(add_done_callback=lambda _: None)
    crew.give(plan.runs[0], batch.folder / ".attempts" / "0")
    client.threads = {}
    with pytest.raises(RunError, match="take the batch up"):
        crew.news()
    crew.leave()
    assert (len(client.cancelled), client.is_closed) == (1, True)


@pytest.mark.parametrize(
    ("threads", "seen", "said"),
    [
        ({}, (), "has no worker"),
        ({"a": 4}, (), "--nthreads 1"),
        ({"a": 1}, (("0.0.1", "", ""),), "The Dask worker a has another version of tskit"),
        ({"a": 1, "b": 1}, ("ours", "no plan"), "The Dask worker b does not see .*batch-2026"),
        ({"a": 1}, ("no book",), "The Dask worker a does not see"),
    ],
)
def test_workers_that_cannot_do_the_runs_are_refused_with_the_fix(batch, crew_of, threads, seen, said):
    batch.plan("ok")
    (batch.folder.parent / "casebook.toml").write_text('name = "x"\n', encoding="utf-8")
    ours = cluster._seen(batch.folder, batch.folder.parent)
    kinds = {"ours": ours, "no plan": (ours[0], "", ours[2]), "no book": (ours[0], ours[1], "")}
    client = Client(threads, [kinds.get(one, one) for one in seen])
    with pytest.raises(RunError, match=said):
        crew_of(client)
    assert client.is_closed


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://127.0.0.1:port", ""])
def test_an_address_where_nobody_answers_is_said(batch, address):
    pytest.importorskip("distributed")
    with pytest.raises(RunError, match=f"No Dask scheduler answers at {address}"):
        ClusterCrew.of(act, address, folder=batch.folder, casebook=batch.folder)
