"""Each story is told once, by the narrowest sight that carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from tskit.findings.scan import Sight
from tskit.findings.scan.cube import Cube
from tskit.findings.scan.told_once import is_material, joined_runs, told_once
from tskit.findings.segments import Segment
from tskit.metrics import find
from tskit.model import Evidence, Window

WINDOW = Window(date(2026, 10, 5), date(2026, 11, 2), "Asia/Singapore")


def a_cube() -> Cube:
    """Return cases by day of two markets and two policies: two a day each, and ten more of ID and scam in the window."""
    rows = [(m, p, back) for m in (0, 1) for p in (0, 1) for back in range(84)]
    market, policy, back = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    k = np.full(len(rows), 2.0)
    k[(market == 0) & (policy == 0) & (back < 28)] += 10
    codes = {"market": market, "policy_id": policy}
    labels = {"market": ["ID", "TH"], "policy_id": ["scam", "spam"]}
    return Cube(find("cases_opened"), ("market", "policy_id"), codes, labels, back, k, k, WINDOW, 56)


def seen(segment: dict[str, str], **more: object) -> Sight:
    plain: dict[str, object] = {
        "kind": "spike",
        "detector": "spikes",
        "metric": "cases_opened",
        "segment": segment,
        "statement": "",
        "p": 1e-9,
        "q": 1e-6,
        "seen": 336.0,
        "expected": 56.0,
        "unit": "cases",
        "times": 6.0,
        "interval": (5.0, 7.0),
        "size": 280.0,
        "start": WINDOW.start,
        "end": WINDOW.end,
        "evidence": (Evidence("table", "spikes", ""),),
    }
    return Sight(**{**plain, **more})  # type: ignore[arg-type]  # its fields by name


def test_the_excess_of_a_segment_is_what_lies_above_the_weeks_before() -> None:
    cube = a_cube()
    whole = Segment((("market", "ID"),))
    assert cube.excess(whole, WINDOW.start, WINDOW.end) == pytest.approx(280.0)
    assert cube.excess(whole, WINDOW.start, WINDOW.end, inside=Segment((("policy_id", "spam"),))) == pytest.approx(0.0)


def test_symptoms_are_told_along_with_the_narrowest_sight_that_carries_them() -> None:
    every = [seen({}), seen({"market": "ID"}), seen({"policy_id": "scam"}), seen({"market": "ID", "policy_id": "scam"})]
    told = told_once(every, {"cases_opened": a_cube()}, {})
    assert [sight.segment for sight in told] == [{"market": "ID", "policy_id": "scam"}]
    assert len(told[0].also) == 3


def test_a_sight_elsewhere_is_a_story_of_its_own() -> None:
    every = [seen({"market": "ID", "policy_id": "scam"}), seen({"market": "TH"}, size=40.0)]
    assert len(told_once(every, {"cases_opened": a_cube()}, {})) == 2


def test_of_one_segment_the_sight_that_says_when_leads_the_one_that_says_how_much() -> None:
    here = {"market": "ID", "policy_id": "scam"}
    every = [seen(here, kind="driver", detector="drivers", size=900.0), seen(here)]
    assert [sight.kind for sight in told_once(every, {"cases_opened": a_cube()}, {})] == ["spike"]


def test_a_mix_stands_for_no_other_metric() -> None:
    mix = seen({"policy_id": "scam"}, kind="mix", metric="overturn_rate", size=5000.0)
    every = [mix, seen({"market": "ID", "policy_id": "scam"})]
    assert len(told_once(every, {"cases_opened": a_cube()}, {})) == 2


def test_one_share_that_the_mix_moved_is_told_by_one_column() -> None:
    policy = seen({"policy_id": "spam"}, kind="mix", detector="mix", metric="overturn_rate", q=1e-7)
    market = seen({"market": "ID"}, kind="mix", detector="mix", metric="overturn_rate", q=1e-3)
    other = seen({"market": "ID"}, kind="mix", detector="mix", metric="action_rate", q=1e-3)
    told = told_once([market, policy, other], {}, {})
    assert [(sight.metric, sight.segment) for sight in told] == [
        ("overturn_rate", {"policy_id": "spam"}),
        ("action_rate", {"market": "ID"}),
    ]


def queues_of_targets() -> Cube:
    """Return cases a day with targets met, by market and queue: ten of ten before; in the window as many as each name says."""
    cells = [
        ("TH", "th-five", 5),
        ("TH", "th-eight", 8),
        ("ID", "id-five", 5),
        ("TH", "th-nine", 9),
        ("TH", "th-ten", 10),
    ]
    queue, back = (np.repeat(np.arange(5), 84), np.tile(np.arange(84), 5))
    k = np.where(back < 28, np.array([met for *_, met in cells])[queue], 10).astype(float)
    codes = {"market": np.array([0, 0, 1, 0, 0])[queue], "queue": queue}
    labels = {"market": ["TH", "ID"], "queue": [name for _, name, _ in cells]}
    n = np.full(len(k), 10.0)
    return Cube(find("sla_attainment"), ("market", "queue"), codes, labels, back, k, n, WINDOW, 56)


@pytest.mark.parametrize(
    ("queue", "is_the_same"),
    # Of the 5 + 2 + 1 misses a day of TH, the first queue has 5/8, the second 2/8 and the fourth 1/8; a fifth is asked for.
    [("th-five", True), ("th-eight", True), ("id-five", False), ("th-nine", False), ("th-ten", False)],
)
def test_a_slow_queue_is_told_with_the_missed_targets_of_the_cases_that_waited_there(
    queue: str, is_the_same: bool
) -> None:
    share = {"unit": "share", "seen": 0.77, "expected": 1.0, "metric": "sla_attainment"}
    late = seen({"market": "TH"}, kind="breach", detector="rates", **share)
    slow = seen({"queue": queue}, kind="flow", detector="flow", metric="", unit="hours", size=9.0)
    told = told_once([late, slow], {"sla_attainment": queues_of_targets()}, {})
    assert (told[0].also == (f"flow {queue}",)) == is_the_same
    assert len(told) == (1 if is_the_same else 2)


def test_the_days_of_a_run_are_one_sight_with_all_of_its_cases() -> None:
    days = [
        seen({}, size=40.0, start=day, end=day + timedelta(days=1), p=p)
        for day, p in ((date(2026, 10, 20), 1e-5), (date(2026, 10, 21), 1e-8))
    ]
    (run,) = joined_runs(days)
    assert (run.start, run.end, run.size, run.p) == (date(2026, 10, 20), date(2026, 10, 22), 80.0, 1e-8)


def test_a_change_that_matters_to_nobody_is_not_told() -> None:
    assert is_material(seen({}, size=30.0, seen=130.0, expected=100.0))
    assert not is_material(seen({}, size=29.0, seen=129.0, expected=100.0))
    assert not is_material(seen({}, size=90.0, seen=1090.0, expected=1000.0))
    share = seen({}, unit="share", seen=0.90, expected=0.93, rests_on=30.0)
    assert is_material(share)
    assert not is_material(replace(share, seen=0.92))
    assert not is_material(replace(share, rests_on=29.0))
