"""tskit sync: what it says of what came, and of what did not."""

import json
from datetime import UTC, datetime

import pytest

from tskit.cli import main
from tskit.model import Casebook
from tskit.sources.sync import begin

BOOK = """
name = "desk"
zone = "Asia/Singapore"

[sources.exports]
cases = "exports"
profile = "canonical"

[sources.lake]
cases = "lake"
mode = "in_place"
"""
HEAD = "case_id,created_at,is_closed,market\n"
CANARY = "canary-7f3a"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "k" * 32)
    monkeypatch.setenv("TSKIT_CASEBOOK", str(tmp_path))
    (tmp_path / "casebook.toml").write_text(BOOK)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "october.csv").write_text(f"{HEAD}{CANARY},2026-10-01T00:00:00Z,false,ID\n")
    return tmp_path


@pytest.fixture
def call(root, capsys):  # the casebook must be there
    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([*map(str, arguments)])
        shown = capsys.readouterr()
        assert CANARY not in shown.out + shown.err
        return caught.value.code, shown.out, shown.err

    return run


def test_a_sync_says_what_came_and_the_next_one_that_nothing_did(call):
    code, shown, errors = call("sync", "exports")
    assert (code, shown) == (0, "exports: snapshot 1 is sealed.\n  cases: 1 new file\n")
    assert errors == "exports: cases ...\n"
    code, shown, _ = call("sync", "exports")
    assert code == 0
    assert shown.startswith("exports: nothing is new since snapshot 1 of 20")


def test_snapshots_are_listed_with_what_each_brought(call, root):
    call("sync", "exports")
    (root / "exports" / "november.csv").write_text(f"{HEAD}2,2026-11-01T00:00:00Z,false,ID\n")
    call("sync", "exports")
    shown = call("sync", "exports", "--list")[1].splitlines()
    assert [line.split()[0] for line in shown] == ["exports@1", "exports@2"]
    assert all(line.endswith("cases: 1 new file") for line in shown)
    body = json.loads(call("sync", "exports", "--list", "--json")[1])
    assert [one["snapshot"] for one in body] == [1, 2]


def test_what_came_is_told_as_json(call):
    body = json.loads(call("sync", "exports", "--json")[1])
    assert body["tables"] == {"cases": {"rows": 0, "files": 1, "deleted": 0, "is_whole": True}}
    assert (body["source"], body["snapshot"], body["is_new"]) == ("exports", 1, True)


def test_a_source_that_is_none_or_that_is_read_in_place_is_refused(call):
    code, _, errors = call("sync", "export")
    assert (code, "Did you mean 'exports'?" in errors) == (12, True)
    code, _, errors = call("sync", "lake")
    assert (code, "in place" in errors) == (12, True)


def test_two_syncs_of_a_source_do_not_meet(call, root):
    source = Casebook.read(root).sources[0]
    with begin(root / "sources" / "exports", source=source, now=datetime(2026, 11, 1, tzinfo=UTC)):
        code, _, errors = call("sync", "exports")
    assert (code, "Another sync of exports" in errors) == (10, True)


def test_a_snapshot_is_checked_by_its_name(call):
    call("sync", "exports")
    code, shown, _ = call("check", "exports@1")
    assert code == 0
    assert "exports: cases as of snapshot 1" in shown


def test_two_snapshots_are_held_against_each_other_without_a_value(call, root):
    call("sync", "exports")
    restated = f"{HEAD}{CANARY},2026-10-01T00:00:00Z,true,TH\n2,2026-11-01T00:00:00Z,false,ID\n"
    (root / "exports" / "november.csv").write_text(restated)
    call("sync", "exports")
    code, shown, errors = call("check", "exports", "--against", "exports@1")
    assert code == 0
    assert "cases: 1 rows then, 2 now; 1 appeared, 0 vanished, 1 changed." in shown
    assert "changed, by column: market 1, is_closed 1" in shown
    assert "exports-against-exports-1.txt" in errors
    body = json.loads(call("check", "exports@2", "--against", "exports@1", "--json")[1])
    assert body["tables"]["cases"]["by_column"] == {"is_closed": 1, "market": 1}
    assert call("check", "exports", "--against", "exports@2")[1].splitlines()[1:] == [
        "cases: 2 rows, all as they were.",
        "All figures of the months that were over by 2026-11-01 are the same.",
    ]
    assert call("check", "lake", "--against", "exports")[0] == 12
