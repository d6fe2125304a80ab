"""What a finding signals to somebody who is to be told of it at once: a spike, a silence or a breach of the SLA.

It is read off the finding as its write-up holds it, by what it rests on, never by its words:

* A spike is more that came in than chance makes: cases opened in a trend report, arrivals of a handover, the hours of
  an escalation. A silence is less.
* An SLA breach is a target of SLA attainment that is missed, over all or in a segment, and a deadline of single cases
  that has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tskit.metrics import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import Signal

__all__ = ["signals"]

_DUE = {"late", "binding", "deadlines"}
"""Tables of single cases that are due; a finding that rests on one and is for the worse tells of a deadline that passed."""


def signals(finding: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> tuple[Signal, ...]:
    """Return what a finding signals; mostly nothing.

    Args:
        finding: as `Finding.as_json` gives it.
        tables: the tables of the same write-up by key, as `Table.as_json` gives them.
    """
    if finding.get("tone") != "worse":
        return ()
    refs = {(str(e.get("kind")), str(e.get("ref"))) for e in finding.get("evidence", [])}
    if ("table", "targets") in refs:
        return ("sla_breach",) if _misses(tables.get("targets", {}), find("sla_attainment").label) else ()
    if any(kind == "cases" and ref in _DUE for kind, ref in refs):
        return ("sla_breach",)
    if ("table", "spikes") in refs:
        return ("spike",) if _is_more(finding.get("values", {})) else ("silence",)
    is_spike = ("metric", find("cases_opened").id) in refs or (
        finding.get("kind") == "pattern" and ("figure", "hours") in refs
    )
    return ("spike",) if is_spike else ()


def _is_more(values: Mapping[str, Any]) -> bool:
    arrived, usual = values.get("cases"), values.get("usual", 0)
    return isinstance(arrived, int | float) and isinstance(usual, int | float) and arrived > usual


def _misses(table: Mapping[str, Any], metric: str) -> bool:
    """Return whether a value of a metric missed its target; each row names the metric and the verdict."""
    names = [column.get("name") for column in table.get("columns", [])]
    rows = [dict(zip(names, row, strict=False)) for row in cast("Sequence[Sequence[Any]]", table.get("rows", []))]
    return any(row.get("metric") == metric and row.get("verdict") == "missed" for row in rows)
