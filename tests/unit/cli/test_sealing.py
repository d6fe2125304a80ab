from __future__ import annotations

import pickle
from dataclasses import replace
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


def now():
    """Return no time: a name that can be sent to another process."""


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


def test_a_kernel_is_given_no_secret_that_it_has_no_use_for(book, monkeypatch):
    private, _ = new_key()
    monkeypatch.setenv("TSKIT_SIGNING_KEY", private)
    monkeypatch.setenv("TSKIT_ALERT_DUTY_CHAT", "token of the chat")
    found = sealing(Setting(clock, environment={"TSKIT_RECORDS": "copy"}), book=book)
    assert found.environment == {"TSKIT_RECORDS": "copy", "TSKIT_SIGNING_KEY": "", "TSKIT_ALERT_DUTY_CHAT": ""}
    assert found.sign  # it is signed all the same
    assert private not in repr(found)


def test_what_is_sent_to_other_processes_holds_no_secret(book, monkeypatch):
    private, _ = new_key()
    monkeypatch.setenv("TSKIT_SIGNING_KEY", private)
    monkeypatch.setenv("TSKIT_ALERT_DUTY_CHAT", "token of the chat")
    setting = replace(sealing(Setting(now), book=book), zone="UTC")
    sent = pickle.dumps(setting)
    for secret in (private, "token of the chat", "a long enough key"):
        assert secret.encode() not in sent
