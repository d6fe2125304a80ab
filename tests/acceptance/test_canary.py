"""Strings that are planted in the data never come out: not in a log, an error, a manifest, a notebook or an export."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tskit.model import CASES, EVENTS, REVIEWS, Sensitivity

ROOT = Path(__file__).parents[2]
CANARY = "canary7f3a"
NOTED = "notedword7f3a"
"""Planted into what people write on duty: escalations, promises, handovers. The team's own report shows it."""
OF_THE_TEAM = {"report.html", "notebook.ipynb"}
"""The files of a run that stay with the team."""
TEMPLATES = ROOT / "templates"
TABLES = (CASES, EVENTS, REVIEWS)
KEPT_APART = ("text.parquet", "event_text.parquet", "rejected.parquet")
RECORDS = ("records.sqlite", "records.sqlite-wal", "records.sqlite-shm")
"""Files that only their owner may read: they hold what the source held."""

BREAKS = """# %% [markdown]
# # A write-up that breaks
#
# It reads case text where it should not, and stumbles over it.

# %% tags=["parameters"]
casebook: str = ""  # the casebook
how: str = "value"  # how it breaks

# %%
from tskit import Scope, load

scope = Scope.from_parameters()
case_set = load(scope, casebook=casebook)

# %%
import sys, warnings
import pandas as pd

text = pd.read_parquet(case_set.text_path)["description"].dropna()
text = text[text.str.contains("canary7f" + "3a")].iloc[0]
print(text, file=sys.stderr)
warnings.warn(text)

# %%
import ipywidgets

ipywidgets.HTML(value=text)

# %%
{code}
"""
WAYS = {
    "value": "int(text)",
    "foreign": "from pandas.errors import DataError\nraise DataError(text)",
}


def environment(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    return kept | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def call(home, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "tskit.cli", *map(str, arguments)],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def plant(path, columns):
    """Put the canary into every third value of these columns, and into one record that cannot be kept."""
    table = pq.read_table(path)
    third = pa.array([number % 3 == 0 for number in range(table.num_rows)])
    for name in columns:
        marked = pc.binary_join_element_wise(CANARY, pc.fill_null(table[name].cast(pa.string()), ""), "-")
        old = table[name].cast(pa.string())
        table = table.set_column(table.column_names.index(name), name, pc.if_else(third, marked, old))
    broken = {name: [CANARY if name in ("created_at", *columns) else "x"] for name in table.column_names}
    row = pa.table({name: pa.array(broken[name], pa.string()) for name in table.column_names})
    pq.write_table(pa.concat_tables([table.cast(row.schema), row]), path)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a casebook whose case text, people and bad values hold the canary."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "book"
    done = call(home, "init", folder, "--sample", "--cases", 6_000)
    assert done.returncode == 0, done.stderr
    assert {"description", "owner_id"} <= set(pq.read_schema(folder / "data" / "cases.parquet").names)
    for table in TABLES:
        path = folder / "data" / f"{table.name}.parquet"
        present = set(pq.read_schema(path).names)
        covered = [c.name for c in table.columns if c.sensitivity in (Sensitivity.PERSON, Sensitivity.HIDDEN)]
        plant(path, [name for name in covered if name in present])
    tags = folder / "data" / "tags.jsonl"
    rows = [json.loads(line) for line in tags.read_text(encoding="utf-8").splitlines()]
    marked = [row | {"note": f"{CANARY} {row['note']}", "evidence": CANARY} for row in rows]
    tags.write_text("".join(json.dumps(row) + "\n" for row in marked), encoding="utf-8")
    duty = folder / "data" / "duty.jsonl"
    rows = [json.loads(line) for line in duty.read_text(encoding="utf-8").splitlines()]
    marked = [row | {"body": {name: noted(name, value) for name, value in row["body"].items()}} for row in rows]
    duty.write_text("".join(json.dumps(row) + "\n" for row in marked), encoding="utf-8")
    return folder


def noted(name, value):
    """Return what somebody wrote with the word in it; all else of an entry is left as it was."""
    return f"{NOTED} {value}" if name in {"text", "note"} and value else value


def holds(path, word=CANARY):
    """Return whether a file holds the canary, in any of the ways in which a file could."""
    forms = [word.encode(), word.encode("utf-16-le"), word[::-1].encode()]
    content = path.read_bytes()
    if content.startswith(b"PAR1"):
        # Its pages are compressed: what it holds is seen in its rows alone.
        content += repr(pq.read_table(path).to_pydict()).encode()
    return any(form in content for form in forms)


def found_in(folder):
    """Return the files below `folder` that hold the canary."""
    return [path.name for path in folder.rglob("*") if path.is_file() and holds(path)]


def outside_of_sources(book):
    """Return the files with the canary, but for the exports themselves and what only their owner may read."""
    home = book.parent
    paths = [path for path in home.rglob("*") if path.is_file() and book / "data" not in path.parents]
    known = (*KEPT_APART, *RECORDS)
    return [str(path.relative_to(home)) for path in paths if path.name not in known and holds(path)]


def questions(book):
    """Return for each template what it is asked: the cluster's first case, and the weeks that the round is about."""
    stories = json.loads((book / "truth.json").read_text(encoding="utf-8"))["stories"]
    cluster = next(story["case_ids"] for story in stories if story["name"] == "impersonation_cluster")
    incident = next(story for story in stories if story["name"] == "incident")
    return {
        "escalation_brief": ["-p", f"case_id={incident['lead_case_id']}", "-p", "linked=true"],
        "oncall_handover": [],
        "trend_report": [],
        "pattern_scan": ["-p", "metric=cases_opened,overturn_rate", "-p", "by=market,policy_id"],
        "root_cause_session": ["-p", "start=2026-08-10", "-p", "end=2026-11-01"],
        "case_deep_dive": ["-p", f"case_id={cluster[0]}"],
    }


@pytest.mark.parametrize("template", sorted(path.stem for path in TEMPLATES.glob("*.py")))
def test_nothing_of_a_case_comes_out_of_a_write_up(book, template):
    done = call(book.parent, "run", template, "--casebook", book, *questions(book)[template])
    assert done.returncode == 0, done.stderr
    run = Path(done.stdout.splitlines()[-1]).parent
    names = {path.name for path in run.rglob("*")}
    assert {"report.html", "brief.md", "manifest.json", "findings.json", "notebook.ipynb", "data"} <= names
    assert CANARY not in done.stdout + done.stderr
    assert "widget-view" not in (run / "notebook.ipynb").read_text(encoding="utf-8")  # a progress bar that slipped in
    assert found_in(run) == []
    assert outside_of_sources(book) == []
    kept = [path for path in book.rglob("*.parquet") if path.name in KEPT_APART]
    assert any(map(holds, kept))  # the canary can be found where it is
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in kept} == {0o700}


@pytest.mark.parametrize("template", ["escalation_brief", "oncall_handover"])
def test_what_is_written_on_duty_is_shown_to_the_team_alone(book, template):
    """Notes of an escalation and promises stand in the team's report; nothing that is sent or kept elsewhere has them."""
    done = call(book.parent, "run", template, "--casebook", book, *questions(book)[template])
    assert done.returncode == 0, done.stderr
    assert NOTED not in done.stdout + done.stderr
    run = Path(done.stdout.splitlines()[-1]).parent
    assert {"report.html", "report-to-share.html", "brief.md"} <= {path.name for path in run.iterdir()}
    found = {path.name for path in run.rglob("*") if path.is_file() and holds(path, NOTED)}
    assert found == OF_THE_TEAM  # the word can be found where it is
    records = [path for path in book.iterdir() if path.name in RECORDS and holds(path, NOTED)]
    assert records
    assert {stat.S_IMODE(path.stat().st_mode) for path in records} == {0o600}


@pytest.mark.slow
@pytest.mark.acceptance
def test_the_pages_of_many_runs_say_nothing_of_a_case(book, tmp_path):
    """The catalogue and the page of a batch, with a run of single cases, one that broke on a case, and one without data."""
    out = book.parent / "many"
    cases = questions(book)["escalation_brief"]
    (book / "templates").mkdir(exist_ok=True)
    (book / "templates" / "breaks_here.py").write_text(BREAKS.replace("{code}", WAYS["value"]), encoding="utf-8")
    (tmp_path / "grid.csv").write_text("market,start,end\nID,,\nTH,,\nID,2019-01-01,2019-01-31\n", encoding="utf-8")
    for arguments, codes in (
        (["run", "escalation_brief", *cases], {0}),
        (["run", "oncall_handover"], {0}),
        (["run", "breaks_here"], {14}),
        (["batch", "trend_report", "--grid", tmp_path / "grid.csv", "--workers", "1"], {0, 16}),
    ):
        done = call(book.parent, *arguments, "--casebook", book, "--out", out)
        assert done.returncode in codes, (arguments[:2], done.stderr)
        assert CANARY not in done.stdout + done.stderr
    done = call(book.parent, "runs", "site", "--casebook", book, "--runs", out)
    assert done.returncode == 0, done.stderr
    pages = [out / "index.html", next(out.glob("batch-*")) / "index.html"]
    ids = {
        case_id
        for case_id in pq.read_table(book / "data" / "cases.parquet", columns=["case_id"])["case_id"].to_pylist()
        if case_id and len(case_id) > len(CANARY)
    }
    for page in pages:
        said = page.read_text(encoding="utf-8")
        assert "report.html" in said  # it is the page that we mean
        assert not holds(page)
        assert not holds(page, NOTED)
        assert [case_id for case_id in ids if case_id in said] == []
        assert str(book.parent) not in said
    assert outside_of_sources(book) == []


def test_no_message_of_a_command_on_duty_quotes_what_it_was_given(book):
    """A refusal names the rule that was broken, never the words that broke it."""
    lead = next(part for part in questions(book)["escalation_brief"] if part.startswith("case_id=")).removeprefix(
        "case_id="
    )
    for arguments in (
        ["log", lead, f"{CANARY}\x07", "--kind", "note"],
        ["log", "nobody", CANARY],
        ["log", lead, CANARY, "--due", CANARY],
        ["shift", "promise", CANARY, "--due", CANARY],
        ["shift", "done", CANARY],
        ["triage", "--until", CANARY],
    ):
        done = call(book.parent, *arguments, "--casebook", book)
        assert done.returncode in {2, 10, 11, 12, 13, 16}, (arguments, done.stderr)
        assert CANARY not in done.stdout + done.stderr, arguments
    assert outside_of_sources(book) == []


def test_what_people_noted_of_a_case_is_only_where_it_was_written(book):
    for arguments in (["log", "--last", "50"], ["verify"], ["export"], ["agreement"]):
        done = call(book.parent, "tags", *arguments, "--casebook", book)
        assert done.returncode == 0, done.stderr
        assert CANARY not in done.stdout + done.stderr
    asked_for = call(book.parent, "tags", "export", "--with-notes", "--casebook", book)
    assert CANARY in asked_for.stdout
    assert outside_of_sources(book) == []
    records = [path for path in book.iterdir() if path.name in RECORDS]
    assert any(map(holds, records))  # the canary can be found where it is
    assert {stat.S_IMODE(path.stat().st_mode) for path in records} == {0o600}


@pytest.mark.parametrize("way", WAYS)
def test_a_template_that_breaks_on_a_case_does_not_quote_it(book, way):
    (book / "templates").mkdir(exist_ok=True)
    (book / "templates" / f"breaks_{way}.py").write_text(BREAKS.replace("{code}", WAYS[way]), encoding="utf-8")
    out = book.parent / "out" / way
    done = call(book.parent, "run", f"breaks_{way}", "--casebook", book, "--out", out)
    assert done.returncode == 14, done.stderr
    assert "code cell 5" in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert found_in(out) == []
    assert "interactive control" in next(out.rglob("notebook.ipynb")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "pair",
    [f"top={CANARY}", f"start={CANARY}", f"password={CANARY}", f"={CANARY}", CANARY, f"market=x:{CANARY}\x07"],
)
def test_a_bad_parameter_is_not_quoted(book, pair):
    (book / "templates" / "takes.py").write_text(
        '# %% tags=["parameters"]\ntop: int = 1  # a\nstart: str = ""  # b\nmarket: str = ""  # c\n', encoding="utf-8"
    )
    done = call(book.parent, "run", "takes", "--casebook", book, "--out", book.parent / "bad", "-p", pair)
    assert done.returncode == 12
    assert CANARY not in done.stdout + done.stderr
    assert not (book.parent / "bad").exists()


def test_checking_a_source_counts_what_is_wrong_and_quotes_none_of_it(book):
    done = call(book.parent, "check", "main", "--casebook", book, "--json")
    assert done.returncode == 0, done.stderr
    assert '"not_a_time"' in done.stdout
    assert CANARY not in done.stdout + done.stderr


def test_an_unreadable_source_is_not_quoted(book, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_bytes(f'case_id,created_at\n1,"{CANARY}\n2,{CANARY},{CANARY}\n\x00{CANARY}\n'.encode() + b"\xff\xfe")
    done = call(book.parent, "check", path, "--casebook", book)
    assert done.returncode in (0, 10, 11)
    assert CANARY not in done.stdout + done.stderr
