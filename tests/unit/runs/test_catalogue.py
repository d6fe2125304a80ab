"""The catalogue reads what runs left, and shows no case, whatever lies in the folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import pytest

from tskit.errors import ParameterError
from tskit.runs import find_run, newest, row_of, rows
from tskit.runs.at_work import at_work

ID = "20261101T000000Z-trend_report-ab12cd"


@pytest.fixture
def run(tmp_path):
    """Return a function that lays down a run with the given parts of its manifest and findings."""

    def lay(name=ID, *, below="", findings=None, **manifest):
        folder = tmp_path / below / name
        folder.mkdir(parents=True)
        template = {"name": "trend_report", "sha256": "0" * 64}
        body = {"schema": 1, "status": "ok", "template": template, "started": "2026-11-01T00:00:00+00:00", **manifest}
        (folder / "manifest.json").write_text(json.dumps(body), encoding="utf-8")
        (folder / "findings.json").write_text(json.dumps(findings or {}), encoding="utf-8")
        return folder

    return lay


def test_a_folder_that_is_not_there_holds_no_runs(tmp_path):
    assert rows(tmp_path / "none") == ()


def test_a_killed_run_is_listed_as_unfinished_and_other_folders_are_not_runs(tmp_path):
    for name in (f"{ID}.partial", "notes", ".hidden"):
        (tmp_path / name).mkdir()
    (row,) = rows(tmp_path)
    assert (row.id, row.template, row.status, row.started) == (
        ID,
        "trend_report",
        "unfinished",
        "2026-11-01T00:00:00+00:00",
    )


def test_a_run_that_a_process_holds_is_being_made(tmp_path):
    folder = tmp_path / f"{ID}.partial"
    folder.mkdir()
    with at_work(folder):
        assert [row.failure for row in rows(tmp_path)] == ["It is being made."]
    assert [row.failure[:21] for row in rows(tmp_path)] == ["It was not finished: "]


def test_runs_come_newest_first_and_those_of_a_batch_among_them(tmp_path, run):
    names = [f"2026110{day}T000000Z-trend_report-ab12cd" for day in (1, 2, 3)]
    run(names[0])
    run(names[1], below="batch-monday")
    run(names[2])
    (tmp_path / "batch-monday" / "batch.json").write_text("{}")
    found = rows(tmp_path)
    assert [row.id for row in found] == names[::-1]
    assert [(row.folder, row.batch) for row in found][1] == (f"batch-monday/{names[1]}", "batch-monday")


def test_a_run_stands_where_it_began_whatever_its_name_says(tmp_path, run):
    run("20261101T000000Z-trend_report-ab12ce", started="2026-11-01T00:00:10+00:00")
    run("20261101T000000Z-trend_report-ab12cd", started="2026-11-01T00:05:00+00:00")
    assert [row.id[-2:] for row in rows(tmp_path)] == ["cd", "ce"]
    assert find_run("latest", tmp_path).id[-2:] == "cd"


def test_what_a_report_says_is_told_as_it_says_it(tmp_path, run):
    claim = {"claim": "Scam rose", "kind": "change", "tone": "worse", "certainty": "high"}
    folder = run(
        findings={"title": "Scam rose in ID", "lead": "By half.", "findings": [claim]},
        finished="2026-11-01T00:00:09+00:00",
        given=["market", "top"],
        parameters={"market": ["ID", "TH"], "top": 3, "queue": []},
        inputs=[{"start": "2026-10-05", "last_day": "2026-11-01", "casebook": {"band": "INTERNAL", "is_sample": True}}],
        zone="Asia/Singapore",
    )
    (folder / "report.html").write_text("<p>")
    (folder / "data").mkdir()
    (folder / "data" / "headlines.csv").write_text(
        '"label","value","unit","text","change","tone","spark","metric"\n'
        '"Opened",8354.0,"cases","8,354","\'+7.7 %","worse","[1, null, NaN, 2.5]","cases_opened"\n'
    )
    (row,) = rows(tmp_path)
    assert (row.kind, row.title, row.lead, row.seconds) == ("Trend report", "Scam rose in ID", "By half.", 9.0)
    assert row.asked == (("market", "ID, TH"), ("top", "3"))
    assert (row.markets, row.start, row.last_day) == (("ID", "TH"), "2026-10-05", "2026-11-01")
    assert (row.told[0].claim, row.told[0].certainty, row.findings) == ("Scam rose", "high", 1)
    (figure,) = row.headlines
    assert (figure.metric, figure.value, figure.change) == ("cases_opened", 8354.0, "+7.7 %")
    assert figure.spark == (1.0, None, None, 2.5)
    assert row.files == ("manifest.json", "report.html")
    assert (row.band, row.is_sample) == ("INTERNAL", True)


CASE = "5005g0000040001AAA"


@pytest.mark.parametrize(
    "findings",
    [
        {"title": f"Case {CASE} is open", "lead": "By ben.", "findings": [{"claim": CASE, "of_single_cases": True}]},
        {"title": f"Case {CASE} is open", "lead": "By ben.", "title_to_share": "A deep dive", "findings": []},
        {"title": f"Case {CASE}", "title_to_share": f"Case {CASE}", "findings": [{"claim": f"{CASE} is open"}]},
    ],
)
def test_a_row_names_no_case_even_where_the_report_does(tmp_path, run, findings):
    run(findings=findings, given=["case_id", "where"], parameters={"case_id": [CASE], "where": f"case_id = {CASE}"})
    (row,) = rows(tmp_path)
    assert CASE not in json.dumps(asdict(row))
    assert "ben" not in row.lead
    assert row.asked == (("case_id", "one case"), ("where", "not shown"))
    assert row.is_of_single_cases


def test_a_title_that_may_be_shared_stands_with_its_lead(tmp_path, run):
    single = {"claim": "One was missed", "of_single_cases": True}
    run(findings={"title": "24 cases", "lead": "In 12 h.", "title_to_share": "24 cases", "findings": [single]})
    (row,) = rows(tmp_path)
    assert (row.title, row.lead, row.told, row.findings) == ("24 cases", "In 12 h.", (), 1)


@pytest.mark.parametrize(
    ("status", "failure", "said"),
    [
        ("no_data", {"kind": "NoDataError", "section": "Opening", "cell": 2}, "Nothing falls into its scope."),
        (
            "failed",
            {"kind": "Timeout", "section": "Opening", "cell": 2},
            "It stopped in 'Opening', code cell 2: Timeout.",
        ),
        ("failed", {"kind": "Stopped", "section": "", "cell": 0}, "It was stopped from outside."),
        ("failed", None, "It stopped: nobody knows why."),
        ("sold", None, "Its manifest cannot be read, so nobody can tell what it was."),
    ],
)
def test_why_there_is_no_report_is_told_in_words(tmp_path, run, status, failure, said):
    run(status=status, failure=failure)
    (row,) = rows(tmp_path)
    assert row.failure == said


def test_runs_of_one_series_differ_in_their_days_alone(run, tmp_path):
    asked = [
        {"market": ["ID"], "start": "2026-10-05", "queue": []},
        {"market": ["ID"], "start": "2026-10-12", "tags_until": "#4"},
        {"market": ["TH"], "start": "2026-10-12"},
    ]
    for day, parameters in enumerate(asked, 1):
        run(f"2026110{day}T000000Z-trend_report-ab12cd", parameters=parameters)
    other, same, first = (row.series for row in rows(tmp_path))
    assert first == same != other


BROKEN = [b"", b"[]", b"{", b'{"template": 3, "inputs": {}, "given": "x"}', b"\xff", b"[" * 100_000, b'{"status": NaN}']


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("file", ["manifest.json", "findings.json", "data/headlines.csv"])
def test_a_broken_file_makes_a_poorer_row_and_no_error(tmp_path, run, file, body):
    folder = run()
    (folder / "data").mkdir()
    (folder / file).write_bytes(body)
    (row,) = rows(tmp_path)
    assert row.id == ID


def test_text_that_could_command_a_terminal_arrives_harmless_and_in_one_line(tmp_path, run):
    run(findings={"title": "\x1b[31mred\nsecond \u202egnp", "findings": [{"claim": "x" * 5000}]})
    (row,) = rows(tmp_path)
    assert "\x1b" not in row.title
    assert "\u202e" not in row.title
    assert "\n" not in row.title
    assert len(row.told[0].claim) < 700


def test_links_and_pipes_are_not_read(tmp_path, run):
    kept = run(below="elsewhere", findings={"title": "Not of this folder"})
    root = tmp_path / "runs"
    root.mkdir()
    (root / ID).symlink_to(kept)
    assert rows(root) == ()
    folder = root / f"{ID}-2"
    folder.mkdir()
    if hasattr(os, "mkfifo"):  # Windows has none
        os.mkfifo(folder / "manifest.json")
    (folder / "findings.json").symlink_to(kept / "findings.json")
    (row,) = rows(root)
    assert (row.status, row.title) == ("failed", "")


def test_a_row_is_read_only_when_it_is_asked_for(tmp_path, run, monkeypatch):
    for day in (1, 2, 3):
        run(f"2026110{day}T000000Z-trend_report-ab12cd")
    opened = []
    monkeypatch.setattr(
        "tskit.runs.catalogue.row_of", lambda folder, root: opened.append(folder) or row_of(folder, root=root)
    )
    next(newest(tmp_path))
    assert len(opened) == 1


def test_a_run_is_found_by_its_id_a_part_of_it_or_as_the_latest(tmp_path, run):
    early, late = (f"2026110{day}T000000Z-trend_report-ab12c{day}" for day in (1, 2))
    run(early)
    run(late)
    assert [find_run(asked, tmp_path).id for asked in (early, "ab12c1", "latest")] == [early, early, late]
    with pytest.raises(ParameterError, match="2 runs could be meant by 'trend'"):
        find_run("trend", tmp_path)
    with pytest.raises(ParameterError, match="There is no run 'x9'"):
        find_run("x9", tmp_path)
    with pytest.raises(ParameterError, match="There is no run in"):
        find_run("latest", tmp_path / "none")
