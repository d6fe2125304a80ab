from __future__ import annotations

import keyring
import keyring.backend
import keyring.errors
import pytest
from typer.testing import CliRunner

from tskit.cli.app import app
from tskit.cli.sealing import private_key
from tskit.errors import ParameterError, SourceError
from tskit.runs.signing import public_key_of


class Kept(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        self.secrets = {}

    def get_password(self, service, username):
        return self.secrets.get((service, username))

    def set_password(self, service, username, password):
        self.secrets[service, username] = password


class Locked(Kept):
    def set_password(self, service, username, password):
        raise keyring.errors.KeyringLocked


@pytest.fixture
def ring(monkeypatch):
    monkeypatch.delenv("TSKIT_SIGNING_KEY", raising=False)
    before = keyring.get_keyring()
    kept = Kept()
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(before)


@pytest.fixture
def book(tmp_path):
    root = tmp_path / "book"
    root.mkdir()
    (root / "casebook.toml").write_text('name = "Ours"\n', encoding="utf-8")
    return root


def asked(*arguments, book):
    done = CliRunner().invoke(app, ["key", *arguments, "--casebook", str(book)])
    if done.exception:
        raise done.exception
    return done


def test_a_new_key_lies_in_the_keyring_and_nowhere_in_the_casebook(ring, book):
    done = asked("new", book=book)
    (private,) = ring.secrets.values()
    public = done.stdout.strip()
    assert public_key_of(private) == public
    assert private not in done.output
    assert f'signing_keys = ["{public}"]' in done.stderr
    assert [path.name for path in book.rglob("*")] == ["casebook.toml"]
    assert private_key("signing-key:Ours") == private


def test_a_key_that_is_there_stays_unless_another_is_asked_for(ring, book):
    first = asked("new", book=book).stdout
    with pytest.raises(ParameterError, match="already"):
        asked("new", book=book)
    assert asked("new", "--replace", book=book).stdout != first


def test_keys_are_shown_with_whose_they_are(ring, book):
    assert "You have no signing key" in asked("show", book=book).stdout
    mine = asked("new", book=book).stdout.strip()
    other = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    (book / "casebook.toml").write_text(f'name = "Ours"\nsigning_keys = ["{mine}", "{other}"]\n', encoding="utf-8")
    assert asked("show", book=book).stdout.splitlines() == [
        f"{mine}  yours",
        f"{mine}  trusted by the casebook, yours",
        f"{other}  trusted by the casebook",
    ]


def test_without_a_keyring_the_key_goes_into_a_file_of_its_owner_alone(ring, book, tmp_path, monkeypatch):
    keyring.set_keyring(Locked())
    with pytest.raises(SourceError, match="--to FILE"):
        asked("new", book=book)
    done = asked("new", "--to", str(tmp_path / "key"), book=book)
    private = (tmp_path / "key").read_text(encoding="ascii").strip()
    assert public_key_of(private) == done.stdout.strip()
    assert private not in done.output
    monkeypatch.setenv("TSKIT_SIGNING_KEY", private)
    assert "yours" in asked("show", book=book).stdout
    with pytest.raises(ParameterError, match="new file"):
        asked("new", "--to", str(tmp_path / "key"), book=book)


def test_no_private_key_is_written_into_a_casebook(ring, book):
    with pytest.raises(ParameterError, match="elsewhere"):
        asked("new", "--to", str(book / "key"), book=book)
    assert not (book / "key").exists()
