from pathlib import Path

from tskit.causes.reference import page
from tskit.causes.taxonomy_file import bundled

ROOT = Path(__file__).parents[3]


def test_the_page_says_of_every_cause_what_the_taxonomy_says():
    text = page()
    causes = bundled().causes
    assert [c.id for c in causes if c.name not in text or c.definition not in text] == []
    assert text.count("\n| `RC") == sum(c.level == 2 for c in causes)
    assert text.count("Tagged as the trigger only") == 2


def test_the_page_that_is_kept_is_the_present_one():
    kept = (ROOT / "docs" / "reference" / "taxonomy.md").read_text(encoding="utf-8")
    assert kept == page(), "Run: make docs"
