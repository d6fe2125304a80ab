"""The rows that stand: usable ones, and one of several with the same key."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis

from tskit.cases.place.rows import FLAG, REASON, RECORD, Mapped
from tskit.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

__all__ = ["DUPLICATE", "Repeats", "flags_of", "repeats_of", "standing"]

DUPLICATE = f"{FLAG}duplicate_key"
_KEY, _DIGEST, _PLACE, _STATES = "key:", "digest:", "place:", "states:"
_BLANK = "\x01"
_NUMBERS = count()
_EPOCH = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many rows repeat another one exactly, and how many are an older state of a row with the same key."""

    exact: int = 0
    superseded: int = 0


def repeats_of(rows: ir.Table, mapped: Mapped) -> Repeats:
    """Return how many usable rows do not stand because of another one; the second question only where some do not."""
    keyed = _keyed(rows.filter(rows[REASON].isnull()), mapped)
    if mapped.engine == "duckdb" and _differ(keyed):
        return Repeats()
    counted = _repeated_keys(keyed)
    whole = counted.aggregate(keys=counted.count(), rows=counted["n"].sum()).to_pyarrow().to_pylist()[0]
    if not whole["keys"]:
        return Repeats()
    states = int(_states(keyed).count().to_pyarrow().as_py())
    return Repeats(int(whole["rows"]) - states, states - int(whole["keys"]))


def _differ(keyed: ir.Table) -> bool:
    """Return whether no two rows share even a digest of their keys: numbers take a third of the room that keys do."""
    digests = keyed.mutate(**{_DIGEST: keyed[_KEY].hash()})
    found = digests.aggregate(rows=digests.count(), digests=digests[_DIGEST].nunique()).to_pyarrow().to_pylist()[0]
    return found["rows"] == found["digests"]


def standing(rows: ir.Table, mapped: Mapped, *, alone: ir.Table) -> ir.Table:
    """Return the rows that stand: those of `alone`, usable ones, whose key comes once, and one of several otherwise.

    Which of several rows with one key stands depends on their content alone: the latest change, then the latest time
    in the row, then the order of its columns as text.
    """
    usable = rows.filter(rows[REASON].isnull())
    shown = [name for name in alone.columns if ":" not in name or name.startswith(FLAG)]
    states = _states(_keyed(usable, mapped))
    of_key = ibis.window(group_by=_KEY)
    ranked = states.mutate(
        **{
            _PLACE: ibis.row_number().over(ibis.window(group_by=_KEY, order_by=_order(states, mapped))),
            _STATES: states.count().over(of_key),
        }
    )
    chosen = ranked.filter(ranked[_PLACE] == 0).mutate(**{DUPLICATE: ranked[_STATES] > 1})
    chosen = _kept(chosen.select(*shown, DUPLICATE, _KEY), mapped)
    single = _keyed(alone, mapped).anti_join(chosen, _KEY).mutate(**{DUPLICATE: ibis.literal(value=False)})
    # A kept table has types of its own: which columns may be blank differs.
    types = {name: alone[name].type().copy(nullable=True) for name in shown} | {DUPLICATE: "boolean"}
    return _typed(single, types).union(_typed(chosen, types))


def _typed(rows: ir.Table, types: Mapping[str, Any]) -> ir.Table:
    return rows.select(
        **{name: rows[name].cast(kind) if rows[name].type() != kind else rows[name] for name, kind in types.items()}
    )


def _kept(chosen: ir.Table, mapped: Mapped) -> ir.Table:
    """Return the few rows that stand of several as a table of the embedded engine, which need not settle them again.

    Any other engine is only read, and settles them in every question.
    """
    if mapped.engine != "duckdb":
        return chosen
    backend: Any = chosen.get_backend()
    return backend.create_table(f"tskit_chosen_{next(_NUMBERS)}", chosen, temp=True)


def flags_of(rows: ir.Table) -> tuple[str, ...]:
    """Return the names of the flags that rows may carry."""
    return tuple(name.removeprefix(FLAG) for name in rows.columns if name.startswith(FLAG))


def _keyed(rows: ir.Table, mapped: Mapped) -> ir.Table:
    """Return rows with their key as one column, in which what is blank is equal to itself."""
    if len(mapped.key) == 1:
        return rows.mutate(**{_KEY: rows[mapped.key[0]]})
    parts = [rows[name].cast("string").fill_null(_BLANK) for name in mapped.key]
    return rows.mutate(**{_KEY: ibis.literal("|").join(parts)})


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
