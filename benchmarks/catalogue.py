"""The catalogue of many runs: how large its page is, what writing it costs, and how soon a filter answers in a browser.

The rows are made up: ten markets, five headline figures each, a round of ten a day. A filter's time runs in
the page, from the event of a key to the layout of what is left, which is forced so that nothing of it hides in the next frame.
It is wall time, which a busy machine stretches: of each change of the words the quickest of six rounds counts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from typing import TYPE_CHECKING

from measure import arguments, machine, measure, show, spent, table, versions, write_json

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("scam", "hk 2.3", "", "id 2.4", "", "nothing of the kind", "", "vn", "")
ROUNDS = 6
FILTER = """words => {
    const field = document.getElementById('f-q');
    field.value = words;
    const start = performance.now();
    field.dispatchEvent(new Event('input', { bubbles: true }));
    document.body.getBoundingClientRect();
    return performance.now() - start;
}"""


def catalogue(path: Path, size: int) -> None:
    """Write the page of `size` runs, open it, and filter it."""
    from tests.support.run_rows import MADE, many  # noqa: PLC0415  # the child alone
    from tskit.export.html import site  # noqa: PLC0415  # as above

    rows = many(size)
    site(many(10), path, made=MADE)  # imports and templates, once
    start = spent()
    page = site(rows, path, made=MADE)
    cost = spent(start)
    times = filtered(page)
    show(
        {
            "write_cpu": round(cost.cpu, 2),
            "mb": round(page.stat().st_size / 1e6, 2),
            "filter_ms": round(statistics.median(times), 1),
            "slowest_ms": round(max(times), 1),
        }
    )


def filtered(page: Path) -> list[float]:
    """Return how many milliseconds each change of the words took at its quickest."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # as above

    found = os.environ.get("TSKIT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(page.as_uri())
        rounds = [[tab.evaluate(FILTER, words) for words in WORDS] for _ in range(ROUNDS)]
        browser.close()
    return [min(times) for times in zip(*rounds, strict=True)]


def main() -> None:
    """Print the table, or do one piece of work."""
    asked = arguments(__doc__ or "", sizes=(200, 2_000), quick=(200,))
    if asked.variant:
        catalogue(asked.path, int(asked.variant))
        return
    rows, costs = [], {}
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            cost = measure(__file__, "--path", folder, variant=str(size))
        costs[f"{size} runs"] = [cost]
        said = [cost.result.get(name, cost.error) for name in ("mb", "write_cpu", "filter_ms", "slowest_ms")]
        rows.append([f"{size:,}", *said])
    print(table(rows, head=["runs", "page, MB", "to write, CPU s", "filter, ms", "slowest, ms"]))
    print(machine(), versions("jinja2", "playwright"))
    write_json(asked.json, name="catalogue", costs=costs, ratios={})


if __name__ == "__main__":
    main()
