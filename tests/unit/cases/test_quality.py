"""The account of a load, and what a reader must know before the figures."""

from __future__ import annotations

from tskit.cases import load
from tskit.model import Casebook, Scope

HEADER = "Id,CaseNumber,Status,CreatedDate,ClosedDate,OwnerId,SystemModstamp"
TIMES = "2026-05-20T18:19:08.000+0000,,005Ec000004oBPN,2026-05-20T18:19:08.000+0000"


def loaded(folder, *ids):
    lines = [HEADER, *(f"{case_id},{number:08},New,{TIMES}" for number, case_id in enumerate(ids))]
    (folder / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(Scope(source="cases.csv"), casebook=Casebook(folder, "tests"), user_cache=folder / "user")


def test_ids_that_lost_their_capitals_are_flagged_and_told(tmp_path, key):
    case_set = loaded(tmp_path, "500Ec000009YUY8IAO", "500ec000009yuy8iao", "500Nq00000CBxte")
    quality = case_set.quality
    assert quality.flags == {"wrong_id_checksum": 1}
    assert [note for note in quality.notes if note.startswith("2 case ids differ from another one in nothing but cap")]


def test_short_ids_that_differ_only_in_capitals_are_two_cases(tmp_path, key):
    case_set = loaded(tmp_path, "500Ec000009YUY8", "500Ec000009yuy8")
    assert sorted(case_set.cases.case_id.to_pyarrow().to_pylist()) == ["500Ec000009YUY8IAO", "500Ec000009yuy8IAA"]
    assert case_set.quality.flags == {}
    assert not [note for note in case_set.quality.notes if "capitals" in note]


def test_case_text_is_apart_and_not_missing(small):
    case_set = small("Number,State,Opened,Text\n1,open,20/05/2026 02:19,hello\n2,open,20/05/2026 02:19,\n")
    assert "description" not in case_set.quality.missing
    assert "description" not in case_set.cases.columns
    assert "subject" in case_set.quality.missing
