"""Takes the picture of a report that the README shows: `python docs/picture.py RUN_FOLDER`, with playwright and Chromium."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from playwright.sync_api import sync_playwright

from tskit.export.pdf import arguments, find_browser

__all__ = ["main", "take"]

_WIDE, _HIGH = 1440, 1500
_SHOWN = 1040


def take(page: Path, picture: Path, *, chromium: str = "") -> Path:
    """Write the top of the report `page` as a PNG of 1040 px width to `picture` and return it."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_browser(chromium), args=arguments())
        tab = browser.new_page(
            viewport={"width": _WIDE, "height": _HIGH}, device_scale_factor=_SHOWN / _WIDE, color_scheme="light"
        )
        tab.goto(page.resolve().as_uri())
        tab.screenshot(path=picture, clip={"x": 0, "y": 0, "width": _WIDE, "height": _HIGH})
        browser.close()
    return picture


def main() -> None:
    """Take the picture of the run that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "run", type=Path, help="the folder of a run, such as casebook/runs/20261102T010400Z-trend_report-7c1e0a"
    )
    parser.add_argument("--picture", type=Path, default=Path(__file__).with_name("report.png"))
    given = parser.parse_args()
    take(given.run / "report.html", given.picture, chromium=os.environ.get("TSKIT_CHROMIUM", ""))


if __name__ == "__main__":
    main()
