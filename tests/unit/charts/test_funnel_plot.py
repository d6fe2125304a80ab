import pandas as pd
import pytest

from tskit.charts import About, funnel

ABOUT = About("overturns", "Overturn rate", "Overturn rate", "share")
LIMITS = pd.DataFrame(
    {
        "n": [10, 100, 1000],
        "low_95": [0.0, 0.04, 0.08],
        "high_95": [0.3, 0.16, 0.12],
        "low_998": [0.0, 0.02, 0.07],
        "high_998": [0.4, 0.2, 0.13],
    }
)


@pytest.mark.parametrize(
    ("value", "n", "kind"),
    [
        (0.10, 10, "within"),
        (0.39, 10, "unusual"),
        (0.41, 10, "beyond"),
        (0.17, 100, "unusual"),
        (0.17, 101, "beyond"),  # held against the limits of the next larger n that is given
        (0.065, 5000, "beyond"),
        (0.3, 1, "within"),
    ],
)
def test_a_segment_is_held_against_the_limits_of_its_own_size(value, n, kind):
    figure = funnel(pd.DataFrame({"team": ["a"], "value": [value], "n": [n]}), about=ABOUT, by="team", limits=LIMITS)
    assert figure.spec["datasets"]["dots"][0]["c"] == kind


def test_only_segments_beyond_the_limits_are_named():
    frame = pd.DataFrame({"team": ["a", "b"], "value": [0.1, 0.5], "n": [100, 100]})
    figure = funnel(frame, about=ABOUT, by="team", limits=LIMITS, centre=0.1)
    named = [row["t"] for side in ("left", "right") for row in figure.spec["datasets"].get(side, [])]
    assert named == ["b"]
    assert figure.caption.replace("\u00a0", " ") == "1 of 2 segments lie beyond the 99.8 % limits: b (50.0 % of 100)."


def test_chance_is_said_plainly():
    figure = funnel(pd.DataFrame({"team": ["a"], "value": [0.1], "n": [100]}), about=ABOUT, by="team", limits=LIMITS)
    assert "None of 1 segment lies beyond" in figure.caption


def test_a_segment_without_cases_is_in_the_table_only():
    frame = pd.DataFrame({"team": ["a", "b"], "value": [0.1, None], "n": [100, 0]})
    figure = funnel(frame, about=ABOUT, by="team", limits=LIMITS)
    assert len(figure.spec["datasets"]["dots"]) == 1
    assert len(figure.table) == 2
