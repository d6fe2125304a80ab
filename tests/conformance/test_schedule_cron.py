"""The crontab of docs/how-to/schedule.md does what the page says, as cron would start it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pages import fences, placed

CRONTAB = fences("how-to/schedule.md", "crontab")[0]
LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def read(text):
    """Return the variables, and each entry as its five fields and its command."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    entries = [line.split(None, 5) for line in lines if not re.match(r"[A-Z_]+=", line)]
    return variables, [(entry[:5], entry[5]) for entry in entries]


def values(field, low, high):
    """Return the moments that a field of a crontab stands for."""
    found = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return found


def test_every_entry_is_a_time_and_a_command_that_cron_can_read():
    variables, entries = read(CRONTAB)
    assert set(variables) == {"SHELL", "PATH", "LANG", "MAILTO", "TSKIT_CASEBOOK"}
    assert len(entries) == 3
    for fields, command in entries:
        for field, (low, high) in zip(fields, LIMITS, strict=True):
            assert values(field, low, high) <= set(range(low, high + 1))
        assert "%" not in command, "cron takes it for the end of the line"


def test_the_times_are_those_that_the_page_tells():
    _, entries = read(CRONTAB)
    weekly, daily, quarterly = ([values(f, *limit) for f, limit in zip(e[0], LIMITS, strict=True)] for e in entries)
    assert (weekly[0], weekly[1], weekly[4]) == ({0}, {7}, {1})
    assert (daily[0], daily[1], len(daily[4])) == ({30}, {8, 20}, 8)
    assert quarterly[0] == {0, 15, 30, 45}


@pytest.fixture(scope="module")
def table(book, bare):
    """Return what starts the nth entry as cron does: by /bin/sh, with the crontab's variables and nothing else."""
    places = {"/srv/tskit/bin": Path(sys.executable).parent, "/srv/casebook": book}
    variables, entries = read(placed(CRONTAB, places))

    def start(number):
        command = [variables["SHELL"], "-c", entries[number][1]]
        return subprocess.run(
            command, env=bare | variables, cwd=bare["HOME"], capture_output=True, text=True, check=False
        )

    return start


@pytest.mark.slow
@pytest.mark.conformance
@pytest.mark.parametrize(
    ("number", "template", "log"), [(0, "trend_report", "trend.log"), (1, "oncall_handover", "handover.log")]
)
def test_a_run_is_sealed_and_told_and_mails_nothing(table, book, number, template, log):
    done = table(number)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    run = max((book / "runs").glob(f"*-{template}-*"))
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["status"] == "ok"
    assert "report.html" in (book / log).read_text(encoding="utf-8")
    told = [json.loads(line) for line in (book / "told.jsonl").read_text(encoding="utf-8").splitlines()]
    assert run.name in {one["run"] for message in told for one in message["runs"]}


@pytest.mark.slow
@pytest.mark.conformance
def test_what_failed_is_one_line_of_mail_without_a_case(table, book):
    cases = book / "data" / "cases.parquet"
    away = cases.rename(cases.with_suffix(".away"))
    try:
        done = table(0)
    finally:
        away.rename(cases)
    assert re.fullmatch(r"trend_report ended with 1[0-4]\n", done.stdout)
    last = json.loads((book / "told.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert last["on"] == ["failure"]


@pytest.mark.slow
@pytest.mark.conformance
def test_a_run_is_skipped_while_the_last_one_goes_on(table, book):
    import fcntl  # noqa: PLC0415  # POSIX only, as cron is

    before = set((book / "runs").glob("*")) if (book / "runs").is_dir() else set()
    with (book / ".trend.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = table(0)
    assert done.stdout == "trend_report ended with 75\n"
    assert set((book / "runs").glob("*")) == before


@pytest.mark.slow
@pytest.mark.conformance
def test_nothing_is_said_when_every_alert_has_arrived(table):
    assert table(2).stdout == ""
