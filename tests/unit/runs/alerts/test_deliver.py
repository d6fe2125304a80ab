"""Each message is in the log before it is sent; what fails stays there, and what is sent is not sent twice."""

import json
import os
import sys
from dataclasses import replace

import pytest

from tests.unit.runs.alerts.conftest import FAILED, NOW, TREND
from tskit.model import Alert, Alerting
from tskit.runs.alerts import again, deliver, log, messages

TAKE = "import sys, os, json; open('got', 'ab').write(sys.stdin.buffer.read()); open('env', 'w').write(json.dumps(dict(os.environ)))"


def program(code, *arguments, **settings):
    return Alert("pager", ("spike", "failure"), "command", command=(sys.executable, "-c", code, *arguments), **settings)


def send(alert, way, said=TREND, alerting=None):
    due = messages([alert], [said], at=NOW)
    return deliver(due, [alert], alerting or Alerting(timeout_seconds=20), way=way)


def test_a_command_gets_the_message_on_its_standard_input(way, tmp_path):
    outcome = send(program(TAKE), way)[0]
    assert outcome.event == "sent"
    assert json.loads((tmp_path / "got").read_text(encoding="utf-8")) == outcome.message.body


def test_a_command_gets_no_key_of_tskit(way, tmp_path):
    send(program(TAKE), way)
    given = json.loads((tmp_path / "env").read_text(encoding="utf-8"))
    assert "LANG" in given
    assert not [name for name in given if name.startswith("TSKIT_")]


def test_no_shell_reads_the_arguments(way, tmp_path):
    send(program("import sys; open('argument', 'w').write(sys.argv[1])", "$(touch harmed); `touch harmed` && *"), way)
    assert (tmp_path / "argument").read_text(encoding="utf-8") == "$(touch harmed); `touch harmed` && *"
    assert not (tmp_path / "harmed").exists()


def test_a_command_that_fails_is_tried_again_and_nothing_that_it_prints_is_kept(way, pauses, capfd):
    outcome = send(
        program("print('canary7f3a'); raise SystemExit('canary7f3a')"), way, alerting=Alerting(timeout_seconds=20)
    )[0]
    assert outcome.event == "failed"
    assert outcome.why.endswith("ended with the code 1, tried 3 times.")
    assert pauses == [1.0, 4.0]
    assert "canary7f3a" not in way.log.read_text(encoding="utf-8") + "".join(capfd.readouterr())


def test_a_command_that_hangs_is_ended(way):
    outcome = send(program("import time; time.sleep(60)"), way, alerting=Alerting(timeout_seconds=0.3, attempts=1))[0]
    assert "took longer than 0.3 seconds" in outcome.why


def test_a_program_that_is_not_there_is_told_and_not_tried_again(way, pauses):
    alert = Alert("pager", ("spike",), "command", command=("no-such-program-7f3a",))
    outcome = send(alert, way)[0]
    assert "cannot be run" in outcome.why
    assert pauses == []


def test_what_is_sent_is_not_sent_twice(way, tmp_path):
    first, second = send(program(TAKE), way)[0], send(program(TAKE), way)[0]
    assert (first.why, second.event, second.why) == ("", "sent", "it was sent before")
    assert len((tmp_path / "got").read_text(encoding="utf-8").splitlines()) == 1


def test_what_did_not_arrive_is_sent_again_with_the_same_id(way, tmp_path):
    failed = send(program("raise SystemExit(1)"), way, alerting=Alerting(timeout_seconds=20, attempts=1))[0]
    sent = again([program(TAKE)], Alerting(timeout_seconds=20), way=way)
    assert [(one.event, one.message.id) for one in sent] == [("sent", failed.message.id)]
    assert again([program(TAKE)], Alerting(), way=way) == ()
    assert json.loads((tmp_path / "got").read_text(encoding="utf-8"))["id"] == failed.message.id


def test_a_message_is_in_the_log_before_anything_is_sent(way, tmp_path):
    seen = "import shutil; shutil.copy('runs/alerts.jsonl', 'then.jsonl')"
    send(program(seen), way)
    lines = (tmp_path / "then.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["due"]


def test_killed_while_it_sends_the_message_is_sent_again(way, tmp_path):
    class KilledError(BaseException):
        pass

    def killed(_host, _port):
        raise KilledError

    alert = Alert("pager", ("spike",), "webhook", url="https://127.0.0.1/")
    with pytest.raises(KilledError):
        deliver(messages([alert], [TREND], at=NOW), [alert], Alerting(), way=replace(way, resolve=killed))
    assert [kept.event for kept in log.read(way.log).values()] == ["due"]
    assert [one.event for one in again([program(TAKE)], Alerting(timeout_seconds=20), way=way)] == ["sent"]


def test_a_message_whose_rule_is_gone_is_dropped(way):
    send(program("raise SystemExit(1)"), way, alerting=Alerting(timeout_seconds=20, attempts=1))
    assert [one.event for one in again([], Alerting(), way=way)] == ["dropped"]
    assert again([], Alerting(), way=way) == ()


def test_one_rule_that_fails_keeps_no_other_from_being_sent(way):
    bad = Alert("bad", ("failure",), "command", command=("no-such-program-7f3a",))
    due = messages([bad, program(TAKE)], [FAILED], at=NOW)
    assert [one.event for one in deliver(due, [bad, program(TAKE)], Alerting(timeout_seconds=20), way=way)] == [
        "failed",
        "sent",
    ]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_what_cannot_be_logged_is_not_sent(way, tmp_path):
    way.log.parent.mkdir()
    way.log.parent.chmod(0o500)
    with pytest.raises(OSError, match="denied"):
        send(program(TAKE), way)
    assert not (tmp_path / "got").exists()
