"""The [triage] section: points that cannot be meant are refused by name when the casebook is read."""

import pytest

from tskit.errors import ParameterError
from tskit.model import Casebook, Triage


def _casebook(folder, text):
    (folder / "casebook.toml").write_text(text, encoding="utf-8")
    return Casebook.read(folder)


def test_a_casebook_without_the_section_has_weights(tmp_path):
    weights = _casebook(tmp_path, "").triage
    assert weights == Triage()
    assert weights.harm == {"S0": 0.0, "S1": 10.0, "S2": 40.0, "S3": 1000.0}


def test_what_is_not_named_keeps_ours(tmp_path):
    weights = _casebook(tmp_path, "[triage]\nharm = { S2 = 60 }\nspread = 12.5").triage
    assert weights.harm == {"S0": 0.0, "S1": 10.0, "S2": 60, "S3": 1000.0}
    assert (weights.spread, weights.reach) == (12.5, 8.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("triage = 5", "triage is no section"),
        ("[[triage]]\nreach = 8", "triage is no section"),
        ("[triage]\nreich = 8", "'reich' in triage. Did you mean 'reach'"),
        ('[triage]\nreach = "8"', "'reach': points are a number"),
        ("[triage]\nreach = -1", "'reach': points are a number"),
        ("[triage]\nspread = true", "'spread': points are a number"),
        ("[triage]\ndeadline = nan", "'deadline': points are a number"),
        ("[triage]\noverdue = inf", "'overdue': points are a number"),
        ("[triage]\nharm = 5", "'harm': it is a table"),
        ("[triage]\nharm = { S5 = 5 }", "'harm': it is a table"),
        ('[triage]\nharm = { S1 = "many" }', "'harm.S1': points are a number"),
        ("[triage]\ndeadline_hours = 0", "'deadline_hours': it is a number of hours above 0"),
        ('[triage]\nspread_hours = "24"', "'spread_hours': it is a number of hours above 0"),
        ("[triage]\nharm = { S1 = 50 }", "'harm.S2': give S2 at least as many points as S1"),
        ("[triage]\noverdue = 10", "'overdue': give it at least as many points as 'deadline'"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(text, named, tmp_path):
    with pytest.raises(ParameterError) as caught:
        _casebook(tmp_path, text)
    assert named in str(caught.value)
    assert "casebook.toml" in str(caught.value)
