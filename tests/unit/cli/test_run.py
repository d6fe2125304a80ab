from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tskit.cli import main
from tskit.errors import NoDataError
from tskit.runs.starter import starter

CANARY = "canary-7f3a"


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """Return what the verb handed to `execute`, call by call; nothing is executed. `tmp_path` becomes a casebook."""
    import tskit.runs  # noqa: PLC0415  # the fixture replaces a name in it

    (tmp_path / "casebook.toml").write_text(
        'name = "mine"\nrecord_url = "https://x.invalid/{case_id}"\n[sources.main]\ncases = "x.csv"\n', encoding="utf-8"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "queue_health.py").write_text(starter("queue_health"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    seen = []

    def execute(template, given, *, root, setting, progress, after):
        seen.append(SimpleNamespace(template=template, given=given, root=root, setting=setting, after=after))
        progress("1. Begin", 0, 2)
        if given.get("market") == "nowhere":
            raise NoDataError("No case falls into the period.")
        folder = root / "20261101T000000Z-queue_health-abcdef"
        folder.mkdir(parents=True)
        cases = {"read": 1200, "kept": 1190, "rejected": 10, "flagged": 3}
        events = {"read": 7000, "kept": 7000, "rejected": 0, "flagged": 0}
        quality = {"tables": {"cases": cases, "events": events}}
        (folder / "manifest.json").write_text(json.dumps({"inputs": [{"quality": quality}]}), encoding="utf-8")
        (folder / "brief.md").write_text("one\ntwo\nthree\nfour\nfive\n", encoding="utf-8")
        return SimpleNamespace(folder=folder)

    monkeypatch.setattr(tskit.runs, "execute", execute)
    return seen


def run(*arguments):
    with pytest.raises(SystemExit) as caught:
        main(["run", *map(str, arguments)])
    return caught.value.code


def test_a_run_ends_with_the_brief_the_data_and_the_absolute_path_of_the_report(calls, tmp_path, capsys):
    assert run("queue_health", "-p", "market=ID", "-p", "market=TH", "-p", "start=2026-03-01") == 0
    shown = capsys.readouterr()
    report = tmp_path / "runs" / "20261101T000000Z-queue_health-abcdef" / "report.html"
    assert shown.out.splitlines()[1:] == [
        *("one", "two", "three", "four", "five", ""),
        "Data: 1,200 case rows read, 1,190 kept, 10 kept apart, 3 doubtful; 7,000 event rows read, 7,000 kept.",
        str(report),
    ]
    assert shown.err == "1/2 1. Begin\n"
    (call,) = calls
    assert call.given == {"market": ["ID", "TH"], "start": "2026-03-01"}
    assert call.setting.casebook == tmp_path
    assert call.setting.clock().tzinfo is not None
    assert call.after.keywords == {"formats": (), "record_url": "https://x.invalid/{case_id}"}


def test_what_is_given_by_hand_wins_over_the_file(calls, tmp_path):
    (tmp_path / "p.toml").write_text('market = "ID"\nend = 2026-03-02\n', encoding="utf-8")
    run("queue_health", "--params", tmp_path / "p.toml", "-p", "market=TH", "--out", tmp_path / "elsewhere")
    assert calls[0].given == {"market": "TH", "end": "2026-03-02"}
    assert calls[0].root == tmp_path / "elsewhere"


def test_no_data_has_an_exit_code_of_its_own(calls, capsys):
    assert run("queue_health", "-p", "market=nowhere") == 16
    assert capsys.readouterr().err.splitlines()[-1] == "No case falls into the period."


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["queue_helth"], 12, "Did you mean 'queue_health'"),
        (["queue_health", "-p", CANARY], 12, "name=value"),
        (["queue_health", "--params", "none.toml"], 12, "none.toml"),
        (["queue_health", "--to", "pfd"], 12, "Did you mean 'pdf'"),
        (["queue_health", "--casebook", "nowhere"], 10, "tskit init"),
        (["queue_health", "-p", "source=mian"], 10, "Did you mean 'main'"),
        (["queue_health", "-p", "source=gone/x.csv"], 10, "names: main"),
    ],
)
def test_what_cannot_be_run_starts_nothing(calls, capsys, arguments, code, part):
    assert run(*arguments) == code
    shown = capsys.readouterr().err
    assert part in shown
    assert CANARY not in shown
    assert calls == []
