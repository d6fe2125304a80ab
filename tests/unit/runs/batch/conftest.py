from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.support.hands import act
from tskit.runs.batch import Conduct, LocalCrew, Plan, Planned, carry_out, write_plan
from tskit.runs.batch.journal import read_journal


@pytest.fixture
def batch(tmp_path):
    """Return a function that plans a batch whose runs do what their labels say, and one that carries it out."""
    return Trial(tmp_path / "batch-20261101T000000Z-small-abcdef")


class Trial:
    def __init__(self, folder):
        self.folder, self.told, self.clock = folder, [], ticking()

    def plan(self, *labels):
        runs = tuple(Planned(f"20261101T000000Z-small-{n:06x}", label, {"top": n}) for n, label in enumerate(labels))
        plan = Plan(
            self.folder.name, "", "small", "A small write-up", "2026-11-01T00:00:00+00:00", ("top",), {}, {}, runs
        )
        self.folder.mkdir(parents=True)
        write_plan(plan, self.folder)
        self.planned = plan
        return plan

    def go(self, *, crew=None, workers=1, share=1.0, again=False, plan=None):
        self.told.clear()
        made = crew or (lambda size: LocalCrew(act, min(size, workers)))
        return carry_out(plan or self.planned, self.folder, Conduct(made, self.clock, self.told.append, share, again))

    def outcomes(self):
        return [(told.run.label, told.standing.outcome, told.standing.kind) for told in self.told]

    def events(self):
        return [(line["event"], line.get("run", "")[-1:]) for line in read_journal(self.folder)]


def ticking():
    ticks = count()
    return lambda: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=next(ticks))
