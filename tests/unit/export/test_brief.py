"""The brief is a few lines that say the answer and link nowhere."""

import mistune
import pytest
from nbformat.v4 import new_output

from tests.support.duty_notebooks import PROMISE, escalation, handover
from tests.support.notebooks import hostile
from tskit.export.brief import brief
from tskit.model import FINDING_MIME


def test_it_is_five_lines_with_the_answer_first_then_what_moved_most_then_the_grave_cases(notebook):
    lines = brief(notebook, run="2026-11-02T0104Z-trend_report-7c1e").splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("*SAMPLE DATA: Impersonation podcasts in Indonesia rose fivefold")
    assert lines[0].endswith("*")
    assert "1,104 cases against 212 expected (188 to 241). Next: Open the largest cluster" in lines[1]
    assert lines[2] == "\u2022 Two cases of severity S3 are on record. Next: Check the open one today."
    assert "26 Oct to 1 Nov 2026, Asia/Singapore; 53,799 case rows read, 183 kept apart, 96 doubtful" in lines[3]
    assert "2026-11-02T0104Z-trend_report-7c1e" in lines[4]


def test_nothing_in_it_shows_as_an_escape_or_as_markup_of_markdown_alone(notebook):
    text = brief(notebook, run="2026-11-02T0104Z-trend_report-7c1e")
    assert not any(mark in text for mark in ("**", "\\", "&amp;", "&lt;", "`"))


def test_it_says_which_file_to_pass_on(notebook):
    said = brief(notebook, run="r", share="report-to-share.html").splitlines()[-1]
    assert said == "Report: report.html in the folder r; to pass on, report-to-share.html, which names no case."


def test_it_names_no_case(notebook):
    assert "5003x" not in brief(notebook)


def test_hostile_text_stays_text():
    text = brief(hostile(), run="r")
    assert len(text.splitlines()) <= 5
    assert "https://" not in text
    assert "\u202e" not in text
    page = mistune.html(text)
    assert "<script" not in page
    assert "<img" not in page
    assert "<a" not in page


def test_a_run_without_findings_says_so():
    notebook = hostile()
    notebook.cells = []
    assert brief(notebook, run="r").startswith("*This run recorded no finding.*")


def test_the_statement_for_the_audience_that_asked_is_the_brief():
    lines = brief(escalation(asked="legal"), run="r").splitlines()
    assert lines[0] == "*SAMPLE DATA: Two orders run: the earlier falls due on Monday 2 November 2026, 09:00.*"
    assert lines[1].startswith("\u2022 26 cases were opened about 4 items in SG and MY; fewer than 5 cases are open.")
    assert "What legal decides next" in lines[2]
    assert "as of Sunday 1 November 2026, 23:59, Asia/Singapore; 53,799 case rows read" in lines[3]
    assert len(lines) == 5


def test_lines_for_the_team_keep_cases_and_counts_and_say_for_whom_they_are():
    lines = brief(handover(), run="r", share="report-to-share.html").splitlines()
    assert lines[0] == "*SAMPLE DATA: For the team: 3 cases fall due before 03:00, and one escalation has nobody*"
    assert lines[1] == "\u2022 3 cases fall due before 03:00: 5003x0000Ab10, 5003x0000Ab11, 5003x0000Ab12."
    assert lines[2] == "\u2022 2 of 3 promises were kept."
    assert PROMISE not in "".join(lines)


def test_lines_that_are_not_for_the_team_are_covered():
    made = handover()
    answer = made.cells[-1].outputs[0].data[FINDING_MIME]
    answer |= {"is_brief_for_team": False, "brief": ["3 cases fall due.", answer["title"]]}
    lines = brief(made).splitlines()
    assert lines[:2] == [
        "*SAMPLE DATA: Fewer than 5 cases fall due before 03:00, and one escalation has nobody*",
        "\u2022 Fewer than 5 cases fall due.",
    ]


@pytest.mark.parametrize("call", ["<!channel>", "<!here|x>", "@here", "@channel", "@everyone", "<@U024BE7LH>", "`x`"])
@pytest.mark.parametrize("name", ["brief", "statements"])
def test_a_line_of_a_template_calls_nobody(call, name):
    made = handover() if name == "brief" else escalation()
    answer = made.cells[-1].outputs[0].data[FINDING_MIME]
    answer["title"] = call
    if name == "brief":
        answer["brief"] = [f"see {call}"]
    else:
        answer["statements"] = [{"audience": call, "headline": call, "paragraphs": [f"see {call}"], "is_asked": True}]
    said = brief(made, run="r")
    assert call not in said
    assert "\n\u2022 see " in said


def test_what_belongs_together_leads_before_what_did_not_move():
    made = hostile()
    told = [("Nothing else stands out", "steady"), ("84 cases belong together", "pattern"), ("Scams rose", "change")]
    answer = {"title": "Scams rose most", "findings": [{"claim": claim, "kind": kind} for claim, kind in told]}
    made.cells[-1].outputs = [new_output("display_data", {FINDING_MIME: answer})]
    lines = brief(made).splitlines()
    assert lines[1:3] == ["\u2022 Scams rose.", "\u2022 84 cases belong together."]
