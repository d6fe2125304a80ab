"""What engines call things that Ibis has no word for: an instant of local time, a digest, a time in one of several formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis.expr.types as ir

__all__ = ["digest", "instant", "parsed"]


def _built_in(name: str, takes: tuple[str, ...], gives: str) -> Callable[..., ir.Value]:
    """Return a function of the engine under its own name."""

    def one(first: object) -> None: ...

    def two(first: object, second: object) -> None: ...

    def three(first: object, second: object, third: object) -> None: ...

    made: Any = ibis.udf.scalar.builtin((one, two, three)[len(takes) - 1], name=name, signature=(takes, gives))
    return made


_LOCAL = "timestamp"
_INSTANT = "timestamp('UTC')"
_timezone = _built_in("timezone", ("string", _LOCAL), _INSTANT)
_to_utc = _built_in("to_utc_timestamp", (_LOCAL, "string"), _INSTANT)
_timestamp = _built_in("timestamp", (_LOCAL, "string"), _INSTANT)
_with_timezone = _built_in("with_timezone", (_LOCAL, "string"), _INSTANT)
_convert = _built_in("convert_timezone", ("string", "string", _LOCAL), _INSTANT)

_INSTANTS: Mapping[str, Callable[[ir.Value, str], ir.Value]] = {
    "duckdb": lambda local, zone: _timezone(zone, local),
    "postgres": lambda local, zone: _timezone(zone, local),
    "pyspark": _to_utc,
    "bigquery": _timestamp,
    "trino": _with_timezone,
    "snowflake": lambda local, zone: _convert(zone, "UTC", local),
}

_try_strptime = _built_in("try_strptime", ("string", "array<string>"), _LOCAL)
_sha256 = _built_in("sha256", ("string",), "string")
_sha256_bytes = _built_in("sha256", ("binary",), "binary")
_sha2 = _built_in("sha2", ("string", "int64"), "string")
_encode = _built_in("encode", ("binary", "string"), "string")
_convert_to = _built_in("convert_to", ("string", "string"), "binary")
_to_utf8 = _built_in("to_utf8", ("string",), "binary")
_to_hex = _built_in("to_hex", ("binary",), "string")
_of_text = _built_in("sha256", ("string",), "binary")

_DIGESTS: Mapping[str, Callable[[ir.Value], ir.Value]] = {
    "duckdb": _sha256,
    "postgres": lambda text: _encode(_sha256_bytes(_convert_to(text, "UTF8")), "hex"),
    "pyspark": lambda text: _sha2(text, 256),
    "bigquery": lambda text: _to_hex(_of_text(text)),
    "trino": lambda text: _to_hex(_sha256_bytes(_to_utf8(text))).lower(),
    "snowflake": lambda text: _sha2(text, 256),
}


def instant(local: ir.Value, zone: str, *, engine: str) -> ir.Value:
    """Return the instant at which the clocks of `zone` showed a time without one."""
    return _INSTANTS[engine](local, zone)


def parsed(text: ir.Value, formats: Sequence[str]) -> ir.Value:
    """Return the local time that a text names in the first of the formats that fits, in the embedded engine's words."""
    return _try_strptime(text, ibis.array([*formats]))


def digest(text: ir.Value, *, engine: str) -> ir.Value:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return _DIGESTS[engine](text)
