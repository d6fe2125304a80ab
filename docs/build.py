"""Write docs/reference/ from the code, or check that it is up to date.

python docs/build.py            write
python docs/build.py --check    name the pages that differ, and fail
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.causes import reference as causes_reference
from tskit.cli import reference as cli_reference
from tskit.metrics import reference as metrics_reference
from tskit.model import reference as columns_reference
from tskit.runs import Template, templates
from tskit.runs import reference as templates_reference

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = Path(__file__).parent / "reference"

TEMPLATES = Path(__file__).parents[1] / "templates"


def templates_page() -> str:
    """Return the page of the project's own templates."""
    return templates_reference.page(map(Template.from_file, templates([TEMPLATES]).values()))


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_reference.page,
    "columns.md": columns_reference.page,
    "metrics.md": metrics_reference.reference,
    "taxonomy.md": causes_reference.page,
    "templates.md": templates_page,
}


def main() -> int:
    """Write or check each page; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is out of date")
    check = parser.parse_args().check
    stale = [name for name, page in PAGES.items() if not _is_current(name, page())]
    for name in stale:
        if check:
            sys.stderr.write(f"docs/reference/{name} is out of date. Run: make docs\n")
        else:
            (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
            sys.stdout.write(f"docs/reference/{name} written\n")
    return 1 if check and stale else 0


def _is_current(name: str, text: str) -> bool:
    path = REFERENCE / name
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
