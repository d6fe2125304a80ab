from __future__ import annotations

import stat

import pytest

from tskit.cases import Answers, check, read_profile, save_draft
from tskit.errors import DataError, ParameterError
from tskit.model import Casebook, Source

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
    report = check(
        "report.csv", casebook=casebook, answers=Answers("dmy", "Asia/Singapore"), rejects=tmp_path / "out.csv"
    )
    found = report.as_json()
    assert (found["read"], found["kept"], found["rejected"], found["flagged"]) == (4, 3, 1, 1)
    assert found["reasons"] == {"missing_key": 1}
    assert found["flags"] == {"bad_value:status": 1}
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert "CANARY-LOST" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "CANARY" not in repr(report) + str(found) + "".join(report.lines()) + report.draft


def test_a_drafted_profile_holds_the_answers_and_loads_the_file_from_then_on(casebook):
    report = check("report.csv", casebook=casebook, answers=Answers("dmy", "Asia/Singapore"))
    path = save_draft(report, casebook=casebook)
    profile = read_profile(path)
    assert (profile.name, profile.dates, profile.zone) == ("report", "dmy", "Asia/Singapore")
    assert '# "Parked" = ""' in path.read_text(encoding="utf-8")
    again = check("report.csv", casebook=casebook)
    assert (again.profile, again.is_loadable) == ("report", True)
    path.write_text(f"# edited\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert save_draft(report, casebook=casebook).read_text(encoding="utf-8").startswith("# edited")
    other = check("report.csv", casebook=casebook, answers=Answers("mdy", "Asia/Singapore"))
    for refused in (other, again):
        with pytest.raises(ParameterError, match="there already"):
            save_draft(refused, casebook=casebook)


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
    chosen = check("report.csv", casebook=casebook, profile="one", answers=Answers("dmy", "UTC"))
    assert chosen.profile == "one"


def test_the_report_leads_with_the_cases_and_says_in_words_why_rows_are_apart(casebook):
    report = check("report.csv", casebook=casebook, answers=Answers("dmy", "Asia/Singapore"))
    lines = report.lines()
    assert lines[0] == (
        "report.csv: 4 case rows read, 3 kept, 1 kept apart, 1 doubtful (3 cases, profile salesforce_report)."
    )
    assert "  kept apart, the id is blank: 1" in lines
    assert "  doubtful, status cannot be read and counts as blank: 1" in lines


def test_the_account_stands_by_table_and_the_whole_is_its_sum(casebook, tmp_path):
    (tmp_path / "qa.csv").write_text("Case,Result\n00001,ok\n77,ok\n,ok\n", encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "qa.toml").write_text(
        'name = "qa"\ntable = "sheet"\n[columns]\ncase_id = "Case"\nqa_label_final = "Result"\n'
        '[values.qa_label_final]\nok = "correct"\n',
        encoding="utf-8",
    )
    source = Source("main", "report.csv", sheets=({"path": "qa.csv", "profile": "qa"},))
    book = Casebook(tmp_path, "tests", sources=(source,))
    report = check("main", casebook=book, answers=Answers("dmy", "Asia/Singapore"))
    found = report.as_json()
    assert found["tables"] == {
        "cases": {"read": 4, "kept": 3, "rejected": 1, "flagged": 1},
        "sheets": {"read": 3, "kept": 1, "rejected": 2, "flagged": 0},
    }
    assert (found["read"], found["kept"], found["rejected"]) == (7, 4, 3)
    assert "  and: 3 sheet rows read, 1 kept, 2 kept apart, 0 doubtful." in report.lines()


def test_case_text_is_kept_apart_and_not_called_missing(casebook):
    report = check("report.csv", casebook=casebook, answers=Answers("dmy", "Asia/Singapore"))
    missing = report.as_json()["missing"]
    assert "subject" not in missing
    assert "description" in missing
