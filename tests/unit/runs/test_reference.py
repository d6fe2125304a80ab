"""The page of templates."""

from pathlib import Path

from tskit.runs import Template, templates
from tskit.runs.reference import page

ROOT = Path(__file__).parents[3]
FOUND = [Template.from_file(path) for path in templates([ROOT / "templates"]).values()]


def test_the_page_names_every_template_and_what_each_parameter_is_for():
    text = page(FOUND)
    assert [found.name for found in FOUND if f"## {found.name}\n" not in text or found.summary not in text] == []
    asked = [(found.name, parameter.name) for found in FOUND for parameter in found.parameters]
    assert len(asked) > 10
    for found in FOUND:
        section = text.split(f"## {found.name}\n")[1].split("\n## ")[0]
        assert [p.name for p in found.parameters if f"| `{p.name}` | `{p.kind}` |" not in section] == []


def test_the_page_that_is_kept_is_the_present_one():
    kept = (ROOT / "docs" / "reference" / "templates.md").read_text(encoding="utf-8")
    assert kept == page(FOUND), "Run: make docs"
