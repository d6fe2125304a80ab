"""The brief is five lines that say the answer and link nowhere."""

import mistune

from tests.support.notebooks import hostile
from tskit.export.brief import brief


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
