"""One sweep over everything: every metric by every column, with every detector that fits, corrected together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.findings.measured import first_day
from tskit.findings.scan.cube import cube_of
from tskit.findings.scan.driven import driven, mixed
from tskit.findings.scan.moved import moved
from tskit.findings.scan.shared import corrected, part_of
from tskit.findings.scan.sight import DETECTORS, Scan
from tskit.findings.scan.tied import tied
from tskit.findings.scan.told_once import is_material, joined_runs, told_once
from tskit.findings.scan.waiting import waited
from tskit.findings.scan.watched import holidays_of, watched
from tskit.metrics import Kind, columns_of, find, gather, numbers_of_values
from tskit.model import CASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.findings.scan.cube import Cube
    from tskit.findings.scan.shared import Looked
    from tskit.metrics import Metric
    from tskit.model import CaseSet

__all__ = ["BY", "METRICS", "scan"]

METRICS = (
    "cases_opened",
    "sla_attainment",
    "accuracy",
    "overturn_rate",
    "action_rate",
    "automated_share",
    "automated_detection_share",
    "escalation_rate",
    "reassignment_rate",
    "reopen_rate",
)
BY = ("market", "queue", "policy_id", "vendor", "channel")
_MOST_VALUES = 500


def scan(case_set: CaseSet, *, metric: Sequence[str] = METRICS, by: Sequence[str] = BY) -> Scan:
    """Return what deserves a look in the window of a scope, ranked, with all that was looked at to find it.

    Every metric is watched by every column and pair of columns: spikes, drops and silence against each segment's own
    past, level shifts, drivers of changes since the window before, changes that are only mix, linked cases and the flow
    between queues. What is told is beyond noise after a correction for the whole scan (see `shared`), is large enough to
    matter, and is told once. Metrics and columns that the source lacks are named, not refused.

    Args:
        case_set: the loaded cases.
        metric: counts and shares of the catalogue.
        by: columns of cases whose values are compared.

    Raises:
        ParameterError: a metric or a column is unknown, or a metric is neither a count nor a share.
    """
    chosen = _metrics(metric)
    able, absent, crowded = _columns(case_set, by)
    known = columns_of(case_set)
    missing = {one.name: lacks for one in chosen if (lacks := one.missing(known))}
    asked = [one for one in chosen if one.name not in missing]
    gather(case_set, asked)
    first = first_day(case_set)
    cubes = {one.name: cube_of(case_set, one, by=able, first=first) for one in asked}
    looks = _looks(case_set, cubes, able)
    found, allowed = corrected(looks)
    told = told_once([sight for sight in joined_runs(found) if is_material(sight)], cubes, case_set.casebook.labels)
    return Scan(
        case_set,
        tuple(one.name for one in asked),
        able,
        tuple(told),
        {look.detector: look.count for look in looks if look.count},
        allowed,
        {look.detector: look.patterns for look in looks},
        absent,
        crowded,
        missing,
        {look.detector: look.why_not for look in looks if look.why_not},
        _limits(cubes),
        cubes,
    )


def _looks(case_set: CaseSet, cubes: Mapping[str, Cube], columns: Sequence[str]) -> list[Looked]:
    every = list(cubes.values())
    counts, shares = [c for c in every if not c.is_share], [c for c in every if c.is_share]
    holidays = holidays_of(every[0]) if every else {}
    return [
        watched(counts, detector="spikes", holidays=holidays, case_set=case_set),
        watched(shares, detector="rates", holidays=holidays, case_set=case_set),
        moved(every, case_set),
        driven(every, case_set, level=part_of(len(DETECTORS))),
        mixed(every, case_set),
        tied(case_set, columns=columns),
        waited(case_set),
    ]


def _metrics(names: Sequence[str]) -> list[Metric]:
    chosen = [find(name) for name in dict.fromkeys(names)]
    for one in chosen:
        if one.kind not in {Kind.COUNT, Kind.SHARE}:
            raise ParameterError(f"A scan takes counts and shares; {one.name!r} is neither. Leave it out of `metric`.")
    return chosen


def _columns(case_set: CaseSet, by: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the columns to look into, those that the source lacks, and those with too many values to compare."""
    known = [column.name for column in CASES.columns]
    asked = list(dict.fromkeys(by))
    for name in asked:
        if name not in known:
            raise ParameterError.unknown(name, known, what="column to compare by")
    absent = tuple(case_set.lacks(*asked))
    present = [name for name in asked if name not in absent]
    numbers = numbers_of_values(case_set, present) if present else {}
    crowded = tuple(name for name in present if numbers[name] > _MOST_VALUES)
    return tuple(name for name in present if name not in crowded), absent, crowded


def _limits(cubes: Mapping[str, Cube]) -> tuple[str, ...]:
    weighted = [cube.metric.label for cube in cubes.values() if cube.metric.weight]
    said = ["What is unusual is not what is wrong: a sight says where to look, and not why."]
    if weighted:
        said.append(f"{', '.join(weighted)}: sampled cases are counted here without their weights.")
    return tuple(said)
