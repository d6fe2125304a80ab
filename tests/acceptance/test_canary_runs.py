"""Batches, lists, alerts, signatures and verdicts hold nothing of a case, and what may be passed on names none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.samples import shared_sample
from tskit.model import CASES, EVENTS, REVIEWS, Sensitivity
from tskit.runs import warm
from tskit.runs.signing import new_key

pytestmark = [
    pytest.mark.slow,
    pytest.mark.acceptance,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no warm processes"),
]

ROOT = Path(__file__).parents[2]
CANARY = "canary7f3a"
PRIVATE, PUBLIC = new_key()
TOKEN = "token-7f3a-of-the-chat"
MAY_HOLD_TEXT = ("text.parquet", "event_text.parquet", "rejected.parquet", "records.sqlite", "records.sqlite-wal", "records.sqlite-shm")  # fmt: skip
"""Files that only their owner may read: they hold what the source held."""
TELL = "import sys; open('told.jsonl', 'ab').write(sys.stdin.buffer.read())"
ALERTS = f"""
signing_keys = ["{PUBLIC}"]

[[alerts]]
name = "pager"
on = ["failure", "no_data", "spike", "silence", "sla_breach"]
to = "command"
certainty = "low"
command = [{json.dumps(sys.executable)}, "-c", {json.dumps(TELL)}]
"""
BREAKS = """# %% [markdown]
# # A write-up that breaks
#
# It reads case text where it should not, and stumbles over it.

# %% tags=["parameters"]
casebook: str = ""  # the casebook

# %%
from tskit import Scope, load

case_set = load(Scope.from_parameters(), casebook=casebook)

# %%
import logging, os, sys, warnings
import pandas as pd

text = pd.read_parquet(case_set.text_path)["description"].dropna()
text = text[text.str.contains("canary7f" + "3a")].iloc[0]
logging.getLogger("tskit").error(text)
os.write(2, text.encode())
print(text, file=sys.stderr)
warnings.warn(text)
print(sorted(os.environ.items()))

# %%
raise ValueError(text) from KeyError(text)
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a casebook in which every text, person, note and piece of evidence holds the canary."""
    root = tmp_path_factory.mktemp("home") / "book"
    shutil.copytree(
        shared_sample(tmp_path_factory, cases=6_000), root, ignore=shutil.ignore_patterns(".cache", "records*", "runs")
    )
    for table in (CASES, EVENTS, REVIEWS):
        plant(root / "data" / f"{table.name}.parquet", table.with_sensitivity(Sensitivity.PERSON, Sensitivity.HIDDEN))
    for name, told in (("tags", ("note", "evidence")), ("duty", ())):
        path = root / "data" / f"{name}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        marked = [row | dict.fromkeys(told, CANARY) | body(row) for row in rows]
        path.write_text("".join(json.dumps(row) + "\n" for row in marked), encoding="utf-8")
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates" / "breaks_here.py").write_text(BREAKS, encoding="utf-8")
    text = (root / "casebook.toml").read_text(encoding="utf-8")
    settings, _, tables = text.partition("\n[")
    keys, _, alerts = ALERTS.partition("\n[[")
    (root / "casebook.toml").write_text(f"{settings}{keys}\n[{tables}\n\n[[{alerts}", encoding="utf-8")
    return root


def plant(path, names):
    table = pq.read_table(path)
    for name in set(names) & set(table.column_names):
        marked = pa.array([f"{CANARY} {text or ''}" for text in table[name].to_pylist()], pa.string())
        table = table.set_column(table.column_names.index(name), name, marked)
    pq.write_table(table, path)


def body(row):
    told = row.get("body")
    return {"body": told | {name: CANARY for name in ("text", "note") if told.get(name)}} if told else {}


@pytest.fixture(scope="module")
def tskit(book):
    """Return a function that calls tskit; its zygotes end with the module."""
    # Not pytest's own folder: the path of a socket has to be short.
    runtime = Path(tempfile.mkdtemp(prefix="tsk-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER"))}
    environment |= {
        "HOME": str(book.parent), "XDG_CACHE_HOME": str(book.parent / "cache"), "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "TSKIT_SIGNING_KEY": PRIVATE, "TSKIT_ALERT_PAGER": TOKEN, "TSKIT_CASEBOOK": str(book),
    }  # fmt: skip

    def call(*arguments, codes=(0,)):
        done = subprocess.run(
            [sys.executable, "-m", "tskit.cli", *map(str, arguments)],
            cwd=book.parent, env=environment, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert done.returncode in codes, (arguments, done.stderr)
        said = done.stdout + done.stderr
        assert not {word for word in (CANARY, PRIVATE, TOKEN, "\x1b") if word in said}, arguments
        return said

    call.runtime = runtime
    yield call
    for folder in runtime.rglob("*.sock"):
        warm.retire(warm.WarmPlace(folder.parent))
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture(scope="module")
def made(book, tskit):
    """Return what came of a batch about single cases and of a run that broke on a case's text, both in forked processes."""
    stories = json.loads((book / "truth.json").read_text(encoding="utf-8"))["stories"]
    cluster = next(story["case_ids"] for story in stories if story["name"] == "impersonation_cluster")[:2]
    grid = book.parent / "grid.csv"
    grid.write_text("case_id\n" + "".join(f"{name}\n" for name in cluster), encoding="utf-8")
    runs = book / "runs"
    asked = ["batch", "escalation_brief", "--grid", grid, "--workers", "1", "--alert"]
    said = [tskit(*asked), tskit("run", "breaks_here", "--kernel", "engine", "--alert", codes=(14,))]
    (batch,) = runs.glob("batch-*")
    broken = next(runs.glob("2*-breaks_here-*"))
    first, second = sorted(batch.glob("2*"))
    return SimpleNamespace(said=said, batch=batch, broken=broken, cases=cluster, first=first, second=second, runs=runs)


def holds(path, word):
    content = path.read_bytes()
    if content.startswith(b"PAR1"):
        content += repr(pq.read_table(path).to_pydict()).encode()
    return word.encode() in content


def with_word(book, word):
    """Return the files with a word, but for the exports themselves and what only their owner may read."""
    paths = [path for path in book.parent.rglob("*") if path.is_file() and book / "data" not in path.parents]
    return [path.name for path in paths if path.name not in MAY_HOLD_TEXT and holds(path, word)]


def test_no_file_of_a_batch_and_of_a_run_that_broke_holds_case_text_or_a_key(book, made):
    for word in (CANARY, PRIVATE, TOKEN):
        assert with_word(book, word) == []
    assert holds(made.first / "manifest.sig", PUBLIC)
    body = json.loads((made.broken / "manifest.json").read_text(encoding="utf-8"))
    assert (body["kernel"], body["failure"]["kind"]) == ("engine", "ValueError")
    assert "TSKIT_CASEBOOK" in (made.broken / "notebook.ipynb").read_text(encoding="utf-8")  # it saw its environment


def test_what_tells_of_many_runs_names_no_case(book, made, tskit):
    tskit("runs", "pin", made.first.name, "--why", "asked for in June")
    tskit("runs", "site")
    said = [
        *made.said, tskit("runs"), tskit("runs", "list", "--json"), tskit("runs", "show", made.first.name),
        tskit("runs", "show", made.first.name, "--json"), tskit("runs", "show", made.broken.name),
        tskit("runs", "diff", made.first.name, made.second.name), tskit("runs", "prune", "--keep-newest", "1"),
        tskit("runs", "diff", made.first.name, made.second.name, "--json"),
    ]  # fmt: skip
    pages = [made.runs / "index.html", made.runs / "alerts.jsonl", made.runs / "pins.toml", book / "told.jsonl"]
    pages += [made.batch / name for name in ("index.html", "summary.csv", "journal.jsonl")]
    assert "did not begin" not in (book / "told.jsonl").read_text(encoding="utf-8")
    said += [path.read_text(encoding="utf-8") for path in pages]
    for case_id in made.cases:
        assert [text[:80] for text in said if case_id in text] == []
    assert str(book.parent) not in "".join(said[-len(pages) :])
    assert with_word(book, CANARY) == []


def test_processes_that_stay_know_no_secret_and_leave_no_log(tskit):
    # One of its own: that of a run takes its leave when the code below it changes.
    place = warm.WarmPlace(tskit.runtime / "own", (), 600)
    warm.begin(place, environment={**os.environ, "TSKIT_SIGNING_KEY": PRIVATE, "TSKIT_ALERT_PAGER": TOKEN})
    assert {path.suffix for path in tskit.runtime.rglob("*") if path.is_file()} <= {".sock", ".lock"}
    told = psutil.process_iter(["cmdline", "pid"])
    mine = [one for one in told if str(place.folder) in " ".join(one.info["cmdline"] or ())]
    assert mine
    for process in mine:
        known = process.environ()
        assert not {name for name in known if name.startswith("TSKIT_")}
        assert not {value for value in known.values() if PRIVATE in value or TOKEN in value}
        if Path(f"/proc/{process.pid}/fd").is_dir():
            leads = {str(Path(f"/proc/{process.pid}/fd/{number}").readlink()) for number in (0, 1, 2)}
            assert leads == {os.devnull}


def test_a_verdict_on_a_run_whose_cases_are_others_today_shows_none_of_them(book, made, tskit):
    assert "signed with" in tskit("verify", made.first, "--cold")
    path = book / "data" / "cases.parquet"
    before = path.read_bytes()
    try:
        table = pq.read_table(path)
        kept = [number % 3 != 0 or name in made.cases for number, name in enumerate(table["case_id"].to_pylist())]
        pq.write_table(table.filter(pa.array(kept)), path)
        said = tskit("verify", made.first, "--cold", codes=(15,))
    finally:
        path.write_bytes(before)
    assert "cases.parquet was changed since the run." in said
    assert "FAIL fresh run: it says something else" in said
    ids = [name for name in pq.read_table(path, columns=["case_id"])["case_id"].to_pylist() if name]
    assert [name for name in ids if name in said] == []
