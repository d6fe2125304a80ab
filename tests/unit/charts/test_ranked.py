import pandas as pd
import pytest

from tskit.charts import About, ranked_change
from tskit.errors import ParameterError

POINTS = About("moved", "What moved", "Overturn rate", "points")
RELATIVE = About("moved", "What moved", "Cases opened", "share")


def _frame(**columns):
    base = {"market": ["ID", "TH", "VN"], "change": [0.02, -0.05, 0.01]}
    base |= {"change_low": [0.01, -0.06, -0.01], "change_high": [0.03, -0.04, 0.03]}
    return pd.DataFrame(base | columns)


def _names(figure):
    return [row["name"] for row in figure.spec["datasets"]["segments"]]


def test_segments_run_from_the_largest_rise_to_the_largest_fall():
    assert _names(ranked_change(_frame(), about=POINTS, by="market")) == ["ID", "VN", "TH"]


def test_the_smallest_changes_are_left_out_of_the_chart_but_not_of_the_table():
    figure = ranked_change(_frame(), about=POINTS, by="market", top=2)
    assert _names(figure) == ["ID", "TH"]
    assert len(figure.table) == 3
    assert "the 2 largest of 3 segments" in figure.subtitle


def test_the_interval_of_a_value_is_never_taken_for_that_of_its_change():
    frame = _frame(low=[0.4, 0.4, 0.4], high=[0.6, 0.6, 0.6])
    row = ranked_change(frame, about=POINTS, by="market").spec["datasets"]["segments"][0]
    assert (row["lo"], row["hi"]) == (0.01, 0.03)
    with pytest.raises(ParameterError, match="change_high"):
        ranked_change(frame.drop(columns="change_high"), about=POINTS, by="market")


def test_a_frame_that_holds_changes_alone_may_call_their_ends_low_and_high():
    frame = _frame().rename(columns={"change_low": "low", "change_high": "high"})
    figure = ranked_change(frame, about=POINTS, by="market")
    assert figure.spec == ranked_change(_frame(), about=POINTS, by="market").spec
    assert [c.name for c in figure.columns] == ["market", "change", "low", "high"]


def test_what_moved_beyond_noise_is_named_and_coloured():
    figure = ranked_change(_frame(is_beyond_noise=[False, True, False]), about=POINTS, by="market")
    assert [row["c"] for row in figure.spec["datasets"]["segments"]] == ["noise", "noise", "beyond"]
    assert figure.caption.replace("\u00a0", " ") == (
        "1 of 3 segments moved by more than noise: TH (−5.0 points, −6.0 points to −4.0 points)."
    )


def test_nothing_beyond_noise_is_said_plainly():
    figure = ranked_change(_frame(), about=POINTS, by="market")
    assert figure.caption == "None of 3 segments moved by more than noise."


def test_an_interval_that_would_squeeze_all_others_ends_in_an_arrow():
    figure = ranked_change(_frame(change_high=[9.0, -0.04, 0.03]), about=POINTS, by="market")
    assert [row["name"] for row in figure.spec["datasets"]["cut_high"]] == ["ID"]
    assert "cut_low" not in figure.spec["datasets"]
    assert "+900.0" in figure.spec["datasets"]["cut_high"][0]["ti"]


@pytest.mark.parametrize(
    ("about", "measured", "units"), [(POINTS, "", "share"), (RELATIVE, "", "cases"), (RELATIVE, "hours", "hours")]
)
def test_the_table_keeps_the_unit_of_the_value_apart_from_that_of_the_change(about, measured, units):
    frame = _frame(value=[0.5, 0.5, 0.5], before=[0.4, 0.4, 0.4])
    columns = {c.name: c.unit for c in ranked_change(frame, about=about, by="market", measured=measured).columns}
    assert (columns["value"], columns["before"], columns["change"]) == (units, units, about.unit)


def test_several_columns_name_a_segment_together():
    figure = ranked_change(_frame(queue=["a", None, "c"]), about=POINTS, by=["market", "queue"])
    assert _names(figure) == ["ID · a", "VN · c", "TH · (not known)"]
