"""casebook.toml is read strictly."""

import pytest

from tskit.errors import ParameterError, SourceError
from tskit.model import Casebook

WHOLE = """
name = "Queues"
zone = "Asia/Singapore"
smallest_cell = 10
[sites.Bangkok]
country = "TH"
zone = "Asia/Bangkok"
workdays = [1, 2, 3, 4, 5, 6]
[sources.main]
cases = "data/cases.parquet"
events = "data/events.parquet"
[[targets]]
metric = "sla_attainment"
at_least = 0.95
where = { severity = "S2" }
[[clocks]]
hours = 24
"""


def _casebook(folder, text):
    (folder / "casebook.toml").write_text(text, encoding="utf-8")
    return Casebook.read(folder)


def test_every_section_becomes_its_type(tmp_path):
    book = _casebook(tmp_path, WHOLE)
    assert (book.name, book.smallest_cell, book.root) == ("Queues", 10, tmp_path)
    assert book.sites[0].name == "Bangkok"
    assert book.sites[0].workdays == (1, 2, 3, 4, 5, 6)
    assert book.source("main") is book.source("")
    assert book.source("other") is None
    assert book.targets[0].where == {"severity": "S2"}
    assert book.clocks[0].site == ""


def test_an_empty_file_is_a_casebook_named_for_its_folder(tmp_path):
    book = _casebook(tmp_path, "")
    assert book.name == tmp_path.name
    assert book.zone == "Asia/Singapore"


def test_no_casebook_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(SourceError, match="tskit init"):
        Casebook.read(tmp_path)


def test_a_broken_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"casebook\.toml is not a TOML file"):
        _casebook(tmp_path, "name = ")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("zome = 'UTC'", "Did you mean 'zone'"),
        ("[sites.X]\ncountri = 'TH'", "Did you mean 'country'"),
        ("[sites.X]\ncountry = 'TH'", "not complete"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_with_the_fix(tmp_path, text, hint):
    with pytest.raises(ParameterError, match=hint):
        _casebook(tmp_path, text)
