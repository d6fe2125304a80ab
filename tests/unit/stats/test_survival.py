import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from tskit.stats import kaplan_meier, kaplan_meier_quantile

# Freireich et al. 1963: weeks of remission of 21 patients on 6-mercaptopurine, the example of most textbooks
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def _binned(times, ended):
    bins = np.unique(times)
    done = [sum(1 for t, e in zip(times, ended, strict=True) if t == b and e) for b in bins]
    still = [sum(1 for t, e in zip(times, ended, strict=True) if t == b and not e) for b in bins]
    return bins, np.array(done), np.array(still)


def test_the_textbook_example_gives_its_survival_and_median():
    bins, done, still = _binned(WEEKS, ENDED)
    share, _ = kaplan_meier(done, still)
    by_week = dict(zip(bins.tolist(), share.round(3).tolist(), strict=True))
    assert [by_week[week] for week in (6, 7, 10, 13, 16, 22, 23)] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert kaplan_meier_quantile(bins, done, still)[0] == 23


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=2, max_size=60))
def test_survival_and_its_error_agree_with_statsmodels(rows):
    times, ended = zip(*rows, strict=True)
    if not any(ended):
        return
    theirs = SurvfuncRight(np.array(times, float), np.array(ended, int))
    _, done, still = _binned(times, ended)
    share, greenwood = kaplan_meier(done, still)
    at = done > 0
    assert np.allclose(share[at], theirs.surv_prob)
    with np.errstate(invalid="ignore"):
        known = share[at] > 0
        assert np.allclose((share * np.sqrt(greenwood))[at][known], theirs.surv_prob_se[known])


def test_the_interval_agrees_with_statsmodels():
    theirs = SurvfuncRight(np.array(WEEKS, float), np.array(ENDED, int))
    bins, done, still = _binned(WEEKS, ENDED)
    for q in (0.25, 0.5):
        _, low, high = kaplan_meier_quantile(bins, done, still, q=q)
        expected = theirs.quantile_ci(q, method="cloglog")
        assert low == pytest.approx(expected[0])
        assert (np.isnan(high) and np.isinf(expected[1])) or high == pytest.approx(expected[1])


def test_without_open_cases_it_is_the_plain_quantile():
    times = np.arange(1, 102, dtype=float)
    value, low, high = kaplan_meier_quantile(times, np.ones(101), np.zeros(101))
    assert value == 51
    assert low < 51 < high


def test_a_quantile_that_nobody_has_reached_is_unknown():
    assert np.isnan(kaplan_meier_quantile([1, 2], [1, 0], [0, 9])[0])
    assert np.isnan(kaplan_meier_quantile([], [], [])).all()
