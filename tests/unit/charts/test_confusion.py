"""The triangle of what people take for each other."""

import json

import altair as alt
import pandas as pd
import pytest
import vl_convert as vlc

from tskit.charts import About, confusion
from tskit.charts.theme import LIGHT
from tskit.errors import ParameterError

ABOUT = About("mixed_up", "What people take for each other", "Pairs of judgements", "")
PAIRS = pd.DataFrame(
    [
        ("RC1.2", "RC1.2", 21),
        ("RC1.2", "RC2.1", 13),
        ("RC2.1", "RC2.1", 17),
        ("RC1.4", "RC2.2", 3),
        ("RC2.1", "RC2.3", 1),
    ],
    columns=["cause_a", "cause_b", "n"],
)
NAMES = {
    "RC1.2": "Policy ambiguity",
    "RC1.4": "Version lag",
    "RC2.1": "Guideline gap",
    "RC2.2": "Training",
    "RC2.3": "Drift",
}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "a.b[c]'\"\\{signal: x}",
    "冒充名人的播客诈骗内容审核",
    "สแกมพอดแคสต์ น้ำใจ กำลัง",
]


def cells(spec):
    rows = [*spec["datasets"].get("apart", []), *spec["datasets"].get("agreed", [])]
    return {row["name"]: row["v"] for row in rows}


def test_each_pair_stands_once_and_agreement_on_the_slope():
    found = cells(confusion(PAIRS, about=ABOUT, names=NAMES).spec)
    assert found["RC1.2 and RC2.1"] == 13
    assert found["RC1.2, both"] == 21
    assert found["RC1.4 and RC2.1"] == 0
    assert len(found) == 5 * 6 / 2


def test_a_pair_that_stands_the_other_way_round_is_the_same():
    turned = PAIRS.rename(columns={"cause_a": "cause_b", "cause_b": "cause_a"})
    assert cells(confusion(turned, about=ABOUT, names=NAMES).spec) == cells(
        confusion(PAIRS, about=ABOUT, names=NAMES).spec
    )


def test_causes_stand_in_the_order_of_their_names():
    rows = confusion(PAIRS, about=ABOUT, names=NAMES).spec["datasets"]["rows"]
    assert [row["t"] for row in rows] == [f"{cause} {name}" for cause, name in NAMES.items()]


def test_the_words_say_what_is_mixed_up_most():
    found = confusion(PAIRS, about=ABOUT)
    assert found.caption == (
        "Of 55 pairs of judgements, 38 name the same cause; mixed up most are RC1.2 and RC2.1 (13); RC1.4 and RC2.2 (3); "
        "RC2.1 and RC2.3 (1)."
    )
    assert found.caption in found.alt


def test_perfect_agreement_is_said():
    assert confusion(PAIRS.iloc[[0, 2]], about=ABOUT).caption == "All 38 pairs of judgements name the same cause."


def test_no_judgement_is_drawn_as_a_notice():
    assert "Nothing to draw" in confusion(PAIRS.head(0), about=ABOUT).alt


def test_of_many_causes_those_that_people_differ_on_are_drawn_and_the_table_holds_all():
    many = pd.DataFrame([(f"RC{i}", f"RC{i + 1}", i) for i in range(1, 30)], columns=["cause_a", "cause_b", "n"])
    found = confusion(many, about=ABOUT)
    assert len(found.spec["datasets"]["rows"]) == 12
    assert len(found.narrow["datasets"]["rows"]) == 8
    assert found.spec["datasets"]["rows"][-1]["t"] == "RC29"
    assert "the 12 of 30 causes" in found.subtitle
    assert len(found.table) == 29


@pytest.mark.parametrize("frame", [PAIRS, PAIRS.head(1)], ids=["many", "one"])
def test_both_layouts_are_valid_and_exactly_as_wide_as_they_say(frame):
    found = confusion(frame, about=ABOUT, names=NAMES)
    for spec, wide in ((found.spec, 760), (found.narrow, 340)):
        alt.Chart.from_dict(spec).to_dict()
        assert f'width="{wide}"' in vlc.vegalite_to_svg(spec)[:300]


def test_names_from_the_data_stay_data():
    frame = pd.DataFrame([(a, b, 2) for a in HOSTILE for b in HOSTILE if a <= b], columns=["cause_a", "cause_b", "n"])
    for spec in (confusion(frame, about=ABOUT).spec, confusion(frame, about=ABOUT).narrow):
        structure = json.dumps({key: value for key, value in spec.items() if key not in {"datasets", "description"}})
        assert not any(json.dumps(name)[1:-1] in structure for name in HOSTILE)
        vlc.vegalite_to_svg(spec)


def test_numbers_in_dark_cells_are_written_in_light_letters():
    found = {row["name"]: row["kind"] for row in confusion(PAIRS, about=ABOUT).spec["datasets"]["counts"]}
    assert found["RC1.2 and RC2.1"] == "many"
    assert found["RC2.1 and RC2.3"] == "few"
    assert LIGHT.card in json.dumps(confusion(PAIRS, about=ABOUT).spec["layer"])


def test_missing_counts_become_nothing():
    frame = PAIRS.assign(n=[21, None, 17, float("inf"), 1])
    assert cells(confusion(frame, about=ABOUT).spec)["RC2.1 and RC2.3"] == 1


def test_a_missing_column_is_named():
    with pytest.raises(ParameterError, match="cause_b"):
        confusion(PAIRS.drop(columns="cause_b"), about=ABOUT)
