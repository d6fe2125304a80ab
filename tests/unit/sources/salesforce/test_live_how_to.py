"""What the pages about live organisations show is what there is."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from tskit.model import Source
from tskit.sources.salesforce.live.checks import _QUESTIONS
from tskit.sources.salesforce.live.settings import Settings, settings_of

DOCS = Path(__file__).parents[4] / "docs" / "how-to"
EXTRACT = (DOCS / "extract-from-salesforce.md").read_text(encoding="utf-8")
VERIFY = (DOCS / "verify-against-your-org.md").read_text(encoding="utf-8")


def test_the_casebook_on_the_page_names_an_organisation():
    block = next(part for part in EXTRACT.split("\n\n    ") if part.startswith("[sources.org]"))
    rest = EXTRACT.split("\n\n    [sources.org.settings]")[1].split("\n\n")[0]
    text = f"{block}\n[sources.org.settings]{rest}"
    told = tomllib.loads(re.sub(r"^ {4}", "", text, flags=re.MULTILINE))["sources"]["org"]
    found = settings_of(Source("org", url=told["url"], settings=told["settings"]))
    assert (found.host, found.username) == ("acme.my.salesforce.com", "reader@acme.example")


def test_the_page_lists_every_setting_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", EXTRACT.split("## Settings")[1], flags=re.MULTILINE))
    known = {one.name: one.default for one in fields(Settings)}
    assert rows.keys() == known.keys() - {"source", "host", "client_id", "username"}
    numbers = {name: default for name, default in known.items() if isinstance(default, int | float)}
    assert {name: float(rows[name]) for name in numbers} == numbers


def test_the_page_explains_every_check():
    shown = re.findall(
        r"^\| ([^|]*) \|", VERIFY.split("## What a failed")[1].split("## What is proven")[0], flags=re.MULTILINE
    )
    explained = {one.strip() for one in shown} - {"check", "---"}
    pair = {"A job that is gone is told as gone", "A locator that is gone is told as gone"}
    assert explained == set(_QUESTIONS) - pair | {"A job that is gone, a locator that is gone"}
    assert f"{len(_QUESTIONS)} checks" in VERIFY
