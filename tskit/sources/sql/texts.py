"""Values as text, exactly as the database wrote them; nothing is rounded, moved to another zone or left out."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["as_written", "refuse_twins", "table_of", "text_of"]


_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (datetime, lambda value: value.isoformat(" ")),
    ((date, time), lambda value: value.isoformat()),
    (Decimal, lambda value: format(value, "f") if value.is_finite() else str(value)),
    ((bytes, bytearray, memoryview), lambda value: f"\\x{bytes(value).hex()}"),
    ((list, tuple, dict), lambda value: json.dumps(value, ensure_ascii=False, default=text_of)),
)


def text_of(value: object) -> str | None:
    r"""Return a value that a driver hands over as text, the same for each: times in ISO 8601, bytes as \x and hex.

    >>> text_of(True), text_of(Decimal("1E+3")), text_of(b"\x00a")
    ('true', '1000', '\\x0061')
    """
    if value is None or isinstance(value, str):
        return value
    return next((write(value) for kind, write in _WRITERS if isinstance(value, kind)), str(value))


def table_of(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Any:  # noqa: ANN401  # a pyarrow.Table, which is not typed
    """Return rows as a table whose columns are all text; a null stays apart from an empty text."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    arrays = [pa.array([text_of(value) for value in column], pa.string()) for column in columns]
    return pa.table(dict(zip(names, arrays, strict=True)))


def refuse_twins(names: Sequence[str], *, source: str, what: str) -> None:
    """Refuse an answer in which two columns have one name, since one would hide the other.

    Raises:
        SourceError: it names the columns.
    """
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise SourceError(
            f"{what} of the source {source} has several columns called {', '.join(twins)}. Name each of them in a query."
        )


def as_written(cursor: Any) -> None:  # noqa: ANN401  # a cursor of psycopg, which is an extra
    """Have a cursor of PostgreSQL hand over each value in the server's own writing.

    Python has no year 44 BC and no infinite date; the server's text has both, and the digits of every number.
    """
    from psycopg.types.string import TextLoader  # noqa: PLC0415  # an extra

    for kind in cursor.adapters.types:
        for number in (kind.oid, kind.array_oid):
            if number and kind.name != "bool":  # on the wire it is t or f, and true or false wherever people see it
                cursor.adapters.register_loader(number, TextLoader)
