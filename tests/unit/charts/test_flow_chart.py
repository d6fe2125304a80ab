import altair as alt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.charts import About, flow_map
from tskit.errors import ParameterError

ABOUT = About("flow", "How cases flow", "Moves", "cases", caption="Most go on.")


def nodes(names, layers=None, **columns):
    rows = {"node": names, "kind": "queue", "entries": range(len(names), 0, -1), "median_hours": 2.0}
    return pd.DataFrame({**rows, "layer": layers or range(1, len(names) + 1), "y": 0.5, **columns})


def edges(*ways):
    return pd.DataFrame(ways, columns=["source", "target", "cases", "returns"])


def test_a_way_to_an_earlier_queue_is_dashed_on_either_page():
    figure = flow_map(nodes(["a", "b"]), edges(("a", "b", 9, 0), ("b", "a", 3, 3)), about=ABOUT)
    for spec in (figure.spec, figure.narrow):
        assert {row["t"] for row in spec["datasets"]["back"]} == {"b → a"}
        assert {row["t"] for row in spec["datasets"]["on"]} == {"a → b"}
        dashed = {layer["data"]["name"] for layer in spec["layer"] if "strokeDash" in layer["mark"]}
        assert dashed == {"back"}


def test_ways_are_as_thick_as_they_are_frequent():
    figure = flow_map(nodes(["a", "b", "c"]), edges(("a", "b", 100, 0), ("b", "c", 50, 0)), about=ABOUT)
    thick = {row["t"]: row["w"] for row in figure.spec["datasets"]["on"]}
    assert thick["a → b"] == 2 * thick["b → c"]


def test_what_is_held_up_is_marked_by_shape_and_word_and_drawn_however_few_cases_come():
    names = [f"q{n}" for n in range(25)]
    slow = pd.DataFrame({"queue": ["q24", "q1"], "verdict": ["slow", ""]})
    figure = flow_map(nodes(names), edges(("q0", "q1", 5, 0)), about=ABOUT, slow=slow)
    marked = [row for row in figure.spec["datasets"]["boxes"] if row["c"] == "slow"]
    assert [row["name"] for row in marked] == ["q24"]
    assert len(figure.spec["datasets"]["signs"]) == 1
    assert "Held up: q24 (slow)." in figure.alt
    assert "the 18 busiest of 25 queues" in figure.subtitle


def test_moves_are_counted_over_all_queues_and_opening_and_closing_are_none():
    frame = edges(("(opened)", "a", 50, 0), ("a", "b", 9, 0), ("b", "a", 3, 3), ("b", "(closed)", 50, 0))
    every = pd.concat([nodes(["a", "b"]), nodes(["(opened)", "(closed)"], kind=["opened", "closed"])])
    words = flow_map(every, frame, about=ABOUT).alt
    assert "Map of 2 queues and 2 ways between them. Cases moved 12 times, 3 of them straight back." in words
    assert words.endswith("Most go on.")


def test_boxes_do_not_overlap_and_stay_on_the_sheet():
    names = [f"a queue with a very long name number {n}" for n in range(18)]
    figure = flow_map(nodes(names, [n // 2 for n in range(18)]), edges(), about=ABOUT)
    for spec in (figure.spec, figure.narrow):
        boxes = spec["datasets"]["boxes"]
        assert all(
            0 <= box["x0"] < box["x1"] <= spec["width"] and 0 <= box["y0"] < box["y1"] <= spec["height"]
            for box in boxes
        )
        apart = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
        assert all(a["x1"] < b["x0"] or b["x1"] < a["x0"] or a["y1"] <= b["y0"] or b["y1"] <= a["y0"] for a, b in apart)


def test_a_single_queue_that_nobody_leaves_is_drawn():
    figure = flow_map(nodes(["</script>"]), edges(), about=ABOUT)
    assert "no case moved from one to another" in figure.alt.lower()
    assert len(figure.narrow["datasets"]["boxes"]) == 1


def test_both_layouts_are_vega_lite():
    figure = flow_map(nodes(["a", "b"]), edges(("a", "b", 9, 0)), about=ABOUT)
    for spec in (figure.spec, figure.narrow):
        alt.Chart.from_dict(spec)


def test_nothing_to_draw_is_said():
    assert flow_map(nodes([]), edges(), about=ABOUT).caption.startswith("Nothing to draw")


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), st.integers(0, 99), max_size=12))
def test_the_words_count_every_way_between_two_queues_that_was_taken(ways):
    frame = edges(*((a, b, cases, 0) for (a, b), cases in ways.items()))
    taken = [cases for (a, b), cases in ways.items() if a != b and cases]
    words = flow_map(nodes(list("abcd")), frame, about=ABOUT).alt
    assert f"{len(taken)} ways between them" in words
    assert not taken or f"Cases moved {sum(taken)} times" in words


def test_edges_without_a_target_are_refused():
    with pytest.raises(ParameterError, match="'target'"):
        flow_map(nodes(["a"]), edges(("a", "b", 1, 0)).drop(columns="target"), about=ABOUT)
