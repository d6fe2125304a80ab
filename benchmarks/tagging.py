"""From a key to a tag that is safe on the disk, in a real JupyterLab: the review widget beside a tagger of plain ipywidgets.

Both write the same judgements through `tskit.causes.record` into SQLite (WAL, synchronous FULL). A tag takes two keys;
they are pressed as a person does, and the time runs from the second key going down in the browser (its own time stamp)
to the return of `record` in the kernel, both by the machine's clock. `seen` runs on until the page shows what follows,
`record_cpu` is the CPU of the thread that writes. Both taggers stand open in the same server and browser, and take turns
of ten tags, so that what else the machine does hits both alike.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from measure import arguments, machine, measure, ratio, show, table, versions, write_json

STROKE_MS, PAUSE_MS = 120, 380
TURN = 10
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
    spent = time.thread_time()
    written = _record(log, tag)
    _times.write(f"{{time.time() * 1000}} {{(time.thread_time() - spent) * 1000}}\\n")
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
        return show(tagged(parsed.path, parsed.variant.split("+"), 10 if parsed.quick else 60))
    costs, ratios = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        for size in parsed.sizes:
            folder = _casebook((parsed.data or Path(temporary)) / f"{size}", size)
            more = ["--quick"] if parsed.quick else []
            made = measure(__file__, "--path", str(folder), *more, variant="+".join(parsed.only or TAGGERS))
            costs[str(size)] = [made]
            ratios[str(size)] = _report(size, made)
    write_json(parsed.json, name="tagging", costs=costs, ratios=ratios)
    return None


def _casebook(folder, size):
    from tskit.sources.synthetic import write_sample  # noqa: PLC0415  # only the parent makes data

    if not (folder / "casebook.toml").exists():
        write_sample(folder, cases=size, seed=7)
    return folder


def _report(size, made):
    if made.code:
        print(f"{made.variant} failed: {made.error}")
        return {}
    found, load = made.result["taggers"], made.result["load"]
    rows = [[name, *(figures[name] for figures in found.values())] for name in FIGURES]
    print(
        f"\n{size:,} cases   {versions('anywidget', 'ipywidgets', 'jupyterlab', 'sqlalchemy', 'playwright')}   {machine()}"
    )
    print(table(rows, head=["ms, but for counts and first_case_s", *found]))
    print(f"load average {load[0]:.1f} before, {load[1]:.1f} after")
    print(f"ipywidgets alone lacks: {LACKS}")
    if set(TAGGERS) <= set(found):
        return {name: ratio(found["tskit"][name], found["ipywidgets"][name]) for name in ("durable_p50", "durable_p95")}
    return {}


def tagged(casebook: Path, names, tags: int):
    """Return how long `tags` tags took in each of these taggers, which take turns in one JupyterLab."""
    from tests.browser.lab import Lab, closed_browser  # noqa: PLC0415  # only the child drives a browser

    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as temporary, closed_browser() as page:
        folder = Path(temporary)
        with Lab(folder / "lab") as lab:
            desks = {
                name: _open(lab, page.context.new_page(), name, folder=folder, casebook=casebook) for name in names
            }
            for start in range(0, tags, TURN):
                for desk in desks.values():
                    _press(desk, range(start, min(start + TURN, tags)))
            return {
                "taggers": {name: _figures(desk, tags) for name, desk in desks.items()},
                "load": [before, os.getloadavg()[0]],
            }


def _open(lab, page, name, *, folder, casebook):
    from tests.browser.review_desk import run_cell  # noqa: PLC0415  # only the child

    times = folder / f"{name}.txt"
    setup = COMMON.format(person=f"{name}-{folder.name}", casebook=str(casebook), times=str(times))
    root, shown, focus, cell = TAGGERS[name]
    page.set_default_timeout(60_000)
    lab.write(f"{name}.ipynb", setup, cell)
    lab.open(page, f"{name}.ipynb")
    run_cell(page, 0)
    begun = time.monotonic()
    run_cell(page, 1)
    page.wait_for_selector(focus if name == "ipywidgets" else f"{root} .tk-id")
    taken = time.monotonic() - begun
    page.wait_for_timeout(1000)
    page.evaluate(WITNESS, [root, shown])
    return {"page": page, "focus": focus, "times": times, "first_case_s": taken}


def _press(desk, numbers):
    page = desk["page"]
    page.bring_to_front()
    page.focus(desk["focus"])
    page.wait_for_timeout(PAUSE_MS)
    for number in numbers:
        for key in CAUSES[number % len(CAUSES)]:
            page.keyboard.press(key)
            page.wait_for_timeout(STROKE_MS)
        # A person looks at the next case before they press again.
        page.wait_for_function("count => window.seen.length >= count", arg=number + 1)
        page.wait_for_timeout(PAUSE_MS)


def _figures(desk, tags):
    downs, seen = desk["page"].evaluate("window.downs")[1::2], desk["page"].evaluate("window.seen")
    written = [tuple(map(float, line.split())) for line in desk["times"].read_text(encoding="utf-8").splitlines()]
    durable = [_until(down, [at for at, _ in written]) for down in downs]
    shown = [_until(down, seen) for down in downs]
    spreads = {"durable": durable, "seen": shown, "record_cpu": [cpu for _, cpu in written]}
    return {
        "tags": len(written),
        "lost": tags - len(written),
        "first_case_s": desk["first_case_s"],
        **{f"{name}_{part}": value for name, times in spreads.items() for part, value in _spread(times).items()},
        "durable_ms": durable,
    }


def _until(down, moments):
    return min((moment - down for moment in moments if moment >= down), default=None)


def _spread(values):
    known = [value for value in values if value is not None]
    cuts = statistics.quantiles(known, n=20)
    return {"p50": statistics.median(known), "p95": cuts[-1], "max": max(known)}


TAGGERS = {
    "tskit": (".tk-review", ".tk-name", ".tk-review", OURS),
    "ipywidgets": (".plain-keys", ".plain-status", ".plain-keys input", PLAIN),
}
FIGURES = ("tags", "lost", "first_case_s", "durable_p50", "durable_p95", "durable_max", "seen_p50", "seen_p95")
FIGURES += ("record_cpu_p50", "record_cpu_p95")

if __name__ == "__main__":
    main()
