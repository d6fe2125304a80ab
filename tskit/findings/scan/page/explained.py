"""What explains the changes of a scan: the segments that drive them, and how much is volume, mix and rate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.places import country
from tskit.findings.scan.driven import driver_of
from tskit.findings.scan.page.asked import not_told
from tskit.findings.scan.told_once import is_material
from tskit.findings.tables import Table, table
from tskit.findings.wording import amount, listed, plural, spread
from tskit.metrics import find
from tskit.patterns.drivers import decompose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.findings.scan.sight import Scan
    from tskit.model import Pattern

__all__ = ["Parts", "drivers_table", "mix_table", "no_driver", "parts", "told_drivers", "worded"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a chart of a change needs: its rows, what it is about, and what it says below."""

    title: str
    label: str
    unit: str
    caption: str
    frame: pd.DataFrame = field(repr=False)


def drivers_table(seen: Scan) -> Table:
    """Return the segments that explain a change since the period before, each with what cannot be told from it."""
    columns = [
        ("metric", "Metric"),
        ("segment", "Where"),
        ("seen", "Seen"),
        ("expected", "By all other cases"),
        ("factor", "Times as much"),
        ("range", "95 % interval"),
        ("others", "Cannot be told from"),
    ]
    rows = [row for pattern in told_drivers(seen) for row in _drivers(pattern, seen)]
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="drivers",
        title="Segments that explain a change since the period before",
        caption=not_told(seen, "drivers") or (_LATTICE if rows else no_driver(seen)),
    )


_LATTICE = (
    "A segment is named where its cases changed against all others, in as few columns as say it. It says where a change "
    "lies, and not why."
)


def told_drivers(seen: Scan) -> list[Pattern]:
    """Return the explained changes with those causes alone that are large enough to matter."""
    found = [_material(pattern, seen) for pattern in seen.patterns.get("drivers", ())]
    return [pattern for pattern in found if len(pattern.table)]


def _material(pattern: Pattern, seen: Scan) -> Pattern:
    cube, rows = seen.cubes[str(pattern.settings["metric"])], pattern.table
    causes = rows[rows["role"] == "cause"]
    kept = {row["number"] for _, row in causes.iterrows() if is_material(driver_of(cube, row, seen.case_set))}
    return replace(pattern, table=rows[rows["number"].isin(kept)].reset_index(drop=True))


def no_driver(seen: Scan) -> str:
    """Return that no segment changed, and how many were looked at."""
    looked = plural(seen.looked_at.get("drivers", 0), "segment")
    return f"No segment changed against all others beyond noise and by enough to matter; {looked} were looked at."


def _drivers(pattern: Pattern, seen: Scan) -> Iterator[dict[str, object]]:
    metric = find(str(pattern.settings["metric"]))
    unit = "share" if pattern.settings["kind"] == "rate" else "cases"
    found = pattern.table
    for _, row in found[found["role"] == "cause"].iterrows():
        others = found[(found["number"] == row["number"]) & (found["role"] == "runner-up")]
        near = [worded(segment, seen) for segment in others["segment"]]
        made: dict[str, object] = {
            "metric": f"{metric.label}, cases that count" if unit == "share" else metric.label,
            "segment": worded(row["segment"], seen),
            "seen": amount(row["seen"], "cases"),
            "expected": amount(row["expected"], "cases"),
            "factor": amount(row["factor"], "times"),
            "range": spread(row["low"], row["high"], "times"),
            "others": listed(near) or None,
        }
        yield made


def mix_table(seen: Scan) -> Table:
    """Return how much of the change of each share is mix and how much is rate, in points, by the column that moves most."""
    columns = [
        ("metric", "Share"),
        ("by", "Mix by"),
        ("before", "Before", "share"),
        ("now", "This period", "share"),
        ("mix", "By the mix", "points"),
        ("mix_range", "95 % interval"),
        ("rate", "By the rates", "points"),
        ("rate_range", "95 % interval"),
    ]
    rows = [_mixed(pattern) for pattern in _by_size(seen)]
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="mix",
        title="Shares that changed, taken apart into mix and rate",
        caption=not_told(seen, "mix") or _MIX,
    )


_MIX = (
    "A share can move while no segment's own share does, because the mix of cases moved. For each share the column is shown "
    "whose mix moved it most; both parts add up to the change."
)


def _by_size(seen: Scan) -> list[Pattern]:
    """Return one decomposition a metric: that of the column by which the mix part is largest."""
    best: dict[str, Pattern] = {}
    for pattern in seen.patterns.get("mix", ()):
        name = str(pattern.settings["metric"])
        if name not in best or _mix_of(pattern) > _mix_of(best[name]):
            best[name] = pattern
    return list(best.values())


def _mix_of(pattern: Pattern) -> float:
    return abs(float(pattern.table["mix"].iloc[0]))


def _mixed(pattern: Pattern) -> dict[str, object]:
    whole = pattern.table.iloc[0]
    cases = (whole["n_before"] + whole["n_after"]) / 2
    value = {
        name: float(whole[name]) / cases for name in ("mix", "mix_low", "mix_high", "rate", "rate_low", "rate_high")
    }
    return {
        "metric": find(str(pattern.settings["metric"])).label,
        "by": str(pattern.settings["by"]).replace("_", " "),
        "before": whole["rate_before"],
        "now": whole["rate_after"],
        "mix": value["mix"],
        "mix_range": spread(value["mix_low"], value["mix_high"], "points"),
        "rate": value["rate"],
        "rate_range": spread(value["rate_low"], value["rate_high"], "points"),
    }


def parts(seen: Scan) -> Parts:
    """Return the change of the first share that a sight is about, as volume, mix and rate; empty where there is none."""
    pattern = _told(seen)
    if pattern is None:
        return Parts("Volume, mix and rate", "Cases that count", "cases", "", _NOTHING)
    metric, column = find(str(pattern.settings["metric"])), str(pattern.settings["by"])
    frame = pattern.table.copy()
    frame[column] = [_value(column, value, seen) for value in frame[column]]
    title = f"{metric.label}: volume, mix and rate by {column.replace('_', ' ')}"
    return Parts(title, f"Cases that count for {metric.label.lower()}", "cases", "", frame)


_NOTHING = pd.DataFrame(
    {
        "is_whole": [False],
        "change": [None],
        "volume": [None],
        "mix": [None],
        "rate": [None],
        "note": ["no share changed beyond noise"],
    }
)


def _told(seen: Scan) -> Pattern | None:
    """Return the decomposition of the first sight that is about a share: of its own column where it is about its mix."""
    for sight in seen.sights:
        cube = seen.cubes.get(sight.metric)
        if cube is None or not cube.is_share or sight.detector not in {"mix", "drivers"}:
            continue
        own = [p for p in seen.patterns.get("mix", ()) if p.settings["metric"] == sight.metric]
        same = [p for p in own if p.settings["by"] in sight.segment]
        if same or own:
            return max(same or own, key=_mix_of)
        column = next(iter(sight.segment), "")
        if column:
            made = decompose(cube.cells(), by=[column])
            return replace(made, settings={**made.settings, "metric": sight.metric})
    return None


def worded(segment: Mapping[str, object], seen: Scan) -> str:
    """Return a segment by the names that people know its values by."""
    return " · ".join(str(_value(column, value, seen)) for column, value in segment.items())


def _value(column: str, value: object, seen: Scan) -> str | None:
    if value is None or value is pd.NA:
        return None
    text = str(value)
    return country(text) if column == "market" else seen.case_set.casebook.labels.get(text, text)
