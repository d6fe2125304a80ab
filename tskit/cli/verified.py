"""Whether logs are as they were written, said line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tskit.cli.screen import say
from tskit.errors import ParameterError, VerifyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tskit.records import Store

__all__ = ["expected_heads", "verify_logs"]

_HEAD = re.compile(r"(?:([a-z][a-z0-9_-]*):)?([0-9]+):([0-9a-z]+)")


def verify_logs(store: Store, names: Iterable[str], *, expected: Mapping[str, tuple[int, str]]) -> None:
    """Say of each log how many entries it has and what vouches for them; `expected` is what was said earlier.

    Raises:
        VerifyError: an entry was changed, removed or put in since.
    """
    broken: list[str] = []
    for name in names:
        verdict = store.verify(name, expected=expected.get(name))
        if verdict.is_whole:
            count, digest = store.head(name)
            say(f"{name}: {count:,} entries, all as they were written" + (f"; {count}:{digest}" if count else ""))
        else:
            broken.append(f"{name}: {verdict.reason}")
    if broken:
        raise VerifyError(
            "\n".join([*broken, "Nothing from there on can be relied on. Restore a backup, and compare."])
        )


def expected_heads(said: Iterable[str], *, about: str = "") -> dict[str, tuple[int, str]]:
    """Return what earlier verifications said, by log: LOG:COUNT:DIGEST, or COUNT:DIGEST of the log that it is `about`.

    Raises:
        ParameterError: one of them is neither.
    """
    found: dict[str, tuple[int, str]] = {}
    for text in said:
        told = _HEAD.fullmatch(text.strip())
        if not told or not (told[1] or about):
            how = f"of {about}, as in 412:9f2c..." if about else "of a log, as in escalations:412:9f2c..."
            raise ParameterError(f"--expect takes what an earlier verify said {how}")
        found[told[1] or about] = int(told[2]), told[3]
    return found
