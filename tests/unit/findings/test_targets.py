from __future__ import annotations

import pytest

from tests.unit.findings.conftest import book, days_of, look_at
from tskit import findings
from tskit.findings.segments import EVERYTHING, Segment
from tskit.findings.targets import in_words, target_of
from tskit.model import Target

AIM = Target("sla_attainment", at_least=0.95)


def due(queue, met, missed):
    return [
        {
            "queue": queue,
            "created_at": f"{days_of(0)[n % 7]} 08:00",
            "sla_target_at": f"{days_of(0)[n % 7]} 12:00",
            "closed_at": f"{days_of(0)[n % 7]} {'11' if n < met else '13'}:00",
            "sla_met": "true" if n < met else "false",
        }
        for n in range(met + missed)
    ]


def looked(*targets):
    # 60 of 60, 50 of 60 and 10 of 20: 120 of 140 are 85.7 % over all; the last queue is too small to be blamed.
    rows = [*due("calm", 60, 0), *due("busy", 50, 10), *due("tiny", 10, 10)]
    return look_at(rows, metrics=("sla_attainment",), by=("queue",), casebook=book(targets=targets))


def test_the_whole_and_every_queue_with_enough_cases_are_judged_on_the_exact_value():
    held = {h.segment.key: (round(h.value, 4), h.is_met) for h in looked(AIM).held}
    assert held == {"": (0.8571, False), "calm": (1.0, True), "busy": (0.8333, False)}


def test_the_card_folds_all_targets_into_one():
    (card,) = [item for item in findings.record(looked(AIM)).items if item.kind == "target"]
    assert (
        card.claim == "Targets: 1 of 1 missed over all (SLA attainment), and 1 of 2 missed by queue, vendor or severity"
    )
    assert card.detail == (
        "SLA attainment is 85.7\u202f% over all (target: at least 95\u202f%); furthest off is busy (83.3\u202f%)."
    )
    assert (card.tone, card.values["sla_attainment_busy"]) == ("worse", pytest.approx(50 / 60, abs=1e-6))


def test_targets_that_are_all_met_are_said_in_one_line():
    (card,) = [
        item for item in findings.record(looked(Target("sla_attainment", at_least=0.5))).items if item.kind == "target"
    ]
    assert (card.claim, card.tone) == ("Targets: all 3 were met", "better")


def test_a_value_that_only_just_misses_has_missed():
    assert not Target("sla_attainment", at_least=0.95).is_met(0.9499999)


def test_the_first_target_whose_conditions_fit_holds():
    own = Target("sla_attainment", at_least=0.8, where={"queue": "busy"})
    assert target_of([own, AIM], "sla_attainment", Segment.of(["queue"], ["busy"])) is own
    assert target_of([own, AIM], "sla_attainment", EVERYTHING) is AIM
    assert target_of([own, AIM], "accuracy", EVERYTHING) is None


def test_a_target_is_said_without_needless_decimals():
    assert in_words(AIM, "share") == "at least 95\u202f%"
    assert in_words(Target("m", at_least=0.955, at_most=1.0), "share") == "at least 95.5\u202f% and at most 100\u202f%"
    assert in_words(Target("m", at_most=1.5), "hours") == "at most 1.5\u202fh"


def test_missed_targets_stand_first_in_the_table():
    rows = findings.targets_table(looked(Target("sla_attainment", at_least=0.84))).rows
    assert [(row[1], row[4]) for row in rows] == [("busy", "missed"), ("all cases", "met")]
