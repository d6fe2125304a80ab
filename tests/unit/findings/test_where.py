"""What is asked for by a column and its values is refused with the fix where the source cannot mean it."""

from __future__ import annotations

import re

import pytest

from tests.support.tables import case_set_from
from tskit.errors import ParameterError
from tskit.findings.where import check_values
from tskit.model import Kind

CASES = case_set_from(
    """
    case_id | created_at       | market | subject
    a       | 2026-11-01 09:00 | SG     | words
    b       | 2026-11-01 10:00 | MY     | words
    """
)


def asked(column, *values):
    check_values(
        CASES, column, values, what="column to ask by", may=lambda one: one.kind is Kind.CATEGORY, besides=("since",)
    )


def test_values_that_some_case_has_pass():
    asked("market", "SG", "MY")


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("market", ["SG", "sg"], "No case has 'sg' in market."),
        ("markt", ["SG"], "Did you mean 'market'?"),
        ("sinse", ["2026-11-01"], "Did you mean 'since'?"),
        ("created_at", ["2026-11-01"], "There is no column to ask by 'created_at'"),
        ("subject", ["words"], "There is no column to ask by 'subject'"),
    ],
)
def test_what_cannot_be_meant_is_refused(column, values, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        asked(column, *values)
