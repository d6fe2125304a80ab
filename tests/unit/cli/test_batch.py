from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.support.hands import sealed
from tskit.cli import main
from tskit.runs.batch import Standing, Told, left_to_do, standings
from tskit.runs.batch.standing import clear
from tskit.runs.starter import starter

CANARY = "canary-7f3a"
GRID = '[cross]\nmarket = ["ID", "TH", "JP"]\n'


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Return a casebook, the working folder; runs end as `ends` says by market, and nothing is executed or loaded."""
    import tskit.cases  # noqa: PLC0415  # the fixture replaces a name in it
    import tskit.runs.batch  # noqa: PLC0415  # as above

    (tmp_path / "casebook.toml").write_text('name = "mine"\n[sources.main]\ncases = "x.csv"\n', encoding="utf-8")
    (tmp_path / "x.csv").write_text("id\n", encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "queue_health.py").write_text(starter("queue_health"), encoding="utf-8")
    (tmp_path / "grid.toml").write_text(GRID, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    seen = SimpleNamespace(root=tmp_path, ends={}, ended="whole", conduct=[], loads=[], data="1")

    def load(scope, *, casebook):
        seen.loads.append(scope.source)
        return SimpleNamespace(fingerprint=seen.data)

    def carry_out(plan, folder, conduct):
        seen.conduct.append(conduct)
        seen.work = conduct.crew(8).do
        todo = left_to_do(plan, standings(plan, folder), is_failed_repeated=conduct.is_failed_repeated)
        for number, run in enumerate(todo, start=1):
            status = seen.ends.get(run.given["market"][0], "ok")
            if status != "missing":
                clear(folder / run.id)
                sealed(folder / run.id, status, "KeyError" if status == "failed" else "")
                kind = "KeyError" if status == "failed" else ""
                conduct.tell(Told(run, Standing(status, kind, 4.24), number, len(todo), 130.0 if number == 1 else None))
        return seen.ended

    monkeypatch.setattr(tskit.cases, "load", load)
    monkeypatch.setattr(tskit.runs.batch, "carry_out", carry_out)
    return seen


def batch(*arguments):
    with pytest.raises(SystemExit) as caught:
        main(["batch", *map(str, arguments)])
    return caught.value.code


def folder_of(book):
    return next((book.root / "runs").glob("batch-*"))


def test_the_page_of_all_runs_knows_of_a_batch_where_there_is_one(book, capsys):
    page = book.root / "runs" / "index.html"
    assert batch("queue_health", "--grid", "grid.toml", "-p", "source=main") == 0
    assert not page.exists()
    page.write_text("old", encoding="utf-8")
    assert batch("queue_health", "--grid", "grid.toml", "-p", "source=main") == 0
    assert folder_of(book).name in page.read_text(encoding="utf-8")


def test_a_batch_tells_each_run_and_ends_with_the_page_that_compares_them(book, capsys):
    assert batch("queue_health", "--grid", "grid.toml", "-p", "source=main", "--workers", "2") == 0
    shown = capsys.readouterr()
    folder = folder_of(book)
    assert shown.err.splitlines() == [
        f"{folder}: 3 of 3 runs to do",
        "1/3 market=ID done 4.2 s, about 2 min left",
        "2/3 market=TH done 4.2 s",
        "3/3 market=JP done 4.2 s",
    ]
    assert shown.out.splitlines() == ["Queue health for 3 questions: 3 done.", str(folder / "index.html")]
    assert (folder / "index.html").is_file()
    assert (folder / "summary.csv").read_text(encoding="utf-8").splitlines()[
        0
    ] == '"run","outcome","why","started","seconds","market"'
    assert book.loads == ["main"]
    assert book.conduct[0].crew(2).size == 2
    assert book.work.after.keywords == {"formats": (), "record_url": ""}
    plan = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    assert [run["given"] for run in plan["runs"]] == [
        {"source": "main", "market": [name]} for name in ("ID", "TH", "JP")
    ]
    assert set(plan["marks"]) == {
        "the template",
        "the grid",
        "the casebook's settings",
        "tskit itself",
        "the data of main",
    }


def test_a_dry_run_shows_the_runs_and_leaves_nothing(book, capsys):
    assert batch("queue_health", "--grid", "grid.toml", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        *("1/3 market=ID", "2/3 market=TH", "3/3 market=JP"), "3 runs of queue_health over market. Nothing was started."
    ]  # fmt: skip
    assert not (book.root / "runs").exists()
    assert book.loads == []


@pytest.mark.parametrize(
    ("ends", "code", "said"),
    [
        ({}, 0, "3 done"),
        ({"ID": "no_data"}, 0, "2 done, 1 no data"),
        ({"ID": "no_data", "TH": "no_data", "JP": "no_data"}, 16, "3 no data"),
        ({"ID": "failed"}, 14, "2 done, 1 failed"),
        ({"ID": "failed", "TH": "no_data"}, 14, "1 failed, 1 no data, 1 done"),
    ],
)
def test_the_exit_code_says_what_kind_of_end_it_was(book, capsys, ends, code, said):
    book.ends = ends
    assert batch("queue_health", "--grid", "grid.toml") == code
    shown = capsys.readouterr()
    assert f": {said}." in shown.out
    assert ("--retry-failed" in shown.err) == (code == 14)


@pytest.mark.parametrize(("ended", "code", "said"), [("interrupted", 130, "Stopped."), ("failures", 14, "Too many")])
def test_a_batch_that_ends_early_says_how_it_goes_on(book, capsys, ended, code, said):
    book.ended, book.ends = ended, {"TH": "missing", "JP": "missing"}
    assert batch("queue_health", "--grid", "grid.toml") == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert f"To go on: tskit batch --resume {folder_of(book)}\n" in shown.err
    assert ": 2 not run, 1 done." in shown.out


def test_a_second_ctrl_c_says_how_it_goes_on_as_well(book, capsys, monkeypatch):
    def carry_out(plan, folder, conduct):
        raise KeyboardInterrupt

    monkeypatch.setattr("tskit.runs.batch.carry_out", carry_out)
    assert batch("queue_health", "--grid", "grid.toml") == 130
    assert capsys.readouterr().err.endswith(f"To go on: tskit batch --resume {folder_of(book)}\n")


def test_a_batch_is_taken_up_by_its_name_its_folder_or_as_the_latest(book, capsys):
    book.ends, book.ended = {"TH": "missing", "JP": "missing"}, "interrupted"
    batch("queue_health", "--grid", "grid.toml", "--workers", "1", "--to", "pdf", "--stop-after-failures", "1")
    folder = folder_of(book)
    book.ends, book.ended = {"TH": "failed"}, "whole"
    capsys.readouterr()
    assert batch("--resume", "latest", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        *("2/3 market=TH", "3/3 market=JP"), "3 runs of queue_health over market, 1 of them done. Nothing was started."
    ]  # fmt: skip
    assert batch("--resume", folder.name) == 14
    assert "2/3 market=TH failed (KeyError) 4.2 s" in capsys.readouterr().err
    assert (book.conduct[-1].share, book.conduct[-1].crew(8).size) == (1.0, 1)
    assert book.work.after.keywords["formats"] == ("pdf",)
    book.ends = {}
    assert batch("--resume", folder) == 14
    assert batch("--resume", "latest", "--retry-failed") == 0


@pytest.mark.parametrize(
    "what", ["the template", "the grid", "the casebook's settings", "the data of the first source"]
)
def test_a_batch_is_not_taken_up_when_what_it_rests_on_has_changed(book, capsys, what):
    book.ends, book.ended = {"JP": "missing"}, "interrupted"
    batch("queue_health", "--grid", "grid.toml")
    path = {
        "the template": book.root / "templates" / "queue_health.py",
        "the grid": book.root / "grid.toml",
        "the casebook's settings": book.root / "casebook.toml",
    }.get(what, book.root / "other.txt")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# another\n")
    book.data = "2" if "data" in what else "1"
    capsys.readouterr()
    assert batch("--resume", "latest") == 12
    assert f"this has changed since: {what}." in capsys.readouterr().err


def test_a_grid_that_is_gone_does_not_keep_a_batch_from_going_on(book):
    book.ends, book.ended = {"JP": "missing"}, "interrupted"
    batch("queue_health", "--grid", "grid.toml")
    (book.root / "grid.toml").unlink()
    book.ends, book.ended = {}, "whole"
    assert batch("--resume", "latest") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        ([], 12, "Name a template and a grid"),
        (["queue_health"], 12, "Name a template and a grid"),
        (["queue_helth", "--grid", "grid.toml"], 12, "Did you mean 'queue_health'"),
        (["queue_health", "--grid", "gone.toml"], 12, "no readable file"),
        (["queue_health", "--grid", "grid.toml", "-p", "market=ID"], 12, "market varies and is fixed as well"),
        (["queue_health", "--grid", "grid.toml", "-p", f"top={CANARY}"], 12, "-p top"),
        (["queue_health", "--grid", "grid.toml", "-p", "source=mian"], 10, "Did you mean 'main'"),
        (["queue_health", "--grid", "grid.toml", "--to", "pfd"], 12, "Did you mean 'pdf'"),
        (["queue_health", "--grid", "grid.toml", "--alert"], 12, "[[alerts]]"),
        (["queue_health", "--grid", "grid.toml", "--retry-failed"], 12, "goes with --resume"),
        (["queue_health", "--resume", "latest"], 12, "leave out the template"),
        (["--resume", "latest"], 12, "holds no batch"),
        (["--resume", "batch-x"], 12, "There is no batch 'batch-x'"),
        (["--resume", "templates"], 10, "holds no whole plan"),
    ],
)
def test_what_cannot_be_begun_starts_nothing(book, capsys, arguments, code, part):
    assert batch(*arguments) == code
    shown = capsys.readouterr().err
    assert part in shown
    assert CANARY not in shown
    assert book.conduct == []
    assert not list(book.root.glob("runs/*"))
