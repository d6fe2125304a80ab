"""A source's secret goes into the keyring and nowhere else: no argument, no file, no screen."""

from __future__ import annotations

import keyring
import keyring.backend
import keyring.errors
import pytest
from typer.testing import CliRunner

from tskit.cli.app import app
from tskit.errors import ParameterError, SourceError
from tskit.sources import secret_of

CANARY = "hunter2-canary"


class Kept(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self):
        self.secrets = {}

    def get_password(self, service, username):
        return self.secrets.get((service, username))

    def set_password(self, service, username, password):
        self.secrets[service, username] = password

    def delete_password(self, service, username):
        del self.secrets[service, username]


class Locked(Kept):
    def set_password(self, service, username, password):
        raise keyring.errors.KeyringLocked


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    kept = Kept()
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(before)


@pytest.fixture
def book(tmp_path):
    return made(tmp_path / "book", "Ours")


def made(root, name):
    root.mkdir()
    text = f'name = "{name}"\n[sources.ware-house]\nurl = "postgresql://reader@db/desk"\ncases = "cases"\n'
    (root / "casebook.toml").write_text(text, encoding="utf-8")
    return root


def asked(*arguments, book, given=""):
    done = CliRunner().invoke(app, ["secret", *arguments, "--casebook", str(book)], input=given)
    if done.exception:
        raise done.exception
    return done


def test_a_secret_from_a_pipe_lies_in_the_keyring_and_nowhere_else(ring, book):
    done = asked("set", "ware-house", book=book, given=f"{CANARY}\n")
    assert list(ring.secrets.values()) == [CANARY]
    assert CANARY not in done.output
    assert [path.name for path in book.rglob("*")] == ["casebook.toml"]
    assert CANARY not in (book / "casebook.toml").read_text(encoding="utf-8")
    assert secret_of("ware-house", "password", casebook="Ours", environ={}) == CANARY


def test_two_casebooks_keep_their_secrets_apart(ring, book, tmp_path):
    other = made(tmp_path / "other", "Theirs")
    asked("set", "ware-house", book=book, given="one")
    asked("set", "ware-house", book=other, given="two")
    assert secret_of("ware-house", "password", casebook="Ours", environ={}) == "one"
    assert secret_of("ware-house", "password", casebook="Theirs", environ={}) == "two"


def test_names_with_a_colon_are_kept_apart(ring, tmp_path):
    one = made(tmp_path / "one", "a:ware-house")
    asked("set", "ware-house", book=one, given="one")
    assert secret_of("ware-house:ware-house", "password", casebook="a", environ={}) == ""


def test_the_environment_comes_before_the_keyring(ring, book):
    asked("set", "ware-house", book=book, given="from the ring")
    environ = {"TSKIT_SOURCE_WARE_HOUSE_PASSWORD": "from the environment"}
    assert secret_of("ware-house", "password", casebook="Ours", environ=environ) == "from the environment"


def test_a_private_key_keeps_its_lines(ring, book):
    key = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"
    asked("set", "ware-house", "--kind", "private_key", book=book, given=f"{key}\n")
    assert secret_of("ware-house", "private_key", casebook="Ours", environ={}) == key
    assert secret_of("ware-house", "password", casebook="Ours", environ={}) == ""


def test_a_removed_secret_is_gone(ring, book):
    asked("set", "ware-house", book=book, given="x")
    assert "is no longer" in asked("remove", "ware-house", book=book).stderr
    assert ring.secrets == {}
    assert "was not" in asked("remove", "ware-house", book=book).stderr


def test_a_source_that_is_not_there_is_refused_without_repeating_what_was_typed(ring, book):
    with pytest.raises(ParameterError, match="ware-house") as caught:
        asked("set", CANARY, book=book, given="x")
    assert CANARY not in str(caught.value)
    assert ring.secrets == {}


@pytest.mark.parametrize("kind", [CANARY, "", "a b", "x:y"])
def test_a_kind_that_is_no_word_is_refused_without_repeating_it(ring, book, kind):
    with pytest.raises(ParameterError, match="word such as password") as caught:
        asked("set", "ware-house", "--kind", kind, book=book, given="x")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("given", ["", "\n", "x" * 20_001, "a\0b"])
def test_what_can_be_no_secret_is_not_kept(ring, book, given):
    with pytest.raises(ParameterError, match="Nothing was kept"):
        asked("set", "ware-house", book=book, given=given)
    assert ring.secrets == {}


def test_without_a_keyring_the_variable_is_named(ring, book):
    keyring.set_keyring(Locked())
    with pytest.raises(SourceError, match="TSKIT_SOURCE_WARE_HOUSE_PASSWORD") as caught:
        asked("set", "ware-house", book=book, given=CANARY)
    assert CANARY not in str(caught.value)
