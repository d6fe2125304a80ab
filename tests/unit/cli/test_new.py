from __future__ import annotations

import json
from pathlib import Path

import pytest

from tskit.cli import main
from tskit.runs.starter import starter


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Return a function that calls the verb in a casebook and returns exit code, output and errors."""
    (tmp_path / "casebook.toml").write_text('name = "mine"\n[sources.main]\ncases = "x.csv"\n', encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "queue_health.py").write_text(starter("queue_health"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["new", *map(str, arguments)])
        shown = capsys.readouterr()
        return caught.value.code, shown.out, shown.err

    return run


def test_a_notebook_is_begun_in_the_casebook_and_git_does_not_see_it(call, tmp_path):
    code, shown, _ = call("queue_health", "--title", "Lumen in June", "-p", "market=ID,TH", "-p", "start=2026-06-01")
    path = Path(shown.strip())
    assert code == 0
    assert path.parent == tmp_path / "notebooks"
    assert path.name.endswith("-queue_health-lumen-in-june.ipynb")
    assert (tmp_path / "notebooks" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    parameters = "".join(cells[1]["source"])
    assert 'market: list[str] = ["ID", "TH"]' in parameters
    assert 'start: str = "2026-06-01"' in parameters
    assert 'casebook: str = ".."' in parameters


def test_a_second_notebook_of_the_name_lies_beside_the_first(call):
    paths = {call("queue_health")[1].strip() for _ in range(2)}
    assert len(paths) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["queue_helth"], 12, "Did you mean 'queue_health'"),
        (["queue_health", "-p", "markt=ID"], 12, "Did you mean 'market'"),
        (["queue_health", "-p", "start=June"], 12, "2026-03-31"),
        (["queue_health", "-p", "source=mian"], 10, "Did you mean 'main'"),
        (["queue_health", "--title", "a\nb"], 12, "line break"),
        (["queue_health", "--casebook", "nowhere"], 10, "tskit init"),
    ],
)
def test_what_cannot_be_begun_writes_nothing(call, tmp_path, arguments, code, part):
    found, _, said = call(*arguments)
    assert found == code
    assert part in said
    assert list(tmp_path.glob("notebooks/*.ipynb")) == []


def test_without_a_casebook_nothing_is_begun(call, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, _, said = call("trend_report")
    assert code == 10
    assert "tskit init" in said
