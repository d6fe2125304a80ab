"""The milestone that a case is held to: due, met or missed, and how long its clock stood still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.salesforce.objects import cell, moment, table_of, truth

if TYPE_CHECKING:
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["breach_events", "make_milestones"]

_RESOLUTION = "regexp_matches(lower(coalesce(t.\"Name\", '')), 'resol|clos|complet|decision')"
_FIRST = "regexp_matches(lower(coalesce(t.\"Name\", '')), 'first|respon|assign|accept')"
_MINUTES = (("StoppedTimeInMins", 1), ("StoppedTimeInHrs", 60), ("StoppedTimeInDays", 1440))


def make_milestones(shelf: Shelf, *, as_of: str) -> None:
    """Make the table `sf_milestones` of all milestones, and `sf_targets` of the one of each case that is its deadline.

    A case may have several: the one whose name speaks of the resolution counts, and a first response does not where
    there is any other; among equals the last one due. `as_of` is SQL for the last instant that the data knows of.
    """
    types = f'LEFT JOIN {table_of("MilestoneType")} AS t ON t."Id" = m."MilestoneTypeId"'
    named = 't."Name"' if shelf.has("MilestoneType") else "NULL::VARCHAR"
    order = f"{_RESOLUTION} DESC, {_FIRST}, " if shelf.has("MilestoneType") else ""
    minutes = ", ".join(f'try_cast(m."{column}" AS DOUBLE) * {factor}' for column, factor in _MINUTES)
    due, ended = moment(cell("m", "TargetDate")), cell("m", "CompletionDate")
    done = f"({truth(cell('m', 'IsCompleted'))} OR {ended} IS NOT NULL)"
    late = (
        f"({truth(cell('m', 'IsViolated'))} OR coalesce({moment(ended)} > {due}, false) "
        f"OR (NOT {done} AND coalesce({due} < {as_of}, false)))"
    )
    shelf.database.execute(
        f'CREATE OR REPLACE TEMP TABLE sf_milestones AS SELECT m."Id" AS id, m."CaseId" AS case_id, {named} AS type, '
        f'm."StartDate" AS started_at, m."TargetDate" AS target_at, m."CompletionDate" AS completed_at, {due} AS due, '
        f"{late} AS is_violated, CASE WHEN {late} THEN false WHEN {done} THEN true END AS is_met, "
        f"coalesce({minutes}) AS stopped, m._source, m._source_row, row_number() OVER "
        f'(PARTITION BY m."CaseId" ORDER BY {order}{due} DESC NULLS LAST, m."Id") AS place '
        f"FROM {table_of('CaseMilestone')} AS m {types if shelf.has('MilestoneType') else ''}"
    )
    shelf.database.execute(
        "CREATE OR REPLACE TEMP TABLE sf_targets AS SELECT case_id, target_at, CAST(is_met AS VARCHAR) AS met, "
        "CAST(stopped AS VARCHAR) AS stopped FROM sf_milestones WHERE place = 1"
    )


def breach_events(*, as_of: str) -> str:
    """Return SQL for one event for each deadline that was missed, instant the instant when it was due."""
    return (
        "SELECT case_id, 'breach:' || id AS id, NULL::VARCHAR AS field, due AS instant, target_at AS told_at, "
        "NULL::VARCHAR AS actor, NULL::VARCHAR AS old_value, NULL::VARCHAR AS new_value, false AS is_pair, "
        "_source, _source_row, 'sla_breached' AS event, NULL::VARCHAR AS from_queue, NULL::VARCHAR AS to_queue, "
        f"NULL::VARCHAR AS note, 3 AS rank FROM sf_milestones WHERE place = 1 AND is_violated AND due <= {as_of}"
    )
