"""A draft of a profile follows from labels and types of fields, is one that can be read, and confirms nothing by itself."""

import tomllib

import pytest

from tskit.cases.described import draft_described
from tskit.cases.profile import read_profile
from tskit.sources.salesforce.live.shape import Field

STATUS = Field("Status", "Status", "picklist", words=("New", "Closed", "With the partner"))


def custom(name, label, kind="picklist", **more):
    return Field(f"{name}__c", label, kind, is_custom=True, **more)


def columns(*fields):
    return tomllib.loads(draft_described("ours", [STATUS, *fields])).get("columns", {})


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (custom("Cty", "Country"), {"market": "Cty__c"}),
        (custom("Market", "Where it was reported"), {"market": "Market__c"}),
        (custom("Decided_At", "Decision date", "datetime"), {"decided_at": "Decided_At__c"}),
        (custom("Decided_At", "Decision date", "boolean"), {}),
        (custom("X", "Reach", "double"), {"reach": "X__c"}),
        (custom("X", "Reach", "textarea"), {}),
        (custom("X", "Something of ours"), {}),
        (custom("X", "Case status"), {}),  # Status itself is mapped already
        (Field("Market", "Market", "picklist"), {}),  # no custom field
    ],
)
def test_a_custom_field_is_suggested_by_label_then_name_where_its_type_fits(field, expected):
    assert columns(field) == expected


def test_the_surer_of_two_fields_is_taken_and_the_other_stands_as_a_comment():
    text = draft_described("ours", [custom("A", "Severitie"), custom("B", "Severity", words=("S0", "S1"))])
    assert tomllib.loads(text)["columns"] == {"severity": "B__c"}
    assert '# ... = "A__c"   # "Severitie", picklist' in text
    assert '"Severity", picklist: S0, S1; by its label' in text


def test_a_draft_is_a_profile_that_can_be_read_whatever_labels_hold(tmp_path):
    nasty = custom("Evil", 'x"\n[columns]\ncase_id = "Evil__c"\r\x7f\u2028', words=("a\nb = 1",))
    path = tmp_path / "ours.toml"
    path.write_text(draft_described("ours", [STATUS, nasty, custom("Market", "Market")]), encoding="utf-8")
    assert "case_id" not in tomllib.loads(path.read_text(encoding="utf-8"))["columns"]
    found = read_profile(path)
    assert found.columns["market"] == ("Market__c",)
    assert found.columns["case_id"] == ("Id",)


def test_words_of_status_that_nobody_knows_are_asked_for():
    text = draft_described("ours", [STATUS])
    assert '# "With the partner" = ""' in text
    assert '# "New"' not in text
