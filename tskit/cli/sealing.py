"""What the manifest of a run is to say of this place, and who signs it."""

from __future__ import annotations

import locale
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tskit.model import Casebook
    from tskit.runs import Setting

__all__ = ["SIGNING_VARIABLE", "key_name", "private_key", "sealing", "secrets_in"]

SIGNING_VARIABLE = "TSKIT_SIGNING_KEY"
_SETTINGS = ("casebook.toml", "taxonomy.toml", "rules.toml", "profiles/*.toml")
_MARK = 12
_ALERTS = "TSKIT_ALERT_"


def sealing(setting: Setting, *, book: Casebook) -> Setting:
    """Return the setting of a run with what its manifest keeps of the code, the casebook and the machine.

    The manifest is signed where this user has a signing key: in the environment, or in the system's keyring where the
    casebook names keys. All of it can be handed to another process. The kernel, which executes whatever a template holds,
    is given neither the signing key nor a secret of the alerts.
    """
    from tskit.runs.installed import code_state

    facts = {"settings": _settings(book), "machine": _machine(), "record_url": book.record_url}
    environment = {**setting.environment, **dict.fromkeys(secrets_in(os.environ), "")}
    return replace(setting, code=dict(code_state()), facts=facts, sign=_signer(book), environment=environment)


def secrets_in(environ: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that hold secrets which no notebook has a use for."""
    return (SIGNING_VARIABLE, *sorted(name for name in environ if name.startswith(_ALERTS)))


def key_name(book: Casebook) -> str:
    """Return the name under which the keyring holds the signing key for a casebook."""
    return f"signing-key:{book.name}"


def private_key(name: str) -> str:
    """Return the private signing key of this user; empty where there is none."""
    from tskit.sources import secret

    return secret(name, variable=SIGNING_VARIABLE)


def _signer(book: Casebook) -> partial[Mapping[str, str]] | None:
    # A keyring may ask its user something, so it is left alone where nobody signs.
    if not (book.signing_keys or os.environ.get(SIGNING_VARIABLE)) or not private_key(key_name(book)):
        return None
    from tskit.runs.signing import sign

    return partial(sign, private=partial(private_key, key_name(book)))


def _settings(book: Casebook) -> dict[str, str]:
    """Return the SHA-256 of each file of settings in the casebook, by its name there, and a mark of the key of pseudonyms."""
    from tskit.sources import pseudonym_key

    # Twice over, so that what a manifest keeps is of no use to whoever wants to make the pseudonyms themselves.
    mark = sha256(b"tskit manifest " + sha256(pseudonym_key(book.name)).digest()).hexdigest()
    paths = sorted(path for pattern in _SETTINGS for path in book.root.glob(pattern) if path.is_file())
    files = {path.relative_to(book.root).as_posix(): sha256(path.read_bytes()).hexdigest() for path in paths}
    return {**files, "key of pseudonyms": mark[:_MARK]}


def _machine() -> dict[str, object]:
    language, encoding = locale.getlocale()
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or f"{language or 'C'}.{encoding or ''}".rstrip(".")
    zone = os.environ.get("TZ") or datetime.now(UTC).astimezone().tzname() or ""
    return {"locale": spoken, "zone": zone, "cores": os.cpu_count() or 1}
