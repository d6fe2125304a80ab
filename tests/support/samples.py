"""Synthetic casebooks that all workers of a test run share: written once, by whoever needs one first."""

from __future__ import annotations

import os
import shutil

from tskit.cases.locks import in_turn
from tskit.sources.synthetic import write_sample


def shared_sample(factory, *, cases, seed=7, stories="all"):
    """Return the folder of such a casebook; whoever takes it changes nothing in it, but for its cache.

    `factory` is pytest's `tmp_path_factory`; the workers' folders lie side by side in one.
    """
    own = factory.getbasetemp()
    base = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    place = base / "shared" / f"{cases}-{seed}-{stories}"
    place.mkdir(parents=True, exist_ok=True)
    with in_turn(place):
        if not (place / "casebook").exists():
            write_sample(place / "casebook", cases=cases, seed=seed, stories=stories)
    return place / "casebook"


def own_sample(factory, *, cases, seed=7, stories="all"):
    """Return the folder of a copy of such a casebook that its taker may write to; nobody has kept records in it."""
    folder = factory.mktemp("own") / "casebook"
    shared = shared_sample(factory, cases=cases, seed=seed, stories=stories)
    shutil.copytree(shared, folder, ignore=shutil.ignore_patterns("records.sqlite*"))
    return folder
