"""Judgements, rounds, causes, rules, whys and actions of a hostile casebook: every word that a person may write is an attack."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

from tests.support.hostile_casebook import CANARY, PAYLOADS
from tskit.causes import Why, about_cause, open_log, record, record_whys
from tskit.causes.register import Action, add_action
from tskit.causes.rounds import draft_of
from tskit.model import Casebook, Tag

__all__ = ["ROUND", "hostile_tags"]

ROUND = "2026-11-wrong-decisions"
_SEEN = re.compile("[\u202e\u2066\u200b\ufeff]")
_AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


def hostile_tags(book, ids):
    """Write the sample's judgements into the casebook in `book`, under the names in `ids` and in hostile words.

    Notes and evidence hold the canary: they may quote a case, and no write-up may say them. All else is shown somewhere.
    """
    _causes(book)
    _rules(book)
    (book / "snippets.txt").write_text("\n".join(map(_line, PAYLOADS)), encoding="utf-8")
    log = open_log(Casebook.read(book))
    planned = _read(book, "rounds.jsonl")[0]
    people = {name: _person(name, n) for n, name in enumerate(("aisyah", "ben", "chloe", "dao"))}
    cases = [_renamed(row, ids) | {"raters": [people[name] for name in row["raters"]]} for row in planned["cases"]]
    log.store.append("rounds", [draft_of({**planned, "question": PAYLOADS[2] + PAYLOADS[10], "cases": cases})])
    for number, row in enumerate(_read(book, "tags.jsonl")):
        _tag(log, _renamed(row, ids), people, number)
    _reasons(log, cases[0]["case_id"])


def _tag(log, row, people, number):
    if row["kind"] != "tag":
        return
    hostile = "RC2.9" if number % 3 == 0 else row["cause"]
    said = _line(PAYLOADS[number % len(PAYLOADS)])[:300]
    tag = Tag(
        case_id=row["case_id"],
        cause=hostile,
        tagger=people.get(row["tagger"], _person(row["tagger"], 4)),
        tagged_at=_AT + timedelta(minutes=number),
        contributing=("RC2.8",) if hostile != "RC2.8" else (),
        confidence="low",
        note=f"{CANARY} {PAYLOADS[number % len(PAYLOADS)]}"[:3_000],
        evidence=f"{CANARY} {said}".strip(),
        round=row["round"],
        key=f"k{number}",
    )
    record(log, tag)


def _reasons(log, case):
    steps = [
        Why(f"{_line(payload)[:200]} {n}", f"{_line(payload)[:200]} {n}", "RC2.9")
        for n, payload in enumerate(PAYLOADS[6:11])
    ]
    for subject in (about_cause("RC2.9"), case):
        record_whys(log, subject, steps, author=_person("mei", 2), at=_AT)
    for number, payload in enumerate(PAYLOADS):
        # What a name may not hold is refused; the rest is as hostile as it can be.
        word = _SEEN.sub("", _line(payload)).strip()
        action = Action(
            id=f"{word[:80]} {number}",
            what=f"{_line(payload)[:1_500]} {number}",
            cause="RC2.9",
            owner=f"{word[:150]} {number}",
            due=date(2026, 10, 1),
            metric="overturn_rate",
            where=(("market", (f"{word[:200]} {number}",)),),
        )
        add_action(log, action, author=_person("mei", 2), at=_AT)


def _causes(book):
    lines = []
    for cause, payload in (("RC2.8", PAYLOADS[1]), ("RC2.9", PAYLOADS[2] + PAYLOADS[10])):
        lines.append(f'[causes."{cause}"]')
        lines += [f"{name} = {json.dumps(_line(payload)[:80])}" for name in ("name", "definition", "example")]
    (book / "taxonomy.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rules(book):
    reason = json.dumps(_line(PAYLOADS[0] + PAYLOADS[10])[:150].replace("{", "").replace("}", ""))
    text = f'[rules.hostile]\ncause = "RC2.9"\nreason = {reason}\nknown = ["created_at"]\n'
    (book / "rules.toml").write_text(text, encoding="utf-8")


def _renamed(row, ids):
    return row | {"case_id": ids.get(row["case_id"], row["case_id"])}


def _person(name, number):
    return f"{_line(PAYLOADS[number])[:60].strip()} {name}"


def _line(payload):
    """Return a payload without what no field of one line takes."""
    return "".join(letter for letter in payload if letter.isprintable() or letter in "\u202e\u2066\u200b\ufeff").strip()


def _read(book, name):
    return [json.loads(line) for line in (book / "data" / name).read_text(encoding="utf-8").splitlines()]
