"""Examples of a page of the docs, as it shows them: what is documented is what the tests run."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["fences", "placed"]

DOCS = Path(__file__).parents[2] / "docs"


def fences(page, kind):
    """Return the code blocks of one kind on a page below docs/, in their order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def placed(text, places):
    """Return an example with the paths that it names put where this test has them, the longest first."""
    for named in sorted(places, key=len, reverse=True):
        assert named in text, f"the example does not name {named}"
        text = text.replace(named, str(places[named]))
    return text
