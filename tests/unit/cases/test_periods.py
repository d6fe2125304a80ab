import ibis
import pyarrow as pa
import pytest

from tskit.cases.periods import filtered
from tskit.errors import NoDataError, ParameterError
from tskit.model import Scope


@pytest.fixture
def cases():
    return ibis.memtable(pa.table({"case_id": ["1", "2"], "market": ["ID", "TH"]}))


def kept(cases, *values, known=()):
    scope = Scope.from_parameters(source="", market=list(values))
    return sorted(filtered(cases, scope, known={"market": known}).case_id.to_pyarrow().to_pylist())


def test_a_market_of_the_casebook_without_a_case_is_no_mistake(cases):
    assert kept(cases, "ID", "JP", known=["ID", "JP"]) == ["1"]
    with pytest.raises(NoDataError, match="which the casebook knows") as caught:
        kept(cases, "JP", known=["ID", "JP"])
    assert "market" in str(caught.value)


def test_a_market_that_nobody_knows_is_a_mistake(cases):
    with pytest.raises(ParameterError, match="JQ"):
        kept(cases, "JQ", known=["ID", "JP"])
    with pytest.raises(ParameterError, match="JQ"):
        kept(cases, "JP", "JQ", known=["ID", "JP"])
