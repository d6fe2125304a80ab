"""The log of alerts: what is written stays readable, whatever cuts it short."""

import json
import os
import stat

import pytest

from tests.unit.runs.alerts.conftest import NOW
from tskit.runs.alerts import Message, log


def message(name="a1"):
    return Message(name, "pager", {"id": name, "text": "Scam rose"})


def test_what_is_due_waits_until_it_is_sent(tmp_path):
    path = tmp_path / "runs" / "alerts.jsonl"
    assert log.read(path) == {}
    log.append(path, message(), "due", at=NOW)
    assert log.read(path)["a1"].is_waiting
    log.append(path, message(), "failed", at=NOW, why="nobody answered")
    kept = log.read(path)["a1"]
    assert (kept.is_waiting, kept.why, kept.message) == (True, "nobody answered", message())
    log.append(path, message(), "sent", at=NOW)
    assert not log.read(path)["a1"].is_waiting


def test_what_is_sent_stays_sent_though_another_process_failed_to_send_it(tmp_path):
    path = tmp_path / "alerts.jsonl"
    for event in ("due", "sent", "failed"):
        log.append(path, message(), event, at=NOW)
    assert log.read(path)["a1"].event == "sent"


@pytest.mark.parametrize("cut", range(0, 90, 7))
def test_a_line_that_the_power_cut_short_spoils_no_other(tmp_path, cut):
    path = tmp_path / "alerts.jsonl"
    log.append(path, message("a1"), "due", at=NOW)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    log.append(path, message("a2"), "due", at=NOW)
    assert list(log.read(path)) == ["a1", "a2"]


def test_only_the_owner_reads_the_log(tmp_path):
    path = tmp_path / "alerts.jsonl"
    log.append(path, message(), "due", at=NOW)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text(encoding="utf-8"))["message"]["text"] == "Scam rose"
