"""`tskit lab` for real: what it shows, what it saves, and what it never does."""

import json
import urllib.error
import urllib.request

import pytest

from tests.browser.lab import chromium, closed_browser
from tests.browser.started import Started, held, tree
from tests.support.samples import shared_sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CANARY = "canary-9b1d"
SAYS = """
mark = "".join(("canary", "-", "9b1d"))
import ipywidgets, pandas as pd
from IPython.display import display, HTML
print(mark)
display(HTML(f"<b>{mark}</b>"), pd.DataFrame({"text": [mark]}), ipywidgets.HTML(value=mark))
"""
FAILS = "raise ValueError(mark)"
OURS = "from tskit import Scope, load\nload(Scope())"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    import shutil  # noqa: PLC0415  # the copy is this test's own

    folder = tmp_path_factory.mktemp("own") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=2000), folder)
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory, book):
    chromium()
    with Started(tmp_path_factory.mktemp("lab") / "server", book) as lab, closed_browser() as page:
        page.set_default_timeout(30_000)
        yield lab, page
    assert lab.code == 0
    said = lab.log.read_text()
    # Jupyter itself may stumble where a page is left while it loads; what is ours must not.
    assert "tskit/cli" not in said, said
    assert "Stop it with Ctrl-C." in said
    assert said.rstrip().endswith("JupyterLab is stopped, and its kernels with it.")


def ask(lab, path):
    request = urllib.request.Request(f"{lab.url}{path}", headers={"Authorization": f"token {lab._token}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_it_opens_at_the_first_notebook_and_shows_people_their_rooms(desk, book):
    lab, page = desk
    page.goto(f"{lab.url}?token={lab._token}", wait_until="domcontentloaded")
    page.get_by_role("tab", name="Start here.ipynb").wait_for()
    assert "Start%20here.ipynb" in page.url
    assert (book / "notebooks" / ".gitignore").read_text() == "*\n"


def test_the_launcher_offers_the_templates_and_opens_one(desk, book):
    lab, page = desk
    lab.enter(page)
    page.evaluate("async () => { await window.jupyterapp.commands.execute('launcher:create'); }")
    page.locator(".jp-LauncherCard", has_text="Write-up").click()
    page.locator(".jp-Dialog select").last.select_option("/Templates/trend_report.ipynb")
    page.get_by_role("button", name="GO").click()
    page.locator(".jp-Notebook").get_by_text("What moved, and where").first.wait_for(state="attached")
    assert (book / "notebooks" / "Untitled.ipynb").is_file()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("api/contents/notebooks", 200),
        ("files/casebook.toml", 200),
        ("api/contents/data", 404),
        ("files/data/cases.parquet", 404),
        ("files/truth.json", 404),
        ("files/.cache/lab/settings/overrides.json", 404),
        ("api/terminals", 404),
        ("lsp/status", 404),
    ],
)
def test_data_and_caches_are_not_served(desk, path, code):
    assert ask(desk[0], path) == code


def test_without_the_token_nobody_gets_in(desk):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{desk[0].url}api/contents", timeout=20)
    with caught.value as refused:
        assert refused.code == 403


def test_what_a_cell_prints_is_on_the_screen_and_not_on_the_disk(desk, book):
    lab, page = desk
    lab.write("says.ipynb", SAYS, FAILS, OURS)
    lab.open(page, "says.ipynb")
    page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.locator(".jp-OutputArea-output", has_text="ValueError").wait_for()
    assert page.locator(".jp-OutputArea-output", has_text=CANARY).count() >= 4
    lab.save(page)
    kept = json.loads((book / "notebooks" / "says.ipynb").read_text(encoding="utf-8"))
    assert "ValueError" in json.dumps(kept["cells"][1]["outputs"])
    assert "widgets" not in kept["metadata"]
    # The literal stands in no cell, so wherever it is found it was printed.
    assert held(book, CANARY) == []
    assert held(lab.folder, CANARY) == []


def test_no_checkpoint_is_made_and_a_second_save_is_no_conflict(desk, book):
    lab, page = desk
    for _ in range(2):
        lab.save(page)
    assert page.locator(".jp-Dialog").count() == 0
    assert [name for name in tree(book) if "checkpoint" in name] == []


def test_what_tskit_shows_is_kept(desk, book):
    lab, page = desk
    lab.write("ours.ipynb", OURS)
    lab.open(page, "ours.ipynb")
    page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.locator(".jp-OutputArea-output", has_text="case rows read").last.wait_for()
    lab.save(page)
    (output,) = json.loads((book / "notebooks" / "ours.ipynb").read_text(encoding="utf-8"))["cells"][0]["outputs"]
    assert "application/vnd.tskit.inputs+json" in output["data"]


def test_what_a_kernel_shows_is_encrypted_on_its_way(desk):
    lab, _ = desk
    zmq = pytest.importorskip("zmq")
    connections = [json.loads(path.read_text()) for path in (lab.folder / "runtime").glob("kernel-*.json")]
    assert connections
    assert all("curve_publickey" in one for one in connections) == zmq.has("curve")


def test_kernels_keep_no_history_of_what_was_typed(desk):
    lab, _ = desk
    assert [name for name in tree(lab.folder / "ipython") if "history" in name] == []


def test_nothing_was_asked_of_the_network_and_nothing_went_wrong(desk):
    _, page = desk
    assert page.refused == []
    # jupyterlab_templates asks for the id of the launcher that it has just replaced.
    assert [error for error in page.errors if error != "Cannot read properties of null (reading 'id')"] == []
