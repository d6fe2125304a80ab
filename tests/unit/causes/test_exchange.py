import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.causes import export_csv, export_jsonl, import_file, judgements, open_log, record, settled, undo
from tskit.causes.exchange import Imported
from tskit.causes.sheets import guarded, unguarded
from tskit.errors import DataError, ParameterError, SourceError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
CANARY = "CANARY-note-7f3a"
WRITERS = {"jsonl": export_jsonl, "csv": export_csv}
HEAD = "case_id,tagger,tagged_at,cause\n"


@pytest.fixture
def book(tmp_path):
    """Return a function that opens the log of an empty casebook of that name."""

    def make(name, taxonomy=""):
        (tmp_path / name).mkdir(exist_ok=True)
        if taxonomy:
            (tmp_path / name / "taxonomy.toml").write_text(taxonomy, encoding="utf-8")
        return open_log(Casebook(tmp_path / name, name))

    return make


@pytest.fixture
def put(tmp_path):
    """Return a function that imports a text as a file of that ending."""

    def write(log, text, ending="csv"):
        path = tmp_path / f"given.{ending}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return import_file(log, path)

    return write


def tag(n, case_id="c1", cause="RC2.1", tagger="aisyah", **rest):
    return Tag(case_id, cause, tagger, MORNING + timedelta(minutes=n), key=f"k{n}", **rest)


def worked(log):
    """Write a little of everything."""
    record(
        log, tag(1, note=f'{CANARY}, said "so"\n=1+1;\'x', evidence=f"+{CANARY} 42", contributing=("RC1.1", "RC4.2"))
    )
    record(log, tag(2, cause="RC1.4", trigger="RC7.2", confidence="high"))
    undo(log, key="k2", tagger="aisyah", at=MORNING + timedelta(minutes=3, microseconds=7))
    record(log, tag(4, tagger="@ben", round="2026-10"))
    record(log, tag(5, "=c2", "", kind="flag", note=" \t"))
    record(log, tag(6, "500D0000001abcD", "", kind="skip"))
    return log


def text(log, ending, **how):
    return "".join(WRITERS[ending](log, **how))


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("with_notes", [True, False])
def test_a_round_trip_gives_the_same_bytes_and_the_same_state(book, put, ending, with_notes):
    one, other = worked(book("one")), book("other")
    written = text(one, ending, with_notes=with_notes)
    assert put(other, written, ending) == Imported(added=6, known=0, foreign=0)
    assert text(other, ending, with_notes=with_notes) == written
    for read in (judgements, settled):
        shown = [read(log).drop(columns="has_note", errors="ignore") for log in (one, other)]
        assert shown[0].to_dict("records") == shown[1].to_dict("records")
    assert list(judgements(other)["has_note"]) == (list(judgements(one)["has_note"]) if with_notes else [False] * 4)


@pytest.mark.parametrize("ending", WRITERS)
def test_both_forms_carry_the_same(book, put, ending):
    one, other = worked(book("one")), book("other")
    put(other, text(one, ending, with_notes=True), ending)
    assert text(other, "jsonl", with_notes=True) == text(one, "jsonl", with_notes=True)


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("with_notes", [True, False])
def test_reading_a_file_again_writes_nothing(book, put, ending, with_notes):
    log = worked(book("one"))
    head = log.store.head("tags")
    assert put(log, text(log, ending, with_notes=with_notes), ending) == Imported(added=0, known=6, foreign=0)
    assert log.store.head("tags") == head


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        ("minute 42", "case:c1"),
        ("", "case:c1"),
        ("https://desk.example/c1#a", "https://desk.example/c1#a"),
        (f"https://x {CANARY}", "case:c1"),
    ],
)
def test_evidence_in_words_leaves_with_the_notes_alone(book, evidence, shown):
    log = book("one")
    record(log, tag(1, evidence=evidence))
    assert json.loads(text(log, "jsonl"))["evidence"] == shown
    assert json.loads(text(log, "jsonl", with_notes=True))["evidence"] == (evidence or "case:c1")


@pytest.mark.parametrize("ending", WRITERS)
def test_notes_leave_only_when_they_are_asked_for(book, ending):
    log = worked(book("one"))
    assert CANARY not in text(log, ending)
    assert CANARY in text(log, ending, with_notes=True)


def test_an_export_can_stop_at_a_past_moment(book):
    log = worked(book("one"))
    assert text(log, "jsonl", until=2) == text(log, "jsonl", until=MORNING + timedelta(minutes=2))
    assert text(log, "jsonl", until=2).count("\n") == 2


def test_a_line_of_json_is_as_it_is_documented(book):
    log = book("one")
    record(log, tag(1, contributing=("RC1.1",), round="r"))
    assert text(log, "jsonl", with_notes=True) == (
        '{"case_id":"c1","kind":"tag","cause":"RC2.1","contributing":["RC1.1"],"trigger":"","confidence":"medium",'
        '"note":"","evidence":"case:c1","tagger":"aisyah","tagged_at":"2026-10-05T01:01:00Z",'
        f'"taxonomy_version":"{log.taxonomy.version}","round":"r","key":"k1","supersedes":""}}\n'
    )


def test_no_cell_of_a_sheet_is_taken_for_a_formula(book):
    rows = list(csv.reader(text(worked(book("one")), "csv", with_notes=True).splitlines(keepends=True)))
    assert {cell.lstrip(' \t\r\n"')[:1] for row in rows for cell in row} & set("=+-@|%") == set()


@given(st.text(st.characters(codec="utf-8"), max_size=6) | st.text("'=+-@ \t\r\n\"a", max_size=6))
def test_a_guarded_cell_reads_back_exactly(cell):
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).lstrip("\"' ").startswith(("=", "+", "-", "@")) or guarded(cell).startswith("'")


@pytest.mark.parametrize(
    ("cell", "written"), [("=1", "'=1"), ("'quoted'", "''quoted'"), (" -1", "' -1"), ("a=1", "a=1")]
)
def test_one_apostrophe_stands_before_what_could_be_a_formula_or_begins_with_one(cell, written):
    assert guarded(cell) == written


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(note=st.text(max_size=20), evidence=st.text(st.characters(min_codepoint=33, codec="utf-8"), max_size=20))
@pytest.mark.parametrize("ending", WRITERS)
def test_any_text_survives_the_round_trip(tmp_path_factory, ending, note, evidence):
    folder = tmp_path_factory.mktemp("trip")
    logs = []
    for name in ("a", "b"):
        (folder / name).mkdir()
        logs.append(open_log(Casebook(folder / name, name)))
    try:
        record(logs[0], tag(1, note=note, evidence=evidence))
    except ParameterError:
        return  # control characters and spaces around it are refused
    path = folder / f"given.{ending}"
    path.write_bytes(text(logs[0], ending, with_notes=True).encode())
    import_file(logs[1], path)
    assert logs[1].store.entries("tags")[0].body == logs[0].store.entries("tags")[0].body


def test_a_sheet_that_somebody_wrote_needs_four_columns(book, put):
    log = book("one")
    sheet = HEAD + "c1,aisyah,2026-10-05T09:00:00+08:00,RC2.1\n\nc2,aisyah,2026-10-05 09:01+08:00,RC1\n"
    assert put(log, sheet) == Imported(2, 0, 0)
    assert put(log, sheet.encode("utf-8-sig")) == Imported(0, 2, 0)
    row = judgements(log).iloc[0]
    assert (row["tagged_at"], row["taxonomy_version"]) == (MORNING, log.taxonomy.version)


def test_a_written_line_takes_the_place_of_the_persons_earlier_one(book, put):
    log = book("one")
    record(log, tag(1))
    rows = "c1,aisyah,2026-10-05T09:00:00Z,RC1.1\nc1,ben,2026-10-05T09:00:00Z,RC1.2\nc1,aisyah,2026-10-05T09:30:00Z,RC1.3\n"
    assert put(log, HEAD + rows) == Imported(3, 0, 0)
    assert list(judgements(log)["cause"]) == ["RC1.2", "RC1.3"]
    assert put(log, HEAD + rows) == Imported(0, 3, 0)


def test_a_written_flag_stands_beside_the_answer(book, put):
    log = book("one")
    rows = "c1,aisyah,2026-10-05T09:00:00Z,RC1.1,tag\nc1,aisyah,2026-10-05T09:01:00Z,,flag\n"
    put(log, f"{HEAD[:-1]},kind\n{rows}c1,aisyah,2026-10-05T09:02:00Z,,skip\n")
    assert list(judgements(log)["kind"]) == ["flag", "skip"]


def test_a_short_salesforce_id_becomes_a_full_one(book, put):
    log = book("one")
    put(log, HEAD + "500D0000001abcD,aisyah,2026-10-05T09:00:00Z,RC1.1\n")
    assert list(judgements(log)["case_id"]) == ["500D0000001abcDIAQ"]


def test_a_cause_of_another_taxonomy_is_kept_and_counted(book, put):
    own = '[causes."RC2.8"]\nname = "Quiz"\ndefinition = "The quiz asks for less."\n'
    one, other = book("one", own), book("other")
    record(one, tag(1, cause="RC2.8"))
    assert put(other, text(one, "jsonl"), "jsonl") == Imported(1, 0, 1)
    assert judgements(other)[["cause", "cause_l1"]].to_numpy().tolist() == [["RC2.8", "RC2"]]
    assert text(other, "jsonl") == text(one, "jsonl")


def test_a_tag_from_before_its_cause_was_retired_is_kept(book, put):
    one, other = book("one"), book("other", '[causes."RC3.4"]\nis_retired = true\n')
    record(one, tag(1, cause="RC3.4", note="A double shift."))
    assert put(other, text(one, "csv")).added == 1


GOOD = '{"case_id":"c0","cause":"RC2.1","tagger":"ben","tagged_at":"2026-10-05T09:00:00Z"}\n'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cause": "RC77"}, "a cause is not in the taxonomy"),
        ({"cause": "=cmd()", "taxonomy_version": "x"}, "a cause is not in the taxonomy"),
        ({"cause": "RC7"}, "outside our control"),
        ({"cause": ""}, "needs a cause"),
        ({"contributing": "RC1"}, "contributing is a list of texts"),
        ({"contributing": [1]}, "contributing is a list of texts"),
        ({"note": 3}, "note is a text"),
        ({"tagged_at": "5 October"}, "tagged_at is a moment with a zone"),
        ({"tagged_at": "2026-10-05T09:00:00"}, "needs a zone"),
        ({"tagged_at": "0001-01-01T00:00:00+23:00"}, "tagged_at is a moment"),
        ({"tagged_at": ""}, "there is no tagged_at"),
        ({"tagger": None}, "tagger is a text"),
        ({"kind": "undo"}, "names its key in supersedes"),
        ({"kind": "undo", "supersedes": "k"}, "says nothing else"),
        ({"kind": "maybe"}, "one of tag, skip, flag"),
        ({CANARY: "x"}, "a field is none of: case_id"),
        ({"note": CANARY * 400}, "at most 4,000"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_hold_up_is_named_by_its_number_alone(book, put, change, said):
    line = json.loads(GOOD) | {"case_id": CANARY} | change
    log = book("one")
    with pytest.raises(DataError, match=f"^Line 2: .*{said}") as caught:
        put(log, GOOD + json.dumps(line), "jsonl")
    assert CANARY not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert len(judgements(log)) == 0


@pytest.mark.parametrize("line", ["{", "[1]", "null", '"x"', "[" * 9999])
def test_a_line_that_is_no_object_is_named_by_its_number(book, put, line):
    with pytest.raises(DataError, match=r"^Line 3 is not an object"):
        put(book("one"), f"{GOOD}\n{line}\n", "jsonl")


def test_a_line_in_another_encoding_is_named_by_its_number(book, put):
    with pytest.raises(DataError, match=r"^Line 2 is not UTF-8"):
        put(book("one"), GOOD.encode() + "café".encode("latin-1"), "jsonl")


@pytest.mark.parametrize(
    ("sheet", "error", "said"),
    [
        (f"{HEAD}c1,a,2026-10-05T09:00:00Z\n", DataError, "^Line 2 has 3 cells, and the first line names 4"),
        (f'{HEAD}\n"a\nb",a,2026-10-05T09:00:00Z,RC2\n', DataError, "^Line 3: The case id .* is one line"),
        (f'{HEAD}c1,a,2026-10-05T09:00:00Z,"RC2\n', DataError, "^Line 2 is no row of a CSV file"),
        ("case_id;tagger;tagged_at;cause\n", ParameterError, "not divided by commas"),
        ("case_id,tagger,tagged_at,cuase\n", ParameterError, "has a column 'cuase'.*Did you mean 'cause'"),
        ("case_id,tagger,tagged_at,tagger\n", ParameterError, "the column 'tagger' twice"),
        ("case_id,tagger,cause\nc1,a,RC2\n", DataError, "^Line 2: there is no tagged_at"),
    ],
)  # fmt: skip
def test_a_sheet_that_does_not_hold_up_is_refused(book, put, sheet, error, said):
    with pytest.raises(error, match=said):
        put(book("one"), sheet)


def test_a_key_stands_for_one_judgement_in_a_file_as_in_the_log(book, put):
    line = json.loads(GOOD) | {"key": "k1"}
    other = json.dumps(line | {"cause": "RC1.1", "note": CANARY})
    log = book("one")
    with pytest.raises(DataError, match=r"^Line 2: its key stands for another judgement, with another cause, note\."):
        put(log, f"{json.dumps(line)}\n{other}", "jsonl")
    put(log, json.dumps(line), "jsonl")
    with pytest.raises(DataError, match=r"^Line 1: its key stands for another judgement"):
        put(log, other, "jsonl")


def test_a_judgement_supersedes_one_of_the_same_case(book, put):
    lines = [json.loads(GOOD) | more for more in ({"key": "k1"}, {"case_id": "c9", "key": "k2", "supersedes": "k1"})]
    with pytest.raises(DataError, match=r"^Line 2: it supersedes a judgement of another case"):
        put(book("one"), "\n".join(map(json.dumps, lines)), "jsonl")


def test_a_file_is_read_by_its_ending(book, put, tmp_path):
    with pytest.raises(ParameterError, match=r"given\.xlsx is read by its ending"):
        put(book("one"), "", "xlsx")
    with pytest.raises(SourceError, match=r"none\.csv cannot be read"):
        import_file(book("one"), tmp_path / "none.csv")


def test_progress_is_told_in_bytes(book, tmp_path):
    path = tmp_path / "given.jsonl"
    path.write_text(GOOD + "\n" * 2500, encoding="utf-8")
    told = []
    import_file(book("one"), path, progress=lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert told == [(size - 1501, size), (size - 501, size)]
