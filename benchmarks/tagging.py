"""From a key to a tag that is safe on the disk, in a real JupyterLab: the review widget beside a tagger of plain ipywidgets.

Both write the same judgements through `tskit.causes.record` into SQLite (WAL, synchronous FULL). A tag takes two keys;
they are pressed as a person does, and the time runs from the second key going down in the browser (its own time stamp)
to the return of `record` in the kernel, both by the machine's clock. `seen` runs on until the page shows what follows.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from measure import arguments, machine, measure, ratio, show, table, versions, write_json

STROKE_MS, PAUSE_MS = 120, 380
CAUSES = ("21", "14", "41", "52", "63")
COMMON = """
import json, os, time
os.environ["TSKIT_PERSON"] = {person!r}
from tskit import Scope, causes, load
from tskit.ui import review
cases = load(Scope.from_parameters(start="2020-01-01", end="2030-12-31"), casebook={casebook!r})
log = causes.open_log(cases.casebook)
_record = causes.record
_times = open({times!r}, "a", buffering=1)
def record(log, tag):
    written = _record(log, tag)
    _times.write(f"{{time.time() * 1000}}\\n")
    return written
causes.record = record
"""
OURS = "review(cases, log=log)"
PLAIN = """
import ipywidgets as W
from datetime import UTC, datetime
from secrets import token_hex
from tskit.model import Tag
from tskit.ui.review.queue import opened_order

order, place, first = opened_order(cases), 0, ""
facts, status = W.Label(), W.Label()
keys = W.Text(placeholder="type two digits here", continuous_update=True)  # ipywidgets hears no key, only a field's text
keys.add_class("plain-keys"); facts.add_class("plain-case"); status.add_class("plain-status")

def show():
    row = cases.cases.filter(cases.cases.case_id == order[place]).select("case_id", "market", "policy_id").to_pyarrow().to_pylist()[0]
    facts.value = " | ".join(str(value) for value in row.values())

def typed(change):
    global place
    if len(change["new"]) < 2:
        return
    cause = f"RC{change['new'][0]}.{change['new'][1]}"
    causes.record(log, Tag(order[place], cause, os.environ["TSKIT_PERSON"], datetime.now(UTC), key=token_hex(16)))
    place += 1
    keys.value = ""
    show()
    status.value = f"Saved {cause}"

keys.observe(typed, "value")
show()
W.VBox([facts, keys, status])
"""
WITNESS = """([keys, shown]) => {
    window.downs = []; window.seen = [];
    document.addEventListener("keydown", (event) => {
        if (event.target.closest(keys)) window.downs.push(performance.timeOrigin + event.timeStamp); }, true);
    new MutationObserver(() => window.seen.push(performance.timeOrigin + performance.now()))
        .observe(document.querySelector(shown), {childList: true, subtree: true, characterData: true});
}"""
LACKS = "no keys of its own, drops keys typed while it saves, facts in saved state, no covering, no retry, no undo"


def main() -> None:
    """Run both taggers and print the table of milliseconds."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(100_000,), quick=(2_000,))
    if parsed.variant:
        return show(tagged(parsed.path, parsed.variant, 10 if parsed.quick else 60))
    costs, ratios = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        for size in parsed.sizes:
            folder = _casebook((parsed.data or Path(temporary)) / f"{size}", size)
            more = ["--quick"] if parsed.quick else []
            made = [measure(__file__, "--path", str(folder), *more, variant=v) for v in parsed.only or VARIANTS]
            costs[str(size)] = made
            ratios[str(size)] = _report(size, made)
    write_json(parsed.json, name="tagging", costs=costs, ratios=ratios)
    return None


def _casebook(folder, size):
    from tskit.sources.synthetic import write_sample  # noqa: PLC0415  # only the parent makes data

    if not (folder / "casebook.toml").exists():
        write_sample(folder, cases=size, seed=7)
    return folder


def _report(size, made):
    for cost in made:
        if cost.code:
            print(f"{cost.variant} failed: {cost.error}")
    found = {cost.variant: cost.result for cost in made if not cost.code}
    names = ("tags", "lost", "first_case_s", "durable_p50", "durable_p95", "durable_max", "seen_p50", "seen_p95")
    rows = [[name, *(found[variant][name] for variant in found)] for name in names]
    print(
        f"\n{size:,} cases   {versions('anywidget', 'ipywidgets', 'jupyterlab', 'sqlalchemy', 'playwright')}   {machine()}"
    )
    print(table(rows, head=["ms, but for counts and first_case_s", *found]))
    print(f"ipywidgets alone lacks: {LACKS}")
    if {"tskit", "ipywidgets"} <= set(found):
        ours, theirs = found["tskit"]["durable_p95"], found["ipywidgets"]["durable_p95"]
        return {"durable_p95": ratio(ours, theirs)}
    return {}


def tagged(casebook: Path, variant: str, tags: int):
    """Return how long `tags` tags took in a JupyterLab of its own."""
    from tests.browser.lab import Lab, closed_browser  # noqa: PLC0415  # only the child drives a browser

    with tempfile.TemporaryDirectory() as temporary, closed_browser() as page:
        folder = Path(temporary)
        times = folder / "times.txt"
        with Lab(folder / "lab") as lab:
            root, shown = (".tk-review", ".tk-name") if variant == "tskit" else (".plain-keys", ".plain-status")
            setup = COMMON.format(person=f"{variant}-{folder.name}", casebook=str(casebook), times=str(times))
            first = _open(lab, page, [setup, OURS if variant == "tskit" else PLAIN], root)
            page.evaluate(WITNESS, [root, shown])
            _press(page, tags)
            downs = page.evaluate("window.downs")[1::2]
            return _figures(downs, times, page.evaluate("window.seen"), tags) | {"first_case_s": first}


def _open(lab, page, cells, root):
    import time  # noqa: PLC0415  # only the child

    from tests.browser.review_desk import run_cell  # noqa: PLC0415  # only the child

    lab.write("tagging.ipynb", *cells)
    lab.open(page, "tagging.ipynb")
    run_cell(page, 0)
    begun = time.monotonic()
    run_cell(page, 1)
    focus = f"{root} input" if root == ".plain-keys" else root
    page.wait_for_selector(".tk-review .tk-id" if root == ".tk-review" else f"{root} input")
    taken = time.monotonic() - begun
    page.focus(focus)
    page.wait_for_timeout(1000)
    return taken


def _press(page, tags):
    for number in range(tags):
        for key in CAUSES[number % len(CAUSES)]:
            page.keyboard.press(key)
            page.wait_for_timeout(STROKE_MS)
        # A person looks at the next case before they press again.
        page.wait_for_function("count => window.seen.length >= count", arg=number + 1)
        page.wait_for_timeout(PAUSE_MS)


def _figures(downs, times, seen, tags):
    written = [float(line) for line in times.read_text(encoding="utf-8").splitlines()]
    durable = [_until(down, written) for down in downs]
    shown = [_until(down, seen) for down in downs]
    durable, shown = [t for t in durable if t is not None], [t for t in shown if t is not None]
    return {
        "tags": len(written),
        "lost": tags - len(written),
        **{f"durable_{name}": value for name, value in _spread(durable).items()},
        **{f"seen_{name}": value for name, value in _spread(shown).items()},
        "durable_ms": durable,
    }


def _until(down, moments):
    return min((moment - down for moment in moments if moment >= down), default=None)


def _spread(values):
    cuts = statistics.quantiles(values, n=20)
    return {"p50": statistics.median(values), "p95": cuts[-1], "max": max(values)}


VARIANTS = ("tskit", "ipywidgets")

if __name__ == "__main__":
    main()
