"""What the manifest of a run keeps of the code, the casebook and the machine that it was made with."""

from __future__ import annotations

import locale
import os
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from tskit.runs.installed import code_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tskit.model import Casebook
    from tskit.runs.execute import Setting

__all__ = ["with_facts"]

_SETTINGS = ("casebook.toml", "taxonomy.toml", "rules.toml", "profiles/*.toml")
_MARK = 12


def with_facts(
    setting: Setting, book: Casebook, *, key: bytes, environment: Mapping[str, str], now: datetime
) -> Setting:
    """Return the setting of a run whose manifest keeps these facts.

    Args:
        setting: the setting.
        book: the casebook that is run on.
        key: its key of pseudonyms, of which a mark is kept.
        environment: the variables of this process.
        now: any moment of today, which tells the machine's zone where no variable names one.
    """
    facts = {
        "settings": _settings(book, key),
        "machine": _machine(environment, now),
        "record_url": book.record_url,
    }
    return replace(setting, code=dict(code_state()), facts=facts)


def _settings(book: Casebook, key: bytes) -> dict[str, str]:
    """Return the SHA-256 of each file of settings in the casebook, by its name there, and a mark of the key of pseudonyms."""
    # Twice over, so that what a manifest keeps is of no use to whoever wants to make the pseudonyms themselves.
    mark = sha256(b"tskit manifest " + sha256(key).digest()).hexdigest()
    paths = sorted(path for pattern in _SETTINGS for path in book.root.glob(pattern) if path.is_file())
    files = {path.relative_to(book.root).as_posix(): sha256(path.read_bytes()).hexdigest() for path in paths}
    return {**files, "key of pseudonyms": mark[:_MARK]}


def _machine(environment: Mapping[str, str], now: datetime) -> dict[str, object]:
    language, encoding = locale.getlocale()
    spoken = environment.get("LC_ALL") or environment.get("LANG") or f"{language or 'C'}.{encoding or ''}".rstrip(".")
    zone = environment.get("TZ") or now.astimezone().tzname() or ""
    return {"locale": spoken, "zone": zone, "cores": os.cpu_count() or 1}
