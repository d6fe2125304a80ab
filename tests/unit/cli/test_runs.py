"""The verb over all runs: what it prints of sound, broken and hostile ones, and what it never prints."""

from __future__ import annotations

import json

import pytest

from tskit.cli import main

CASE = "5005g0000040001AAA"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Return a function that calls a verb of `tskit runs` in an empty folder: exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["runs", *arguments])
        shown = capsys.readouterr()
        return caught.value.code or 0, shown.out, shown.err

    return run


@pytest.fixture
def lay(tmp_path):
    """Return a function that lays down a run of a day in November."""

    def make(day, *, template="trend_report", findings=None, below="", **manifest):
        folder = tmp_path / "runs" / below / f"202611{day:02}T010000Z-{template}-ab12c{day % 10}"
        folder.mkdir(parents=True)
        body = {
            "status": "ok",
            "template": {"name": template, "sha256": "a" * 64},
            "started": f"2026-11-{day:02}T01:00:00+00:00",
            "finished": f"2026-11-{day:02}T01:01:05+00:00",
            "zone": "Asia/Singapore",
            "inputs": [{"start": "2026-10-05", "last_day": f"2026-11-{day:02}"}],
            **manifest,
        }
        (folder / "manifest.json").write_text(json.dumps(body))
        told = {"title": f"Scam rose on day {day}", "lead": "By half.", "findings": []}
        (folder / "findings.json").write_text(json.dumps(findings or told))
        return folder

    return make


def test_an_empty_place_says_how_to_make_a_run(call, tmp_path):
    code, shown, _ = call()
    assert (code, shown) == (0, f"There is no run in {tmp_path / 'runs'} yet. Make one with: tskit run TEMPLATE\n")


def test_a_list_tells_each_run_in_two_lines_of_100_columns(call, lay, tmp_path):
    lay(1, given=["market", "top"], parameters={"market": ["ID"], "top": 3})
    lay(
        2,
        status="failed",
        failure={"kind": "Timeout", "section": "Opening", "cell": 2},
        findings={"title": ""},
        inputs=[],
    )
    lay(3, findings={"title": "x" * 300}, inputs=[{"start": "2026-11-01", "last_day": "2026-11-01"}])
    code, shown, _ = call()
    lines = shown.splitlines()
    assert code == 0
    assert max(map(len, lines[:-1])) <= 100
    assert lines[0] == "2026-11-03 09:00  Trend report  2026-11-01                      done        ab12c3"
    assert lines[2].split("  ")[2:4] == ["everything", ""]
    assert lines[3] == "    It stopped in 'Opening', code cell 2: Timeout."
    assert lines[4].split("  ")[2] == "ID; 2026-10-05 to 2026-11-01;…"
    assert lines[5] == "    Scam rose on day 1"
    assert lines[6] == f"3 runs in {tmp_path / 'runs'}. Times are those of Asia/Singapore."


def test_a_run_that_never_said_its_zone_is_told_in_that_of_the_others(call, lay, tmp_path):
    lay(1)
    (tmp_path / "runs" / "20261102T010000Z-trend_report-ab12c2.partial").mkdir()
    assert call()[1].startswith("2026-11-02 09:00  Trend report  not known ")


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ([], [4, 3, 2, 1]),
        (["--template", "trend_report"], [3, 2, 1]),
        (["-t", "oncall_handover", "-t", "trend_report"], [4, 3, 2, 1]),
        (["--market", "TH"], [2]),
        (["--status", "failed"], [3]),
        (["--status", "done"], [4, 2, 1]),
        (["--since", "2026-11-03"], [4, 3]),
        (["--batch", "monday"], [1]),
        (["--top", "1"], [4]),
        (["list", "--top", "0", "--market", "TH"], [2]),
    ],
)
def test_filters_keep_what_they_say(call, lay, tmp_path, asked, days):
    lay(1, below="batch-monday")
    (tmp_path / "runs" / "batch-monday" / "batch.json").write_text("{}")
    lay(2, parameters={"market": ["TH", "ID"]})
    lay(3, status="failed")
    lay(4, template="oncall_handover")
    code, shown, _ = call(*asked, "--json")
    assert code == 0
    assert [int(row["id"][6:8]) for row in json.loads(shown)] == days


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--status", "fine"], "There is no status 'fine'."),
        (["--since", "tuesday"], "--since takes a day, as in 2026-11-01."),
        (["show", "nothing"], "There is no run 'nothing'."),
        (["show", "./nowhere"], "./nowhere is not the folder of a run. List the runs with: tskit runs"),
        (["diff", "ab12c1"], "No run of the same template and parameters is before this one."),
        (["prune"], "Nothing says which runs may go."),
        (["unpin", "ab12c1"], "is not pinned."),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(call, lay, asked, said):
    lay(1)
    code, _, trouble = call(*asked)
    assert code == 12
    assert said in trouble


def test_a_filter_that_nothing_passes_says_so(call, lay):
    lay(1)
    assert call("--market", "XX")[1].startswith("None of the 1 runs in ")


def test_one_run_is_shown_whole(call, lay):
    claims = [
        {"claim": "Scam rose", "certainty": "high", "kind": "change"},
        {"claim": f"Case {CASE} is open", "of_single_cases": True},
    ]
    folder = lay(
        1,
        findings={
            "title": "Scam rose by half",
            "title_to_share": "Scam rose by half",
            "lead": "In ID.",
            "findings": claims,
        },
        given=["case_id"],
        parameters={"case_id": [CASE], "market": []},
        inputs=[
            {
                "start": "2026-10-05",
                "last_day": "2026-11-01",
                "as_of": "2026-11-01T16:00:00+00:00",
                "inputs": [{"name": "cases.parquet", "sha256": "75a2c9ee475b7d", "rows": 40442, "bytes": 4623325}],
                "quality": {"read": 40442, "kept": 40406, "rejected": 36},
            }
        ],
        logs=[{"places": [{"log": "shifts", "entries": 60, "digest": "ab"}]}],
        outputs={"report.html": {"sha256": "0", "bytes": 399696}},
        tskit="0.1.0",
        code={"digest": "d5f9f08138c0", "is_dirty": True},
        packages={"pandas": "3.0"},
    )
    code, shown, _ = call("show", "latest")
    assert code == 0
    for line in (
        "Scam rose by half\nIn ID.\n",
        "  begun 2026-11-01 09:00 Asia/Singapore, took 65 s",
        "  case_id: one case\n  market: empty (default)",
        "  the first source, 2026-10-05 to 2026-11-01, data up to 2026-11-02 00:00",
        "    cases.parquet: 40,442 rows, 4,623,325 bytes, SHA-256 75a2c9ee475b",
        "    40,442 rows read, 40,406 kept, 36 kept apart",
        "  shifts: the first 60 entries of the log",
        "  - Scam rose [high certainty]\n  - 1 finding tells of single cases: read the report",
        "  report.html, 399,696 bytes",
        "  code d5f9f08138c0, with changes that were not committed",
    ):
        assert line in shown
    assert shown.endswith(f"\n{folder}\n")
    assert CASE not in shown
    (folder / "report.html").write_text("", encoding="utf-8")
    assert call("show", "latest")[1].endswith(f"\n{folder / 'report.html'}\n")
    assert CASE not in call("show", str(folder), "--json")[1]


def test_a_run_may_be_named_by_its_folder_from_anywhere(call, lay, tmp_path):
    folder = lay(1)
    assert call("show", str(folder), "--runs", str(tmp_path / "elsewhere"))[0] == 0


def test_two_runs_are_compared_in_words_and_as_json(call, lay):
    was = {"claim": "Scam cases in ID: 9 against 3", "kind": "change", "certainty": "high", "values": {"cases": 9}}
    late = {"claim": "Backlog rose to 4", "kind": "change", "certainty": "low"}
    lay(1, findings={"findings": [was, late]})
    lay(8, findings={"findings": [{**was, "claim": "Scam cases in ID: 12 against 3", "values": {"cases": 12}}]})
    code, shown, _ = call("diff", "latest")
    assert code == 0
    assert "Findings that vanished\n  - Backlog rose to 4 [low certainty]\n" in shown
    assert (
        "  - Scam cases in ID: 9 against 3 [high certainty]\n  + Scam cases in ID: 12 against 3 [high certainty]\n"
        in shown
    )
    assert "  - period: 2026-10-05 to 2026-11-01 became 2026-10-05 to 2026-11-08\n" in shown
    assert shown.endswith("\nOnly the period changed, so that is why.\n")
    found = json.loads(call("diff", "ab12c1", "ab12c8", "--json")[1])
    assert (found["cause"], found["is_quiet"]) == ("Only the period changed, so that is why.", False)
    assert [one["claim"] for one in found["vanished"]] == ["Backlog rose to 4"]


def test_several_causes_lead_to_verify(call, lay):
    lay(1, tskit="0.1.0", findings={"findings": [{"claim": "A rose"}]})
    lay(8, tskit="0.2.0")
    shown = call("diff", "ab12c1", "ab12c8")[1]
    assert "Several things changed at once (the period and the code)" in shown
    assert "tskit verify 20261101T010000Z-trend_report-ab12c1" in shown


def test_a_run_without_a_report_is_held_against_nothing(call, lay):
    lay(1)
    lay(8, status="no_data", failure={"kind": "NoDataError"}, findings={"title": ""})
    shown = call("diff", "ab12c1", "ab12c8")[1]
    assert "20261108T010000Z-trend_report-ab12c8: Nothing falls into its scope.\n" in shown
    assert shown.endswith("\n20261108T010000Z-trend_report-ab12c8 has no report to hold against the other.\n")


def test_a_run_is_the_same_as_itself(call, lay):
    lay(1)
    assert call("diff", "latest", "latest")[1].endswith("\n\nBoth say the same.\n")


def test_pruning_is_shown_first_and_done_on_demand(call, lay, tmp_path):
    for day in (1, 2, 3):
        lay(day)
    assert call("pin", "ab12c1", "--why", "the board saw it")[0] == 0
    assert "  pinned: the board saw it\n" in call("show", "ab12c1")[1]
    code, shown, _ = call("prune", "--keep-newest", "1")
    assert code == 0
    assert "20261102T010000Z-trend_report-ab12c2, " in shown
    assert "1 newer of the same template and parameters stay" in shown
    assert "Kept, since pinned: 1." in shown
    assert "1 of 3 runs may go" in shown
    assert len(json.loads(call("--json")[1])) == 3
    code, shown, _ = call("prune", "--keep-newest", "1", "--yes")
    assert (code, "1 run removed" in shown) == (0, True)
    assert [row["id"][6:8] for row in json.loads(call("--json")[1])] == ["03", "01"]
    assert call("unpin", "ab12c1")[0] == 0
    call("prune", "--keep-newest", "1", "--yes")
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "20261103T010000Z-trend_report-ab12c3",
        "pins.toml",
    ]


def test_the_rules_of_the_casebook_hold_unless_others_are_given(call, lay, tmp_path):
    (tmp_path / "casebook.toml").write_text('name = "x"\n[runs]\nkeep_newest = 1\n')
    lay(1)
    lay(2)
    assert "1 of 2 runs may go" in call("prune")[1]
    assert "0 of 2 runs may go" in call("prune", "--keep-newest", "5")[1]
    (tmp_path / "casebook.toml").write_text('name = "x"\n[runs]\nkeep_newest = -1\n')
    assert call("prune")[0] == 12


def test_a_batch_is_pinned_by_its_name(call, lay, tmp_path):
    lay(1, below="batch-monday")
    (tmp_path / "runs" / "batch-monday" / "batch.json").write_text("{}")
    assert call("pin", "batch-monday")[1].startswith("batch-monday is pinned")
    assert "0 of 1 runs may go" in call("prune", "--older-than", "1")[1]
    assert call("pin", "../runs")[0] == 12


def test_a_page_of_all_runs_is_written_and_its_place_said(call, lay, tmp_path):
    lay(1)
    code, shown, _ = call("site")
    assert (code, shown) == (0, f"{tmp_path / 'runs' / 'index.html'}\n")
    assert "Scam rose on day 1" in (tmp_path / "runs" / "index.html").read_text(encoding="utf-8")


HOSTILE = "\x1b]0;owned\x07\x1b[31m\u202egnp"


@pytest.mark.parametrize(
    "verb", [[], ["show", "latest"], ["diff", "latest", "latest"], ["prune", "--keep-newest", "1"]]
)
def test_nothing_that_lies_in_a_folder_can_command_the_terminal(call, lay, tmp_path, verb):
    claim = {"claim": HOSTILE, "certainty": HOSTILE, "values": {HOSTILE: HOSTILE}, "evidence": [{"ref": HOSTILE}]}
    lay(
        1,
        findings={"title": HOSTILE, "lead": HOSTILE, "findings": [claim]},
        given=["market", HOSTILE],
        parameters={"market": [HOSTILE], HOSTILE: HOSTILE},
        inputs=[{"source": HOSTILE, "start": HOSTILE, "inputs": [{"name": HOSTILE, "sha256": HOSTILE}]}],
        outputs={HOSTILE: {"bytes": HOSTILE}},
        tags=[{"log": HOSTILE, "entries": HOSTILE}],
        tskit=HOSTILE,
        zone=HOSTILE,
        packages={HOSTILE: HOSTILE},
        template={"name": HOSTILE, "sha256": HOSTILE},
    )
    (tmp_path / "runs" / f"{HOSTILE.replace('/', '')}.partial").mkdir()
    (tmp_path / "runs" / f"20261102T000000Z-{HOSTILE}-ab12c9").mkdir()
    _, shown, trouble = call(*verb)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown + trouble)
