"""The catalogue of metrics as a page, written from the registry alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.metrics.doubts import DOUBTS
from tskit.metrics.registry import REGISTRY

if TYPE_CHECKING:
    from tskit.metrics.metric import Metric

__all__ = ["reference"]

_HEAD = """# Metrics

Every figure of a write-up is one of these. This page is generated from the definitions in `tskit/metrics/`; change them
there. A period is a half-open window of whole local days. Where there is nothing to divide by, a figure is missing,
never 0. A cohort that has not been followed long enough has no figure yet. Needs written `events.x` are columns of the
event log.

A row in doubt stays out of the figures that its doubt touches, and the figure's note counts it: each section names
those doubts. So does a row whose value in a needed column cannot be read. It stays in all other figures.

"""

_DIRECTIONS = {1: "more is better", -1: "less is better", 0: "neither more nor less is better"}


def reference() -> str:
    """Return the page in Markdown: a table of contents, then a section for each metric."""
    rows = [f"| [{m.label}](#{m.name}) | `{m.name}` | {m.id} | {m.unit} |" for m in REGISTRY.values()]
    contents = ["| metric | name | id | unit |", "|---|---|---|---|", *rows, ""]
    return _HEAD + "\n".join(contents) + "".join(_section(metric) for metric in REGISTRY.values())


def _section(metric: Metric) -> str:
    needs = ", ".join(f"`{name}`" for name in metric.needs)
    if metric.needs_with_events:
        needs += "; or, with an event log, " + ", ".join(f"`{name}`" for name in metric.needs_with_events)
    lines = {
        "Formula": metric.formula,
        "Denominator": metric.denominator,
        "Left out": metric.exclusions,
        "In doubt": "; ".join(doubt.words for doubt in DOUBTS.values() if metric.name in doubt.metrics),
        "Placed by": f"`{metric.at}`",
        "Followed for": f"{metric.follow_up_days} days" if metric.follow_up_days else "",
        "Interval": metric.interval,
        "Unit": f"{metric.unit}; {_DIRECTIONS[metric.direction]}",
        "Needs": needs,
        "Caution": metric.caution,
        "Source": metric.source,
    }
    body = "\n".join(f"- **{word}**: {text}" for word, text in lines.items() if text and text != "-")
    return f'\n<a id="{metric.name}"></a>\n\n## {metric.label}\n\n`{metric.name}` ({metric.id})\n\n{body}\n'
