"""A vocabulary that was redefined: what was renamed goes on, and nothing else is compared across the day."""

from __future__ import annotations

from datetime import date

import pytest

from tskit.cases import breaks, breaks_between, load
from tskit.model import Casebook, Scope, Window
from tskit.model.vocabularies import VOCABULARIES

CATEGORY, KEYWORD = breaks()
_OLD_CATEGORIES = {
    "NON_CONSENSUAL_BEHAVIOUR": "deleted",
    "PORNOGRAPHY_OR_SEXUALIZED_CONTENT": "deleted",
    "SCOPE_OF_PLATFORM_SERVICE": "deleted",
    "CONSUMER_INFORMATION": "new",
    "CYBER_VIOLENCE": "new",
    "CYBER_VIOLENCE_AGAINST_WOMEN": "new",
    "NOT_SPECIFIED_NOTICE": "new",
    "OTHER_VIOLATION_TC": "redefined",
    "SCAMS_AND_FRAUD": "",
    "UNSAFE_AND_PROHIBITED_PRODUCTS": "",
}


@pytest.mark.parametrize(("value", "fate"), _OLD_CATEGORIES.items())
def test_each_category_has_the_fate_of_the_published_table(value, fate):
    assert CATEGORY.fate(f"STATEMENT_CATEGORY_{value}") == fate


@pytest.mark.parametrize(("broken", "vocabulary"), [(CATEGORY, "dsa_category"), (KEYWORD, "dsa_keyword")])
def test_every_value_of_the_crosswalk_is_a_value_of_the_vocabulary(broken, vocabulary):
    """Old names that were renamed are none any more: they are carried over when they are loaded."""
    known = set(VOCABULARIES[vocabulary])
    assert {*broken.deleted, *broken.new, *broken.redefined, *broken.renamed.values()} <= known
    assert not set(broken.renamed) & known
    assert not set(broken.deleted) & set(broken.new)


def test_twenty_keywords_are_new_and_six_ended():
    assert (len(KEYWORD.new), len(KEYWORD.deleted), len(KEYWORD.renamed)) == (20, 6, 4)


def _window(start, end):
    return Window(date.fromisoformat(start), date.fromisoformat(end), "Europe/Brussels")


@pytest.mark.parametrize(
    ("earlier", "later", "crosses"),
    [
        (("2025-06-01", "2025-07-01"), ("2025-07-01", "2025-08-01"), True),
        (("2025-06-20", "2025-07-10"), ("2025-07-10", "2025-07-30"), True),
        (("2025-05-01", "2025-06-01"), ("2025-06-01", "2025-07-01"), False),
        (("2025-07-01", "2025-08-01"), ("2025-08-01", "2025-09-01"), False),
    ],
)
def test_a_comparison_crosses_a_break_when_both_sides_of_it_are_in_it(earlier, later, crosses):
    assert CATEGORY.parts(_window(*earlier), _window(*later)) is crosses


_DUMP = """uuid,decision_ground,category,application_date,platform_name,automated_decision,created_at,category_specification
a,DECISION_GROUND_INCOMPATIBLE_CONTENT,STATEMENT_CATEGORY_UNSAFE_AND_ILLEGAL_PRODUCTS,2025-06-29,P,AUTOMATED_DECISION_FULLY,2025-06-30 10:00:00,"[""KEYWORD_DISINFORMATION"",""KEYWORD_MISINFORMATION""]"
b,DECISION_GROUND_INCOMPATIBLE_CONTENT,STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT,2025-06-29,P,AUTOMATED_DECISION_FULLY,2025-06-30 10:00:00,
c,DECISION_GROUND_INCOMPATIBLE_CONTENT,STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS,2025-07-01,P,AUTOMATED_DECISION_FULLY,2025-07-02 10:00:00,
d,DECISION_GROUND_INCOMPATIBLE_CONTENT,STATEMENT_CATEGORY_SCAMS_AND_FRAUD,2025-07-01,P,AUTOMATED_DECISION_FULLY,2025-06-30 22:30:00,
e,DECISION_GROUND_INCOMPATIBLE_CONTENT,STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT,2025-07-01,P,AUTOMATED_DECISION_FULLY,2025-07-01 09:00:00,
"""


@pytest.fixture
def dump(tmp_path, key):
    def loaded(text=_DUMP, *, profile=""):
        (tmp_path / "profiles").mkdir(exist_ok=True)
        if profile:
            (tmp_path / "profiles" / "own.toml").write_text(profile, encoding="utf-8")
        (tmp_path / "dump.csv").write_text(text, encoding="utf-8")
        return load(Scope("dump.csv"), casebook=Casebook(tmp_path, "t"))

    return loaded


def test_renamed_values_are_carried_over_and_every_row_carries_its_version(dump):
    """The day begins in Brussels: 22:30 UTC on 30 June is 1 July there; a value that only one version knows tells it."""
    rows = dump().cases.order_by("case_id").select("case_id", "dsa_category", "dsa_version").to_pyarrow().to_pylist()
    assert [(r["case_id"], r["dsa_category"].removeprefix("STATEMENT_CATEGORY_"), r["dsa_version"]) for r in rows] == [
        ("a", "UNSAFE_AND_PROHIBITED_PRODUCTS", "v1"),
        ("b", "PORNOGRAPHY_OR_SEXUALIZED_CONTENT", "v1"),
        ("c", "UNSAFE_AND_PROHIBITED_PRODUCTS", "v2"),
        ("d", "SCAMS_AND_FRAUD", "v2"),
        ("e", "PORNOGRAPHY_OR_SEXUALIZED_CONTENT", "v1"),
    ]


def test_keywords_of_a_json_list_are_carried_over_one_by_one(dump):
    first = dump().cases.order_by("case_id").select("dsa_keywords").to_pyarrow()["dsa_keywords"].to_pylist()[0]
    assert first == ["KEYWORD_MISINFORMATION_DISINFORMATION", "KEYWORD_MISINFORMATION"]


def test_no_row_of_a_dump_is_doubtful_for_being_reported_after_it_was_decided(dump):
    assert dump().quality.flags == {}


def test_data_coded_anew_under_one_version_says_so_and_has_no_break(dump):
    windows = _window("2025-06-01", "2025-07-01"), _window("2025-07-01", "2025-08-01")
    assert breaks_between(dump(), *windows, columns=["dsa_category"]) == (CATEGORY,)
    assert breaks_between(dump(), *windows, columns=["market"]) == ()
    own = 'like = "dsa_statements"\nname = "own"\n\n[constants]\ndsa_version = "v2"\n'
    assert breaks_between(dump(profile=own), *windows, columns=["dsa_category"]) == ()


_FULL = """uuid decision_visibility decision_visibility_other end_date_visibility_restriction decision_monetary
decision_monetary_other end_date_monetary_restriction decision_provision end_date_service_restriction decision_account
end_date_account_restriction account_type decision_ground decision_ground_reference_url illegal_content_legal_ground
illegal_content_explanation incompatible_content_ground incompatible_content_explanation incompatible_content_illegal
category category_addition category_specification category_specification_other content_type content_type_other
content_language content_date content_id_ean territorial_scope application_date decision_facts source_type source_identity
automated_detection automated_decision platform_name platform_uid created_at"""
_LIGHT = ("illegal_content_explanation", "incompatible_content_explanation", "territorial_scope", "decision_facts")


@pytest.mark.parametrize("left_out", [(), _LIGHT], ids=["full", "light"])
def test_a_dump_is_recognised_by_its_published_header(dump, left_out):
    header = [column for column in _FULL.split() if column not in left_out]
    cells = {
        "uuid": "a",
        "category": "STATEMENT_CATEGORY_VIOLENCE",
        "content_type": '"[""CONTENT_TYPE_AUDIO"",""CONTENT_TYPE_TEXT""]"',
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "application_date": "2025-07-01",
        "created_at": "2025-07-02 10:00:00",
    }
    case_set = dump(",".join(header) + "\n" + ",".join(cells.get(column, "") for column in header) + "\n")
    (row,) = case_set.cases.to_pyarrow().to_pylist()
    assert case_set.profile == "dsa_statements"
    assert row["content_type"] == ["CONTENT_TYPE_AUDIO", "CONTENT_TYPE_TEXT"]
    assert (row["source_type"], row["automated_detection"], row["decision"]) == ("proactive", True, "action")
