"""Content that may not be handled is nowhere: not in a file, a suggestion, a link, a search, a queue or a write-up."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tskit import Scope
from tskit.cases import all_contents, contents, load
from tskit.causes import neighbours, open_log, record, rule_hits, rules_of, suggester
from tskit.model import Casebook, Tag
from tskit.patterns import links, triage, wordings
from tskit.ui import review
from tskit.ui.filter_query import Picked, Picker

ROOT = Path(__file__).parents[2]
WORD = "withheldword7f3a"
ROUTE = "Go to the authorised desk."
HIDDEN = [f"h{n}" for n in range(4)]
SHOWN = [f"s{n}" for n in range(12)]
SETTINGS = f"""name = "t"
[sources.main]
cases = "cases.csv"
events = "events.csv"
[[withheld]]
where = {{ policy_id = "P-CHILD" }}
route = "{ROUTE}"
"""
RULES = f'[rules.says-so]\ncause = "RC2.1"\nreason = "It says so."\ntext = {{ contains = ["{WORD}"] }}\n'
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
SAID = "a long report about the very same thing said in the very same words for everybody to find"


def row(case_id, policy, text, n):
    at = (START + timedelta(hours=n)).isoformat()
    return f'{case_id},{at},open,false,{policy},MY,a-7,"{text} {SAID}","{text} {SAID} again"\n'


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a casebook of twins: each withheld case says what a shown one says, and one word more."""
    root = tmp_path_factory.mktemp("home") / "book"
    root.mkdir()
    (root / "casebook.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "rules.toml").write_text(RULES, encoding="utf-8")
    rows = [row(case_id, "P-CHILD", WORD, n) for n, case_id in enumerate(HIDDEN)]
    rows += [row(case_id, "P-SPAM", "plain", n) for n, case_id in enumerate(SHOWN, start=4)]
    rows += [row("x", "P-CHILD", WORD, 30).replace("2026", "soon")]
    head = "case_id,created_at,status,is_closed,policy_id,market,account_id,subject,description\n"
    (root / "cases.csv").write_text(head + "".join(rows), encoding="utf-8")
    moves = [f"{c},field_change,{START.isoformat()},Description,{WORD},{WORD}2\n" for c in (*HIDDEN, "nobody")]
    moves += [f"{c},field_change,{START.isoformat()},Description,plain,plainer\n" for c in SHOWN]
    events = "case_id,event_type,occurred_at,field,old_value,new_value\n" + "".join(moves)
    (root / "events.csv").write_text(events, encoding="utf-8")
    found = Casebook.read(root)
    log = open_log(found)
    for n, case_id in enumerate((*HIDDEN, *SHOWN[:8])):
        record(log, Tag(case_id, "RC2.1", "ben", START + timedelta(days=1), key=f"k{n}"))
    return found


@pytest.fixture(scope="module")
def case_set(book):
    return load(Scope(), casebook=book)


def test_no_file_but_the_source_holds_it(book, case_set):
    assert all_contents(case_set)["case_id"].tolist() == sorted(SHOWN)
    for path in book.root.rglob("*"):
        if path.is_file() and path.name not in ("cases.csv", "events.csv", "rules.toml"):
            content = path.read_bytes()
            content += repr(pq.read_table(path).to_pydict()).encode() if path.suffix == ".parquet" else b""
            assert WORD.encode() not in content, path.name


def test_its_case_has_a_route_and_nothing_else(case_set):
    found = contents(case_set, HIDDEN)
    assert {(one.subject, one.description, one.route) for one in found.values()} == {("", "", ROUTE)}


def test_nothing_is_suggested_for_it_or_because_of_it(book, case_set):
    log = open_log(book)
    known = suggester(case_set, log)
    assert [known.suggest(case_id) for case_id in HIDDEN] == [[]] * len(HIDDEN)
    reasons = " ".join(one.reason for one in known.suggest(SHOWN[-1]))
    assert SHOWN[0] in reasons or "similar" in reasons
    assert not any(f" {case_id}" in reasons for case_id in HIDDEN)
    assert rule_hits(case_set, rules_of(book, log.taxonomy)).query("rule == 'says-so'").empty
    assert WORD not in repr(known)


def test_it_is_nobodys_neighbour_twin_or_link_by_words(case_set):
    near = neighbours(case_set, SHOWN[0], limit=50)
    assert set(near["case_id"]) & set(HIDDEN) == set()
    assert neighbours(case_set, HIDDEN[0]).empty
    texts = wordings(case_set)
    twins = texts.near(SHOWN[0], at_least=0.1)
    assert set(twins["linked_id"]) == set(SHOWN[1:])
    assert texts.near(HIDDEN[0], at_least=0.1).empty
    tied = links(case_set, [SHOWN[0], HIDDEN[0]], texts=texts).query("why == 'wording'")
    assert set(tied["case_id"]) == {SHOWN[0]}
    assert set(tied["linked_id"]) == set(SHOWN[1:])


def test_no_search_for_words_finds_it(case_set):
    picker = Picker(case_set)
    assert picker.ids(Picked(words=WORD)) == []
    assert set(picker.ids(Picked(words="very same words"))) == set(SHOWN)
    assert picker.withheld() == len(HIDDEN)


def test_the_queue_tells_its_route_and_counts_no_opening(book, case_set):
    session = review(case_set, log=open_log(book), person="ann", order=HIDDEN)._session  # what the page hears
    told = [session.answer({"type": "hello"}), session.answer({"type": "reveal", "case_id": HIDDEN[0]})]
    assert WORD not in json.dumps(told)
    assert told[0]["case"]["route"] == ROUTE
    assert told[1]["content"] == {"subject": "", "description": "", "route": ROUTE}


def test_triage_says_where_to_work_on_it_and_nothing_of_its_words(case_set):
    found = triage(case_set).frame.set_index("case_id")
    assert set(found.loc[HIDDEN, "route"]) == {ROUTE}
    assert set(found.loc[SHOWN, "route"]) == {""}
    assert WORD not in found.to_csv()


def test_a_cluster_does_not_grow_by_its_words(case_set):
    texts = wordings(case_set)
    assert set(texts.company([SHOWN[0]], within=np.timedelta64(14, "D"))[0]) <= set(SHOWN)
    assert not set(HIDDEN) & set(texts.places)


@pytest.fixture(scope="module")
def call(book):
    home = book.root.parent
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "tskit.cli", *arguments, "--casebook", book.root],
            env=kept | {"HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
            capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip

    return call


@pytest.mark.slow
@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("template", "asked", "is_told"),
    [
        ("case_deep_dive", [f"case_id={HIDDEN[0]}"], True),
        ("escalation_brief", [f"case_id={HIDDEN[0]}"], True),
        ("escalation_brief", [f"case_id={SHOWN[0]}", "linked=true", "audience=vendor"], False),  # its twin in words
        ("escalation_brief", ["where=policy_id=P-CHILD", "audience=communications"], True),
        ("oncall_handover", [], False),
    ],
)
def test_a_write_up_of_it_says_where_to_work_on_it_and_nothing_of_its_words(call, template, asked, is_told):
    done = call("run", template, *(part for pair in asked for part in ("-p", pair)))
    assert done.returncode == 0, done.stderr
    assert WORD not in done.stdout + done.stderr
    run = Path(done.stdout.splitlines()[-1]).parent
    assert not is_told or ROUTE in (run / "report.html").read_text(encoding="utf-8")
    for path in run.rglob("*"):
        assert path.is_dir() or WORD.encode() not in path.read_bytes(), path.name


@pytest.mark.slow
@pytest.mark.acceptance
def test_no_verb_of_a_duty_says_anything_of_its_words(call, tmp_path):
    for verb in (["log", HIDDEN[0], "Handed to the desk"], ["log", HIDDEN[0]], ["triage", "--out", tmp_path / "t.csv"]):
        done = call(*verb)
        assert done.returncode == 0, done.stderr
        assert WORD not in done.stdout + done.stderr
    assert WORD not in (tmp_path / "t.csv").read_text(encoding="utf-8")
