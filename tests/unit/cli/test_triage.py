"""`tskit triage` on the sample: what is shown, what is written, and what is refused."""

import csv
import json
import re
import shutil

import pytest

from tests.support.samples import shared_sample
from tskit.cli import main

CANARY = "CANARY-report-5c1d"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "book"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    return folder


@pytest.fixture
def call(book, monkeypatch, capfdbinary):
    """Return a function that calls the verb and returns exit code, output and errors, at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments, casebook=book):
        with pytest.raises(SystemExit) as caught:
            main(["triage", "--casebook", str(casebook), *arguments])
        shown = capfdbinary.readouterr()
        return caught.value.code or 0, shown.out.decode(), shown.err.decode()

    return run


def test_the_most_urgent_come_first_each_with_its_reason_on_a_narrow_screen(call):
    code, shown, _ = call("--top", "3")
    assert code == 0
    lines = shown.splitlines()
    assert lines[0].split() == ["#", "Case", "Left", "Points", "Why"]
    assert [line.split()[0] for line in lines if re.match(r"\d+ +\S+ +", line) and "open," not in line] == [
        "1",
        "2",
        "3",
    ]
    assert max(map(len, lines[: lines.index("")])) <= 80
    assert re.search(r"^\d+ open, \d+ overdue, \d+ due within 4 h\.$", shown, re.MULTILINE)
    assert "The first 3 are shown" in shown
    assert "Asia/Singapore" in shown
    assert "S2 40, S3 1000" in shown
    assert "[triage] of casebook.toml" in shown


def test_the_file_holds_every_open_case_and_column_and_adds_up(call, tmp_path):
    code, shown, said = call("--top", "1", "--out", str(tmp_path / "order.csv"))
    assert code == 0
    assert "Written to" in said
    with (tmp_path / "order.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"{len(rows)} open," in shown
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    for row in rows:
        parts = [float(row[name]) for name in ("harm", "reach_points", "deadline_points", "spread_points")]
        assert round(sum(parts), 1) == float(row["score"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row["created_at"])
    assert (tmp_path / "order.csv").stat().st_mode & 0o777 == 0o600


def test_an_earlier_moment_and_a_queue_are_told(call):
    code, shown, _ = call("--until", "2026-10-19T09:00", "--queue", "urgent-safety")
    assert code == 0
    assert "As of Monday 19 October 2026, 09:00, Asia/Singapore." in shown


def test_nothing_open_is_said_plainly(call):
    code, shown, _ = call("--until", "2020-01-01")
    assert code == 0
    assert shown.splitlines()[0] == "Nothing is open."
    assert "Points" not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--queue", "urgent-safty"], "Did you mean 'urgent-safety'?"),
        (["--market", "XX"], "market"),
        (["--until", "#12"], "no number of entries"),
        (["--until", "soon"], "A moment is a day"),
        (["--out", "order.xlsx"], "ends in .csv"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_fix(call, arguments, words):
    code, shown, said = call(*arguments)
    assert (code, shown) == (12, "")
    assert words in said


def test_weights_that_cannot_be_meant_are_refused_by_name(call, book, tmp_path):
    folder = tmp_path / "odd"
    shutil.copytree(book, folder)
    settings = (folder / "casebook.toml").read_text(encoding="utf-8")
    (folder / "casebook.toml").write_text(settings.replace("spread = 8.0", 'spread = "8"'), encoding="utf-8")
    code, _, said = call(casebook=folder)
    assert code == 12
    assert "[triage], 'spread'" in said


def test_no_text_of_a_case_reaches_the_screen_or_the_file(call, tmp_path):
    """Reports whose text, queue and number are hostile: a canary in the text, a formula and an escape in the rest."""
    folder = tmp_path / "own"
    folder.mkdir()
    settings = (
        '[sources.main]\ncases = "cases.jsonl"\n[[deadlines]]\nname = "live"\nhours = 3\nwhere = { tags = "x" }\n'
    )
    (folder / "casebook.toml").write_text(settings, encoding="utf-8")
    row = {
        "case_id": "c1",
        "case_number": "\x1b[2J17",
        "status": "open",
        "is_closed": False,
        "created_at": "2026-03-02T09:00:00Z",
        "severity": "S2",
        "queue": "=HYPERLINK(1)",
        "policy_id": "\u202e=SUM(1)\u200b",
        "subject": CANARY,
        "description": CANARY,
    }
    (folder / "cases.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    code, shown, said = call("--out", str(tmp_path / "order.csv"), casebook=folder)
    assert code == 0, said
    written = (tmp_path / "order.csv").read_text(encoding="utf-8")
    assert CANARY not in shown + said + written
    assert "\x1b" not in shown + written
    assert not re.search("[\x80-\x9f\u200b\u202e]", written)
    assert "'=HYPERLINK(1)" in written
    assert "keeps no log" in shown
    assert "count for no case: live." in shown
