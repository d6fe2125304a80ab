"""Cases whose target fell due, whether they missed it, and what had happened to each until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.cases.instants import micros
from tskit.patterns.flow.kept import kept
from tskit.patterns.flow.steps import as_of_micros, steps

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.patterns.flow.spans import Spans

__all__ = ["due_cases", "led_to", "visited"]

_NO = ibis.literal(value=False)


def due_cases(case_set: CaseSet, spans: Spans, *, by: tuple[str, ...]) -> ir.Table | None:
    """Return the cases whose target fell due in both periods: `case_id`, `due`, `is_late`, `period`, `day`, those of `by`.

    A case is late as the metric of SLA attainment has it: the source's own verdict, else closed after the target or not
    at all. A source that has verdicts and no targets tells of the cases that were closed then, `due` is their
    closing. Cases that were closed, nobody knows when, are left out; without either column there is no answer.
    """
    cases = case_set.cases
    closed = micros(cases.closed_at) if case_set.has("closed_at") else ibis.null("int64")
    met = cases.sla_met if case_set.has("sla_met") else ibis.null("boolean")
    if case_set.has("sla_target_at", "closed_at"):
        due = micros(cases.sla_target_at)
        told = ibis.coalesce(met, (closed <= due).fill_null(_NO))
    elif case_set.has("sla_met", "closed_at"):
        due, told = closed, met
    else:
        return None
    is_lost = cases.is_closed.fill_null(_NO) & closed.isnull() & met.isnull() if case_set.has("is_closed") else _NO
    rows = cases.select("case_id", *by, due=due.cast("int64"), _met=told, _lost=is_lost)
    end = min(spans.edges[2], as_of_micros(case_set) + 1)
    rows = rows.filter(rows.due >= spans.edges[0], rows.due < end, rows["_met"].notnull(), ~rows["_lost"])
    told_by_day = rows.mutate(is_late=~rows["_met"], period=spans.period(rows.due), day=spans.day(rows.due))
    return told_by_day.drop("_met", "_lost")


def led_to(case_set: CaseSet, due: ir.Table) -> ir.Table:
    """Return the due cases with what had happened until the target: moves, moves straight back, visits and reopenings.

    What came later cannot have made a case late.
    """
    told = steps(case_set)
    before = told.join(due.select("case_id", "due"), "case_id")
    before = before.filter(before["at"] <= before.due, before.kind.isin(["moved", "reopened"]))
    per_case = before.group_by("case_id").aggregate(
        moves=before.count(where=before.kind == "moved"),
        returns=before.count(where=before.is_return),
        visits=before.visit.max(),
        reopenings=before.count(where=before.kind == "reopened"),
    )
    joined = due.left_join(per_case, "case_id").drop("case_id_right")
    names = ("moves", "returns", "visits", "reopenings")
    return kept(joined.mutate(**{name: joined[name].fill_null(0) for name in names}))


def visited(case_set: CaseSet, due: ir.Table) -> ir.Table:
    """Return each queue that a due case had lain in until its target: `queue`, `period`, `day`, `is_late`."""
    told = steps(case_set)
    # The first visit to a queue stands for all of them, so that no case counts twice.
    first = told.filter(told.visit == 0).select("case_id", "queue", "at")
    joined = first.join(due.select("case_id", "due", "period", "day", "is_late"), "case_id")
    return joined.filter(joined["at"] <= joined.due).select("queue", "period", "day", "is_late")
