"""The canonical tables are whole and say what their readers need."""

import pytest

from tskit.errors import ParameterError
from tskit.model import CASES, EVENTS, REVIEWS, TABLES, Kind, Presence, Sensitivity
from tskit.model.reference import page


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_a_name_stands_once_and_every_column_has_a_meaning(table):
    assert len(set(table.names)) == len(table.names)
    assert all(column.meaning for column in table.columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_the_key_is_required(table):
    assert table[table.key].presence is Presence.REQUIRED


def test_a_vocabulary_belongs_to_categories_and_lists_only():
    for table in TABLES.values():
        for column in table.columns:
            assert not column.vocabulary or column.kind in {Kind.CATEGORY, Kind.ORDERED, Kind.LIST}, column.name


def test_orders_are_drawn_from_low_to_high():
    assert CASES["severity"].vocabulary == ("S0", "S1", "S2", "S3")
    assert CASES["priority"].vocabulary == ("Low", "Medium", "High", "Critical")


def test_the_dsa_lists_have_their_published_lengths_and_what_ended_with_june_2025():
    assert len(CASES["dsa_category"].vocabulary) == 16 + 2
    assert len(CASES["dsa_keywords"].vocabulary) == 69 + 6


def test_people_become_pseudonyms_and_text_is_hidden():
    assert set(CASES.with_sensitivity(Sensitivity.PERSON)) == {
        "source_identity",
        "subject_account_id",
        "decided_by",
        "owner_id",
    }
    assert set(CASES.with_sensitivity(Sensitivity.HIDDEN)) == {"subject", "description"}
    assert set(EVENTS.with_sensitivity(Sensitivity.HIDDEN)) == {"old_value", "new_value", "note"}
    assert "rater_id" in REVIEWS.with_sensitivity(Sensitivity.PERSON)


def test_an_unknown_column_is_refused_with_the_nearest_one():
    with pytest.raises(ParameterError, match="Did you mean 'market'"):
        CASES["markt"]


def test_the_reference_lists_every_column():
    text = page()
    assert all(f"| `{column.name}` |" in text for table in TABLES.values() for column in table.columns)
