from pathlib import Path

from tskit.metrics.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"


def test_the_committed_page_is_what_the_definitions_say():
    """When this fails, write the page again: `PAGE.write_text(reference())`."""
    assert reference() == PAGE.read_text(encoding="utf-8")
