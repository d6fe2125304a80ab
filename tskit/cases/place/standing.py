"""The rows that stand: usable ones, and one of several with the same key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from tskit.cases.place.rows import FLAG, REASON, RECORD, Mapped
from tskit.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

__all__ = ["DUPLICATE", "Repeats", "flags_of", "repeats_of", "standing"]

DUPLICATE = f"{FLAG}duplicate_key"
_KEY, _PLACE, _STATES = "key:", "place:", "states:"
_BLANK = "\x01"
_EPOCH = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many rows repeat another one exactly, and how many are an older state of a row with the same key."""

    exact: int = 0
    superseded: int = 0


def repeats_of(rows: ir.Table, mapped: Mapped) -> Repeats:
    """Return how many usable rows do not stand because of another one; the second question only where some do not."""
    keyed = _keyed(rows, mapped)
    counted = _repeated_keys(keyed)
    whole = counted.aggregate(keys=counted.count(), rows=counted["n"].sum()).to_pyarrow().to_pylist()[0]
    if not whole["keys"]:
        return Repeats()
    states = int(_states(keyed).count().to_pyarrow().as_py())
    return Repeats(int(whole["rows"]) - states, states - int(whole["keys"]))


def standing(rows: ir.Table, mapped: Mapped) -> ir.Table:
    """Return the usable rows, and the one that stands of several with the same key.

    Which of several rows with one key stands depends on their content alone: the latest change, then the latest time
    in the row, then the order of its columns as text.
    """
    keyed = _keyed(rows, mapped)
    shown = [name for name in rows.columns if not name.startswith(RECORD)]
    single = keyed.anti_join(_repeated_keys(keyed), _KEY).mutate(**{DUPLICATE: ibis.literal(value=False)})
    states = _states(keyed)
    of_key = ibis.window(group_by=_KEY)
    ranked = states.mutate(
        **{
            _PLACE: ibis.row_number().over(ibis.window(group_by=_KEY, order_by=_order(states, mapped))),
            _STATES: states.count().over(of_key),
        }
    )
    chosen = ranked.filter(ranked[_PLACE] == 0).mutate(**{DUPLICATE: ranked[_STATES] > 1})
    return single.select(*shown, DUPLICATE).union(chosen.select(*shown, DUPLICATE))


def flags_of(rows: ir.Table) -> tuple[str, ...]:
    """Return the names of the flags that rows may carry."""
    return tuple(name.removeprefix(FLAG) for name in rows.columns if name.startswith(FLAG))


def _keyed(rows: ir.Table, mapped: Mapped) -> ir.Table:
    """Return the usable rows with their key as one column, in which what is blank is equal to itself."""
    usable = rows.filter(rows[REASON].isnull())
    if len(mapped.key) == 1:
        return usable.mutate(**{_KEY: usable[mapped.key[0]]})
    parts = [usable[name].cast("string").fill_null(_BLANK) for name in mapped.key]
    return usable.mutate(**{_KEY: ibis.literal("|").join(parts)})


def _repeated_keys(keyed: ir.Table) -> ir.Table:
    counted = keyed.group_by(_KEY).aggregate(n=keyed.count())
    return counted.filter(counted.n > 1)


def _states(keyed: ir.Table) -> ir.Table:
    """Return the different rows among those whose key comes more than once."""
    return keyed.semi_join(_repeated_keys(keyed), _KEY).distinct()


def _order(rows: ir.Table, mapped: Mapped) -> Sequence[ir.Value]:
    never = ibis.literal(_EPOCH).cast("timestamp('UTC')")
    times = [ibis.coalesce(rows[c.name], never) for c in mapped.columns if c.kind is Kind.TIME]
    first = [ibis.coalesce(rows.source_modified_at, never)] if mapped.has("source_modified_at") else []
    latest = [*first, *([ibis.greatest(*times)] if times else [])]
    records = [rows[name].cast("string") for name in rows.columns if name.startswith(RECORD)]
    return [*(ibis.desc(value) for value in latest), *records]
