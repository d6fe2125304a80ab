"""Whatever shows single cases refuses a source in place, always in the same words; figures are given."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tskit import causes, load, patterns
from tskit.cases import all_contents, contents, require_copy
from tskit.cli import main
from tskit.errors import SourceError
from tskit.findings import session
from tskit.metrics import measure
from tskit.model import Scope, Source
from tskit.ui import filters, review, workbench

SAID = 'The source lake is asked in place, where single cases and their text stay. To see them, set mode = "extract"'
BOOK = """
name = "lying"
zone = "Asia/Singapore"

[sources.lake]
mode = "in_place"
cases = "cases.parquet"
"""
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = [
    {
        "case_id": f"c{place}",
        "created_at": FIRST + timedelta(hours=place),
        "closed_at": FIRST + timedelta(hours=place + 9) if place % 2 else None,
        "status": "closed" if place % 2 else "open",
        "market": "SG",
        "reopened_count": place % 3,
    }
    for place in range(40)
]
ASKED = {
    "known": lambda cases: patterns.known(cases, ["c1"]),
    "named_ids": lambda cases: patterns.named_ids(cases, ["c1"]),
    "open_queue": patterns.open_queue,
    "triage": patterns.triage,
    "precedents": lambda cases: patterns.precedents(cases, ["c1"]),
    "problem_set": lambda cases: causes.problem_set(cases, ["reopened"]),
    "contents": lambda cases: contents(cases, ["c1"]),
    "all_contents": all_contents,
    "session": lambda cases: session.hold(cases, session.asked(problem=["reopened"])),
    "filters": filters,
    "workbench": workbench,
    "review": lambda cases: review(cases, person="ben"),
}
VERBS = ("triage", "log c1", "log c1 hello", "tags agreement --by market", "tags round open new --people a,b")


@pytest.fixture
def book(tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "cases.parquet")
    (tmp_path / "casebook.toml").write_text(BOOK, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("asked", ASKED)
def test_a_function_that_gives_single_cases_asks_for_a_copy(asked, book):
    case_set = load(Scope(source="lake"), casebook=book)
    with pytest.raises(SourceError) as told:
        ASKED[asked](case_set)
    assert str(told.value).startswith(SAID)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_gives_single_cases_asks_for_a_copy(verb, book, capsys):
    first, *rest = verb.split()
    with pytest.raises(SystemExit) as ended:
        main([first, *rest, "--casebook", str(book)])
    assert ended.value.code == 10
    assert SAID in " ".join(capsys.readouterr().err.split())


def test_figures_are_given(book):
    case_set = load(Scope(source="lake"), casebook=book)
    assert measure(case_set, "cases_opened", window=case_set.scope.window)["value"].sum() > 0


def test_the_copy_is_made_by_a_sync_where_the_source_has_a_url_and_by_a_load_where_it_is_a_file(book):
    case_set = load(Scope(source="lake"), casebook=book)
    with pytest.raises(SourceError, match=r'mode = "extract" in casebook.toml\.$'):
        require_copy(case_set)
    url = Source("lake", mode="in_place", url="postgresql://reader@db.example.invalid/desk", cases="cases")
    case_set = replace(case_set, casebook=replace(case_set.casebook, sources=(url,)))
    with pytest.raises(SourceError, match=r"and copy it: tskit sync lake$"):
        require_copy(case_set)
