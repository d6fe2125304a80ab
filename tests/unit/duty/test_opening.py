"""A synthetic casebook brings what its own team wrote, once and whole; any other begins empty."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.duty import CASE, SITE, minute, said
from tskit.duty import ESCALATIONS, SHIFTS, case_log, checks, escalations, open_duty, promises
from tskit.errors import DataError
from tskit.model import Casebook

CANARY = "CANARY-file-7f3a"
LINES = [
    ("escalations", "opened", CASE, 0, {"text": "reports climb", "owner": "mei"}),
    ("escalations", "next", CASE, 1, {"text": "take down", "owner": "ben", "due_at": "2026-11-01T12:00:00Z"}),
    ("shifts", "promise", SITE, 2, {"text": "call legal", "case_id": "", "owner": "mei", "due_at": "2026-11-01T20:00+08:00"}),
    ("shifts", "check", SITE, 3, {"item": "due", "shift": "weekend day", "is_done": False, "text": "not yet"}),
]  # fmt: skip


def row(name, kind, subject, minutes, body):
    at = minute(minutes).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"log": name, "kind": kind, "subject": subject, "author": "mei", "at": at, "key": f"sample:{minutes}"}
    return told | {"supersedes": "", "body": body}


@pytest.fixture
def book(tmp_path):
    (tmp_path / "data").mkdir()
    write(tmp_path, [row(*line) for line in LINES])
    return Casebook(tmp_path, "book", is_sample=True)


def write(folder, rows):
    lines = [f"{told if isinstance(told, str) else json.dumps(told)}\n" for told in rows]
    (folder / "data" / "duty.jsonl").write_text("".join(lines), encoding="utf-8")


def test_the_entries_of_the_file_stand_in_their_logs(book):
    log = open_duty(book)
    assert list(case_log(log)["kind"]) == ["opened", "next"]
    assert escalations(log)["due_at"].iloc[0].isoformat() == "2026-11-01T12:00:00+00:00"
    assert promises(log)[["id", "owner"]].to_numpy().tolist() == [["P1", "mei"]]
    assert checks(log)["is_done"].tolist() == [False]


def test_they_are_brought_once(book):
    said(open_duty(book), "note", 90, text="own")
    assert list(case_log(open_duty(book))["kind"]) == ["opened", "next", "note"]


def test_a_log_that_somebody_began_is_left_alone_and_the_other_filled(book):
    log = open_duty(Casebook(book.root, "book"))
    said(log, "note", 90, text="own")
    assert list(case_log(open_duty(book))["kind"]) == ["note"]
    assert len(promises(open_duty(book))) == 1


def test_of_several_that_open_it_at_once_one_brings_them(book):
    with ThreadPoolExecutor(8) as pool:
        logs = list(pool.map(lambda _: open_duty(book), range(8)))
    assert [log.store.head(name)[0] for log in logs for name in (ESCALATIONS, SHIFTS)] == [2] * 16


def test_another_casebook_begins_empty(book):
    log = open_duty(Casebook(book.root, "book"))
    assert case_log(log).empty
    assert log.sites == ()


@pytest.mark.parametrize(
    "broken",
    [
        f"{{{CANARY}",
        "[]",
        row("tags", "note", CASE, 0, {"text": CANARY}),
        row("escalations", "idea", CASE, 0, {"text": CANARY}),
        row("escalations", "note", CASE, 0, {"txt": CANARY}),
        row("escalations", "next", CASE, 0, {"text": CANARY, "due_at": CANARY}),
        row("escalations", "next", CASE, 0, {"text": CANARY, "due_at": "2026-11-01T12:00"}),
        row("shifts", "note", SITE, 0, {"text": [CANARY]}),
        {name: value for name, value in row("shifts", "note", SITE, 0, {"text": CANARY}).items() if name != "key"},
    ],
)
def test_a_line_that_does_not_hold_up_is_refused_unquoted_and_nothing_is_written(book, broken):
    write(book.root, [row(*LINES[0]), broken])
    with pytest.raises(DataError, match=r"duty\.jsonl does not hold up") as caught:
        open_duty(book)
    assert CANARY not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert case_log(open_duty(Casebook(book.root, "book"))).empty
