from __future__ import annotations

import pytest

from tskit.cases import read_profile
from tskit.cases.recognise import bundled
from tskit.errors import DataError


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "p.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('colums = "x"', "'colums'. Did you mean 'columns'"),
        ('[columns]\ncase_idd = "Id"', "'case_idd'. Did you mean 'case_id'"),
        ('[columns]\ncase_id = "Id"\ncase_number = "Id"', "'Id' is mapped twice, to 'case_id' and 'case_number'"),
        ('[columns]\ncase_id = "Id"\ncase_id = "No"', "stands there twice"),
        ('dates = "ymdd"', "Did you mean 'ymd'"),
        ('absent = ["status"]\n[columns]\nstatus = "S"', "'status' is mapped in"),
        ('[booleans.status]\ntrue = ["1"]', "no yes-or-no column"),
        ('grain = "event"', r"\[log\] stands exactly where"),
        ('like = "salesforce_reprot"', "Did you mean 'salesforce_report'"),
        ('[read]\nencodin = "x"', "Did you mean 'encoding'"),
    ],
)
def test_what_a_profile_does_not_know_is_refused_with_the_fix(written, text, message):
    with pytest.raises(DataError, match=message):
        read_profile(written(text))


def test_a_profile_like_another_adds_to_its_tables(written):
    profile = read_profile(written('like = "zendesk_ticket"\nzone = "Asia/Tokyo"\n[values.status]\nodd = "waiting"\n'))
    assert profile.zone == "Asia/Tokyo"
    assert profile.values["status"]["odd"] == "waiting"
    assert profile.values["status"]["solved"] == "resolved"


def test_no_two_bundled_profiles_fit_one_header():
    for profile in bundled():
        header = {*profile.recognise, *(names[0] for names in profile.columns.values())}
        assert [p.name for p in bundled() if p.table == profile.table and p.fits(header)] == [profile.name]
