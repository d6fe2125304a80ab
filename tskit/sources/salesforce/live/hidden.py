"""Why a field is not there: hidden from this user, or no field of the organisation at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.sources.salesforce.live.organisation import RefusedError
from tskit.sources.salesforce.live.soql import quoted, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.sources.salesforce.live.organisation import Organisation

__all__ = ["lacking"]


def lacking(names: Sequence[str], *, table: str, organisation: Organisation) -> str:
    """Return, in words, why fields are not described to this user: what is hidden, what is not there, what is unsure.

    Whether a field exists is asked of FieldDefinition and of FieldPermissions. A user who may read neither cannot be told.
    """
    known = _known(table, organisation)
    if known is None:
        return f"{_listed(table, names)}: hidden from this user, or not there (the user may not ask which)"
    hidden = [name for name in names if name in known]
    absent = [name for name in names if name not in known]
    told = [f"{_listed(table, hidden)}: hidden from this user by field-level security"] if hidden else []
    return "; ".join([*told, *([f"{_listed(table, absent)}: not there in this organisation"] if absent else [])])


def _known(table: str, organisation: Organisation) -> frozenset[str] | None:
    """Return the API names that an object has for anybody; None where this user may not know."""
    what = f"the fields that {table} has"
    found: set[str] = set()
    try:
        soql = select("FieldDefinition", ["QualifiedApiName"], [f"EntityDefinition.QualifiedApiName = {quoted(table)}"])
        found |= {str(one["QualifiedApiName"]) for one in organisation.records(soql, what=what)}
    except RefusedError:
        return None
    try:
        soql = select("FieldPermissions", ["Field"], [f"SobjectType = {quoted(table)}"])
        found |= {str(one["Field"]).partition(".")[2] for one in organisation.records(soql, what=what)}
    except RefusedError:
        pass  # it needs a right to view setup; definitions are told to every user of the API
    return frozenset(found) if found else None


def _listed(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)
