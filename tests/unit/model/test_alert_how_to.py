"""What `docs/how-to/alert-on-a-run.md` shows is a casebook that can be read, and the message that is really sent."""

import json
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from tskit.model import Alert, Casebook, Said, SaidFinding
from tskit.model.alerting import SIGNALS
from tskit.runs.alerts import messages

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "alert-on-a-run.md").read_text(encoding="utf-8")


def fence(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[0]


def book(folder):
    (folder / "casebook.toml").write_text(fence("toml"), encoding="utf-8")
    return Casebook.read(folder)


def test_the_example_is_read(tmp_path):
    assert [alert.name for alert in book(tmp_path).alerts] == ["chat", "pager"]


def test_every_signal_and_every_setting_is_explained():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted([*SIGNALS, *(field.name for field in fields(Alert))])


def test_the_message_that_is_shown_has_the_parts_of_one_that_is_sent(tmp_path):
    shown = json.loads(fence("json"))
    told = shown["runs"][0]
    findings = [SaidFinding(**{**one, "signals": tuple(one["signals"])}) for one in told["findings"]]
    said = Said(told["run"], told["template"], told["status"], told["title"], told["lead"], tuple(findings))
    at = datetime.fromisoformat(shown["at"]).astimezone(UTC)
    body = messages(book(tmp_path).alerts, [said], at=at)[0].body
    assert body | {"id": "", "text": ""} == shown | {"id": "", "text": ""}
    assert body["text"].startswith(shown["text"].removesuffix("…"))
