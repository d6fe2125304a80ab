"""What is asked of a database: a table, a view or a query of the casebook, with its values apart from its words."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import sqlglot
from sqlglot import exp

from tskit.errors import ParameterError, SourceError, nearest
from tskit.sources.sql import names
from tskit.sources.sql.binding import joined, marks
from tskit.sources.sql.dialects import dialect_of
from tskit.sources.sql.only_reads import parsed, tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model import Source

__all__ = ["Query", "open_query"]

_FOLDER = "queries"
_SUFFIX = ".sql"
_SCALARS = (str, bool, int, float, Decimal, datetime, date, time)


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT that was found to only read.

    `sql` has its parameters as `:name` and no comments; `bound` holds their values. `dialect` is sqlglot's name of the
    database's kind, and `name` what messages call the query.
    """

    sql: str
    bound: Mapping[str, object] = field(repr=False)
    dialect: str
    name: str

    def rendered(self) -> str:
        """Return the statement with its values written into it as literals, for an engine that is spoken to by Ibis.

        Raises:
            SourceError: it holds a string with escapes, which has to be bound as a parameter instead.
        """
        tree = sqlglot.parse_one(self.sql, dialect=self.dialect)
        if tree.find(exp.ByteString, exp.UnicodeString, exp.RawString):
            raise SourceError(f"{self.name} holds a string with escapes, such as E'..'. Bind it as a parameter.")
        for mark in list(tree.find_all(exp.Placeholder)):
            value = self.bound[mark.name]
            if isinstance(value, tuple) and mark.parent is not None:
                mark.parent.set("expressions", [exp.convert(one) for one in value])
            else:
                mark.replace(exp.convert(value))
        return tree.sql(self.dialect, comments=False)


def open_query(source: Source, table: str, *, root: Path) -> Query:
    """Return the SELECT of a table, a view or a file `queries/NAME.sql` of the casebook at `root`.

    A file's parameters `:name` get their values from the source's `parameters`; a list stands in `IN (:names)`.

    Raises:
        SourceError: the name is none, there is no such file, or it does more than read.
        ParameterError: a parameter has no value, or one that cannot be bound.
    """
    dialect = dialect_of(source)
    if not table.endswith(_SUFFIX):
        where = f"sources.{source.name}: {table!r}"
        found = names.table(table, dialect=dialect, where=where)
        return Query(exp.select("*").from_(found).sql(dialect.name), {}, dialect.name, f"the table {table}")
    where = f"{table} of the source {source.name}"
    text = _read(table, root=root, where=where)
    tree = parsed(text, dialect=dialect.name, where=where, allowed=_vouched(source))
    bound = _bound(source, tree, where=where)
    tokens = tokens_of(text, dialect=dialect.name, where=where)
    if sorted(marks(text, tokens)) != sorted(mark.name for mark in tree.find_all(exp.Placeholder)):
        raise SourceError(f"{where} has a colon that may be a parameter or not. Write a space after one that is none.")
    return Query(joined(text, tokens), bound, dialect.name, table)


def _read(table: str, *, root: Path, where: str) -> str:
    folder = (root / _FOLDER).resolve()
    path = (root / table).resolve() if table.isprintable() else root
    if not path.is_relative_to(folder):
        raise SourceError(f"{where} does not lie in the folder {_FOLDER} of the casebook. Put it there.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        there = sorted(f"{_FOLDER}/{found.name}" for found in folder.glob(f"*{_SUFFIX}"))
        raise SourceError(
            f"There is no {where}. {nearest(table, there) if there else 'Write one SELECT into it.'}"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SourceError(f"{where} cannot be read as a text file in UTF-8.") from None


def _vouched(source: Source) -> tuple[str, ...]:
    named = source.settings.get("functions", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise ParameterError(f"casebook.toml: sources.{source.name}: functions is a list of names.")
    return tuple(named)


def _bound(source: Source, tree: exp.Expr, *, where: str) -> Mapping[str, object]:
    """Return the values of the parameters in a query; those that it does not mention are another query's."""
    marks = list(tree.find_all(exp.Placeholder))
    bound: dict[str, object] = {}
    for mark in marks:
        if mark.name not in source.parameters:
            raise ParameterError(
                f"{where} asks for :{mark.name}, which has no value. Add it to parameters of sources.{source.name}. "
                f"{nearest(mark.name, source.parameters) if source.parameters else ''}".rstrip()
            )
        bound[mark.name] = _value(source.parameters[mark.name], mark, where=where)
    return MappingProxyType(bound)


def _value(value: object, mark: exp.Expr, *, where: str) -> object:
    if isinstance(value, list):
        alone = isinstance(mark.parent, exp.In) and mark.parent.expressions == [mark]
        if not alone or not value:
            raise ParameterError(
                f"{where}: the list :{mark.name} must hold something and stand alone in IN (:{mark.name})."
            )
        return tuple(
            _value(one, mark, where=where) if not isinstance(one, list) else _refuse(mark, where) for one in value
        )
    fits = isinstance(value, _SCALARS) and not (isinstance(value, float) and not math.isfinite(value))
    if not fits or (isinstance(value, str) and "\0" in value):
        return _refuse(mark, where)
    return value


def _refuse(mark: exp.Expr, where: str) -> NoReturn:
    raise ParameterError(
        f"{where}: the value of :{mark.name} cannot be bound. Use a text, a number, a date or a list of these."
    )
