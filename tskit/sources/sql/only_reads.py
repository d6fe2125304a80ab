"""Whether a query only reads: it is taken apart, and each part must be one of those that cannot change anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import TokenType

from tskit.errors import SourceError
from tskit.sources.sql.functions import KNOWN, NEVER, UNWANTED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlglot.tokenizer_core import Token

__all__ = ["parsed", "tokens_of"]

_LONGEST = 200_000
_FIRST = (TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN)
_ROOTS = (exp.Select, exp.SetOperation, exp.Subquery)
_PARTS = (
    *(exp.Condition, exp.Func, exp.Select, exp.SetOperation, exp.Subquery, exp.With, exp.CTE, exp.From, exp.Table, exp.TableAlias),
    *(exp.Identifier, exp.Alias, exp.Aliases, exp.Star, exp.Join, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.Order),
    *(exp.Ordered, exp.Limit, exp.Offset, exp.Fetch, exp.LimitOptions, exp.Distinct, exp.Lateral, exp.Values, exp.Tuple),
    *(exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.HavingMax, exp.Interval),
    *(exp.IntervalSpan, exp.DataType, exp.DataTypeParam, exp.ColumnDef, exp.Var, exp.Cube, exp.Rollup, exp.GroupingSets),
    *(exp.AtTimeZone, exp.FromTimeZone, exp.Slice, exp.Lambda, exp.Pivot, exp.PivotAlias, exp.UnpivotColumns),
    *(exp.TableSample, exp.Version, exp.JSON, exp.JSONPath, exp.JSONPathPart, exp.JSONKeyValue, exp.JSONValue, exp.JSONExtractQuote),
    *(exp.FormatJson, exp.OnCondition, exp.Variadic, exp.ProjectionDef, exp.PositionalColumn, exp.RecursiveWithSearch),
)  # fmt: skip
_NO_PARTS = (exp.Parameter, exp.SessionParameter)
_IN_WORDS = {
    exp.Into: "SELECT INTO writes a table",
    exp.Lock: "FOR UPDATE and FOR SHARE lock rows",
    exp.Insert: "INSERT writes",
    exp.Update: "UPDATE writes",
    exp.Delete: "DELETE writes",
    exp.Merge: "MERGE writes",
    exp.Hint: "a hint to the engine is no part of a query here",
    exp.Parameter: "parameters are written as :name",
    exp.SessionParameter: "parameters are written as :name",
}


def tokens_of(sql: str, *, dialect: str, where: str) -> Sequence[Token]:
    """Return the words and signs of the one statement in `sql`, without comments and without a semicolon at its end.

    Raises:
        SourceError: it is none, several, too long, or begins as no query does.
    """
    if len(sql) > _LONGEST or "\0" in sql:
        raise SourceError(f"{where} is no query: it is longer than {_LONGEST:,} signs, or it holds a NUL.")
    try:
        tokens = sqlglot.tokenize(sql, dialect=dialect)
    except SqlglotError:
        raise SourceError(f"{where} cannot be taken apart. Is there a quote or a comment without an end?") from None
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise SourceError(f"{where} is empty. Write one SELECT into it.")
    several = next((token for token in tokens if token.token_type is TokenType.SEMICOLON), None)
    if several is not None:
        raise SourceError(f"{where} holds several statements (line {several.line}). Keep one SELECT in it.")
    if tokens[0].token_type not in _FIRST:
        raise SourceError(f"{where} does not begin with SELECT or WITH (line {tokens[0].line}). A source is only read.")
    return tokens


def parsed(sql: str, *, dialect: str, where: str, allowed: Collection[str] = ()) -> exp.Expr:
    """Return the one query in `sql`, taken apart, once each part of it is known to do nothing but read.

    `allowed` are functions beside the known ones that the casebook vouches for.

    Raises:
        SourceError: it cannot be read, or something in it might write, lock, wait, or reach files and other servers.
    """
    tokens_of(sql, dialect=dialect, where=where)
    try:
        statements = sqlglot.parse(sql, dialect=dialect)
    except ParseError as error:
        place = error.errors[0] if error.errors else {}
        raise SourceError(f"{where} is no query that can be read (line {place.get('line') or '?'}).") from None
    except (SqlglotError, RecursionError):
        raise SourceError(f"{where} is no query that can be read, or it is nested too deeply.") from None
    found = [statement for statement in statements if statement is not None]
    if len(found) != 1 or not isinstance(found[0], _ROOTS):
        raise SourceError(f"{where} is no single SELECT. A source is only read.")
    vouched = {name.lower() for name in allowed}
    for part in found[0].walk():
        _require_harmless(part, where=where, vouched=vouched)
    return found[0]


def _require_harmless(part: exp.Expr, *, where: str, vouched: Collection[str]) -> None:
    if not isinstance(part, _PARTS) or isinstance(part, _NO_PARTS):
        why = next((words for kind, words in _IN_WORDS.items() if isinstance(part, kind)), "")
        raise SourceError(
            f"{where} is refused: {why or f'{type(part).__name__} is no part of a query that only reads'}."
        )
    if isinstance(part, exp.Placeholder) and not isinstance(part.this, str):
        raise SourceError(f"{where} has a parameter without a name. Write it as :name")
    name = _unknown_function(part)
    if name and NEVER.match(name.rpartition(".")[2]):
        raise SourceError(f"{where} is refused: it calls {name}, which may do more than compute.")
    if name and name not in vouched:
        raise SourceError(
            f"{where} is refused: it calls {name}, which is not known to only compute. Leave it out, or, if it only "
            f'reads, vouch for it in the source: settings = {{ functions = ["{name}"] }}'
        )


def _unknown_function(part: exp.Expr) -> str:
    """Return the name of a function that is not known to be harmless, with its schema; empty for anything else."""
    if not isinstance(part, exp.Func) or isinstance(part, (exp.Connector, exp.Case, exp.Cast)):
        return ""
    is_own = isinstance(part, exp.Anonymous)
    name = (part.name if is_own else part.sql_name()).lower()
    schema = _schema(part)
    if schema:  # a schema may hold a function of any name
        return f"{schema}.{name}"
    is_known = name in KNOWN if is_own else type(part).__name__ not in UNWANTED
    return "" if is_known else name


def _schema(part: exp.Expr) -> str:
    around = part.parent
    if isinstance(around, exp.Dot) and around.expression is part:
        return ".".join(name.name.lower() for name in around.this.find_all(exp.Identifier, bfs=False)) or "?"
    if isinstance(around, exp.Table) and around.this is part:
        return ".".join(name.lower() for name in (around.catalog, around.db) if name)
    return ""
