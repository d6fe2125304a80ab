import json

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.charts import About, cluster_graph
from tskit.charts.cluster_graph import _OTHER, _SIGNS
from tskit.errors import ParameterError
from tskit.patterns.links.drawing import placed

ABOUT = About("links", "Which cases belong together?", "Linked cases", "cases", caption="One is beyond chance.")


def ties(*bonds):
    """Return the ties of bonds, each given by its cluster, its reason and its number of cases."""
    sizes = [size for _, _, size in bonds]
    cluster, bond = (np.repeat(values, sizes) for values in ([one[0] for one in bonds], range(len(bonds))))
    is_hub = np.concatenate([np.arange(size) == 0 for size in sizes])
    place = placed(cluster, bond, is_hub=is_hub)
    hub = np.repeat(np.flatnonzero(is_hub), sizes)
    rows = [
        (cluster[i], f"CASE-{i}", f"CASE-{h}", bonds[bond[i]][1], 1.0, place.x[i], place.y[i], place.x[h], place.y[h])
        for i, h in enumerate(hub)
        if i != h
    ]
    names = ["cluster", "case_id", "linked_id", "why", "weight", "x", "y", "linked_x", "linked_y"]
    return pd.DataFrame(rows, columns=names)


def drawn(frame, **settings):
    return cluster_graph(frame, about=ABOUT, **settings)


def test_nothing_names_a_case_and_a_copy_to_share_leaves_the_chart_out():
    figure = drawn(ties((1, "account", 5), (1, "wording", 3)))
    assert "CASE-" not in json.dumps(figure.as_json())
    assert figure.of_single_cases


def test_the_table_numbers_cases_within_their_cluster():
    figure = drawn(ties((1, "account", 3), (2, "item", 2)))
    assert figure.table[["cluster", "case", "linked"]].to_numpy().tolist() == [[1, 2, 1], [1, 3, 1], [2, 2, 1]]


def test_kinds_of_ties_are_told_apart_by_shape_alone_and_by_colour_alone():
    signs = {**{why: sign for why, sign in _SIGNS.items() if why != "content"}, "": _OTHER}
    shapes, colours = zip(*signs.values(), strict=True)
    assert len(set(shapes)) == len(set(colours)) == len(signs)


def test_a_bond_is_one_sign_with_a_line_to_each_of_its_cases():
    data = drawn(ties((1, "account", 5), (1, "wording", 3))).spec["datasets"]
    assert (len(data["signs_0"]), len(data["lines_0"])) == (1, 5)
    assert (len(data["signs_1"]), len(data["lines_1"])) == (1, 3)


def test_cases_that_are_not_drawn_are_told():
    table = pd.DataFrame({"cluster": [1, 2], "cases": [1340, 3], "is_beyond_chance": [True, False]})
    figure = drawn(ties((1, "account", 60), (2, "item", 3)), clusters=table)
    assert "1,280 further cases of these clusters are not drawn" in figure.alt
    assert "Beyond what chance makes: cluster 1." in figure.alt
    assert [row["t"] for row in figure.spec["datasets"]["notes"]] == ["beyond chance", "as chance makes"]


def test_clusters_beyond_some_hundreds_of_cases_are_left_out_and_told():
    figure = drawn(ties(*[(n, "account", 60) for n in range(1, 13)]))
    assert len(figure.spec["datasets"]["cases"]) == 360
    assert "6 further clusters are not drawn" in figure.alt


def test_of_clusters_that_nobody_judged_nothing_is_said_about_chance():
    assert "notes" not in drawn(ties((1, "account", 3))).spec["datasets"]


def test_a_reason_from_the_data_stays_data():
    figure = drawn(ties((1, "</script>", 3)))
    bare = {key: value for key, value in figure.spec.items() if key not in {"datasets", "description"}}
    assert "</script>" not in json.dumps(bare)
    for spec in (figure.spec, figure.narrow):
        alt.Chart.from_dict(spec)


def test_nothing_to_draw_is_said():
    figure = drawn(ties((1, "account", 3)).iloc[:0])
    assert figure.caption.startswith("Nothing to draw")
    assert figure.of_single_cases


def test_ties_without_places_are_refused():
    with pytest.raises(ParameterError, match="'linked_x'"):
        drawn(ties((1, "account", 3)).drop(columns="linked_x"))


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(["account", "item", "x"]), st.integers(2, 9)), min_size=1, max_size=8))
def test_the_words_count_the_cases_and_ties_that_are_drawn_and_no_sign_lies_on_another(bonds):
    figure = drawn(ties(*[(1, why, size) for why, size in bonds]))
    assert f"1 cluster with {sum(size for _, size in bonds)} linked cases" in figure.alt
    for why in {why for why, _ in bonds}:
        assert f"{why} ({sum(size - 1 for w, size in bonds if w == why)})" in figure.alt
    signs = [row for name, rows in figure.spec["datasets"].items() if name.startswith("signs") for row in rows]
    apart = [np.hypot(a["px"] - b["px"], a["py"] - b["py"]) for i, a in enumerate(signs) for b in signs[i + 1 :]]
    assert all(distance > 12 for distance in apart)
