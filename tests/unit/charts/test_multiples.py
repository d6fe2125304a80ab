from datetime import date, timedelta

import pandas as pd

from tskit.charts import About, share_over_time, small_multiples

MONDAY = date(2026, 10, 5)
CASES = About("by_queue", "By queue", "Cases opened", "cases")
SHARE = About("mix", "Mix", "Cases opened", "share")


def _frame(**queues):
    rows = [(q, MONDAY + timedelta(days=i), v) for q, values in queues.items() for i, v in enumerate(values)]
    return pd.DataFrame(rows, columns=["queue", "period_start", "value"])


def _texts(figure, name):
    return [row["t"] for row in figure.spec["datasets"][name]]


def test_panels_follow_the_frame_and_say_their_last_complete_value():
    frame = _frame(b=[1, 2, 9], a=[4, 5, 6]).assign(is_complete=[True, True, False] * 2)
    figure = small_multiples(frame, about=CASES, by="queue")
    assert _texts(figure, "names") == ["b", "a"]
    assert _texts(figure, "values") == ["2", "5"]
    assert figure.caption == "Cases opened at the end: highest a 5 and b 2."


def test_the_subtitle_says_whether_panels_share_their_scale():
    frame = _frame(a=[1, 2], b=[100, 200])
    shared, free = (small_multiples(frame, about=CASES, by="queue", scale=s) for s in ("shared", "free"))
    assert "same scale in all" in shared.subtitle
    assert "each on its own scale" in free.subtitle
    heights = [{row["py"] for row in f.spec["datasets"]["line"]} for f in (shared, free)]
    assert len(heights[0]) == 4
    assert len(heights[1]) == 2


def test_a_segment_without_a_value_has_no_panel_and_more_than_24_are_cut_loudly():
    frame = _frame(**{f"q{i}": [i, i + 1] for i in range(30)}, empty=[None, None])
    figure = small_multiples(frame, about=CASES, by="queue")
    assert len(_texts(figure, "names")) == 24
    assert "the first 24 of 30 segments" in figure.subtitle


def test_parts_of_a_whole_are_ordered_by_their_last_complete_share_and_the_seventh_on_is_grey():
    shares = {f"q{i}": [0.125, s] for i, s in enumerate([0.05, 0.3, 0.2, 0.15, 0.1, 0.1, 0.06, 0.04])}
    frame = _frame(**shares)
    figure = share_over_time(frame, about=SHARE, by="queue", period="day")
    parts = figure.spec["datasets"]["parts"]
    first = [row["s"] for row in parts if row["d"] == "2026-10-05"]
    assert first == ["q1", "q2", "q3", "q4", "q5", "q6", "q0", "q7"]
    assert [row["c"] for row in parts][6:8] == ["rest", "rest"]
    assert "2 others" in _texts(figure, "names")
    assert max(row["y1"] for row in parts) == 1


def test_a_whole_of_one_period_is_drawn_as_a_bar():
    figure = share_over_time(_frame(a=[0.6], b=[0.4]), about=SHARE, by="queue", form="area")
    assert figure.spec["layer"][0]["mark"]["type"] == "rect"
    assert "at first" not in figure.caption
