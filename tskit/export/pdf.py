"""Prints a report as PDF by a Chromium that is already there, offline and with scripts off."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from tskit.errors import RunError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["arguments", "find_browser", "write"]

_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
_FIX = "Install Chromium, Chrome or Edge, or name one in TSKIT_CHROMIUM; report.html prints as well from any browser."


def find_browser(named: str = "") -> str:
    """Return the path of the browser that was `named`, or of the first one on the path.

    Raises:
        RunError: there is none.
    """
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _BROWSERS)), None)
    if not found:
        raise RunError(f"There is no browser {'there' if named else 'on the path'} to draw a PDF. {_FIX}")
    return found


def write(page: Path, path: Path, *, chromium: str = "") -> Path:
    """Print the report `page` to `path` as a tagged PDF with an outline, and return it.

    Raises:
        RunError: playwright or a browser is missing, or the browser failed; the message names the fix.
    """
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra; only a PDF needs it
    except ImportError:
        raise RunError("A PDF needs playwright. Install it: pip install 'ts-investigation-kit[pdf]'") from None
    browser_path = find_browser(chromium)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browser_path, args=arguments())
            context = browser.new_context(java_script_enabled=False, offline=True, color_scheme="light")
            tab = context.new_page()
            tab.goto(page.resolve().as_uri())
            tab.pdf(path=str(path), prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
            browser.close()
    except Error as error:
        cause = str(error).partition("\n")[0]
        raise RunError(f"The browser {browser_path} could not draw the PDF ({cause}). {_FIX}") from None
    return path


def arguments() -> list[str]:
    """Return what the browser must be started with here."""
    # Chromium refuses its sandbox to root, as in a container; everybody else keeps it.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--no-sandbox"] if is_root else []
