from __future__ import annotations

import asyncio
import gc

import pytest
from jupyter_core.utils import ensure_event_loop

from tskit.runs import kernel
from tskit.runs.watch import Watch

CANARY = "canary-7f3a"


async def fails():
    raise ValueError(CANARY)


@pytest.fixture
def loop():
    """Return the event loop of this thread, which listens to its errors again afterwards."""
    loop = ensure_event_loop()
    yield loop
    loop.set_exception_handler(None)


def stopped_in_the_middle(source, given, *, setting, watch):
    """Stand in for papermill: the run is stopped, and while its kernel ends the cell's task still comes to an error."""
    loop = ensure_event_loop()
    try:
        raise KeyboardInterrupt
    finally:
        task = loop.create_task(fails())
        loop.run_until_complete(asyncio.sleep(0))
        assert task.done()


def test_what_a_stopped_cell_still_comes_to_is_not_printed(monkeypatch, loop, tmp_path, setting, caplog):
    monkeypatch.setattr(kernel, "_papermill", stopped_in_the_middle)
    watch = Watch(progress=lambda *step: None, save=lambda notebook: None)
    failure = kernel._attempt(tmp_path / "x.ipynb", {}, setting=setting, watch=watch)
    gc.collect()
    assert (failure.kind, failure.message) == (kernel.STOPPED, "It was stopped from outside.")
    assert CANARY not in caplog.text
    assert "never retrieved" not in caplog.text
