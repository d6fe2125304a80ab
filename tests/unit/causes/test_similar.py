"""Cases like a case are found in any disguise, and those that may not be handled never."""

import pytest

from tests.support.tables import case_set_from
from tskit import Scope
from tskit.cases import load
from tskit.causes.similar import TEXT_SHARE, index_cases, metadata_of, neighbours, texts_of
from tskit.errors import ParameterError
from tskit.model import Casebook

CANARY = "xq-canary-7731"
LOOKS = str.maketrans({"a": "а", "e": "е", "o": "о"})  # Cyrillic
SCAM = "The host of this show promises to double your money within three days"
ROWS = [
    ("scam", "P-SCAM", "SG", SCAM),
    ("copy", "P-SCAM", "SG", SCAM.translate(LOOKS).replace("money", "m\u200bon\u200bey")),
    ("near", "P-SCAM", "MY", "A host promises to double money within two days, I think"),
    ("song", "P-IP", "TH", "My recording is used in this playlist without a licence"),
    ("thai", "P-SCAM", "TH", "ผู้จัดสัญญาว่าเงินจะเพิ่มเป็นสองเท่า"),
    ("hidden", "P-CHILD", "SG", SCAM),
    ("empty", "P-SCAM", "SG", ""),
]


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    head = 'name = "t"\n[sources.main]\ncases = "cases.csv"\nprofile = "canonical"\n'
    rule = '[[withheld]]\nwhere = { policy_id = "P-CHILD" }\nroute = "Elsewhere."\n'
    (folder / "casebook.toml").write_text(head + rule, encoding="utf-8")
    lines = [
        f'{case},2026-03-0{day}T00:00:00Z,open,false,{policy},{market},,"{text}"'
        for day, (case, policy, market, text) in enumerate(ROWS, start=1)
    ]
    header = "case_id,created_at,status,is_closed,policy_id,market,subject,description"
    (folder / "cases.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    return load(Scope(), casebook=Casebook.read(folder))


def test_a_disguised_copy_is_the_nearest_and_the_likeness_is_that_of_the_text_and_of_the_metadata(case_set):
    found = neighbours(case_set, "scam", limit=2)
    assert found["case_id"].tolist() == ["copy", "near"]
    assert found["similarity"][0] == pytest.approx(1.0, abs=1e-6)
    assert found["similarity"][1] < 0.9


def test_metadata_counts_by_the_share_that_both_cases_have_in_common(case_set):
    found = neighbours(case_set, "empty", limit=9).set_index("case_id")["similarity"]
    # No text to go by: policy and market are what the source has of the metadata.
    assert found["scam"] == pytest.approx((1 - TEXT_SHARE) * 1.0, abs=1e-6)
    assert found["near"] == pytest.approx((1 - TEXT_SHARE) * 0.5, abs=1e-6)
    assert found["song"] == pytest.approx(0.0, abs=1e-6)


def test_what_may_not_be_handled_is_never_indexed_nor_compared(case_set):
    assert "hidden" not in texts_of(case_set)
    assert "hidden" not in neighbours(case_set, "scam", limit=99)["case_id"].tolist()
    assert neighbours(case_set, "scam", among=["hidden"]).empty
    assert neighbours(case_set, "hidden").empty


def test_only_the_cases_named_are_compared_with(case_set):
    assert neighbours(case_set, "scam", among=["song", "near", "nobody"])["case_id"].tolist() == ["near", "song"]


def test_naming_very_many_cases_changes_nothing(case_set):
    many = [f"other-{number}" for number in range(1_500)]
    assert neighbours(case_set, "scam", among=[*many, "song"])["case_id"].tolist() == ["song"]


def test_a_case_that_is_none_is_said_to_be_none(case_set):
    with pytest.raises(ParameterError, match="no case 'nobody'"):
        neighbours(case_set, "nobody")


def test_an_index_holds_and_shows_no_text(case_set):
    texts = texts_of(case_set) | {"song": CANARY}
    index = index_cases(case_set, texts)
    assert CANARY not in repr(index)
    assert "scam" not in repr(index)
    assert len(index.ids) == 6


def test_a_source_without_metadata_or_text_still_answers():
    drawn = case_set_from("""
    case_id | created_at
    a       | 2026-03-02
    b       | 2026-03-02
    """)
    assert neighbours(drawn, "a")["similarity"].tolist() == [0.0]
    assert metadata_of(drawn).codes.shape == (2, 0)


def test_the_whole_index_is_made_once_for_the_same_content(case_set, monkeypatch):
    neighbours(case_set, "scam")
    monkeypatch.setattr("tskit.causes.similar.texts_of", None)
    assert len(neighbours(case_set, "copy")) == 5
