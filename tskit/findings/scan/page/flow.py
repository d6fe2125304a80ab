"""How cases flow, as the page of a scan shows it: the map, where they wait, what late ones share, and loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.places import country
from tskit.findings.scan.page.asked import not_told
from tskit.findings.tables import Table, table
from tskit.findings.wording import amount, plural, spread
from tskit.patterns.flow import flow_map

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tskit.findings.scan.sight import Scan
    from tskit.model import Pattern

__all__ = ["Ways", "late_table", "loops_table", "waits_table", "ways"]

_MOST_ROWS = 15


@dataclass(frozen=True, slots=True)
class Ways:
    """What a map needs: its queues, the ways between them, which queues are slow, and what it says above and below."""

    title: str
    caption: str
    nodes: pd.DataFrame = field(repr=False)
    edges: pd.DataFrame = field(repr=False)
    slow: pd.DataFrame = field(repr=False)


def ways(seen: Scan) -> Ways:
    """Return the map of queues in the period; empty where the source has none."""
    title = "How cases move between queues"
    found = _of(seen, "bottlenecks")
    if found is None:
        return Ways(title, not_told(seen, "flow"), _NODES, _EDGES, pd.DataFrame(columns=["queue", "verdict"]))
    made = flow_map(seen.case_set, window=seen.case_set.scope.window)
    names = {"node", "source", "target", "queue"}
    frames = (made.nodes, made.edges, _slow(found, seen))
    return Ways(title, "", *(_named(frame, names & set(frame), seen) for frame in frames))


def _named(frame: pd.DataFrame, columns: Collection[str], seen: Scan) -> pd.DataFrame:
    """Return the frame with its queues by the names that people know them by, as in the tables."""
    labels = seen.case_set.casebook.labels
    return frame.assign(**{name: [labels.get(value, value) for value in frame[name]] for name in columns})


_NODES = pd.DataFrame(
    columns=["node", "kind", "entries", "step", "median_hours", "mean_hours", "open", "layer", "x", "y"]
)
_EDGES = pd.DataFrame(columns=["source", "target", "cases", "returns", "median_hours", "p90_hours", "exits_share", "p"])


def waits_table(seen: Scan) -> Table:
    """Return where cases lay, the queue with most of the hours first, and which queues hold them up beyond noise."""
    columns = [
        ("queue", "Queue"),
        ("stays", "Stays", "cases"),
        ("share", "Of all hours", "share"),
        ("mean", "A stay lasts"),
        ("range", "95 % interval"),
        ("before", "Before"),
        ("elsewhere", "In other queues"),
        ("verdict", "Slower than before?"),
    ]
    found = _of(seen, "bottlenecks")
    told = pd.DataFrame(columns=["queue", "verdict"]) if found is None else _slow(found, seen)
    slow = {str(queue) for queue in told.loc[told["verdict"] != "", "queue"]}
    rows = [_wait(row, slow, seen) for row in _rows(seen, "bottlenecks")]
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="flow",
        title="Where cases wait",
        caption=not_told(seen, "flow") or "Stays that are not over count for as long as they have lasted.",
    )


def late_table(seen: Scan) -> Table:
    """Return what late cases have in common, the clearest first."""
    columns = [
        ("feature", "Cases with"),
        ("cases", "Cases", "cases"),
        ("late", "Late", "cases"),
        ("late_share", "Of them late", "share"),
        ("other_share", "Of all others", "share"),
        ("times", "Times as often"),
        ("range", "Range"),
        ("verdict", "Beyond noise?"),
    ]
    rows = [_feature(row, seen) for row in _rows(seen, "breaches") if row["late"] and row["ratio"] > 1]
    found = _of(seen, "breaches")
    looked = 0 if found is None else int(found.table["p"].notna().sum())
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="late",
        title="What cases that missed their target have in common",
        caption=not_told(seen, "flow") or _late_caption(found, looked),
    )


def loops_table(seen: Scan) -> Table:
    """Return the shares of cases that were handed on, sent back, came back and were opened again."""
    columns = [
        ("kind", "Cases that"),
        ("cases", "Cases", "cases"),
        ("share", "Of those closed", "share"),
        ("range", "95 % interval"),
        ("before", "Before", "share"),
        ("verdict", "Beyond noise?"),
    ]
    rows = [_loop(row, seen) for row in _rows(seen, "loops") if row["of"]]
    return table(
        pd.DataFrame(rows, columns=[name for name, *_ in columns]),
        columns,
        key="loops",
        title="Cases that move about",
        caption=not_told(seen, "flow") or ("" if rows else "No case was closed in the period."),
    )


def _slow(found: Pattern, seen: Scan) -> pd.DataFrame:
    """Return the queues that the scan tells of: the pattern by itself allows for less than all that was looked at."""
    told = {sight.segment.get("queue") for sight in seen.sights if sight.detector == "flow"}
    kept = found.table[["queue", "verdict"]].copy()
    kept["verdict"] = ["slower" if queue in told else "" for queue in kept["queue"]]
    return kept


def _level(seen: Scan) -> float:
    """Return the error that the detector of flow may make, below which a row is said to be beyond noise."""
    return seen.allowed.get("flow", 0.0)


def _of(seen: Scan, kind: str) -> Pattern | None:
    return next((found for found in seen.patterns.get("flow", ()) if found.kind == kind), None)


def _rows(seen: Scan, kind: str) -> Iterator[pd.Series]:
    found = _of(seen, kind)
    for _, row in () if found is None else found.table.head(_MOST_ROWS).iterrows():
        yield row


def _wait(row: pd.Series, slow: set[str], seen: Scan) -> dict[str, object]:
    return {
        "queue": _word("queue", str(row["queue"]), seen),
        "stays": row["stays"] if np.isfinite(row["stays"]) else None,
        "share": row["share"],
        "mean": _hours(row["mean_hours"]),
        "range": spread(row["low"], row["high"], "hours") if np.isfinite(row["low"]) else None,
        "before": _hours(row["dwell_before"]),
        "elsewhere": _hours(row["elsewhere_hours"]),
        "verdict": "slower" if row["queue"] in slow else "no",
    }


def _feature(row: pd.Series, seen: Scan) -> dict[str, object]:
    name, value = str(row["feature"]), _word(str(row["feature"]), str(row["value"]), seen)
    return {
        "feature": value if name == "path" else f"{name.replace('_', ' ')} {value}",
        "cases": row["cases"],
        "late": row["late"],
        "late_share": row["late_share"],
        "other_share": row["other_share"],
        "times": f"{row['ratio']:.1f}" if np.isfinite(row["ratio"]) else None,
        "range": f"{row['low']:.1f} to {row['high']:.1f}" if np.isfinite(row["high"]) else None,
        "verdict": "yes" if row["p"] < _level(seen) else "no",
    }


def _late_caption(found: Pattern | None, looked: int) -> str:
    if found is None or not looked:
        return "" if found is None else found.statement
    return (
        f"{plural(looked, 'feature')} looked at, corrected for all of them. They occur together, which is no proof that one "
        "made the other; only what makes cases late more often is listed."
    )


def _loop(row: pd.Series, seen: Scan) -> dict[str, object]:
    return {
        "kind": row["meaning"],
        "cases": row["cases"],
        "share": row["share"],
        "range": spread(row["low"], row["high"], "share") if np.isfinite(row["low"]) else None,
        "before": row["before_share"],
        "verdict": "yes" if row["p"] < _level(seen) else "no",
    }


def _word(column: str, value: str, seen: Scan) -> str:
    return country(value) if column == "market" else seen.case_set.casebook.labels.get(value, value)


def _hours(value: float) -> str | None:
    return amount(value, "hours") if np.isfinite(value) else None
