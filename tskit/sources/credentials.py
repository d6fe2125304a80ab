"""Secrets by name: from the environment, the system's keyring, or a file that only this user can read."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import keyring
import keyring.errors
import platformdirs

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "forget_secret",
    "import_keyrings",
    "keep_secret",
    "pseudonym_key",
    "secret",
    "secret_name",
    "secret_of",
    "secret_variable",
]

_VARIABLE = "TSKIT_PSEUDONYM_KEY"
_SERVICE = "tskit"
_FILE = "pseudonym.key"
_SHORTEST = 16
_BLOCK = 64


def pseudonym_key(casebook: str, *, environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> bytes:
    """Return the key that turns ids into pseudonyms: the same one each time, so that they join across exports.

    It comes from TSKIT_PSEUDONYM_KEY, else from the keyring (service "tskit", the casebook's name), else from a file
    in the user's configuration folder, made once with a random key and mode 0600.

    Raises:
        SourceError: the key is shorter than 16 characters, or its file cannot be made or read.
    """
    given = secret(f"pseudonym-key:{casebook}", variable=_VARIABLE, environ=environ)
    if given and len(given) < _SHORTEST:
        raise SourceError(f"The pseudonym key is shorter than {_SHORTEST} characters. Set a longer one in {_VARIABLE}.")
    key = given.encode() if given else _from_file(folder or Path(platformdirs.user_config_dir("tskit")))
    return key if len(key) <= _BLOCK else hashlib.sha256(key).digest()  # as HMAC itself does with long keys


def secret(name: str, *, variable: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret in the environment's `variable`, else the one called `name` in the keyring; empty for neither.

    The service's name in the keyring is "tskit".
    """
    return environ.get(variable, "") or _from_keyring(name)


def secret_of(source: str, kind: str, *, casebook: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret of a `kind`, such as `password` or `private_key`, of a named source; empty where there is none.

    It comes from TSKIT_SOURCE_<NAME>_<KIND>, in capitals and with _ for every other sign, else from the keyring.
    """
    name = secret_name(source, kind, casebook=casebook)
    return secret(name, variable=secret_variable(source, kind), environ=environ)


def secret_variable(source: str, kind: str) -> str:
    """Return which variable of the environment holds a secret of a named source.

    >>> secret_variable("ware-house", "password")
    'TSKIT_SOURCE_WARE_HOUSE_PASSWORD'
    """
    return re.sub(r"[^A-Z0-9]", "_", f"TSKIT_SOURCE_{source}_{kind}".upper())


def secret_name(source: str, kind: str, *, casebook: str) -> str:
    """Return what the keyring calls a secret of a named source; two casebooks keep theirs apart.

    >>> secret_name("warehouse", "password", casebook="Desk")
    'source:Desk:warehouse:password'
    """
    return ":".join(["source", *(quote(part, safe=" ") for part in (casebook, source, kind))])


def keep_secret(name: str, value: str) -> None:
    """Write a secret into the system's keyring, where `secret` finds it.

    Raises:
        SourceError: this machine has no keyring, or it is locked.
    """
    try:
        keyring.set_password(_SERVICE, name, value)
    except (keyring.errors.KeyringError, RuntimeError, OSError):
        raise SourceError("This machine has no keyring that can be written, or it is locked.") from None


def forget_secret(name: str) -> bool:
    """Take a secret out of the system's keyring and say whether it was there.

    Raises:
        SourceError: this machine has no keyring, or it is locked.
    """
    try:
        is_there = keyring.get_password(_SERVICE, name) is not None
        if is_there:
            keyring.delete_password(_SERVICE, name)
    except (keyring.errors.KeyringError, RuntimeError, OSError):
        raise SourceError("This machine has no keyring that can be written, or it is locked.") from None
    return is_there


def import_keyrings() -> None:
    """Import what the library of keyrings looks through before it opens one; none is opened or chosen.

    The modules of other systems start a compiler in search of their libraries: seven imports and 0.1 CPU s or more.
    """
    for found in metadata.entry_points(group="keyring.backends"):
        if found.dist is not None and found.dist.name == "keyring":  # of others nobody knows what an import does
            with contextlib.suppress(ImportError, AttributeError, OSError):
                found.load()


def _from_keyring(name: str) -> str:
    # A machine without a keyring is nothing unusual; the file stands in for it.
    with contextlib.suppress(keyring.errors.KeyringError, RuntimeError, OSError):
        return keyring.get_password(_SERVICE, name) or ""
    return ""


def _from_file(folder: Path) -> bytes:
    path = folder / _FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_once(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SourceError(f"The key file {path} cannot be used ({error.strerror}). Set {_VARIABLE} instead.") from None
    if len(key) < _SHORTEST:
        raise SourceError(f"The key file {path} is damaged. Restore it from a backup, or pseudonyms will not join.")
    return key


def _make_once(path: Path) -> None:
    """Write a new key unless there is one; of two processes at once the first one's key holds for both."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # no hard links on this file system
        if not path.exists():
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
