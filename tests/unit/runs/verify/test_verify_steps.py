"""Each thing that can have happened to a run is told by the check whose business it is."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from dataclasses import replace

import nbformat
import pytest

from tskit.errors import NoDataError, SourceError, VerifyError
from tskit.model import FINDING_MIME, INPUTS_MIME, Run
from tskit.runs import Template
from tskit.runs.collect import TABLE_MIME, collect, write
from tskit.runs.manifest import Account, digests, seal
from tskit.runs.signing import new_key, sign
from tskit.runs.verify import LogNow, Means, Records, open_sealed, verify

TEXT = '# %% [markdown]\n# # Small\n#\n# What it says.\n\n# %% tags=["parameters"]\ntop: int = 3  # rows\n\n# %%\nshow(top)\n'
FILES = {"cases.csv": "a" * 64, "events.csv": "b" * 64}
CODE = {"version": "1", "digest": "d", "commit": "c" * 40, "is_dirty": False}
SECRET = "what somebody wrote"


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "small.py"
    path.write_text(TEXT, encoding="utf-8")
    return Template.from_file(path)


def executed(template, value=5):
    """Return what papermill leaves of the template, with a table that holds the value."""
    made = nbformat.reads(template.notebook, as_version=4)
    table = {"key": "t", "columns": [{"name": "day"}, {"name": "cases"}], "rows": [["1", value]]}
    found = {"title": f"{value} cases", "lead": "", "findings": [{"claim": f"{value}", "values": {"cases": value}}]}
    inputs = {"source": "main", "inputs": [{"name": name, "sha256": sha} for name, sha in FILES.items()]}
    data = [{TABLE_MIME: table}, {FINDING_MIME: found}, {INPUTS_MIME: inputs}, {"text/plain": SECRET}]
    made.cells[-1].outputs = [nbformat.v4.new_output("display_data", data=one) for one in data]
    for cell in made.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata["papermill"] = {"duration": 1.0}
    injected = nbformat.v4.new_code_cell("top = 3", metadata={"tags": ["injected-parameters"]})
    made.cells.insert(2, injected)
    made.metadata["papermill"] = {"parameters": {"top": 3}}
    return made


def export(notebook, folder):
    """Write a page as an exporter does: it follows from the notebook, and lists a case."""
    said = collect(notebook).findings
    page = f"<style>b</style>\n<h2>Queue health</h2>\n<p>{said['title']}</p>\n<p>{SECRET}</p>\n"
    (folder / "report.html").write_text(page, encoding="utf-8")
    return [folder / "report.html"]


@pytest.fixture
def make(tmp_path, template, setting):
    """Return a function that makes a sealed run, as `execute` would."""

    def made(status="ok", **more):
        folder = tmp_path / "20261101T000000Z-small-abc123"
        folder.mkdir()
        notebook = executed(template)
        nbformat.write(notebook, folder / "notebook.ipynb")
        notebook = nbformat.read(folder / "notebook.ipynb", as_version=4)
        write(collect(notebook), folder)
        export(notebook, folder)
        (folder / "report.pdf").write_bytes(b"%PDF")
        now = setting.clock()
        inputs = collect(notebook).inputs
        account = Account(folder.name, template, status, now, now, {"top": 3}, ("top",), inputs=inputs, code=CODE)
        seal(account, folder, sign=more.pop("signed", None))
        return open_sealed(folder)

    return made


@pytest.fixture
def means(tmp_path, template, setting, monkeypatch):
    """Return what a verification needs, where nothing has changed since the run."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tskit.runs.verify.again.execute", fresh(executed(template)))
    return Means(
        setting=replace(setting, code=CODE),
        given={"top": 3},
        places=(),
        keys=(),
        scratch=scratch,
        export=export,
        find=lambda name: template,
        look=lambda source: tuple(FILES.items()),
        records=lambda places: nullcontext(Records()),
        has=lambda found: found.notebook == template.notebook,
    )


def fresh(notebook, seen=None):
    """Return what stands in for `execute`: it keeps the notebook, and nothing else."""

    def execute(template, given, *, root, setting, progress):
        folder = root / "fresh"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "notebook.ipynb")
        (folder / "manifest.json").write_text('{"kernel": "engine"}', encoding="utf-8")
        if seen is not None:
            seen.append((given, setting))
        return Run("fresh", template.name, "ok", folder)

    return execute


def checks(run, means):
    told = []
    verdict = verify(run, means=means, told=told.append)
    assert verdict.checks == tuple(told)
    assert SECRET not in repr(verdict)
    return {check.name: check for check in verdict.checks}


def broken(run, means):
    return {name: check.said for name, check in checks(run, means).items() if not check.is_good}


def tree(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seal_anew(run):
    """Bring the manifest in line with what the files are now, as a forger would."""
    body = json.loads(run.content)
    body["outputs"] = digests(run.folder)
    (run.folder / "manifest.json").write_text(json.dumps(body), encoding="utf-8")
    return open_sealed(run.folder)


def test_a_run_that_nobody_touched_holds_and_stays_as_it_is(make, means):
    run = make()
    before = tree(run.folder)
    found = checks(run, means)
    assert [name for name, check in found.items() if not check.is_good] == []
    assert list(found) == [
        "seal", "signature", "pages", "template", "inputs", "records", "made with", "fresh run",
    ]  # fmt: skip
    assert tree(run.folder) == before
    assert "the seal alone vouches" in found["pages"].said
    assert "kernel: engine" in found["fresh run"].said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report.html", "line 3, below 'Queue health'"),
        ("findings.json", "findings, no. 1, values, cases: 6, where the notebook gives 5"),
        ("data/t.csv", "row 1, cases: 6, where the notebook gives 5"),
    ],
)
def test_an_edited_number_is_found_even_where_the_manifest_was_made_anew(make, means, name, said):
    run = make()
    path = run.folder / name
    text = path.read_text(encoding="utf-8")
    edited = text.replace('"cases": 5', '"cases": 6').replace("5 cases</p>", "6 cases</p>").replace('"1",5', '"1",6')
    assert edited != text
    path.write_text(edited, encoding="utf-8")
    assert f"changed since the run: {name}." in broken(run, means)["seal"]
    again = broken(seal_anew(run), replace(means, scratch=means.scratch / "again"))
    assert set(again) == {"pages"}
    assert again["pages"] == f"{name} is not what the notebook gives: {said}"


def test_an_edited_finding_of_single_cases_is_named_by_its_place_alone(make, means):
    """Its claim can name a case, or quote what somebody wrote on duty."""
    run = make()
    path = run.folder / "notebook.ipynb"
    text = path.read_text(encoding="utf-8").replace(
        '"findings": [', '"title_to_share": "Single cases", "findings": [', 1
    )
    path.write_text(text, encoding="utf-8")
    write(collect(nbformat.read(path, as_version=4)), run.folder)
    said = json.loads((run.folder / "findings.json").read_text(encoding="utf-8"))
    (run.folder / "findings.json").write_text(json.dumps({**said, "title": SECRET}), encoding="utf-8")
    assert broken(seal_anew(run), means)["pages"].startswith("findings.json is not what the notebook gives: title")


def test_files_that_vanished_or_came_are_named(make, means):
    run = make()
    (run.folder / "findings.json").unlink()
    (run.folder / "notes.txt").write_text("mine", encoding="utf-8")
    (run.folder / ".ipynb_checkpoints").mkdir()
    (run.folder / ".ipynb_checkpoints" / "notebook.ipynb").write_text("{}", encoding="utf-8")
    found = broken(run, means)
    assert found["seal"] == "missing: findings.json; new since the run: notes.txt."
    assert "findings.json follows from the notebook, and is missing" in found["pages"]
    assert "notes.txt does not follow from the notebook" in found["pages"]


def test_an_edited_notebook_is_found_by_a_fresh_run_though_all_else_was_made_anew(make, means):
    run = make()
    text = (run.folder / "notebook.ipynb").read_text(encoding="utf-8")
    (run.folder / "notebook.ipynb").write_text(text.replace('"cases": 5', '"cases": 6'), encoding="utf-8")
    write(collect(nbformat.read(run.folder / "notebook.ipynb", as_version=4)), run.folder)
    found = broken(seal_anew(run), means)
    assert set(found) == {"fresh run"}
    assert "code cell 3: the findings, findings, no. 1, values, cases: 6, now 5" in found["fresh run"]


def test_edited_code_is_not_run(make, means, monkeypatch):
    def execute(*given, **named):
        raise AssertionError

    monkeypatch.setattr("tskit.runs.verify.again.execute", execute)
    run = make()
    text = (run.folder / "notebook.ipynb").read_text(encoding="utf-8")
    (run.folder / "notebook.ipynb").write_text(text.replace("show(top)", "show(0)"), encoding="utf-8")
    found = broken(run, means)
    assert found["template"] == "the notebook's cells are not those of the template that the manifest names."
    assert found["fresh run"].startswith("not done, since the cells")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes that lie in a folder")
def test_links_and_pipes_are_named_and_never_opened(make, means, tmp_path):
    run = make()
    (tmp_path / "elsewhere.html").write_bytes((run.folder / "report.html").read_bytes())
    (run.folder / "report.html").unlink()
    (run.folder / "report.html").symlink_to(tmp_path / "elsewhere.html")
    (run.folder / "gone").symlink_to(tmp_path / "nothing")
    os.mkfifo(run.folder / "pipe")
    assert broken(run, means)["seal"] == "changed since the run: report.html; new since the run: gone, pipe."
    (run.folder / "notebook.ipynb").unlink()
    os.mkfifo(run.folder / "notebook.ipynb")
    assert broken(run, means)["pages"].startswith("notebook.ipynb cannot be read")
    (run.folder / "manifest.json").unlink()
    os.mkfifo(run.folder / "manifest.json")
    with pytest.raises(VerifyError, match="is not whole"):
        open_sealed(run.folder)


def nobody_runs(monkeypatch):
    def execute(*given, **named):
        raise AssertionError

    monkeypatch.setattr("tskit.runs.verify.again.execute", execute)


def test_nothing_is_run_that_nobody_vouches_for(make, means, monkeypatch):
    nobody_runs(monkeypatch)
    found = broken(make(), replace(means, has=lambda template: False, find=lambda name: None))
    assert set(found) == {"fresh run"}
    assert found["fresh run"].startswith("not done, since nobody vouches for its cells")


def test_a_stranger_and_a_key_that_only_came_along_vouch_for_nothing(make, means, monkeypatch):
    nobody_runs(monkeypatch)
    private, public = new_key()
    run = make(signed=lambda content: sign(content, private=lambda: private))
    alone = replace(means, has=lambda template: False)
    for number, keys in enumerate([(), (public,)]):
        found = broken(run, replace(alone, keys=keys, scratch=means.scratch / str(number)))
        assert set(found) == {"fresh run"}


def test_a_trusted_key_or_the_user_vouches_for_cells_that_no_template_here_has(make, means):
    private, public = new_key()
    run = make(signed=lambda content: sign(content, private=lambda: private))
    alone = replace(means, has=lambda template: False)
    for number, known in enumerate([{"keys": (public,), "vouching": (public,)}, {"is_trusted": True}]):
        assert broken(run, replace(alone, scratch=means.scratch / str(number), **known)) == {}


def test_the_user_does_not_overrule_a_signature_that_does_not_hold(make, means, monkeypatch):
    nobody_runs(monkeypatch)
    found = broken(make(), replace(means, keys=(new_key()[1],), is_trusted=True))
    assert found["fresh run"] == "not done, since the signature does not hold."


def test_a_template_that_changed_since_is_a_failure_and_one_that_is_not_here_is_none(make, means, template):
    run = make()
    other = replace(template, notebook=template.notebook.replace("show", "hide"))
    assert "template changed: small was" in broken(run, replace(means, find=lambda name: other))["template"]
    gone = replace(means, find=lambda name: None, scratch=means.scratch / "b")
    assert "is not here; the notebook's own cells are whole" in checks(run, gone)["template"].said


def test_each_input_that_changed_is_missing_or_was_added_is_named(make, means):
    run = make()
    now = {"cases.csv": "c" * 64, "extra.csv": "e" * 64}
    assert broken(run, replace(means, look=lambda source: tuple(now.items())))["inputs"] == (
        "cases.csv was changed since the run; events.csv is missing; extra.csv was added to the source since the run."
    )

    def nowhere(source):
        raise SourceError(f"There is no source {source!r}.")

    found = broken(run, replace(means, look=nowhere, scratch=means.scratch / "b"))
    assert found["inputs"] == "cases.csv, events.csv: There is no source 'main'."


def test_files_are_known_by_content_wherever_they_lie_and_however_they_are_called(make, means):
    renamed = tuple((f"x-{name}", sha) for name, sha in FILES.items())
    assert broken(make(), replace(means, look=lambda source: renamed)) == {}


def test_a_fresh_run_that_differs_names_the_value_and_what_may_be_the_reason(make, means, template, monkeypatch):
    monkeypatch.setattr("tskit.runs.verify.again.execute", fresh(executed(template, value=6)))
    other = replace(means, setting=replace(means.setting, code={**CODE, "digest": "x", "is_dirty": True}))
    said = broken(make(), other)["fresh run"]
    assert said == (
        "it says something else, first in section 'Opening', code cell 3: the table t, row 1, cases: 5, now 6. "
        "Likely since tskit's code changed (1 at cccccccccccc, now 1 at cccccccccccc with changes)."
    )


def test_other_code_is_context_as_long_as_the_results_are_the_same(make, means):
    def drawn_otherwise(notebook, folder):
        (path,) = export(notebook, folder)
        path.write_text(path.read_text(encoding="utf-8").replace("<style>b", "<style>c"), encoding="utf-8")
        return [path]

    setting = replace(means.setting, code={**CODE, "digest": "x"})
    found = checks(make(), replace(means, setting=setting, export=drawn_otherwise))
    assert all(check.is_good for check in found.values())
    assert "1 of them are drawn in another way by today's tskit, and say the same" in found["pages"].said
    assert "tskit's code changed" in found["made with"].said


def test_an_edited_number_on_a_page_is_found_under_other_code_as_well(make, means):
    run = make()
    path = run.folder / "report.html"
    path.write_text(path.read_text(encoding="utf-8").replace("5 cases", "6 cases"), encoding="utf-8")
    other = replace(means, setting=replace(means.setting, code={**CODE, "digest": "x"}))
    assert "report.html is not what the notebook gives" in broken(seal_anew(run), other)["pages"]


def test_a_fresh_run_that_stops_is_told_by_its_place(make, means, monkeypatch):
    def execute(template, given, *, root, setting, progress):
        (root / "fresh").mkdir(parents=True)
        body = {"failure": {"section": "Opening", "cell": 2, "kind": "NoDataError"}}
        (root / "fresh" / "manifest.json").write_text(json.dumps(body), encoding="utf-8")
        raise NoDataError(SECRET)

    monkeypatch.setattr("tskit.runs.verify.again.execute", execute)
    assert broken(make(), means)["fresh run"] == "it stopped in the section 'Opening', code cell 2 (NoDataError)."


def test_logs_that_grew_are_no_alarm_and_the_run_reads_them_as_they_were(make, means, template, monkeypatch):
    seen = []
    monkeypatch.setattr("tskit.runs.verify.again.execute", fresh(executed(template), seen))
    records = Records((LogNow("tags", 412, 3),), {"TSKIT_RECORDS": "copy"})
    found = checks(make(), replace(means, records=lambda places: nullcontext(records)))
    assert found["records"].said == "tags: 412 entries as they were, 3 added since; repeated as of entry 412."
    assert found["records"].is_good
    ((given, used),) = seen
    assert (given, dict(used.environment)) == ({"top": 3}, {"TSKIT_RECORDS": "copy"})


def test_a_log_that_was_changed_is_a_failure(make, means):
    records = Records((LogNow("tags", 412, trouble="Entry 7 was changed after it was written."),))
    found = broken(make(), replace(means, records=lambda places: nullcontext(records)))
    assert found["records"] == "tags: Entry 7 was changed after it was written."


@pytest.mark.parametrize("status", ["failed", "no_data"])
def test_of_a_run_without_a_report_only_the_seal_is_looked_at(make, means, status):
    found = checks(make(status), means)
    assert list(found) == ["seal", "signature", "status"]
    assert status in found["status"].said


def test_a_signature_is_held_against_the_keys_that_are_trusted(make, means):
    private, public = new_key()
    run = make(signed=lambda content: sign(content, private=lambda: private))
    found = [
        checks(run, replace(means, keys=keys, scratch=means.scratch / str(number)))["signature"]
        for number, keys in enumerate([(public,), (new_key()[1],), ()])
    ]
    assert [check.is_good for check in found] == [True, False, True]
    assert [public in check.said for check in found] == [True, True, True]
    assert "which nothing here names as trusted" in found[2].said
    forged = seal_anew(replace(run, content=run.content.replace(b'"top": 3', b'"top": 4')))
    assert "does not fit the manifest" in broken(forged, replace(means, keys=(public,)))["signature"]


def test_an_unsigned_run_fails_where_keys_are_named(make, means):
    found = broken(make(), replace(means, keys=(new_key()[1],)))
    assert set(found) == {"signature", "fresh run"}
    assert found["fresh run"] == "not done, since the signature does not hold."


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "{}", '{"schema": 2}', "[" * 100_000,
        '{"schema": 99, "id": "a", "status": "ok", "template": {}, "parameters": {}, "outputs": {}}',
        '{"schema": 2, "id": "../../etc", "status": "ok", "template": {}, "parameters": {}, "outputs": {}}',
    ],
)  # fmt: skip
def test_a_manifest_that_is_not_whole_is_refused(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(VerifyError):
        open_sealed(tmp_path)


def test_a_folder_without_a_manifest_is_no_finished_run(tmp_path):
    with pytest.raises(VerifyError, match="never finished"):
        open_sealed(tmp_path)


def test_a_manifest_of_an_older_tskit_is_read(make, means):
    run = make()
    body = json.loads(run.content)
    for name in ("code", "kernel", "seeds"):
        del body[name]
    body["schema"] = 1
    del body["template"]["place"]
    (run.folder / "manifest.json").write_text(json.dumps(body), encoding="utf-8")
    found = checks(open_sealed(run.folder), means)
    assert all(check.is_good for check in found.values())
    assert "does not say which code made it" in found["made with"].said


def test_a_hostile_manifest_says_nothing_to_a_terminal(make, means):
    run = make()
    body = json.loads(run.content)
    body["outputs"]["\x1b[2Jgone"] = {"sha256": 1}
    body["packages"] = {"\x1b[31mx": "\x1b]0;y\x07"}
    body["inputs"] = [{"source": 5, "inputs": [7]}]
    body["tags"] = "none"
    said = " ".join(check.said for check in checks(replace(run, manifest=body), means).values())
    assert "\x1b" not in said
