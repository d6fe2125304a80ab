from __future__ import annotations

import json
import re
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from tskit.errors import NoDataError, ParameterError, RunError
from tskit.runs import execute, rows
from tskit.runs.manifest import digests

CANARY = "canary-7f3a"
SPEAKS = f"""\
from IPython.display import display
import os, sys
given = {{"source": "main", "zone": "Asia/Singapore", "inputs": [{{"name": "a.csv", "sha256": "0", "bytes": 1, "rows": 2}}]}}
display({{"application/vnd.tskit.inputs+json": given}}, raw=True)
display({{"application/vnd.tskit.tags+json": {{"entries": 412, "digest": "ab"}}}}, raw=True)
display({{"application/vnd.tskit.logs+json": {{"places": [], "again": {{"log_until": "#0"}}}}}}, raw=True)
table = {{"key": "by_day", "columns": [{{"name": "day"}}, {{"name": "cases"}}], "rows": [["=1", 2]]}}
display({{"application/vnd.tskit.table+json": table}}, raw=True)
display({{"application/vnd.tskit.finding+json": {{"title": "T", "lead": "", "findings": [{{"claim": market}}]}}}}, raw=True)
print("{CANARY}", file=sys.stderr)
print(top, by, sys.flags.safe_path, os.environ["TSKIT_CASEBOOK"])
"""


def instantly(template, given, *, setting, watch):
    """Stand in for a kernel: the notebook is there, nothing was executed."""
    watch.started(nbformat.reads(template.notebook, as_version=4))


def everything(folder):
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


def test_a_run_keeps_and_seals_what_the_notebook_says(tmp_path, template, setting):
    seen, root = [], tmp_path / "runs {of} mine"
    casebook = tmp_path / "$HOME ${HOME}"
    made = template(SPEAKS)

    def export(notebook, folder):
        seen.append((len(notebook.cells), folder.suffix))
        (folder / "report.html").write_text("<p>", encoding="utf-8")
        return [folder / "report.html"]

    given = {"market": "I\"D'\\ {x} $y", "top": "7", "by": "a,b"}
    run = execute(
        made,
        given,
        root=root,
        setting=replace(setting, casebook=casebook, home=tmp_path),
        progress=lambda *step: seen.append(step),
        after=export,
    )
    assert seen == [("Opening", 0, 2), ("1. Begin", 1, 2), (6, ".partial")]
    assert (run.status, run.folder) == ("ok", root / run.id)
    assert run.id.startswith("20261101T000000Z-small-")
    manifest = json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["template"] == {"name": "small", "sha256": made.sha256, "place": "file"}
    assert manifest["parameters"] == {"market": given["market"], "top": 7, "by": ["a", "b"]}
    assert manifest["zone"] == "Asia/Singapore"
    assert manifest["inputs"][0]["inputs"][0]["rows"] == 2
    assert manifest["tags"] == [{"entries": 412, "digest": "ab"}]
    assert manifest["logs"] == [{"places": [], "again": {"log_until": "#0"}}]
    assert manifest["outputs"] == digests(run.folder)
    assert set(manifest["outputs"]) == {"notebook.ipynb", "findings.json", "data/by_day.csv", "report.html"}
    assert {"papermill", "altair"} <= set(manifest["packages"])
    assert json.loads((run.folder / "findings.json").read_text())["findings"] == [{"claim": given["market"]}]
    notebook = (run.folder / "notebook.ipynb").read_text(encoding="utf-8")
    assert "7 ['a', 'b'] True " in notebook
    assert "$HOME ${HOME}" in notebook
    assert f"{CANARY}\\n" not in notebook.replace(json.dumps(SPEAKS), "")
    assert str(tmp_path) not in (run.folder / "manifest.json").read_text(encoding="utf-8")
    assert [(entry.id, entry.status) for entry in rows(root)] == [(run.id, "ok")]


def test_an_unknown_parameter_starts_and_writes_nothing(tmp_path, template, setting):
    with pytest.raises(ParameterError, match="Did you mean 'market'"):
        execute(template(), {"markt": "ID"}, root=tmp_path / "runs", setting=setting)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_notebook_is_written_on_its_way_only_where_somebody_may_look(tmp_path, template, setting, is_seen):
    code = "import os, pathlib\npathlib.Path(os.environ['TOLD']).write_text(str(len(list(pathlib.Path(os.environ['RUNS']).rglob('*.ipynb')))))"
    told = {"TOLD": str(tmp_path / "told"), "RUNS": str(tmp_path / "runs")}
    setting = replace(setting, is_seen_underway=is_seen, environment=told)
    run = execute(template(code), {}, root=tmp_path / "runs", setting=setting)
    assert (tmp_path / "told").read_text(encoding="utf-8") == str(int(is_seen))
    assert (run.folder / "notebook.ipynb").is_file(), "at its end in any case"


def test_a_failing_cell_leaves_the_notebook_up_to_there_and_hides_a_foreign_text(tmp_path, template, setting):
    code = f'kept = 1\nint("{CANARY[:4]}" + "{CANARY[4:]}")'
    with pytest.raises(RunError, match=r"section '1\. Begin', code cell 4: ValueError in this cell, line 2") as caught:
        execute(template(code), {"top": 2}, root=tmp_path / "runs", setting=setting)
    (entry,) = rows(tmp_path / "runs")
    assert entry.status == "failed"
    assert str(tmp_path / "runs" / entry.id) in str(caught.value)
    kept = everything(tmp_path / "runs")
    assert "kept = 1" in kept
    assert CANARY not in kept + str(caught.value) + "".join(caught.value.__notes__)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("{}[text]", "KeyError"),
        ("sys.exit(text)", "SystemExit"),
        ("type('Loud', (), {'__repr__': lambda self: int(text)})()", "ValueError"),
        ("class NoDataError(Exception): pass\nraise NoDataError(text)", "NoDataError"),
        ("raise RuntimeError(text) from KeyError(text)", "RuntimeError"),
        ("get_ipython().run_cell(f'x = = {text}').raise_error()", "SyntaxError"),
    ],
)
def test_however_a_cell_breaks_its_values_stay_inside(tmp_path, template, setting, code, kind):
    prepare = f"import sys\ntext = '{CANARY[:4]}' + '{CANARY[4:]}'\n"
    with pytest.raises(RunError, match=kind) as caught:
        execute(template(prepare + code), {}, root=tmp_path / "runs", setting=setting)
    assert CANARY not in everything(tmp_path / "runs") + str(caught.value) + "".join(caught.value.__notes__)


def test_our_own_error_is_told_and_nothing_in_scope_is_a_status_of_its_own(tmp_path, template, setting):
    code = 'from tskit.errors import NoDataError\nraise NoDataError("No case falls into the period.")'
    with pytest.raises(NoDataError, match=r"No case falls into the period\. The run is kept"):
        execute(template(code), {}, root=tmp_path, setting=setting)
    assert [entry.status for entry in rows(tmp_path)] == ["no_data"]


def test_a_kernel_that_dies_is_a_failed_run(tmp_path, template, setting):
    with pytest.raises(RunError, match="The kernel died"):
        execute(template("import os\nos._exit(3)"), {}, root=tmp_path, setting=setting)
    assert [entry.status for entry in rows(tmp_path)] == ["failed"]


def test_a_cell_that_takes_too_long_is_a_failed_run(tmp_path, template, setting):
    with pytest.raises(RunError, match="longer than 1 seconds"):
        execute(template("import time\ntime.sleep(60)"), {}, root=tmp_path, setting=replace(setting, cell_seconds=1))


def test_a_failing_export_leaves_a_run_that_is_marked_failed(tmp_path, template, setting, monkeypatch):
    monkeypatch.setattr(sys.modules["tskit.runs.execute"], "run_notebook", instantly)

    def export(notebook, folder):
        raise OSError(CANARY)

    with pytest.raises(OSError, match=CANARY):
        execute(template(), {}, root=tmp_path / "runs", setting=setting, after=export)
    assert [entry.status for entry in rows(tmp_path / "runs")] == ["failed"]
    assert CANARY not in everything(tmp_path / "runs")


def test_a_polite_kill_while_exports_are_written_marks_the_run_and_names_it(tmp_path, template, setting, monkeypatch):
    monkeypatch.setattr(sys.modules["tskit.runs.execute"], "run_notebook", instantly)

    def export(notebook, folder):
        (folder / "report.html").write_text("half", encoding="utf-8")
        signal.raise_signal(signal.SIGTERM)

    with pytest.raises(RunError, match=r"The run stopped: It was stopped from outside") as caught:
        execute(template(), {}, root=tmp_path / "runs", setting=setting, after=export)
    ((entry),) = rows(tmp_path / "runs")
    assert entry.status == "failed"
    assert str(tmp_path / "runs" / entry.id) in str(caught.value)


def test_the_kernel_gets_the_path_below_the_home_folder_and_nothing_that_is_kept_names_it(tmp_path, template, setting):
    home = tmp_path / 'ja"ne'
    source = home / "x.csv"
    home.mkdir()
    source.write_text("three", encoding="utf-8")
    code = "import pathlib\nprint(pathlib.Path(market).read_text(), market)\npathlib.Path(market + '-gone').read_text()"
    seen = []
    done = template(code.rpartition("\n")[0])
    given = {"market": str(source)}
    run = execute(
        done,
        given,
        root=tmp_path / "runs",
        setting=replace(setting, home=home),
        after=lambda notebook, folder: seen.append(nbformat.writes(notebook)) or [],
    )
    kept = everything(run.folder)
    assert "three ~" in kept
    assert run.parameters["market"] == str(source)
    with pytest.raises(RunError, match="FileNotFoundError"):
        execute(template(code), given, root=tmp_path / "runs", setting=replace(setting, home=home))
    assert re.findall(r"ja\S{1,6}ne", everything(tmp_path / "runs") + seen[0]) == []


def test_two_runs_of_one_second_get_folders_of_their_own(tmp_path, template, setting, monkeypatch):
    monkeypatch.setattr(sys.modules["tskit.runs.execute"], "run_notebook", instantly)
    still = replace(setting, clock=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    folders = [execute(template(), {}, root=tmp_path / "runs", setting=still).folder.name for _ in range(3)]
    assert [name[-2:] for name in folders[1:]] == ["-2", "-3"]
    other = execute(template(), {"top": 9}, root=tmp_path / "runs", setting=still).folder.name
    assert not other.startswith(folders[0])


def test_a_folder_that_something_else_looks_into_is_renamed_a_moment_later(tmp_path, template, setting, monkeypatch):
    monkeypatch.setattr(sys.modules["tskit.runs.execute"], "run_notebook", instantly)
    monkeypatch.setattr(sys.modules["tskit.runs.execute"], "_PATIENCE", (0, 0))
    tried, rename = [], Path.rename

    def busy(path, target):
        tried.append(path)
        if len(tried) < 3:
            raise PermissionError
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", busy)
    assert execute(template(), {}, root=tmp_path / "runs", setting=setting).folder.is_dir()
    assert len(tried) == 3


def test_a_run_takes_the_name_that_it_is_asked_for_and_tells_where_it_ended(tmp_path, template, setting, monkeypatch):
    monkeypatch.setattr(sys.modules["tskit.runs.execute"], "run_notebook", instantly)
    told = []
    asked = replace(setting, id="batch-7", sealed=told.append)
    assert execute(template(), {}, root=tmp_path / "runs", setting=asked).id == "batch-7"
    assert told == [tmp_path / "runs" / "batch-7"]
    with pytest.raises(RunError, match="already holds a run called batch-7"):
        execute(template(), {}, root=tmp_path / "runs", setting=asked)
    (tmp_path / "runs" / "batch-8.partial").mkdir()
    with pytest.raises(RunError, match="already holds a run called batch-8"):
        execute(template(), {}, root=tmp_path / "runs", setting=replace(asked, id="batch-8"))
