"""The sample's dirt is known to the row, so what a load keeps apart and marks must be exactly that."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tskit.cases import load
from tskit.model import Casebook, Scope
from tskit.sources.synthetic import write_sample

CASES = 20_000


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Return the case set of a sample and the truth that was noted down while it was written."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, cases=CASES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
        case_set = load(Scope(), casebook=Casebook.read(folder))
    return case_set, json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def test_every_rejected_row_was_soiled_and_every_soiled_row_is_rejected_or_marked(sample):
    case_set, truth = sample
    dirt = truth["dirty"].values()
    expected = Counter({"no_such_case": truth["events_of_rejected_cases"]})
    for fault in dirt:
        expected[fault["rejected"]] += fault["rows"]
    del expected[""]
    assert case_set.quality.reasons == expected
    assert case_set.quality.flags == {fault["flag"]: fault["rows"] for fault in dirt if fault["flag"]}


def test_every_row_of_every_table_is_accounted_for(sample):
    case_set, truth = sample
    tables = case_set.quality.tables
    assert {name: part.read for name, part in tables.items()} == {
        name: truth["rows"][name] for name in ("cases", "events", "reviews")
    }
    for name, part in tables.items():
        assert getattr(case_set, name).count().to_pyarrow().as_py() == part.kept
        of_table = case_set.rejected.filter(case_set.rejected.table == name)
        assert of_table.count().to_pyarrow().as_py() == part.rejected


def test_rejects_name_the_column_that_was_soiled(sample):
    case_set, truth = sample
    found = Counter(
        (row["column"], row["reason"])
        for row in case_set.rejected.to_pyarrow().to_pylist()
        if row["reason"] in {"not_a_time", "missing_key"}
    )
    soiled = truth["dirty"]
    assert found == {
        ("created_at", "not_a_time"): soiled["unparsable_date"]["rows"],
        ("case_id", "missing_key"): soiled["missing_case_id"]["rows"],
    }
