"""What the manifest of a run is to say of this place, and who signs it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tskit.model import Casebook
    from tskit.runs import Setting

__all__ = ["SIGNING_VARIABLE", "key_name", "private_key", "sealing", "secrets_in"]

SIGNING_VARIABLE = "TSKIT_SIGNING_KEY"
_ALERTS = "TSKIT_ALERT_"


def sealing(setting: Setting, *, book: Casebook) -> Setting:
    """Return the setting of a run with what its manifest keeps of the code, the casebook and the machine.

    The manifest is signed where this user has a signing key: in the environment, or in the system's keyring where the
    casebook names keys. All of it can be handed to another process. The kernel, which executes whatever a template holds,
    is given neither the signing key nor a secret of the alerts.
    """
    from tskit.runs.facts import with_facts
    from tskit.sources import pseudonym_key

    environment = {**setting.environment, **dict.fromkeys(secrets_in(os.environ), "")}
    told = with_facts(setting, book, key=pseudonym_key(book.name), environment=os.environ, now=datetime.now(UTC))
    return replace(told, sign=_signer(book), environment=environment)


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
