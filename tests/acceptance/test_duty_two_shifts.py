"""Two people on two machines write one escalation and one shift; one is killed again and again, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.postgres import running_server
from tskit.duty import ESCALATIONS, SHIFTS, case_log, escalations, open_duty, promises
from tskit.model import Casebook

ROOT = Path(__file__).parents[2]
CASE = "5005g00000CASE1AAA"
KILLS = 10
TURNS = 40
CALLS = 6
WRITER = """
import sys, time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tskit.duty import CaseEntry, ShiftEntry, open_duty, write_case, write_shift
from tskit.model import Casebook

book, name, told = Casebook.read(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
duty = open_duty(book)

def case(turn, at):
    kinds = ["note", "owner", "next", "decision", "handoff", "reply"]
    kind = kinds[turn % len(kinds)]
    given = {"owner": {"owner": name}, "handoff": {"to": f"night{turn}"}, "next": {"due_at": at + timedelta(hours=1)}}
    return write_case(duty, CaseEntry(sys.argv[4], kind, name, at, f"{name}-{turn}", text=f"{name} {turn} " * 9, **given.get(kind, {})))

def shift(turn, at):
    key = f"{name}-{turn}"
    if turn % 2 == 0:
        return write_shift(duty, ShiftEntry("singapore", "promise", name, at, key, f"{name} {turn}"))
    return write_shift(duty, ShiftEntry("singapore", "done", name, at, key, promise=f"{name}-{turn - 1}"))

with told.open("ab", buffering=0) as file:
    # The first turn is what nobody heard of when this writer was killed: half of it may be there already, or none.
    for turn in count(len(told.read_bytes().splitlines())):
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=turn)
        file.write(f"{name}-{turn}:{case(turn, at).seq}:{shift(turn, at).seq}\\n".encode())
"""
READER = """
import sys
from pathlib import Path
from tskit.duty import case_log, escalations, handovers, open_duty, promises
from tskit.model import Casebook

duty = open_duty(Casebook.read(Path(sys.argv[1])))
cases, shifts = (int(text) for text in sys.argv[2:4])
frames = [
    case_log(duty, None, until=cases, with_history=True), escalations(duty, until=cases), promises(duty, until=shifts),
]
for frame in frames:
    sys.stdout.write(frame.to_json(orient="records", date_format="iso", date_unit="us", indent=1) + "\\n")
"""
SETTINGS = """
name = "night and day"
{records}
[sites.singapore]
country = "SG"
zone = "Asia/Singapore"
"""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")]


@pytest.fixture(scope="module")
def server():
    with running_server() as started:
        yield started


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.kill), pytest.param("postgres", marks=pytest.mark.postgres)]
)
def desks(request, tmp_path):
    """Return the casebook's folder at each of two desks: one folder for a file, two for a database."""
    if request.param == "sqlite":
        return [folder_of(tmp_path / "both")] * 2
    place = request.getfixturevalue("server").database(re.sub(r"\W", "", tmp_path.name)[-40:].lower())
    return [folder_of(tmp_path / name, records=f'records = "{place}"') for name in ("day", "night")]


def folder_of(path, *, records=""):
    path.mkdir()
    (path / "casebook.toml").write_text(SETTINGS.format(records=records), encoding="utf-8")
    return path


class Desk:
    """A process that writes at one desk, and is started again when it was killed."""

    def __init__(self, folder, name, told):
        self.folder, self.name, self.told = folder, name, told
        self.start()

    def start(self):
        command = [sys.executable, "-c", WRITER, str(self.folder), self.name, str(self.told), CASE]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        _, trouble = self.process.communicate(timeout=60)
        assert (self.process.returncode, trouble) == (-signal.SIGKILL, b""), trouble.decode()

    def acknowledged(self):
        """Return key and both numbers of each turn that the writer was told about."""
        lines = self.told.read_text(encoding="ascii").splitlines() if self.told.exists() else []
        return [(key, int(case), int(shift)) for key, case, shift in (line.split(":") for line in lines)]

    def wait_for(self, count):
        give_up = time.monotonic() + 120
        while len(self.acknowledged()) < count:
            assert time.monotonic() < give_up, "the writer stands still"
            assert self.process.poll() is None, self.process.stderr.read().decode()
            time.sleep(0.02)


def read_at(folder, cases, shifts):
    """Return what a process of its own reads at a desk, as of so many entries, byte for byte."""
    command = [sys.executable, "-c", READER, str(folder), str(cases), str(shifts)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout


def test_what_one_shift_was_told_is_kept_stands_once_and_is_read_alike_at_both_desks(desks, tmp_path):
    rng = random.Random(11)
    writers = [Desk(folder, name, tmp_path / name) for folder, name in zip(desks, ("mei", "ben"), strict=True)]
    try:
        for writer in writers:
            writer.wait_for(3)
        for kill in range(KILLS):
            time.sleep(rng.uniform(0.0, 0.4))
            writers[1].kill()
            writers[1].start()
            if kill % 4 == 1:
                writers[1].wait_for(3 + kill)  # else it is killed before it was ever at work
        for writer in writers:
            writer.wait_for(TURNS)
        duty = open_duty(Casebook.read(desks[0]))
        seen = duty.store.head(ESCALATIONS)[0], duty.store.head(SHIFTS)[0]
        # While both go on writing, what was known by then is the same at both desks.
        assert read_at(desks[0], *seen) == read_at(desks[1], *seen)
    finally:
        for writer in writers:
            writer.kill()
    check(desks, [turn for writer in writers for turn in writer.acknowledged()])


def check(desks, acknowledged):
    """Hold both logs to what the two were told, and the desks to each other."""
    with open_duty(Casebook.read(desks[0])).store as store, open_duty(Casebook.read(desks[1])).store as other:
        for place, name in enumerate((ESCALATIONS, SHIFTS)):
            there = {entry.key: entry.seq for entry in store.entries(name)}
            assert [turn for turn in acknowledged if there.get(turn[0]) != turn[1 + place]] == [], "an entry is lost"
            assert sorted(there.values()) == list(range(1, len(there) + 1)), "an entry stands twice, or is missing"
            assert len(there) - len(acknowledged) <= KILLS + 2, "each kill leaves one turn that nobody heard of"
            assert store.verify(name, expected=other.head(name)).is_whole
            assert store.head(name) == other.head(name)
    duty = open_duty(Casebook.read(desks[0]))
    numbers = duty.store.head(ESCALATIONS)[0], duty.store.head(SHIFTS)[0]
    assert read_at(desks[0], *numbers) == read_at(desks[1], *numbers)
    assert set(case_log(duty)["author"]) == {"mei", "ben"}
    (row,) = escalations(duty).to_dict("records")
    (last,) = [entry for entry in duty.store.entries(ESCALATIONS) if entry.kind in ("owner", "handoff")][-1:]
    assert row["owner"] == (last.body.get("to") or last.body["owner"]), "the later number has it"
    kept = promises(duty)
    done = {entry.body["promise"] for entry in duty.store.entries(SHIFTS, kinds=["done"])}
    assert set(kept.loc[kept["state"] == "done", "key"]) == done


def test_the_command_line_loses_nothing_that_it_said_was_written(desks, tmp_path):
    rng = random.Random(12)
    told, killed = {}, set()
    for turn in range(CALLS):
        calls = [
            (folder, f"{name} says {turn}", call(folder, f"{name} says {turn}", name))
            for folder, name in zip(desks, ("mei", "ben"), strict=True)
        ]
        if turn % 2:  # the second one is killed at some moment between its start and its last word
            time.sleep(rng.uniform(0.5, 4.0))
            calls[1][2].send_signal(signal.SIGKILL)
        for _, text, process in calls:
            shown, trouble = process.communicate(timeout=120)
            if process.returncode == -signal.SIGKILL:
                killed.add(text)
            else:
                assert process.returncode == 0, trouble.decode()
            if shown.startswith(b"#"):
                told[int(shown[1:].split()[0])] = text
    shown = [call(folder, "", "").communicate(timeout=120)[0] for folder in desks]
    assert shown[0] == shown[1]
    there = {row["seq"]: row["text"] for row in json.loads(shown[0])}
    assert told.items() <= there.items(), "an entry that was said to be written is lost"
    assert len(set(there.values())) == len(there), "an entry stands twice"
    assert set(there.values()) - set(told.values()) <= killed
    for folder in desks:
        verified = run(folder, "log", "--verify")
        assert verified.returncode == 0, verified.stderr
        assert f"escalations: {len(there)} entries, all as they were written" in verified.stdout


def call(folder, text, author):
    """Start `tskit log` on the case at a desk: to write, or without a text to read all of it as JSON."""
    what = [text, "--author", author, "--new"] if text else ["--json", "--new"]
    command = [sys.executable, "-m", "tskit.cli", "log", CASE, *what, "--casebook", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)


def run(folder, *arguments):
    command = [sys.executable, "-m", "tskit.cli", *arguments, "--casebook", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
