from __future__ import annotations

import asyncio
import json
import socket

import nbformat
import pytest
from tornado.web import HTTPError

from tskit.cli import main
from tskit.cli.lab_files import CasebookFiles, NoCheckpoints, is_sealed, is_shown
from tskit.cli.lab_saved import REVIEW, SHOWN_ONLY, kept
from tskit.cli.lab_setup import EXTENSIONS, KernelHere, settings, write_settings
from tskit.cli.lab_start import START, write_start
from tskit.model import Casebook
from tskit.ui.review import Review

CANARY = "canary-7f3a"
WIDGET = "application/vnd.jupyter.widget-view+json"


def output(kind="display_data", **data):
    return {"output_type": kind, "data": data, "metadata": {}}


def notebook(*outputs, tags=()):
    cell = {"cell_type": "code", "source": "x", "id": "a", "execution_count": 1, "metadata": {"tags": list(tags)}}
    return {
        "cells": [{**cell, "outputs": list(outputs)}],
        "metadata": {"widgets": {"state": {"x": CANARY}}, "kernelspec": {"name": "python3", "display_name": "P"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def outputs(saved):
    return saved["cells"][0]["outputs"]


SAYS = [
    {"output_type": "stream", "name": "stdout", "text": [CANARY]},
    {"output_type": "stream", "name": "stderr", "text": CANARY},
    output("execute_result", **{"text/plain": CANARY, "text/html": f"<table>{CANARY}"}),
    output(**{"image/png": CANARY, "text/plain": "<Figure>"}),
    output(**{WIDGET: {"model_id": "m"}, "text/plain": f"HTML(value='{CANARY}')", "text/html": CANARY}),
    {"output_type": "error", "ename": "ValueError", "evalue": CANARY, "traceback": [CANARY, f"ValueError: {CANARY}"]},
    {"output_type": "future", "text": CANARY},
]


@pytest.mark.parametrize("said", SAYS)
def test_what_could_quote_a_case_is_not_kept(said):
    given = notebook(said)
    saved = kept(given)
    assert CANARY not in json.dumps(saved)
    assert CANARY in json.dumps(given)


def test_all_that_a_cell_printed_leaves_one_note():
    assert outputs(kept(notebook(*SAYS[:3]))) == [output(**{"text/plain": SHOWN_ONLY})]
    assert kept(kept(notebook(*SAYS))) == kept(notebook(*SAYS))


def test_findings_figures_and_tables_are_kept():
    ours = output(**{"application/vnd.tskit.table+json": {"rows": [1]}, "text/html": "<table>"})
    assert outputs(kept(notebook(ours))) == [ours]


def test_a_widget_keeps_its_place_so_that_a_page_that_is_loaded_again_shows_it():
    (shown,) = outputs(kept(notebook(SAYS[4])))
    assert set(shown["data"]) == {WIDGET, "text/plain"}
    assert shown["data"][WIDGET] == {"model_id": "m"}


def test_the_line_of_a_review_queue_stands_where_its_kernel_is_gone_and_no_other_text_passes_for_it():
    assert repr(Review.__new__(Review)) == REVIEW
    line = output(**{"text/plain": REVIEW})
    for written in (line, {**line, "metadata": {"x": CANARY}}, output(**{"text/plain": [REVIEW]})):
        assert outputs(kept(notebook(written))) == [line]
    for near in (f"{REVIEW} {CANARY}", [CANARY, REVIEW]):
        assert outputs(kept(notebook(output(**{"text/plain": near})))) == [output(**{"text/plain": SHOWN_ONLY})]
    both = output(**{"text/plain": REVIEW, "text/html": CANARY})
    assert CANARY not in json.dumps(kept(notebook(both)))


def test_the_name_of_an_error_is_kept():
    (error,) = outputs(kept(notebook(SAYS[5])))
    assert error["ename"] == "ValueError"
    assert "Run the cell again" in error["traceback"][0]


def test_a_tag_keeps_tables_and_texts_and_never_errors_and_controls():
    saved = outputs(kept(notebook(*SAYS, tags=["keep-output"])))
    assert saved[:4] == SAYS[:4]
    assert CANARY not in json.dumps(saved[4:6])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", True),
        ("notebooks", True),
        ("notebooks/a.ipynb", True),
        ("runs/x/report.html", True),
        ("/templates/x.ipynb", True),
        ("casebook.toml", True),
        ("data", False),
        ("data/cases.parquet", False),
        ("records.sqlite", False),
        ("truth.json", False),
        ("notebooks/../data/cases.parquet", False),
        ("notebooks/.ipynb_checkpoints/a.ipynb", False),
        (".cache/x/text.parquet", False),
        ("..\\data", False),
    ],
)
def test_data_and_records_are_neither_listed_nor_served(path, expected):
    assert is_shown(path) is expected


@pytest.fixture
def files(tmp_path):
    for room in ("notebooks", "runs/r", "data", ".cache", "templates"):
        (tmp_path / room).mkdir(parents=True)
    (tmp_path / "runs/r/report.html").write_text("x", encoding="utf-8")
    (tmp_path / "records.sqlite").touch()
    return CasebookFiles(root_dir=str(tmp_path), checkpoints_class=NoCheckpoints)


def call(task):
    return asyncio.run(task)


def test_the_top_lists_the_rooms_alone(files):
    assert [entry["path"] for entry in call(files.get(""))["content"]] == ["notebooks", "runs", "templates"]


@pytest.mark.parametrize("path", ["data", "records.sqlite", ".cache", "nowhere.txt"])
def test_what_is_not_shown_does_not_exist(files, path):
    with pytest.raises(HTTPError) as caught:
        call(files.get(path))
    assert caught.value.status_code == 404


def saved(files, path, content, kind="notebook", **more):
    model = {"type": kind, "format": "json" if kind == "notebook" else "text", "content": content, **more}
    return call(files.save(model, path))


def test_a_notebook_is_saved_without_content_and_without_a_checkpoint(files, tmp_path):
    saved(files, "notebooks/a.ipynb", notebook(*SAYS[:6]))
    text = (tmp_path / "notebooks/a.ipynb").read_text(encoding="utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert CANARY not in text
    assert call(files.create_checkpoint("notebooks/a.ipynb"))["id"]
    assert call(files.list_checkpoints("notebooks/a.ipynb")) == []
    assert [path.name for path in (tmp_path / "notebooks").iterdir()] == ["a.ipynb"]


def test_a_notebook_that_is_saved_as_text_loses_the_same(files, tmp_path):
    saved(files, "notebooks/a.ipynb", json.dumps(notebook(*SAYS[:6])), kind="file")
    assert CANARY not in (tmp_path / "notebooks/a.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [{"cells": [3]}, {"cells": 3}, []])
def test_a_notebook_that_cannot_be_looked_through_is_not_saved(files, tmp_path, content):
    with pytest.raises(HTTPError):
        saved(files, "notebooks/a.ipynb", content)
    with pytest.raises(HTTPError):
        saved(files, "notebooks/a.ipynb", "{", kind="file")
    with pytest.raises(HTTPError):
        saved(files, "notebooks/a.ipynb", "x", kind="file", chunk=1)
    assert list((tmp_path / "notebooks").iterdir()) == []


def test_a_run_is_read_and_never_changed(files, tmp_path):
    assert call(files.get("runs/r/report.html"))["writable"] is False
    for change in (
        lambda: saved(files, "runs/r/x.txt", "x", kind="file"),
        lambda: call(files.delete_file("runs/r/report.html")),
        lambda: call(files.rename_file("runs/r", "notebooks/r")),
        lambda: call(files.rename_file("notebooks", "runs/n")),
        lambda: call(files.delete_file("notebooks")),
    ):
        with pytest.raises(HTTPError) as caught:
            change()
        assert caught.value.status_code == 403
    assert is_sealed("templates")
    assert not is_sealed("templates/x.ipynb")


def test_what_is_begun_at_the_top_goes_to_the_notebooks(files):
    assert call(files.new_untitled("", type="notebook"))["path"] == "notebooks/Untitled.ipynb"
    assert call(files.new_untitled("templates", ext=".py"))["path"] == "templates/untitled.py"


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "user"))
    (tmp_path / "casebook.toml").write_text('name = "mine"\n', encoding="utf-8")
    return Casebook.read(tmp_path)


def test_the_server_answers_this_machine_alone_and_asks_nobody_for_news(book, tmp_path):
    config = settings(book, port=None, is_shown=False)
    assert config.ServerApp.ip == "127.0.0.1"
    assert config.ServerApp.allow_remote_access is False
    assert "token" not in config.ServerApp
    assert config.LabApp.news_url is None
    assert config.LabApp.extension_manager == "readonly"
    assert set(EXTENSIONS) == {"jupyterlab", "jupyterlab_templates"}
    assert config.LabApp.user_settings_dir.startswith(str(tmp_path / "user"))


def test_the_launcher_gets_each_template_once_and_the_casebooks_own_first(book, tmp_path):
    (tmp_path / "templates").mkdir()
    own = '# %% [markdown]\n# # My own trends\n\n# %% tags=["parameters"]\nmarket: str = ""  # one market\n'
    (tmp_path / "templates/trend_report.py").write_text(own, encoding="utf-8")
    group = tmp_path / ".cache/lab/templates/Templates"
    group.mkdir(parents=True)
    (group / "gone.ipynb").touch()
    write_settings(book)
    assert "My own trends" in (group / "trend_report.ipynb").read_text(encoding="utf-8")
    assert not (group / "gone.ipynb").exists()
    off = json.loads((tmp_path / ".cache/lab/settings/page_config.json").read_text(encoding="utf-8"))
    assert "@jupyterlab/apputils-extension:announcements" in off["disabledExtensions"]
    assert "anywidget" not in off["disabledExtensions"]


def test_a_template_that_cannot_be_read_is_left_out_and_named(book, tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/half.py").write_text('# %% tags=["parameters"]\nmarket = "ID"\n', encoding="utf-8")
    (trouble,) = write_settings(book)
    assert trouble.startswith("The template half is left out: Line 1 of the parameters cell")
    assert (tmp_path / ".cache/lab/templates/Templates/trend_report.ipynb").is_file()


def test_the_one_kernel_keeps_no_history():
    specs = KernelHere().get_all_specs()
    assert list(specs) == ["python3"]
    assert "--HistoryManager.enabled=False" in specs["python3"]["spec"]["argv"]


def test_the_first_notebook_is_written_once(tmp_path):
    path = write_start(tmp_path)
    assert path.name == START
    nbformat.validate(nbformat.read(path, as_version=4))
    path.write_text("mine", encoding="utf-8")
    assert write_start(tmp_path).read_text(encoding="utf-8") == "mine"


def ended(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        main(["lab", "--no-browser", *map(str, arguments)])
    return caught.value.code, capsys.readouterr().err


def test_without_a_casebook_nothing_is_started(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    code, said = ended(capsys)
    assert code == 10
    assert "tskit init" in said
    assert ended(capsys, "--casebook", tmp_path / "nowhere")[0] == 10
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named(book, tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = ended(capsys, "--casebook", tmp_path, "--port", taken.getsockname()[1])
    assert code == 12
    assert "--port" in said
