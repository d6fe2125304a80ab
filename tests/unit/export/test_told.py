"""The first page of a brief, and what each audience may be told."""

import re
from html.parser import HTMLParser

import pytest
from nbformat import v4

from tests.support.duty_notebooks import escalation, handover, quiet
from tests.support.notebooks import PAYLOADS
from tskit.export import html
from tskit.export.html.due import Clock
from tskit.export.html.told import answers, said
from tskit.findings.tables import TABLE_MIME
from tskit.model import FINDING_MIME


class Started(HTMLParser):
    """The names of a page's elements and of their attributes."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


COLUMNS = [{"name": name} for name in ("question", "answer", "due", "tone", "ref")]


@pytest.fixture(scope="module")
def page():
    return html.page(escalation(), html.Setting(run="r", record_url="https://desk.example/{case_id}"))


def test_the_answers_stand_below_the_title_and_before_the_findings(page):
    order = ["<h1", 'class="lead"', 'class="answers"', 'id="findings"', 'id="statements"', ">Decision log</h2>"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)


def test_a_question_and_its_answer_are_a_term_and_its_definition(page):
    held = page.partition("<dl>")[2].partition("</dl>")[0]
    assert held.count("<dt>") == held.count("<dd>") == 9
    assert "<dt>What is not known</dt>" in held
    assert "<li>Episode removed Sunday 20:10; re-uploads removed by 21:35.</li>" in held
    assert '<dt>What was done, and when <a class="ref" href="#s-table-log">Table 1</a></dt>' in held


def test_the_next_decision_says_when_it_falls_due_and_as_of_when_that_is_counted(page):
    row = page.partition('<div class="answer next">')[2].partition("</div>")[0]
    assert row.index("9 h 1 min left") < row.index("Whether the uploader")
    assert '<time datetime="2026-11-02T01:00:00Z">Monday 2 November 2026, 09:00, Asia/Singapore</time>' in row
    assert ">9 h 1 min left</span>" in row
    assert 'role="timer" aria-live="off"' in row
    assert ">Time left as of Sunday 1 November 2026, 23:59, Asia/Singapore.</p>" in row


def test_a_due_that_is_no_instant_is_left_out():
    made = answers({"columns": COLUMNS, "rows": [["q", "a", "Monday", "odd", "x"]]}, {}, Clock())
    assert made.rows[0].due is None
    assert made.rows[0].tone == ""
    assert made.rows[0].link is None


def test_without_rows_there_is_no_first_page():
    assert answers(None, {}, Clock()) is None
    assert answers({"columns": COLUMNS, "rows": []}, {}, Clock()) is None


def test_evidence_may_be_the_first_page(page):
    assert '<a href="#answers-t">The answers</a>' in page
    assert 'id="answers-t"' in page


def test_the_audience_that_asked_comes_first_and_open_and_all_others_folded():
    page = html.page(escalation(asked="communications"), html.Setting())
    names = re.findall(r'class="audience">(\w+)<', page)
    assert names == ["Communications", "Executive", "Policy", "Legal", "Vendor"]
    opened = re.findall(r'<details class="statement kept( asked)?"( open)?>', page)
    assert opened == [(" asked", " open"), *[("", "")] * 4]


def test_without_an_audience_that_asked_the_first_is_open():
    page = html.page(escalation(asked=""), html.Setting())
    assert re.findall(r'<details class="statement kept"( open)?>', page) == [" open", "", "", "", ""]


def test_several_vendors_have_a_statement_each():
    told = said({"statements": [{"audience": "vendor A"}, {"audience": "vendor B", "is_asked": True}, {}]})
    assert [one.audience for one in told] == ["Vendor B", "Vendor A", "Others"]
    assert len({one.id for one in told}) == 3


def test_attacks_in_answers_statements_and_lists_stay_text():
    made, attack = escalation(), " ".join(PAYLOADS)
    bundles = [output.data for cell in made.cells for output in cell.get("outputs", [])]
    first = next(b[TABLE_MIME] for b in bundles if b.get(TABLE_MIME, {}).get("role") == "answers")
    first["rows"] = [[attack, [attack, attack], p, p, p] for p in (attack, *PAYLOADS)]
    answer = next(b[FINDING_MIME] for b in bundles if FINDING_MIME in b)
    answer |= {
        "statements": [{"audience": attack, "headline": attack, "paragraphs": list(PAYLOADS)}],
        "zone": attack,
        "as_of": attack,
    }
    page = html.page(made, html.Setting())
    started = Started(page)
    assert not started.names & {"img", "iframe", "svg", "b"}
    assert started.names >= {"script", "time", "button"}
    assert not any(name.startswith("on") or name == "style" for name in started.attributes)
    assert "\u202e" not in page
    assert 'data-as-of="2026-11-01' in page  # of the data, since what the findings name is none


def test_a_compact_page_puts_lists_before_findings_and_folds_what_is_read_once():
    page = html.page(handover(), html.Setting(run="r"))
    order = [
        '<body class="compact">',
        'class="tiles"',
        ">Due next</h2>",
        ">Spikes and silence</h2>",
        'id="findings"',
        'id="provenance"',
    ]
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert "What breaches in 4, 12 and 24 hours." not in page
    assert '<details class="folded kept"><summary><h2 id="provenance">' in page
    assert page.count("How this was computed") == 1


def test_below_the_answers_a_phone_folds_what_is_looked_up_and_nothing_points_back_to_the_top(page):
    assert '<details class="folded kept roomy"><summary><h2 id="s-decision-log">Decision log</h2></summary>' in page
    assert '<details class="folded kept roomy"><summary><h2 id="provenance">' in page
    for left_out in (">First page<", ">What it adds up to<", "at the top of this page"):
        assert left_out not in page
    held = re.sub(r"<[^>]+>", "", page.partition('id="provenance"')[2])
    assert "first_page(escalation)" in held
    assert "record(escalation)" in held


def test_what_the_first_page_answers_is_no_finding_of_its_own(page):
    """Its values stand in findings.json; the page shows them above."""
    assert page.count('<article class="finding') == 1
    assert "The first page answers" not in page


def test_a_step_that_failed_is_never_folded():
    notebook = escalation()
    cell = next(cell for cell in notebook.cells if cell.source == "log_table(escalation)")
    cell.outputs = [v4.new_output("error", ename="ValueError", evalue="", traceback=[])]
    section = html.page(notebook, html.Setting()).partition('<h2 id="s-decision-log">')
    assert section[0].endswith("<section>\n")
    assert "This step stopped: ValueError." in section[2]


def test_a_section_without_rows_is_one_line_and_can_still_be_linked_to():
    page = html.page(quiet(), html.Setting(run="r"))
    assert page.count('class="quiet"') == 7
    lines = re.findall(
        r'<section class="quiet"><h2 id="([\w-]+)">([^<]+)</h2> <p><span id="([\w-]+)">([^<]+)</span>', page
    )
    assert ("S3, one by one", "No case of severity S3 is open.") in [(line[1], line[3]) for line in lines]
    assert "figure class=" not in page


def test_lists_of_cases_tell_their_deadlines_and_name_their_columns_on_a_phone():
    page = html.page(handover(), html.Setting(record_url="https://desk.example/{case_id}"))
    table = page.partition('id="s-table-due_next"')[2].partition("</figure>")[0]
    assert 'class="stacked" role="table"' in table
    assert (
        '<td class="short" role="cell" data-label="Due"><time datetime="2026-11-01T15:29:00Z">Sun 1 Nov, 23:29</time>'
        in table
    )
    assert ">passed 30 min ago</span>" in table
    assert 'data-label="Why" data-empty' in table
    assert table.count("Time left as of") == 2  # said, and held for when the page counts no more
