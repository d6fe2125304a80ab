"""Whatever is made of case text and notes while people work shows neither: no repr, no reason, no state, no message."""

import json
import shutil
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.samples import shared_sample
from tskit import Scope
from tskit.cases import contents, load
from tskit.causes import history, judgements, open_log, precision_table, rules_of, settled, suggester, tag_state
from tskit.duty import ESCALATIONS, SHIFTS, open_duty
from tskit.findings import dive, escalation, handover, session
from tskit.model import Casebook
from tskit.patterns import links, triage, wordings
from tskit.runs import find, folders
from tskit.ui import filters, review
from tskit.ui.form_memory import remember
from tskit.ui.review import session as desk
from tskit.ui.review.exposure import Exposure
from tskit.ui.workbench import workbench

CANARY = "canary7f3a"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a casebook in which every text, note and piece of evidence holds the canary."""
    root = tmp_path_factory.mktemp("own") / "book"
    shutil.copytree(
        shared_sample(tmp_path_factory, cases=6_000), root, ignore=shutil.ignore_patterns(".cache", "records*")
    )
    path = root / "data" / "cases.parquet"
    table = pq.read_table(path)
    for name in ("subject", "description"):
        if name in table.column_names:
            marked = pa.array([f"{CANARY} {text}" for text in table[name].to_pylist()], pa.string())
            table = table.set_column(table.column_names.index(name), name, marked)
    pq.write_table(table, path)
    tags = root / "data" / "tags.jsonl"
    rows = [
        json.loads(line) | {"note": CANARY, "evidence": CANARY}
        for line in tags.read_text(encoding="utf-8").splitlines()
    ]
    tags.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    duty = root / "data" / "duty.jsonl"
    rows = [json.loads(line) for line in duty.read_text(encoding="utf-8").splitlines()]
    marked = [row | {"body": row["body"] | {n: CANARY for n in ("text", "note") if row["body"].get(n)}} for row in rows]
    duty.write_text("".join(json.dumps(row) + "\n" for row in marked), encoding="utf-8")
    (root / "rules.toml").write_text(
        f'[rules.all]\ncause = "RC2.1"\nreason = "It has the word."\ntext = {{ contains = ["{CANARY}"] }}\n',
        encoding="utf-8",
    )
    return Casebook.read(root)


@pytest.fixture(scope="module")
def case_set(book):
    return load(Scope(start=date(2026, 8, 10), end=date(2026, 11, 2)), casebook=book)


@pytest.fixture(scope="module")
def log(book):
    return open_log(book)


def test_no_repr_shows_it(case_set, log, book):
    ids = [entry.subject for entry in log.store.entries("tags")]
    assert CANARY in contents(case_set, ids)[ids[0]].description  # it is there to be shown
    assert log.store.entries("tags")[0].body["note"] == CANARY
    texts = wordings(case_set)
    found = [
        *(case_set, log, log.store, log.store.entries("tags"), contents(case_set, ids), texts, tag_state(case_set)),
        *(history(log, ids[0]), judgements(log), settled(log), links(case_set, ids, texts=texts)),
        *(suggester(case_set, log), rules_of(book, log.taxonomy)[0]),
        *(dive.dive(case_set, ids[:2]), session.hold(case_set, session.asked(problem=["qa_incorrect"]))),
    ]
    with_words = filters(case_set)
    with_words.words.value = CANARY
    found += [
        with_words,
        with_words.chart,
        workbench(case_set, log=log, person="ann"),
        review(case_set, log=log, person="ann"),
    ]
    shown = {type(one).__name__: repr(one) + str(one) for one in found if not isinstance(one, tuple)}
    assert [name for name, text in shown.items() if CANARY in text] == []


def test_no_repr_of_what_is_known_on_duty_shows_what_people_wrote(case_set, book):
    duty = open_duty(book)
    entries = [*duty.store.entries(ESCALATIONS), *duty.store.entries(SHIFTS)]
    assert any(CANARY in str(dict(entry.body)) for entry in entries)  # it is there to be shown
    subject = next(entry.subject for entry in entries if entry.log == ESCALATIONS)
    look = escalation.escalate(case_set, [subject])
    told = escalation.told(look)
    found = [
        duty,
        duty.store,
        entries,
        look,
        told,
        handover.handover(case_set),
        triage(case_set),
        *escalation.statements(told),
    ]
    assert [type(one).__name__ for one in found if CANARY in repr(one) + str(one)] == []


def test_a_reason_names_a_rule_or_cases_and_quotes_nothing(case_set, log):
    known = suggester(case_set, log)
    ids = [entry.subject for entry in log.store.entries("tags")]
    said = [one for case_id in ids for one in known.suggest(case_id)]
    assert "rule:all" in {one.source for one in said}
    assert CANARY not in repr(said)
    assert CANARY not in precision_table(known).to_string()


def test_the_panel_keeps_the_words_in_the_field_alone_and_the_desk_keeps_nothing(case_set, log):
    panel = filters(case_set)
    panel.words.value = CANARY
    assert len(panel.case_ids) > 0
    assert CANARY not in json.dumps([panel.told.get_state(), panel.chart.get_state()], default=str)
    widget = review(case_set, log=log, person="ann")
    told = widget._session.answer({"type": "reveal", "case_id": widget._session.queue.here})
    assert CANARY in json.dumps(told) or told["content"]["route"]
    assert CANARY not in json.dumps(widget.get_state(), default=str)


def test_what_breaks_at_the_desk_is_told_without_its_words(case_set, log, monkeypatch, capfd):
    widget = review(case_set, log=log, person="ann")
    sent = []
    widget.send = sent.append

    def breaks(*_):
        raise duckdb.ConversionException(f"Could not convert string '{CANARY}' to INT64")

    monkeypatch.setattr(desk, "contents", breaks)
    widget._heard(None, {"type": "reveal", "key": "k", "case_id": widget._session.queue.here}, None)
    assert "Something went wrong" in sent[0]["refused"]
    assert CANARY not in json.dumps(sent)
    assert CANARY not in "".join(capfd.readouterr())


def test_what_is_remembered_of_a_person_names_no_case(book, tmp_path):
    counted = Exposure(tmp_path, date(2026, 11, 2))
    counted.add(date(2026, 11, 2))
    kept = [path for path in tmp_path.iterdir() if path.is_file()]
    assert [json.loads(path.read_text(encoding="utf-8")) for path in kept] == [{"day": "2026-11-02", "opened": 1}]
    assert kept[0].stat().st_mode & 0o777 == 0o600
    remember(find("trend_report", folders(book.root)), {"weeks": 4}, root=book.root)
    assert json.loads((book.root / ".cache" / "forms" / "trend_report.json").read_text(encoding="utf-8")) == {
        "weeks": 4
    }
