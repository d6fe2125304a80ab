"""Places of warm processes for tests: each of its own, ended with its test."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tskit.runs import warm


@contextmanager
def warm_place(*preload):
    """Give a place of its own with that preload; its zygotes end with it."""
    # Not pytest's own folder: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="tsk-"))
    place = warm.WarmPlace(folder / "warm", preload, 600)
    try:
        yield place
    finally:
        warm.retire(place)
        shutil.rmtree(folder, ignore_errors=True)
