import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from tskit.stats import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(P_VALUES)
def test_benjamini_hochberg_agrees_with_scipy(p):
    assert np.allclose(benjamini_hochberg(p), false_discovery_control(p))


@settings(max_examples=20)  # the other implementation takes a tenth of a second each time
@given(P_VALUES)
def test_holm_agrees_with_statsmodels(p):
    assert np.allclose(holm(p), multipletests(p, method="holm")[1])


def test_a_figure_that_could_not_be_tested_does_not_count_as_a_look():
    adjusted = benjamini_hochberg([0.01, np.nan, 0.04])
    assert np.isnan(adjusted[1])
    assert np.allclose(adjusted[[0, 2]], false_discovery_control([0.01, 0.04]))


def test_the_published_example_keeps_its_four_discoveries():
    """Benjamini and Hochberg 1995, section 3: 15 comparisons, four rejected at 5 %; Holm would reject three."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (holm(p) <= 0.05).sum() == 3


def test_nothing_to_adjust_gives_nothing():
    assert benjamini_hochberg([]).size == 0
    assert holm([]).size == 0
