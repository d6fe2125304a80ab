"""The key of pseudonyms: the same each time, and readable by one user only."""

import os
import stat
import sys

import keyring
import keyring.core
import pytest
from keyring.backends.fail import Keyring

from tskit.errors import SourceError
from tskit.sources import import_keyrings, pseudonym_key


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setattr(keyring, "get_password", lambda *_: Keyring().get_password("", ""))


def test_the_environment_comes_first(tmp_path):
    assert pseudonym_key("x", environ={"TSKIT_PSEUDONYM_KEY": "k" * 20}, folder=tmp_path) == b"k" * 20
    assert list(tmp_path.iterdir()) == []


def test_the_keyring_comes_next(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring, "get_password", lambda _, name: f"{name}-0123456789")
    assert pseudonym_key("cases", environ={}, folder=tmp_path) == b"pseudonym-key:cases-0123456789"


def test_else_a_key_is_made_once_for_this_user(tmp_path):
    folder = tmp_path / "new" / "tskit"
    first = pseudonym_key("a", environ={}, folder=folder)
    assert pseudonym_key("b", environ={}, folder=folder) == first
    assert len(first) == 64
    (path,) = folder.iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_key_is_longer_than_a_block(tmp_path):
    assert len(pseudonym_key("x", environ={"TSKIT_PSEUDONYM_KEY": "k" * 200}, folder=tmp_path)) == 32


@pytest.mark.parametrize("damage", [b"", b"short"])
def test_a_damaged_key_file_is_an_error_and_never_replaced(damage, tmp_path):
    (tmp_path / "pseudonym.key").write_bytes(damage)
    with pytest.raises(SourceError, match="damaged"):
        pseudonym_key("x", environ={}, folder=tmp_path)
    assert (tmp_path / "pseudonym.key").read_bytes() == damage


def test_a_short_key_is_refused_without_showing_it(tmp_path):
    with pytest.raises(SourceError, match="shorter than 16") as caught:
        pseudonym_key("x", environ={"TSKIT_PSEUDONYM_KEY": "hunter2"}, folder=tmp_path)
    assert "hunter2" not in str(caught.value)


def test_what_keyrings_consist_of_is_imported_without_one_being_opened(monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(keyring.core, "set_keyring", opened.append)
    monkeypatch.delitem(sys.modules, "keyring.backends.chainer", raising=False)
    import_keyrings()
    assert "keyring.backends.chainer" in sys.modules
    assert opened == []
