"""Files to share are made from a copy that tells less."""

import copy

from nbformat import v4

from tests.support.duty_notebooks import PROMISE, escalation, handover
from tests.support.notebooks import trend_report
from tskit.charts.figure import FIGURE_MIME
from tskit.export import html, write_all
from tskit.export.brief import brief
from tskit.export.sharing import covers, to_share
from tskit.findings.tables import TABLE_MIME
from tskit.model import FINDING_MIME, INPUTS_MIME

TABLE = {
    "key": "queues", "title": "Open cases by queue", "caption": "", "role": "",
    "columns": [{"name": "queue", "label": "Queue", "unit": ""}, {"name": "value", "label": "Open", "unit": "cases"}],
    "rows": [["a", 3], ["b", 1_234], ["c", 777]],
}  # fmt: skip
FIGURE = {
    "key": "open",
    "title": "Open cases",
    "alt": "a 3",
    "caption": "a 3",
    "spec": {},
    "narrow": {},
    "table": TABLE,
}
ANSWER = {
    "title": "3 cases of severity S3 were opened",
    "lead": "",
    "findings": [{"claim": "Backlog rose to 40 from 2", "evidence": [], "kind": "change"}],
}


def notebook(*bundles, smallest=5):
    inputs = {INPUTS_MIME: {"casebook": {"smallest_cell": smallest}, "quality": {}}}
    outputs = [v4.new_output("display_data", data=data) for data in (inputs, *bundles)]
    return v4.new_notebook(cells=[v4.new_code_cell("x", outputs=outputs)])


def test_the_page_to_share_covers_what_the_teams_page_shows():
    made = notebook({TABLE_MIME: TABLE}, {FIGURE_MIME: FIGURE}, {FINDING_MIME: ANSWER})
    team, shared = (html.page(made, html.Setting(run="r", is_shared=shared)) for shared in (False, True))
    assert "<bdi>3</bdi>" in team
    assert "<bdi>3</bdi>" not in shared
    assert shared.count("<bdi>&lt;5</bdi>") == 2
    assert "<bdi>hidden</bdi>" in shared
    assert "Not drawn in this copy" in shared
    assert "Fewer than 5 cases of severity S3 were opened" in shared
    assert "Backlog rose to 40 from fewer than 5" in brief(made)


def test_the_smallest_cell_is_the_casebooks():
    assert "&lt;10" in html.page(notebook({TABLE_MIME: TABLE}, smallest=10), html.Setting(is_shared=True))
    assert not covers(notebook({TABLE_MIME: TABLE}, smallest=1))


def test_what_a_cell_printed_is_left_out_since_nobody_can_judge_it():
    made = notebook({"text/html": "<table><tr><td>rare 3</td></tr></table>"}, {"text/plain": "rare 3"})
    made.cells[0].outputs.append(v4.new_output("stream", name="stdout", text="rare 3"))
    assert covers(made)
    assert "rare" not in html.page(made, html.Setting(is_shared=True))


def test_a_notebook_is_not_changed_and_a_copy_of_one_that_tells_nothing_is_the_same():
    made = trend_report()
    before = copy.deepcopy(made)
    to_share(made)
    assert made == before
    plain = notebook({TABLE_MIME: {**TABLE, "rows": [["a", 30]]}})
    assert not covers(plain)


def test_a_run_whose_report_shows_small_counts_gets_a_copy_to_share(tmp_path):
    written = write_all(notebook({TABLE_MIME: TABLE}), tmp_path)
    assert [path.name for path in written] == ["report.html", "report-to-share.html", "brief.md"]
    plain = notebook({TABLE_MIME: {**TABLE, "rows": [["a", 30]]}})
    assert [path.name for path in write_all(plain, tmp_path)] == ["report.html", "brief.md"]


def test_statements_are_shared_with_their_small_counts_covered():
    shared = html.page(escalation(), html.Setting(is_shared=True))
    assert "26 cases were opened about 4 items in SG and MY; fewer than 5 cases are open" in shared
    assert "What legal decides next is due on Monday 2 November 2026" in shared
    assert covers(escalation())


def test_neither_cases_nor_the_log_nor_parameters_are_in_a_brief_to_share():
    shared = html.page(escalation(), html.Setting(is_shared=True))
    assert "An escalation, without its cases" in shared
    for told in ("5003x0000", PROMISE, "taken up by nobody", "Reports rose from 1 to 11"):
        assert told in html.page(escalation(), html.Setting())
        assert told not in shared
    assert "-p case_id=&#39;[left out of this copy]&#39;" in shared


def test_answers_are_covered_and_left_out_where_they_tell_of_single_cases():
    made = escalation()
    first = next(o.data[TABLE_MIME] for c in made.cells for o in c.get("outputs", []) if TABLE_MIME in o.data)
    first["rows"][0][1] = "3 cases of one item."
    shared = html.page(made, html.Setting(is_shared=True))
    assert "<p>Fewer than 5 cases of one item.</p>" in shared
    assert 'datetime="2026-11-02T01:00:00Z"' in shared
    first["of_single_cases"] = True
    assert 'class="answers"' not in html.page(made, html.Setting(is_shared=True))
    assert "NAMES CASES" in html.page(made, html.Setting())


def test_where_each_answer_says_whether_it_tells_of_single_cases_the_others_are_shared():
    made = escalation()
    first = next(o.data[TABLE_MIME] for c in made.cells for o in c.get("outputs", []) if TABLE_MIME in o.data)
    first |= {"of_single_cases": True, "columns": [*first["columns"], {"name": "of_single_cases", "label": ""}]}
    first["rows"] = [[*row, says] for row, says in zip(first["rows"], [False, True, None, *[False] * 6], strict=True)]
    shared = html.page(made, html.Setting(is_shared=True))
    assert "What happened" in shared
    assert "Who is affected" not in shared
    assert "What was done" not in shared  # it does not say, so it stays with the team
    assert "Who is affected" in html.page(made, html.Setting())


def test_lines_for_the_team_are_no_part_of_a_copy_to_share():
    only = notebook(
        {FINDING_MIME: {"title": "t", "lead": "", "findings": [], "brief": ["A-1"], "is_brief_for_team": True}}
    )
    assert covers(only)
    assert "A-1" not in str(to_share(only))
    assert "A-1" in str(only)
    shared = html.page(handover(), html.Setting(is_shared=True))
    assert PROMISE not in shared
    assert "person-2" not in shared
    assert "5003x0000" not in shared
