"""Signs manifests with Ed25519, and says whose signature a manifest carries."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Signature", "new_key", "public_key", "public_key_of", "sign", "signature_of"]

_ALGORITHM = "Ed25519"
_PUBLIC = "ed25519:"
_PRIVATE = "ed25519-private:"
_ABOUT = b"tskit manifest\n"
"""Signed before the manifest's bytes, so that no signature made for something else fits one."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature is worth: whether it fits the manifest, and whether its `key` is one of those that were named."""

    key: str
    is_genuine: bool
    is_known: bool


def new_key() -> tuple[str, str]:
    """Return a new pair of keys as text: the private one, which is a secret, and the public one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415  # for who signs

    private = Ed25519PrivateKey.generate()
    text = _PRIVATE + base64.b64encode(private.private_bytes_raw()).decode()
    return text, public_key_of(text)


def public_key_of(private: str) -> str:
    """Return the public key of a private one.

    Raises:
        ParameterError: it is no private key.
    """
    return _told(_private(private).public_key().public_bytes_raw())


def public_key(text: str) -> str:
    """Return a public key as a casebook writes it, from that form, from PEM, or as OpenSSH writes it.

    Raises:
        ParameterError: it is no public key of Ed25519.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # for who verifies a signature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415  # as above

    said = text.strip()
    try:
        if said.startswith(_PUBLIC):
            return _told(_bytes(said.removeprefix(_PUBLIC)))
        read = serialization.load_pem_public_key if said.startswith("-----") else serialization.load_ssh_public_key
        key = read(said.encode())
        if isinstance(key, Ed25519PublicKey):
            return _told(key.public_bytes_raw())
    except (ValueError, TypeError):
        pass
    raise ParameterError("That is no public key of Ed25519; one looks like ed25519:AbC... (see: tskit key show).")


def sign(content: bytes, *, private: Callable[[], str]) -> Mapping[str, str]:
    """Return the signature for a manifest's bytes, with the public key that it fits.

    `private` is asked for the private key, which is kept nowhere.

    Raises:
        ParameterError: what it gives is no private key.
    """
    key = _private(private())
    said = base64.b64encode(key.sign(_ABOUT + content)).decode()
    return {"algorithm": _ALGORITHM, "key": _told(key.public_key().public_bytes_raw()), "signature": said}


def signature_of(content: bytes, said: Mapping[str, object], *, keys: Collection[str]) -> Signature:
    """Return what the signature `said` is worth for a manifest's bytes; `keys` are the public ones that are trusted."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # for who verifies a signature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415  # as above

    try:
        key = public_key(str(said.get("key", "")))
        raw = _bytes(key.removeprefix(_PUBLIC))
        signature = base64.b64decode(str(said.get("signature", "")), validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, _ABOUT + content)
    except (ParameterError, InvalidSignature, ValueError):
        return Signature("", is_genuine=False, is_known=False)
    return Signature(key, is_genuine=True, is_known=key in keys)


def _told(raw: bytes) -> str:
    return _PUBLIC + base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 32:
        raise ValueError
    return raw


def _private(text: str) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # for who signs
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415  # as above

    said = text.strip()
    try:
        if said.startswith(_PRIVATE):
            return Ed25519PrivateKey.from_private_bytes(_bytes(said.removeprefix(_PRIVATE)))
        key = serialization.load_pem_private_key(said.encode(), password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    except (ValueError, TypeError, binascii.Error):
        pass
    # What was given is a secret, right or wrong, so nothing of it is shown.
    raise ParameterError("The signing key is no private key of Ed25519. Make one with: tskit key new") from None
