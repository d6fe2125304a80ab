from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tskit.errors import ParameterError
from tskit.runs.signing import Signature, new_key, public_key, public_key_of, sign, signature_of

MANIFEST = b'{"id": "x"}\n'


def signed(private, content=MANIFEST):
    return sign(content, private=lambda: private)


def test_what_was_signed_is_known_by_the_public_key():
    private, public = new_key()
    assert public == public_key_of(private) == public_key(f" {public}\n")
    assert signature_of(MANIFEST, signed(private), keys=[public]) == Signature(public, is_genuine=True, is_known=True)


def test_a_genuine_signature_of_somebody_else_is_told_as_such():
    private, public = new_key()
    _, mine = new_key()
    assert signature_of(MANIFEST, signed(private), keys=[mine]) == Signature(public, is_genuine=True, is_known=False)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": ""},
        {"signature": "AAAA"},
        {"signature": "no base64"},
        {"key": "ed25519:AAAA"},
        {"key": new_key()[1]},
        {"key": 7},
    ],
)
def test_a_signature_that_was_touched_fits_nothing(change):
    private, public = new_key()
    assert not signature_of(MANIFEST, {**signed(private), **change}, keys=[public]).is_genuine
    assert not signature_of(MANIFEST, {}, keys=[public]).is_genuine


def test_one_changed_byte_of_the_manifest_breaks_the_signature():
    private, public = new_key()
    assert not signature_of(MANIFEST.replace(b"x", b"y"), signed(private), keys=[public]).is_genuine


def test_a_signature_that_was_made_for_something_else_fits_no_manifest():
    key = Ed25519PrivateKey.generate()
    said = signed(pem(key)) | {"signature": base64.b64encode(key.sign(MANIFEST)).decode()}
    assert not signature_of(MANIFEST, said, keys=[]).is_genuine


def pem(key):
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def test_keys_made_elsewhere_can_be_used():
    key = Ed25519PrivateKey.generate()
    public = public_key_of(pem(key))
    told = {
        (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH),
    }
    for form in told:
        assert public_key(key.public_key().public_bytes(*form).decode()) == public
    assert signature_of(MANIFEST, signed(pem(key)), keys=[public]).is_known


@pytest.mark.parametrize("text", ["", "hunter2", "ed25519-private:aHVudGVyMg==", "-----BEGIN PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_and_not_shown(text):
    for use in (public_key, public_key_of):
        with pytest.raises(ParameterError) as error:
            use(text)
        assert not text or text not in str(error.value)


def test_a_key_of_another_kind_is_refused():
    other = generate_private_key(SECP256R1())
    with pytest.raises(ParameterError):
        public_key_of(pem(other))
    with pytest.raises(ParameterError):
        public_key(
            other.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
