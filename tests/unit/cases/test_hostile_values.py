"""Values that are made to break a question asked later."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tskit import Scope
from tskit.cases import contents, load
from tskit.errors import ParameterError
from tskit.model import Casebook


def test_a_nul_in_a_key_or_a_value_breaks_no_later_question(tmp_path):
    folder = tmp_path / "nul"
    folder.mkdir()
    rows = {
        "case_id": ["a\0x", "b", "c"],
        "created_at": ["2026-03-02T01:00:00Z"] * 3,
        "status": ["open"] * 3,
        "is_closed": ["false"] * 3,
        "market": ["S\0G", "MY", "SG"],
        "description": ["one\0two", "", ""],
    }
    pq.write_table(pa.table(rows), folder / "cases.parquet")
    (folder / "casebook.toml").write_text('name = "t"\n[sources.main]\ncases = "cases.parquet"\n', encoding="utf-8")
    book = Casebook.read(folder)
    found = load(Scope(), casebook=book)
    ids = found.cases.select("case_id").order_by("case_id").to_pyarrow()["case_id"].to_pylist()
    assert ids == ["a\ufffdx", "b", "c"]
    assert found.cases.filter(found.cases.case_id.isin(ids)).count().to_pyarrow().as_py() == 3
    assert contents(found, ids)["a\ufffdx"].description == "one\0two"
    with pytest.raises(ParameterError, match="market"):
        load(Scope(filters=(("market", ("S\0G",)),)), casebook=book)
