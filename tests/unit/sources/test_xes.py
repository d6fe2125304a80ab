"""XES logs: a row for each event, what is broken kept apart with its place, and nothing hostile unfolded."""

import gzip
import subprocess
import sys
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.errors import SourceError
from tskit.sources import ReadOptions, connect, read

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'
_EVENT = '<event><string key="concept:name" value="{0}"/><date key="time:timestamp" value="{1}"/></event>\n'


def _event(activity, at="2026-03-01T10:00:00.000+08:00"):
    return _EVENT.format(activity, at)


def _trace(case, *events):
    return f'<trace>\n<string key="concept:name" value="{case}"/>\n{"".join(events)}</trace>\n'


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    return connect(tmp_path_factory.mktemp("spill"))


@pytest.fixture
def log_of(tmp_path, connection):
    """Write a log and return what is read of it: rows as dicts, rejects as (number, reason), notes."""

    def load(text, *, name="log.xes", options=ReadOptions()):  # noqa: B008 - frozen
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        raw = read(name, root=tmp_path, options=options, connection=connection)
        rows = raw.table.order_by("_source_row").to_pyarrow().to_pylist()
        rejected = raw.rejected.order_by("_source_row").to_pyarrow().to_pylist()
        assert raw.read == len(rows) + len(rejected)
        return rows, rejected, raw.notes

    return load


def test_an_event_is_a_row_with_the_attributes_of_its_trace_beside_it(log_of):
    """A nested attribute becomes `key/inner`, a list JSON text, and values stay as they are written."""
    nested = (
        '<event><string key="concept:name" value="Decide"><string key="by" value="Ana"/></string>'
        '<float key="cost:total" value="1.10"/><boolean key="auto" value="true"/>'
        '<date key="time:timestamp" value="2026-03-01T12:00:00+07:00"/>'
        '<list key="rules"><values><string key="rule" value="spam"/><string key="rule" value="nudity"/></values></list>'
        '<container key="where"><string key="market" value="SG"/></container></event>'
    )
    rows, rejected, _ = log_of(f"{_HEAD}{_trace('C1', _event('Open'), nested)}</log>")
    assert rejected == []
    assert [row["concept:name"] for row in rows] == ["Open", "Decide"]
    assert {row["case:concept:name"] for row in rows} == {"C1"}
    assert rows[1] | {"_source": None} == {
        "case:concept:name": "C1", "concept:name": "Decide", "concept:name/by": "Ana", "cost:total": "1.10",
        "auto": "true", "time:timestamp": "2026-03-01T12:00:00+07:00", "rules": '["spam", "nudity"]',
        "where/market": "SG", "_source": None, "_source_row": 2,
    }  # fmt: skip


def test_a_packed_log_reads_like_the_log(log_of):
    text = f"{_HEAD}{_trace('C1', _event('Open'))}</log>"
    assert log_of(gzip.compress(text.encode()), name="log.xes.gz")[0][0]["concept:name"] == "Open"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_the_byte_order_mark_tells_the_encoding(log_of, encoding):
    text = f"{_HEAD}{_trace('คดี', _event('Öffnen'))}</log>".replace("UTF-8", encoding.upper())
    rows, _, _ = log_of(text.encode(encoding))
    assert (rows[0]["case:concept:name"], rows[0]["concept:name"]) == ("คดี", "Öffnen")


def test_a_prefix_of_the_log_s_own_is_read_as_the_standard_s(log_of):
    head = '<log><extension name="Concept" prefix="c" uri="http://www.xes-standard.org/concept.xesext"/>'
    rows, _, _ = log_of(f'{head}<trace><string key="c:name" value="A"/>{_event("Open")}</trace></log>')
    assert rows[0]["case:concept:name"] == "A"


def test_a_declared_default_stands_in_for_a_missing_attribute_but_never_for_a_time(log_of):
    head = (
        '<log><global scope="event"><string key="org:group" value="Triage"/>'
        '<date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>'
        '<global scope="trace"><string key="market" value="SG"/></global>'
    )
    bare = '<event><string key="concept:name" value="Close"/></event>'
    rows, _, notes = log_of(f"{head}{_trace('C1', _event('Open'), bare)}</log>")
    assert [row["org:group"] for row in rows] == ["Triage", "Triage"]
    assert rows[0]["case:market"] == "SG"
    assert rows[1]["time:timestamp"] is None
    assert any("org:group (2 times)" in note for note in notes)


def test_a_trace_without_events_is_kept_apart_and_told(log_of):
    rows, rejected, notes = log_of(f"{_HEAD}{_trace('C1')}{_trace('C2', _event('Open'))}</log>")
    assert [row["case:concept:name"] for row in rows] == ["C2"]
    assert [(one["_source_row"], one["reason"]) for one in rejected] == [(1, "no_events")]
    assert "log.xes: 1 trace has no event; nothing tells when such a case was opened." in notes


BROKEN = {
    "a tag that is not closed": ('<trace><string key="concept:name" value="B">' + _event("x") + "</trace>", "broken_xml"),
    "a stray ampersand": ('<trace><string key="concept:name" value="R&B"/></trace>', "broken_xml"),
    "an unknown entity": ('<trace><string key="concept:name" value="&boom;"/></trace>', "broken_xml"),
    "an attribute without a key": ('<trace><string value="B"/>' + _event("x") + "</trace>", "broken_attribute"),
    "a trace that never ends": ("<trace>" + _event("x"), "broken_xml"),
    "attributes nested without end": ("<trace>" + '<string key="a" value="b">' * 80 + "</trace>", "broken_xml"),
    "a control character": ('<trace><string key="a" value="\x01"/></trace>', "broken_xml"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_trace_is_kept_apart_with_its_place_and_costs_no_other(log_of, text, reason):
    log = (
        f"{_HEAD}{_trace('A', _event('Open'))}{text}\n{_trace('C', _event('Open'))}{_trace('D', _event('Open'))}</log>"
    )
    rows, rejected, notes = log_of(log)
    assert [row["case:concept:name"] for row in rows] == ["A", "C", "D"]
    assert [(one["_source_row"], one["reason"]) for one in rejected] == [(2, reason)]
    assert rejected[0]["raw"].startswith("<trace>")
    line = 1 + log[: log.index(text)].count("\n")
    assert any(f"the trace that begins in line {line} is broken" in note for note in notes)


def test_several_broken_traces_are_told_with_their_own_lines(log_of):
    bad = '<trace>\n<string key="a" value="&x;"/>\n</trace>\n'
    log = f"{_HEAD}{bad}{_trace('A', _event('Open'))}{bad}{_trace('B', _event('Open'))}{bad}</log>"
    rows, rejected, notes = log_of(log)
    assert len(rows) == 2
    assert [one["_source_row"] for one in rejected] == [1, 3, 5]
    lines = [1 + log[:at].count("\n") for at in range(len(log)) if log.startswith(bad, at)]
    assert [note.split("line ")[1].split(" ")[0] for note in notes] == [str(line) for line in lines]


def test_a_log_that_ends_too_early_keeps_its_whole_traces(log_of):
    rows, rejected, notes = log_of(
        f"{_HEAD}{_trace('A', _event('Open'))}{_trace('B', _event('Open'), _event('x'))[:-20]}"
    )
    assert [row["case:concept:name"] for row in rows] == ["A"]
    assert [one["reason"] for one in rejected] == ["cut_off"]
    assert "the file ends in it" in notes[0]


def test_an_event_with_two_values_of_one_key_is_kept_apart(log_of):
    two = '<event><string key="a" value="1"/><string key="a" value="2"/></event>'
    rows, rejected, _ = log_of(f"{_HEAD}{_trace('A', two, _event('Open'))}</log>")
    assert len(rows) == 1
    assert [(one["_source_row"], one["reason"], one["column"]) for one in rejected] == [(1, "key_twice", "a")]


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><log><trace><string key="x" value="&c;"/></trace></log>'
)
_EXTERNAL = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log>&x;</log>'
REFUSED = {
    "billion laughs": (_LAUGHS, "declares a document type"),
    "external entity": (_EXTERNAL, "declares a document type"),
    "external subset": ('<!DOCTYPE log SYSTEM "http://example.org/x.dtd"><log/>', "declares a document type"),
    "other XML": ("<html><body/></html>", "its root is <html> and not <log>"),
    "no XML": ("case,activity\n1,Open\n", "no whole XES log"),
    "a broken head": ("<log><extension name=><trace/></log>", "before its first trace"),
    "no event": ("<log/>", "holds no event"),
    "an event outside of a trace": (f"<log>{_event('x')}</log>", "outside of a trace"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_log_or_a_trap_is_refused_in_words(log_of, text, words):
    with pytest.raises(SourceError, match=words):
        log_of(text)


def test_a_packed_log_is_unpacked_up_to_a_limit_only(log_of):
    """The limits are those of every packed file: bytes altogether, and how many times the packed size."""
    with pytest.raises(SourceError, match="unpacks to more than"):
        log_of(gzip.compress(_HEAD.encode() + b" " * (9 << 20)), name="b.xes.gz", options=ReadOptions(largest=1 << 20))


def test_a_huge_attribute_costs_its_trace_alone(log_of):
    huge = f'<trace><string key="a" value="{"x" * (20 << 20)}"/></trace>'
    rows, rejected, _ = log_of(f"{_HEAD}{_trace('A', _event('Open'))}{huge}{_trace('B', _event('Open'))}</log>")
    assert [row["case:concept:name"] for row in rows] == ["A", "B"]
    assert [one["reason"] for one in rejected] == ["too_long"]
    assert len(rejected[0]["raw"]) <= 4096


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, 2000), bite=st.binary(max_size=6), cut=st.integers(0, 9))
def test_damage_anywhere_loses_no_record_and_ends_in_words(connection, tmp_path_factory, at, bite, cut):
    """Whatever a few bytes are changed to, whole traces before them are read, and the account adds up."""
    traces = [_trace(f"C{i}", _event("Open"), _event("Close")) for i in range(8)]
    text = (_HEAD + "".join(traces) + "</log>").encode()
    at = min(at, len(text))
    folder = tmp_path_factory.mktemp("damage")
    (folder / "log.xes").write_bytes(text[:at] + bite + text[at + cut :])
    whole = sum(text.index(trace.encode()) + len(trace) <= at for trace in traces)
    try:
        raw = read("log.xes", root=folder, options=ReadOptions(), connection=connection)
    except SourceError:
        assert whole == 0
        return
    rows = raw.table.count().to_pyarrow().as_py()
    assert raw.read == rows + raw.rejected.count().to_pyarrow().as_py()
    assert rows >= 2 * whole


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30))
@settings(max_examples=12, deadline=None)
def test_any_text_comes_back_as_it_went_in(connection, tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("text")
    event = f"<event><string key='a' value={quoteattr(text)}/></event>"
    (folder / "log.xes").write_text(f"<log><trace>{event}</trace></log>", encoding="utf-8", newline="")
    raw = read("log.xes", root=folder, options=ReadOptions(), connection=connection)
    assert raw.table.select("a").to_pyarrow().to_pylist() == [{"a": text}]


_GROW = """
import resource, sys
from pathlib import Path
from tskit.sources.xes_stream import Log, traces
path = Path(sys.argv[1])
count = sum(len(trace.events) for trace in traces(path, name="x", log=Log()))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.acceptance
def test_memory_stays_the_same_however_long_the_log_is(tmp_path):
    peaks = []
    for size in (200, 8000):
        path = tmp_path / f"{size}.xes"
        with path.open("w") as file:
            file.write(_HEAD)
            file.writelines(_trace(f"C{i}", *[_event("Open")] * 10) for i in range(size))
            file.write("</log>")
        told = subprocess.run(
            [sys.executable, "-c", _GROW, str(path)], capture_output=True, text=True, check=True
        ).stdout
        count, peak = map(int, told.split())
        assert count == size * 10
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.1
