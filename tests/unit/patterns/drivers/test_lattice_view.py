from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.errors import ParameterError
from tskit.patterns.drivers import explain, lattice_view

DIMS = ["a", "b", "c"]
PLACES = list(product(["a1", "a2", "a3", "a4"], ["b1", "b2", "b3", "b4"], ["c1", "c2", "c3"]))


def cells(times, *, usual=100):
    """Return cells with as many cases before, and times as many after, as a function of the place says."""
    rows = [
        (*at, window, usual * (times(*at) if window == "after" else 1))
        for at in PLACES
        for window in ("before", "after")
    ]
    return pd.DataFrame(rows, columns=[*DIMS, "window", "n"]).assign(k=lambda frame: frame["n"])


def view(found, *, kind="count", **settings):
    return lattice_view(found, explain(found, dims=DIMS, kind=kind), dims=DIMS, **settings)


def of(frame, role):
    return {tuple(where.values()) for where in frame.loc[frame["role"] == role, "segment"]}


@pytest.fixture(scope="module")
def planted():
    """Cases with a1 and b1 tripled, whatever their c: 300 became 900, and nothing else moved."""
    return view(cells(lambda a, b, _: 3 if (a, b) == ("a1", "b1") else 1))


def test_the_cause_comes_first_with_what_was_seen_and_what_all_else_would_make_of_it(planted):
    first = planted.iloc[0]
    assert (first["role"], first["relation"], first["layer"], first["segment"]) == (
        "cause",
        "itself",
        2,
        {"a": "a1", "b": "b1"},
    )
    assert (first["seen"], round(first["expected"]), round(first["explained"], -2)) == (900, 300, 900)
    assert first["times"] == pytest.approx(3, abs=0.02)


def test_what_holds_the_cause_lies_in_it_or_crosses_it_moved_as_a_ripple(planted):
    ripples = planted[planted["role"] == "ripple"]
    lies = {
        tuple(where.values()): relation for where, relation in zip(ripples["segment"], ripples["relation"], strict=True)
    }
    assert (lies["a1",], lies["b1",]) == ("wider", "wider")  # 1,200 became 1,800
    assert lies["a1", "b1", "c2"] == "narrower"  # 100 became 300
    assert lies["a1", "c2"] == "across"  # 400 became 600
    assert not any("a2" in where or "b2" in where for where in lies)
    assert set(ripples["number"]) == {1}


def test_what_the_causes_explain_is_not_left_over(planted):
    assert not of(planted, "left")
    ripples = planted[planted["role"] == "ripple"]
    assert (ripples["seen"] / ripples["explained"]).between(0.98, 1.02).all()


def test_what_holds_a_small_cause_and_does_not_stand_out_is_shown_as_wider():
    found = view(cells(lambda a, b, c: 2 if (a, b, c) == ("a1", "b1", "c1") else 1))
    assert of(found, "cause") == {("a1", "b1", "c1")}
    assert ("a1",) in of(found, "wider")  # 1,200 became 1,300
    assert not of(found, "wider") & of(found, "ripple")


def test_segments_of_more_columns_than_asked_are_left_out_but_for_causes():
    found = view(cells(lambda a, b, _: 3 if (a, b) == ("a1", "b1") else 1), layers=1)
    assert set(found.loc[found["layer"] > 1, "role"]) == {"cause"}


def test_segments_of_the_same_cases_are_runners_up_and_no_ripples():
    found = cells(lambda a, b, _: 3 if (a, b) == ("a1", "b1") else 1)
    found["d"] = (found["a"] + found["b"]).where((found["a"] == "a1") & (found["b"] == "b1"), "other")
    dims = [*DIMS, "d"]
    told = lattice_view(found, explain(found, dims=dims, kind="count"), dims=dims)
    ends = of(told, "cause") | of(told, "runner-up")
    assert ("a1b1",) in ends
    assert not ends & of(told, "ripple")


def test_a_rate_is_told_in_its_hits_whether_few_or_most_cases_are():
    for usual, risen in ((0.1, 0.3), (0.9, 0.6)):
        found = cells(lambda *_: 1, usual=1000)
        is_moved = (found["a"] == "a1") & (found["b"] == "b1") & (found["window"] == "after")
        found["k"] = found["n"] * is_moved.map({True: risen, False: usual})
        first = view(found, kind="rate").iloc[0]
        assert first["segment"] == {"a": "a1", "b": "b1"}
        assert first["seen"] == pytest.approx(3000 * risen)
        assert first["expected"] == pytest.approx(3000 * usual, rel=0.03)


def test_where_nothing_moved_there_is_nothing_to_show():
    found = view(cells(lambda *_: 1))
    assert found.empty
    assert "segment" in found.columns


def test_cells_without_a_dimension_are_refused():
    found = cells(lambda *_: 1)
    with pytest.raises(ParameterError, match="'c'"):
        lattice_view(found.drop(columns="c"), explain(found, dims=DIMS, kind="count"), dims=DIMS)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(PLACES), st.integers(0, 2), st.floats(2.5, 6))
def test_every_segment_is_shown_once_and_adds_up_to_its_cells(place, open_, times):
    names = [name for name in range(3) if name != open_]
    found = cells(lambda *at: times if all(at[n] == place[n] for n in names) else 1)
    told = view(found)
    assert of(told, "cause") == {tuple(place[n] for n in names)}
    assert told["segment"].map(str).is_unique
    after = found[found["window"] == "after"]
    for where, seen in zip(told["segment"], told["seen"], strict=True):
        inside = pd.concat([after[name] == value for name, value in where.items()], axis=1).all(axis=1)
        assert seen == pytest.approx(after.loc[inside, "n"].sum())
