"""Malformed files through the whole way: a clear error or counted rejects; no traceback, no hang, no lost row, no leak."""

from __future__ import annotations

import csv
import json
import signal
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.hostile_files import CANARY, HOSTILE, mutate, plain_csv
from tskit.cases import load
from tskit.cli import main
from tskit.errors import NoDataError
from tskit.model import MARKS, Casebook, Scope

SECONDS = 120
PROFILES = {
    "table": """
recognise = ["case_id", "opened_at"]
absent = []
dates = "iso"
zone = "UTC"
[columns]
case_id = "case_id"
created_at = "opened_at"
status = "status"
description = "text"
reach = "score"
""",
    "objects": """
recognise = ["a"]
absent = ["created_at", "status", "is_closed"]
[columns]
case_id = "a"
""",
}


@contextmanager
def deadline(seconds):
    def stop(*_):
        raise TimeoutError(f"not done after {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a casebook whose profiles recognise the malformed files, so that they are not only looked at."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "k" * 32)
    (tmp_path / "casebook.toml").write_text('name = "tests"\n', encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    for name, text in PROFILES.items():
        (tmp_path / "profiles" / f"{name}.toml").write_text(f'name = "{name}"\n{text}', encoding="utf-8")
    (tmp_path / "exports").mkdir()
    return tmp_path


def checked(source, capsys):
    """Return exit code, report as JSON or None, and what was said; anything unexpected fails the test."""
    with deadline(SECONDS), pytest.raises(SystemExit) as caught:
        main(["check", source, "--json", "--rejects", "apart.csv"])
    shown = capsys.readouterr()
    assert caught.value.code in (0, 10, 11, 16), shown.err
    assert "Traceback" not in shown.err
    assert "inside tskit" not in shown.err
    assert CANARY not in shown.out + shown.err
    return caught.value.code, json.loads(shown.out) if shown.out else None, shown.err


def assert_accounted_for(found, folder):
    """Hold the account against the rows that were written out, and against a load of the same file."""
    assert found["read"] == found["kept"] + found["rejected"]
    assert set(found["reasons"]) <= set(MARKS)
    assert sum(found["reasons"].values()) == found["rejected"]
    csv.field_size_limit(1 << 30)
    with (folder / "apart.csv").open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == found["rejected"]
    try:
        case_set = load(Scope(source=found["source"]), casebook=Casebook.read(folder))
    except NoDataError:
        assert found["kept"] == 0
        return
    assert case_set.quality.as_json() == {name: found[name] for name in case_set.quality.as_json()}
    assert case_set.cases.count().to_pyarrow().as_py() == found["kept"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_malformed_file_is_an_error_that_names_it_or_an_account_that_adds_up(folder, capsys, name):
    path = HOSTILE[name](folder / "exports")
    code, found, errors = checked(f"exports/{path.name}", capsys)
    if code in (0, 16):
        assert_accounted_for(found, folder)
    else:
        assert len(errors.splitlines()[-1]) < 700
        assert found is not None or path.name in errors


@pytest.mark.parametrize(
    ("name", "read", "reasons"),
    [
        ("cut within a record", 40, {"too_few_columns": 1}),
        ("cut within quotes", 41, {"broken_quote": 1}),
        ("ragged", 43, {"too_few_columns": 2, "too_many_columns": 1}),
        ("utf-16", 40, {}),
        ("NUL in a cell", 41, {"not_a_time": 1}),
        ("a run of NUL", 41, {"too_few_columns": 1}),
        ("10 MB cell", 42, {"not_a_time": 2}),
        ("zip with odd names", 80, {"exact_duplicate": 40}),
        ("json scalars", 6, {"not_an_object": 5}),
        ("json bad bytes", 3, {"bad_encoding": 2}),
    ],
)
def test_rows_that_cannot_be_read_are_counted_by_reason_and_the_others_load(folder, capsys, name, read, reasons):
    path = HOSTILE[name](folder / "exports")
    code, found, _ = checked(f"exports/{path.name}", capsys)
    assert (code, found["read"], found["reasons"]) == (0, read, reasons)


@pytest.mark.parametrize("name", ["only a header", "every line opens a quote", "utf-16 without mark"])
def test_a_file_of_which_no_row_is_kept_is_no_data_and_says_why(folder, capsys, name):
    path = HOSTILE[name](folder / "exports")
    code, found, errors = checked(f"exports/{path.name}", capsys)
    assert (code, found["kept"]) == (16, 0)
    assert "no row" in errors.lower()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), edits=st.integers(1, 8))
@example(seed=2214, edits=3)
def test_random_damage_loses_no_row_and_breaks_nothing(folder, capsys, seed, edits):
    (folder / "exports" / "damaged.csv").write_bytes(mutate(plain_csv(), seed=seed, edits=edits))
    (folder / "apart.csv").unlink(missing_ok=True)
    code, found, _ = checked("exports/damaged.csv", capsys)
    if code in (0, 16):
        assert_accounted_for(found, folder)
