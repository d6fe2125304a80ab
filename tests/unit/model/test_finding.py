"""No claim without evidence."""

import json

import pytest

from tskit.model import FINDING_MIME, Evidence, Finding, Findings, Quality


def test_a_claim_without_evidence_cannot_be_made():
    with pytest.raises(ValueError, match="no evidence"):
        Finding("Volume rose.", evidence=())


def test_findings_travel_as_json_beside_readable_text():
    finding = Finding("Volume rose by 12.", (Evidence("metric", "cases_opened"),), values={"rise": 12})
    bundle = Findings("Volume rose", "By 12 cases.", (finding,))._repr_mimebundle_()
    packed = json.loads(json.dumps(bundle[FINDING_MIME]))
    assert packed["title"] == "Volume rose"
    assert packed["findings"][0]["values"] == {"rise": 12}
    assert "Volume rose by 12." in bundle["text/plain"]


def test_an_account_that_loses_a_row_cannot_be_made():
    with pytest.raises(ValueError, match="10 records read"):
        Quality(read=10, kept=8, rejected=1, flagged=0, cases=8)
