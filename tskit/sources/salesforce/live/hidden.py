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

    Whether a field exists is asked of FieldDefinition and of FieldPermissions. That one is not there is said where the
    user may read the permissions, or is told of other fields that are hidden; otherwise it may be hidden as well.
    """
    known, is_sure = _known(table, organisation)
    hidden = [name for name in names if name in known]
    absent = [name for name in names if name not in known]
    told = [f"{_listed(table, hidden)}: hidden from this user by field-level security"] if hidden else []
    if absent:
        why = "not there in this organisation" if is_sure or hidden else _UNSURE
        told.append(f"{_listed(table, absent)}: {why}")
    return "; ".join(told)


_UNSURE = "hidden from this user, or not there (the user may not ask which)"


def _known(table: str, organisation: Organisation) -> tuple[frozenset[str], bool]:
    """Return the fields that an object has for anybody, as far as this user may know, and whether that is all of them."""
    defined = _told("FieldDefinition", "QualifiedApiName", "EntityDefinition.QualifiedApiName", table, organisation)
    allowed = _told("FieldPermissions", "Field", "SobjectType", table, organisation)
    names = frozenset(defined or ()) | {name.partition(".")[2] for name in allowed or ()}
    return names, bool(defined) and allowed is not None


def _told(kind: str, column: str, of: str, table: str, organisation: Organisation) -> list[str] | None:
    """Return what records of a kind tell about an object; None where this user may not read them."""
    soql = select(kind, [column], [f"{of} = {quoted(table)}"])
    try:
        return [str(one[column]) for one in organisation.records(soql, what=f"the fields that {table} has")]
    except RefusedError:
        return None


def _listed(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)
