"""Low agreement caps how sure a finding may be, whatever its test says."""

import pytest

from tskit.findings.session.sureness import certainty


@pytest.mark.parametrize(
    ("q", "cases", "alpha", "word"),
    [
        (1e-6, 200, 0.85, "very high"),
        (0.004, 200, 0.85, "high"),
        (0.01, 200, 0.85, "high"),
        (0.012, 200, 0.85, "moderate"),
        (1e-6, 29, 0.85, "moderate"),  # few cases
        (1e-6, 200, 0.7, "moderate"),  # tentative
        (1e-6, 200, 0.667, "moderate"),
        (1e-6, 200, 0.66, "low"),
        (1e-6, 200, float("nan"), "moderate"),  # nobody knows
    ],
)
def test_the_weakest_of_test_cases_and_agreement_decides(q, cases, alpha, word):
    assert certainty(q, cases=cases, alpha=alpha) == word
