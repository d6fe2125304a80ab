"""A run that is verified on another machine, and everything that can have happened to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import own_sample
from tskit.runs.manifest import digests

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

CASES = 3_000
ROOT = Path(__file__).parents[2]
CANARY = "zebrakeeper-canary-4711"


def tskit(*asked, **environment):
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
    command = [sys.executable, "-m", "tskit.cli", *map(str, asked)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=600)


def made(book, *asked):
    done = tskit("run", *asked, "--casebook", book)
    assert done.returncode == 0, done.stderr
    return max((book / "runs").glob("2*"), key=lambda folder: folder.name)


def verified(run, *asked, **environment):
    """Return the exit code, and what was said by check."""
    done = tskit("verify", run, "--cold", *asked, **environment)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "FAIL "))]
    said = {line[5:].partition(":")[0]: line for line in lines}
    return done.returncode, said, done.stdout + done.stderr


def failed(said):
    return {name for name, line in said.items() if line.startswith("FAIL")}


def elsewhere(run, book, tmp_path):
    """Return copies of a run's folder and of its casebook in other folders, the run no longer inside the casebook."""
    shutil.copytree(run, tmp_path / "handed over" / run.name)
    ignored = shutil.ignore_patterns("runs", ".cache")
    shutil.copytree(book, tmp_path / "their copy", ignore=ignored)
    return tmp_path / "handed over" / run.name, tmp_path / "their copy"


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seal_anew(run):
    body = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    body["outputs"] = digests(run)
    (run / "manifest.json").write_text(json.dumps(body, indent=1), encoding="utf-8")


def edited(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=CASES)


@pytest.fixture(scope="module")
def report(book):
    return made(book, "trend_report")


def test_a_run_holds_on_another_machine_and_nothing_is_written_into_it(report, book, tmp_path):
    run, theirs = elsewhere(report, book, tmp_path)
    before = tree(run)
    other = {"PYTHONHASHSEED": "random", "TZ": "America/New_York", "LC_ALL": "C", "HOME": str(tmp_path)}
    other["TSKIT_PSEUDONYM_KEY"] = "a key of another machine"
    code, said, told = verified(run, "--casebook", theirs, **other)
    assert (code, failed(said)) == (0, set()), told
    assert tree(run) == before


def test_one_changed_byte_of_an_input_is_named(report, book, tmp_path):
    run, theirs = elsewhere(report, book, tmp_path)
    path = theirs / "data" / "reviews.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    code, said, told = verified(run, "--casebook", theirs)
    assert code == 15
    assert "reviews.parquet was changed since the run." in said["inputs"], told
    assert not {"seal", "pages", "template"} & failed(said)


@pytest.mark.parametrize("name", ["report.html", "findings.json"])
def test_an_edited_number_is_named_also_where_the_manifest_was_made_anew(report, book, tmp_path, name):
    run, theirs = elsewhere(report, book, tmp_path)
    findings = json.loads((run / "findings.json").read_text(encoding="utf-8"))
    number = next(word for word in findings["lead"].split() if word[0].isdigit())
    edited(run / name, f"{number} cases", f"9{number} cases")
    code, said, told = verified(run, "--casebook", theirs)
    assert (code, failed(said)) == (15, {"seal", "pages"}), told
    assert f"changed since the run: {name}." in said["seal"]
    seal_anew(run)
    code, said, told = verified(run, "--casebook", theirs)
    assert (code, failed(said)) == (15, {"pages"}), told
    assert f"{name} is not what the notebook gives: " in said["pages"]


def test_a_template_that_changed_since_is_named_and_one_that_is_gone_is_not_needed(book, tmp_path):
    text = (ROOT / "templates" / "trend_report.py").read_text(encoding="utf-8")
    own = book / "templates" / "ours.py"
    own.parent.mkdir(exist_ok=True)
    own.write_text(text, encoding="utf-8")
    try:
        run, theirs = elsewhere(made(book, "ours", "-p", "market=ID"), book, tmp_path)
    finally:
        own.unlink()
    edited(theirs / "templates" / "ours.py", "# # Risk trends", "# # Risk trends of ours")
    code, said, told = verified(run, "--casebook", theirs)
    assert (code, failed(said)) == (15, {"template", "fresh run"}), told
    assert "template changed: ours" in said["template"]
    (theirs / "templates" / "ours.py").unlink()
    code, said, told = verified(run, "--casebook", theirs)
    assert (code, failed(said)) == (15, {"fresh run"}), told
    assert "nobody vouches for its cells" in said["fresh run"]
    code, said, told = verified(run, "--casebook", theirs, "--trust")
    assert (code, failed(said)) == (0, set()), told


def test_an_input_that_lies_elsewhere_is_found_by_its_content(book, tmp_path):
    outside = tmp_path / "somewhere" / "else"
    outside.mkdir(parents=True)
    shutil.copy(book / "data" / "cases.parquet", outside / "february.parquet")
    run, theirs = elsewhere(made(book, "trend_report", "-p", f"source={outside / 'february.parquet'}"), book, tmp_path)
    (theirs / "inputs").mkdir()
    (outside / "february.parquet").rename(theirs / "inputs" / "february.parquet")
    code, said, told = verified(run, "--casebook", theirs)
    assert (code, failed(said)) == (0, set()), told
    (theirs / "inputs" / "february.parquet").unlink()
    code, said, told = verified(run, "--casebook", theirs)
    assert {"inputs", "fresh run"} <= failed(said), told


@pytest.mark.parametrize("template", ["root_cause_session", "case_deep_dive", "oncall_handover", "escalation_brief"])
def test_what_people_write_later_is_no_alarm(book, tmp_path, template):
    case = json.loads((book / "data" / "tags.jsonl").read_text(encoding="utf-8").splitlines()[0])["case_id"]
    about = ["-p", f"case_id={case}"] if template in ("case_deep_dive", "escalation_brief") else []
    run, theirs = elsewhere(made(book, template, *about), book, tmp_path)
    later = {
        "case_id": case,
        "kind": "tag",
        "cause": "RC1.1",
        "tagger": "nadia",
        "tagged_at": "2026-10-20T01:00:00+00:00",
        "note": CANARY,
        "key": "later",
    }
    (tmp_path / "later.jsonl").write_text(json.dumps(later) + "\n", encoding="utf-8")
    wrote = [
        tskit("tags", "import", tmp_path / "later.jsonl", "--casebook", theirs),
        tskit("log", case, CANARY, "--kind", "decision", "--casebook", theirs),
    ]
    assert [done.returncode for done in wrote] == [0, 0], [done.stderr for done in wrote]
    code, said, told = verified(run, "--casebook", theirs)
    assert (code, failed(said)) == (0, set()), told
    assert "1 added since; repeated as of entry" in said["records"]
    assert CANARY not in told


def test_a_signed_run_is_known_by_its_key_and_no_other(book, tmp_path):
    key = tmp_path / "key"
    public = tskit("key", "new", "--to", key, "--casebook", book).stdout.strip()
    signing = {"TSKIT_SIGNING_KEY": key.read_text(encoding="ascii").strip()}
    done = tskit("run", "oncall_handover", "--casebook", book, "--out", tmp_path / "runs", **signing)
    assert done.returncode == 0, done.stderr
    (run,) = (tmp_path / "runs").glob("2*")
    (tmp_path / "trusted").write_text(public, encoding="ascii")
    code, said, told = verified(run, "--casebook", book, "--key", tmp_path / "trusted")
    assert (code, failed(said)) == (0, set()), told
    seal_anew(run)
    code, said, told = verified(run, "--casebook", book, "--key", tmp_path / "trusted")
    assert (code, failed(said)) == (15, {"signature", "fresh run"}), told
    assert signing["TSKIT_SIGNING_KEY"] not in told


def test_of_a_run_without_data_the_seal_is_verified(book):
    assert tskit("run", "trend_report", "-p", "start=2030-01-01", "-p", "end=2030-01-31", "--casebook", book).returncode
    run = max((book / "runs").glob("2*"), key=lambda folder: folder.name)
    code, said, told = verified(run)
    assert (code, list(said)) == (0, ["seal", "signature", "status"]), told
