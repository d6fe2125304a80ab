import json
from itertools import pairwise

import altair as alt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.charts import About, driver_lattice
from tskit.charts.lattice_rows import ROLES
from tskit.charts.theme import DARK, recolour
from tskit.errors import ParameterError

ABOUT = About("lattice", "Where does it lie?", "Cases opened", "cases", caption="Since the period before.")
NAMES = ["segment", "role", "number", "relation", "layer", "seen", "expected"]
CAUSE = ("Indonesia · scam", "cause", 1, "itself", 2, 967.0, 326.0)


def rows(*others, cause=CAUSE):
    frame = pd.DataFrame([cause, *others], columns=NAMES)
    return frame.assign(times=frame["seen"] / frame["expected"])


RIPPLE = ("scam", "ripple", 1, "wider", 1, 2194.0, 1559.0)
RUNNER = ("Indonesia · scam · app", "runner-up", 1, "narrower", 3, 373.0, 110.0)


def drawn(frame, **settings):
    return driver_lattice(frame, about=ABOUT, **settings)


def words(figure, name):
    return [row["t"] for row in figure.spec["datasets"].get(name, [])]


def test_segments_stand_in_layers_by_how_many_columns_make_them():
    spec = drawn(rows(RIPPLE, RUNNER)).spec
    assert words(drawn(rows(RIPPLE, RUNNER)), "layers") == [
        "One column",
        "Two columns together",
        "Three columns together",
    ]
    assert len({row["px"] for row in spec["datasets"]["layers"]}) == 3


def test_what_a_segment_is_stands_in_words_and_frames_and_not_in_colour_alone():
    figure = drawn(rows(RIPPLE, RUNNER))
    assert words(figure, "heads") == ["Moves only with the cause", "The cause", "Cannot be told from the cause"]
    marks = {layer["data"]["name"]: layer["mark"] for layer in figure.spec["layer"]}
    assert (marks["cause"]["strokeWidth"], marks["runner-up"]["strokeDash"]) == (2, [4, 3])
    assert words(figure, "values") == [
        "2,194 for 1,559 · 1.4 times",
        "967 for 326 · 3.0 times",
        "373 for 110 · 3.4 times",
    ]


def test_dots_are_as_large_as_what_was_seen_and_rings_as_what_was_expected():
    data = drawn(rows(("scam", "ripple", 1, "wider", 1, 2000.0, 1000.0))).spec["datasets"]
    assert data["rings"][0]["sz"] == pytest.approx(data["dots"][0]["sz"] / 2, rel=0.01)


def test_more_fewer_and_about_as_many_have_colours_of_their_own():
    others = [("a", "ripple", 1, "across", 1, 50.0, 100.0), ("b", "wider", 1, "wider", 1, 101.0, 100.0)]
    dots = drawn(rows(*others)).spec["datasets"]["dots"]
    assert [dot["c"] for dot in dots] == ["fewer", "as", "more"]


def test_a_line_leads_from_a_cause_to_what_holds_it_or_lies_in_it_only():
    crossing = ("scam · Northwind", "ripple", 1, "across", 3, 964.0, 495.0)
    assert len(drawn(rows(RIPPLE, RUNNER, crossing)).spec["datasets"]["ties"]) == 2


def test_several_causes_are_numbered_and_those_beyond_three_are_told():
    others = [(f"cause {n}", "cause", n, "itself", 2, 90.0, 30.0) for n in (2, 3, 4)]
    figure = drawn(rows(*others))
    assert words(figure, "heads") == ["Cause 1", "Cause 2", "Cause 3"]
    assert "3 of 4 causes are drawn" in figure.subtitle
    assert len(figure.table) == 4


def test_what_there_is_no_room_for_is_counted_and_stands_in_the_table():
    others = [(f"part {n}", "ripple", 1, "narrower", 3, 90.0 - n, 30.0) for n in range(9)]
    figure = drawn(rows(*others))
    assert words(figure, "more") == ["and 4 more in the table"]
    assert len(figure.table) == 10


def test_the_words_say_the_cause_and_what_lies_around_it():
    alt_text = drawn(rows(RIPPLE, RUNNER)).alt
    assert "The cause is Indonesia · scam (967 for 326 · 3.0 times)." in alt_text
    assert "The data cannot tell it from: Indonesia · scam · app." in alt_text
    assert "Moved only since they hold a cause, lie in one or cross one: scam." in alt_text
    assert alt_text.endswith("Since the period before.")


def test_none_of_what_was_expected_has_no_factor():
    figure = drawn(rows(cause=("x", "cause", 1, "itself", 1, 0.0, 1.94)))
    assert words(figure, "values") == ["0 for 1.9"]
    assert words(drawn(rows(cause=("x", "cause", 1, "itself", 1, 7.0, 0.0))), "values") == ["7 for 0"]


def test_a_name_from_the_data_stays_data_and_both_themes_are_vega_lite():
    figure = drawn(rows(RIPPLE, cause=("</script><b>", *CAUSE[1:])))
    bare = {key: value for key, value in figure.spec.items() if key not in {"datasets", "description"}}
    assert "</script>" not in json.dumps(bare)
    for spec in (figure.spec, figure.narrow, recolour(figure.spec, DARK)):
        alt.Chart.from_dict(spec)


def test_nothing_to_draw_is_said_in_the_frame_s_own_words():
    figure = drawn(rows().iloc[:0].assign(note=""))
    assert (figure.is_empty, figure.caption[:15]) == (True, "Nothing to draw")
    noted = drawn(pd.DataFrame([[None] * 7], columns=NAMES).assign(note="no segment changed"))
    assert noted.caption == "Nothing to draw for cases opened: no segment changed."


def test_a_frame_without_roles_is_refused():
    with pytest.raises(ParameterError, match="'role'"):
        drawn(rows().drop(columns="role"))


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(ROLES)[1:]), st.integers(1, 4), st.integers(0, 5000), st.integers(0, 5000)),
        max_size=25,
    )
)
def test_nothing_lies_on_anything_else_nor_leaves_the_sheet(found):
    others = [(f"part {n} of it", role, 1, "wider", layer, seen, of) for n, (role, layer, seen, of) in enumerate(found)]
    figure = drawn(rows(*others))
    for spec in (figure.spec, figure.narrow):
        data = spec["datasets"]
        lines = [row for name in ("layers", "heads", "strong", "names", "values", "more") for row in data.get(name, [])]
        places = sorted((row["px"] // 40, row["py"]) for row in lines)
        assert all(b[1] - a[1] >= 14 for a, b in pairwise(places) if a[0] == b[0])
        assert max(row["py"] for row in lines) <= spec["height"]
        assert all(8 <= dot["px"] <= spec["width"] for dot in data["dots"])
