import pandas as pd
import pytest

from tskit.charts import About, pareto
from tskit.errors import ParameterError

ABOUT = About("cause_pareto", "Causes", "Share of settled cases", "share")


def _frame(**columns):
    base = {
        "cause": ["RC2.1", "RC1.4", "RC0.1"],
        "name": ["Guideline missing", "Version lag", "Insufficient evidence"],
        "k": [17, 2, 1],
        "value": [0.85, 0.1, 0.05],
        "low": [0.62, 0.01, 0.0],
        "high": [0.97, 0.32, 0.25],
        "cumulative": [0.85, 0.95, 1.0],
        "is_vital": [True, False, False],
        "is_undetermined": [False, False, True],
    }
    return pd.DataFrame(base | columns)


def test_bars_stand_in_the_order_of_the_frame_in_the_colour_of_what_they_are():
    rows = pareto(_frame(), about=ABOUT).spec["datasets"]["bars"]
    assert [(row["id"], row["c"]) for row in rows] == [("RC2.1", "vital"), ("RC1.4", "other"), ("RC0.1", "open")]


def test_a_line_stands_below_the_vital_few():
    spec = pareto(_frame(), about=ABOUT).spec["datasets"]
    assert spec["bars"][0]["py"] < spec["line"][0]["py"] < spec["bars"][1]["py"]


def test_nothing_vital_draws_no_line_and_says_so():
    figure = pareto(_frame(is_vital=[False] * 3), about=ABOUT)
    assert "line" not in figure.spec["datasets"]
    assert "no set of known causes explains 80 %" in figure.caption


def test_the_alt_text_says_what_leads_and_how_few_explain_it():
    assert "Guideline missing is the most frequent cause" in pareto(_frame(), about=ABOUT).alt
    assert "1 of 3 causes explain 85.0" in pareto(_frame(), about=ABOUT).alt


def test_diamonds_show_the_share_where_severity_counts():
    figure = pareto(_frame(severity_value=[0.5, 0.4, float("nan")]), about=ABOUT)
    assert [row["s"] for row in figure.spec["datasets"]["severity"]] == [0.5, 0.4]


def test_the_table_holds_all_causes_where_the_chart_has_room_for_a_few():
    figure = pareto(_frame(), about=ABOUT, top=1)
    assert len(figure.spec["datasets"]["bars"]) == 1
    assert len(figure.table) == 3


def test_no_cause_is_said_and_a_missing_column_refused():
    assert "Nothing to draw" in pareto(_frame().iloc[:0], about=ABOUT).caption
    with pytest.raises(ParameterError, match="cumulative"):
        pareto(_frame().drop(columns="cumulative"), about=ABOUT)
