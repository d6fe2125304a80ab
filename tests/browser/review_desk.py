"""A review queue in a real JupyterLab: how it is opened, what was on the screen at each key, what was saved."""

import json
import time
from pathlib import Path

from tskit.causes import TagLog, judgements, taxonomy_of
from tskit.model import Casebook
from tskit.records import open_store

SETUP = """
import os
os.environ["TSKIT_PERSON"] = {person!r}
open({pid!r}, "w").write(str(os.getpid()))
from tskit import Scope, load
from tskit.ui import review
cases = load(Scope.from_parameters(start="2020-01-01", end="2030-12-31"), casebook={casebook!r})
"""

# What was on the screen when a key went down: the one witness of "each tag on the case that was on screen".
WITNESS = """() => {
    window.strokes = [];
    document.addEventListener("keydown", (event) => {
        const root = event.target.closest(".tk-review");
        if (root) window.strokes.push([event.key, root.querySelector(".tk-id").textContent]);
    }, true);
}"""
CASE = ".tk-review .tk-name .tk-id"


def open_desk(lab, page, casebook, *, person, name="review.ipynb", call="review(cases)"):
    """Open a notebook with a queue for `person`; return the seconds from running the call to the first case."""
    setup = SETUP.format(person=person, casebook=str(casebook), pid=str(lab.folder / f"{person}.pid"))
    lab.write(name, setup, call)
    lab.open(page, name)
    run_cell(page, 0)
    begun = time.monotonic()
    run_cell(page, 1)
    page.wait_for_selector(CASE)
    taken = time.monotonic() - begun
    page.evaluate(WITNESS)
    page.locator(".tk-review").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    return taken


def run_cell(page, place):
    """Run one cell and wait until the kernel has answered."""
    page.evaluate(
        """async (place) => { const notebook = window.openedNotebook.content;
            notebook.activeCellIndex = place; notebook.deselectAll();
            await window.jupyterapp.commands.execute('notebook:run-cell'); }""",
        place,
    )


def kernel_of(lab, person):
    """Return the process id of the kernel that a person's notebook runs in."""
    return int(Path(lab.folder / f"{person}.pid").read_text(encoding="utf-8"))


def shown(page):
    """Return the id of the case on the screen."""
    return page.inner_text(CASE)


def press(page, *keys, gap=30):
    """Press keys as a person does: one after the other."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(gap)


def press_and_move_on(page, *keys, gap=30):
    """Press keys that save, and wait until another case is on the screen for long enough to be read."""
    before = shown(page)
    press(page, *keys, gap=gap)
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).textContent !== before", arg=[CASE, before]
    )
    page.wait_for_timeout(200)
    return before


def saved(casebook, person):
    """Return what stands in the log for a person: case id and cause or kind, in the order in which it was made."""
    book = Casebook.read(casebook)
    with open_store(book.root / "records.sqlite") as store:
        found = judgements(TagLog(store, taxonomy_of(book)), tagger=person)
    said = [row.cause if row.kind == "tag" else row.kind for row in found.itertuples()]
    return list(zip(found["case_id"], said, strict=True))


def strokes(page):
    """Return each key that went down in the widget, with the case that was on the screen."""
    return [tuple(pair) for pair in page.evaluate("window.strokes")]


def save_notebook(page):
    """Save the notebook, twice, so that there is a checkpoint of it, too."""
    for _ in range(2):
        page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")


def load_again(lab, page, name):
    """Load the whole page anew, with the notebook as it was saved; the kernel, if it lives, is the same."""
    save_notebook(page)
    lab.open(page, name)


def keep_widget_state(lab):
    """Have JupyterLab save the state of widgets into notebooks, which it does not by default."""
    path = lab.folder / "settings/@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"saveState": True}), encoding="utf-8")
