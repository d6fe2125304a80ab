from __future__ import annotations

import stat

import pytest

from tskit.cases import check, read_profile, save_draft
from tskit.errors import DataError, ParameterError
from tskit.model import Casebook

REPORT = """Case Number,Case Owner,Status,Date/Time Opened,Date/Time Closed,Subject
00001,Ann Lee,New,3/4/2026 2:19 am,,CANARY-TEXT
00002,Ann Lee,Closed,5/4/2026 2:19 pm,6/4/2026 2:19 pm,x
00003,Bob,Parked,5/4/2026 2:19 pm,6/4/2026 2:19 pm,
,Bob,New,5/4/2026 2:19 pm,,CANARY-LOST
"""


@pytest.fixture
def casebook(tmp_path, key):
    (tmp_path / "report.csv").write_text(REPORT, encoding="utf-8")
    return Casebook(tmp_path, "tests")


def test_what_cannot_be_known_is_asked_and_nothing_is_loaded(casebook):
    report = check("report.csv", casebook=casebook)
    assert report.profile == "salesforce_report"
    assert not report.is_loadable
    assert [("--dates" in q, "--tz" in q, "Parked" in q) for q in report.questions] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_answers_make_the_report_load_with_an_account_that_adds_up(casebook, tmp_path):
    report = check("report.csv", casebook=casebook, dates="dmy", zone="Asia/Singapore", rejects=tmp_path / "out.csv")
    found = report.as_json()
    assert (found["read"], found["kept"], found["rejected"], found["flagged"]) == (4, 3, 1, 1)
    assert found["reasons"] == {"missing_key": 1}
    assert found["flags"] == {"bad_value:status": 1}
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert "CANARY-LOST" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "CANARY" not in repr(report) + str(found) + "".join(report.lines()) + report.draft


def test_a_drafted_profile_holds_the_answers_and_loads_the_file_from_then_on(casebook):
    report = check("report.csv", casebook=casebook, dates="dmy", zone="Asia/Singapore")
    path = save_draft(report, casebook=casebook)
    profile = read_profile(path)
    assert (profile.name, profile.dates, profile.zone) == ("report", "dmy", "Asia/Singapore")
    assert '# "Parked" = ""' in path.read_text(encoding="utf-8")
    again = check("report.csv", casebook=casebook)
    assert (again.profile, again.is_loadable) == ("report", True)
    with pytest.raises(ParameterError, match="there already"):
        save_draft(report, casebook=casebook)


def test_a_header_that_nobody_knows_gets_suggestions_with_their_reasons(tmp_path, key):
    (tmp_path / "odd.csv").write_text("Ticket,Opened,Country,Vip,Statsu\nA1,13/02/2026,SG,yes,done\n", encoding="utf-8")
    report = check("odd.csv", casebook=Casebook(tmp_path, "tests"))
    assert report.profile == ""
    assert 'case_id = "Ticket"   # a usual name for it' in report.draft
    assert 'created_at = "Opened"   # a usual name for it' in report.draft
    assert 'status = "Statsu"   # nearly its name' in report.draft
    assert '# ... = "Vip"   # yes or no' in report.draft


def test_a_profile_that_fits_twice_is_an_error_that_names_the_option(casebook, tmp_path):
    (tmp_path / "profiles").mkdir()
    for name in ("one", "two"):
        (tmp_path / "profiles" / f"{name}.toml").write_text('like = "salesforce_report"\n', encoding="utf-8")
        text = (tmp_path / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
        (tmp_path / "profiles" / f"{name}.toml").write_text(f'name = "{name}"\n{text}', encoding="utf-8")
    with pytest.raises(DataError, match=r"one, two.*--profile"):
        check("report.csv", casebook=casebook)
    chosen = check("report.csv", casebook=casebook, profile="one", dates="dmy", zone="UTC")
    assert chosen.profile == "one"
