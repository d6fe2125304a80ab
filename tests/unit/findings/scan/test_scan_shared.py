"""The five per cent that a scan may err by are shared between its detectors."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tskit.findings.scan import Sight
from tskit.findings.scan.shared import Looked, corrected, part_of
from tskit.model import Evidence

A_DAY = date(2026, 10, 5), date(2026, 11, 2)


def a_sight(p: float, **more: object) -> Sight:
    plain: dict[str, object] = {
        "kind": "spike",
        "detector": "spikes",
        "metric": "cases_opened",
        "segment": {},
        "statement": "",
        "p": p,
        "q": float("nan"),
        "seen": 200.0,
        "expected": 100.0,
        "unit": "cases",
        "times": 2.0,
        "interval": (1.5, 2.5),
        "size": 100.0,
        "start": A_DAY[0],
        "end": A_DAY[1],
        "evidence": (Evidence("table", "spikes", ""),),
    }
    return Sight(**{**plain, **more})  # type: ignore[arg-type]  # its fields by name


def test_a_p_is_corrected_within_its_detector_and_for_all_that_looked() -> None:
    """Of four comparisons and two detectors, the smallest p counts eight times."""
    p = np.array([0.001, 1.0, 1.0, 1.0])
    looks = [Looked("spikes", p, (a_sight(0.001),), (0,)), Looked("flow", np.array([1.0]))]
    found, allowed = corrected(looks)
    assert [sight.q for sight in found] == [pytest.approx(0.008)]
    assert allowed == {"spikes": 0.025, "flow": 0.025}


def test_what_is_not_beyond_noise_after_the_correction_is_not_told() -> None:
    p = np.array([0.01, 1.0, 1.0, 1.0])
    found, _ = corrected([Looked("spikes", p, (a_sight(0.01),), (0,)), Looked("flow", np.array([1.0]))])
    assert found == []


def test_a_detector_that_could_not_look_takes_no_part_of_the_error() -> None:
    looks = [Looked("spikes", np.array([0.04]), (a_sight(0.04),), (0,)), Looked("links", why_not="no ids")]
    found, allowed = corrected(looks)
    assert len(found) == 1
    assert allowed == {"spikes": part_of(1)}


def test_tables_that_correct_themselves_only_share_their_detectors_part() -> None:
    """Two tables: a p that holds over its own table counts twice, whatever else was looked at."""
    look = Looked("flow", np.full(50, 0.5), (a_sight(0.02),), tables=2)
    found, _ = corrected([look])
    assert [sight.q for sight in found] == [pytest.approx(0.04)]


def test_chance_alone_claims_something_in_no_more_than_five_of_a_hundred_scans() -> None:
    """Seven detectors of forty comparisons each, a thousand times, where nothing is the matter."""
    rng, claims = np.random.default_rng(3), 0
    for _ in range(1000):
        looks = []
        for name in ("spikes", "rates", "shifts", "drivers", "mix", "links", "flow"):
            p = rng.uniform(size=40)
            looks.append(Looked(name, p, tuple(a_sight(float(x)) for x in p), tuple(range(40))))  # type: ignore[arg-type]
        claims += bool(corrected(looks)[0])
    assert claims <= 70  # 50 and three standard deviations
    assert claims >= 25


def test_a_doubling_of_the_cases_and_a_zero_of_q_both_raise_the_rank() -> None:
    small, large = a_sight(0.0, q=0.01, size=31.0), a_sight(0.0, q=0.01, size=63.0)
    surer = a_sight(0.0, q=0.0001, size=31.0)
    assert small.weight == pytest.approx(10.0)
    assert large.weight == pytest.approx(12.0)
    assert surer.weight == pytest.approx(20.0)


def test_more_certainty_than_one_in_a_million_raises_no_rank() -> None:
    assert a_sight(0.0, q=1e-9).weight == a_sight(0.0, q=1e-300).weight
