"""What may leave the source: pseudonyms for people, case text apart, and everything else."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from tskit.cases.sql import name
from tskit.model import Sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.cases.sql import Database
    from tskit.cases.staging import Staged

__all__ = ["hidden_columns", "learn_people", "people_columns", "pseudonym"]

_BLOCK = 64
_LENGTH = 20


def people_columns(staged: Staged) -> tuple[str, ...]:
    """Return the columns that name people."""
    return _of(staged, Sensitivity.PERSON)


def hidden_columns(staged: Staged) -> tuple[str, ...]:
    """Return the columns of case text."""
    return _of(staged, Sensitivity.HIDDEN)


def _of(staged: Staged, level: Sensitivity) -> tuple[str, ...]:
    found = (column.name for column in staged.mapping.columns if column.sensitivity is level)
    return tuple(column for column in found if column in staged.columns)


def pseudonym(text: str) -> str:
    """Return SQL for the first 80 bits of the HMAC-SHA256 of the SQL text `text`, written in hexadecimal.

    The key's two pads are the connection's variables `inner_pad` and `outer_pad`, so that it stands in no query.
    """
    inner = f"sha256(getvariable('inner_pad') || encode({text}))"
    return f"'p' || left(sha256(getvariable('outer_pad') || from_hex({inner})), {_LENGTH})"


def take_key(key: bytes, *, connection: Database) -> None:
    """Give the connection the pads of `key`; every pseudonym is made with it from now on."""
    # As HMAC has it: a key longer than a block is hashed first.
    padded = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    for variable, mask in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        pad = bytes(byte ^ mask for byte in padded)
        connection.execute(f"SET VARIABLE {variable} = ?::BLOB", [pad])


def learn_people(columns: Sequence[str], rows: str, *, connection: Database) -> None:
    """Make the table `people` with the pseudonym of each distinct value, since people come up again and again."""
    each = " UNION ".join(f"SELECT DISTINCT {name(column)} AS who FROM {rows}" for column in columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE people AS SELECT who, {pseudonym('who')} AS pseudonym FROM ({each}) WHERE who IS NOT NULL"
    )
