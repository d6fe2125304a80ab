from __future__ import annotations

import pickle
from hashlib import sha256

import pytest

from tskit.cli.sealing import sealing
from tskit.model import Casebook
from tskit.runs import Setting
from tskit.runs.signing import new_key, signature_of


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.delenv("TSKIT_SIGNING_KEY", raising=False)
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a long enough key")
    (tmp_path / "profiles").mkdir()
    for name in ("casebook.toml", "taxonomy.toml", "profiles/ours.toml", "notes.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return Casebook(tmp_path, "ours", record_url="https://desk.example/{case_id}")


def clock():
    raise AssertionError


def test_a_manifest_keeps_the_settings_of_the_casebook_the_code_and_the_machine(book, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = sealing(Setting(clock), book=book)
    settings = found.facts["settings"]
    assert list(settings) == ["casebook.toml", "profiles/ours.toml", "taxonomy.toml", "key of pseudonyms"]
    assert settings["taxonomy.toml"] == sha256(b"taxonomy.toml").hexdigest()
    assert found.facts["record_url"] == book.record_url
    machine = found.facts["machine"]
    assert (machine["locale"], machine["zone"]) == ("C.UTF-8", "Asia/Kathmandu")
    assert machine["cores"] >= 1
    assert found.code["digest"]


def test_another_key_of_pseudonyms_leaves_another_mark_and_nothing_of_itself(book, monkeypatch):
    marks = set()
    for key in ("a long enough key, one", "a long enough key, two"):
        monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", key)
        marks.add(sealing(Setting(clock), book=book).facts["settings"]["key of pseudonyms"])
        assert sha256(key.encode()).hexdigest()[:12] not in marks
    assert len(marks) == 2


def test_whoever_has_a_key_signs_and_nobody_else(book, monkeypatch):
    assert sealing(Setting(clock), book=book).sign is None
    private, public = new_key()
    monkeypatch.setenv("TSKIT_SIGNING_KEY", private)
    sign = pickle.loads(pickle.dumps(sealing(Setting(clock), book=book).sign))
    assert private.encode() not in pickle.dumps(sign)
    assert signature_of(b"{}", sign(b"{}"), keys=[public]).is_known
