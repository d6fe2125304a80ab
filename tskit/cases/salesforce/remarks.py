"""What a reader must know of the objects that were read before the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.salesforce.history import CHANGES
from tskit.cases.salesforce.objects import APART, COLUMNS, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.cases.salesforce.objects import Shelf
    from tskit.sources import RawTable

__all__ = ["remarks"]

_LOOKUPS = ("Group", "QueueSobject", "User", "RecordType", "MilestoneType")


def remarks(shelf: Shelf, objects: Mapping[str, RawTable]) -> tuple[str, ...]:
    """Return sentences on what is missing, unknown or was worked out."""
    read = ", ".join(f"{kind} {raw.read:,}" for kind, raw in objects.items())
    found = [f"Salesforce objects and their records: {read}."]
    unknown = [kind for kind in objects if kind not in COLUMNS]
    if unknown:
        found.append(f"Not used, since no figure needs them: {', '.join(unknown)}.")
    lost = shelf.value(f"SELECT count(*) FROM {APART} WHERE object IN ({', '.join(map(repr, _LOOKUPS))})")
    if lost:
        found.append(
            f"{lost:,} records of {', '.join(_LOOKUPS)} were repeated, deleted or unreadable and were not used."
        )
    found += _owners(shelf)
    found += _history(shelf) if shelf.has("CaseHistory") or shelf.has("CaseHistory2") else [_NO_HISTORY]
    return tuple(found)


_NO_HISTORY = (
    "There is no CaseHistory: moves between queues, escalations and reopenings are unknown, and figures that need them "
    "say so. Mails and comments serve the first response alone. Export CaseHistory with the cases."
)


def _owners(shelf: Shelf) -> list[str]:
    cases = table_of("Case")
    found: list[str] = []
    if shelf.has("User"):
        users = f'SELECT "Id" FROM {table_of("User")}'
        lost = f'SELECT count(*) FROM {cases} WHERE "OwnerId" NOT LIKE \'00G%\' AND "OwnerId" NOT IN ({users})'
        if count := shelf.value(lost):
            found.append(
                f"{count:,} cases belong to an owner whom User does not hold; their vendor and language are blank."
            )
    if shelf.has("Group"):
        queues = "SELECT id FROM sf_queues"
        lost = f'SELECT count(*) FROM {cases} WHERE "OwnerId" LIKE \'00G%\' AND "OwnerId" NOT IN ({queues})'
        if count := shelf.value(lost):
            found.append(f"{count:,} cases lie in a queue that Group does not hold; its id stands for the name.")
    return found


def _history(shelf: Shelf) -> list[str]:
    found: list[str] = []
    known = {row[0] for row in shelf.database.execute("SELECT kind FROM sf_told WHERE kind IS NOT NULL").fetchall()}
    if "status" not in known:
        found.append("The history tells of no change of Status: reopenings are unknown. Track the field in Salesforce.")
    if "owner" not in known:
        found.append(
            "The history tells of no change of Owner: moves between queues are unknown. Track the field in Salesforce."
        )
    silent = (
        f"SELECT count(*) FROM {table_of('Case')} AS k ANTI JOIN (SELECT DISTINCT case_id FROM {CHANGES}) AS c "
        'ON c.case_id = k."Id"'
    )
    if count := shelf.value(silent):
        found.append(
            f"{count:,} cases have no row in the history: it is kept for 18 to 24 months, and a cut export lacks some. "
            "Their opening was taken from the case."
        )
    return found
