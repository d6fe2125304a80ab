from __future__ import annotations

import copy

import pytest
from nbformat import v4

from tskit.model import FINDING_MIME, INPUTS_MIME
from tskit.runs.collect import FIGURE_MIME, TABLE_MIME
from tskit.runs.differing import first_difference
from tskit.runs.normalise import normalise

COLUMNS = [{"name": "day"}, {"name": "value"}]
SECRET = "she wrote something awful"


def shown(*bundles, source="x", texts=()):
    cell = v4.new_code_cell(source, execution_count=7)
    cell.outputs = [v4.new_output("stream", name=name, text=text) for name, text in texts]
    cell.outputs += [v4.new_output("execute_result", data=bundle, execution_count=7) for bundle in bundles]
    return cell


def notebook(*cells, parameters=None):
    made = v4.new_notebook(cells=[v4.new_markdown_cell("# A title"), *cells])
    made.metadata["papermill"] = {"parameters": parameters or {}, "start_time": "2026-11-01T00:00:00", "duration": 3.2}
    made.metadata["kernelspec"] = {"name": "tskit-warm"}
    return made


def differing(a, b):
    return first_difference(normalise(a), normalise(b))


def one(mime, before, after):
    return differing(notebook(shown({mime: before})), notebook(shown({mime: after})))


def single(**finding):
    return {"findings": [{"of_single_cases": True, **finding}]}


def table(value, **more):
    return {"key": "by_day", "columns": COLUMNS, "rows": [["1", 2.0], ["2", value]], **more}


def test_times_ids_and_kernels_make_no_difference():
    first, again = notebook(shown({"text/plain": "1"})), notebook(shown({"text/plain": "1"}))
    again.metadata["papermill"] |= {"start_time": "2026-12-01T00:00:00", "duration": 9.9}
    again.metadata["kernelspec"] = {"name": "python3"}
    again.cells[1]["execution_count"] = again.cells[1].outputs[0]["execution_count"] = 1
    again.cells[1].metadata["papermill"] = {"duration": 1.0}
    assert [cell.id for cell in first.cells] != [cell.id for cell in again.cells]
    assert normalise(first) == normalise(again)


def test_the_notebook_itself_stays_as_it_is():
    made = notebook(shown({"text/plain": "at 0x7f00aa00bb00"}))
    before = copy.deepcopy(made)
    normalise(made)
    assert made == before


@pytest.mark.parametrize(
    "text",
    [
        "<Thing at 0x{:012x}>",
        '<div id="altair-viz-{:032x}">',
        '<table id="T_{:05x}">',
        "/tmp/ipykernel_{0}/{0}.py",
        "<ipython-input-1-{:012x}>",
    ],
)
def test_what_a_process_makes_up_makes_no_difference(text):
    assert (
        differing(notebook(shown({"text/html": text.format(4711)})), notebook(shown({"text/html": text.format(815)})))
        is None
    )


def test_a_made_up_id_that_points_elsewhere_is_a_difference():
    ids = [f"altair-viz-{n:032x}" for n in range(2)]
    assert normalise(notebook(shown({"text/html": f"{ids[0]} {ids[0]}"}))) != normalise(
        notebook(shown({"text/html": f"{ids[0]} {ids[1]}"}))
    )


def test_where_a_stream_breaks_makes_no_difference():
    whole = notebook(shown(texts=[("stdout", "abc"), ("stderr", "x")]))
    broken = notebook(shown(texts=[("stdout", "a"), ("stderr", "x"), ("stdout", "bc"), ("stdout", "")]))
    assert normalise(whole) == normalise(broken)


def test_text_on_both_sides_of_a_value_stays_apart():
    cells = [shown({"text/plain": "1"}, texts=[("stdout", "a")]), shown({"text/plain": "1"}, texts=[("stdout", "a")])]
    cells[1].outputs.reverse()
    assert normalise(notebook(cells[0])) != normalise(notebook(cells[1]))


def test_a_value_that_is_displayed_is_the_same_as_one_that_a_cell_ends_with():
    displayed = shown({"text/plain": "1"})
    displayed.outputs = [v4.new_output("display_data", data={"text/plain": "1"})]
    assert normalise(notebook(shown({"text/plain": "1"}))) == normalise(notebook(displayed))


def test_parameters_that_were_put_in_are_told_by_their_values():
    injected = v4.new_code_cell("market = 'ID'", metadata={"tags": ["injected-parameters"]})
    made = normalise(notebook(injected, shown(), parameters={"market": "ID"}))
    assert made["parameters"] == {"market": "ID"}
    assert [(cell["kind"], cell["number"]) for cell in made["cells"]] == [("markdown", 0), ("code", 2)]
    found = differing(notebook(parameters={"market": "ID"}), notebook(parameters={"market": "SG"}))
    assert (found.cell, found.part, found.after) == (0, "the parameter market", "")


def test_places_are_the_same_wherever_they_lie():
    here, there = ("/srv/a/cases.csv", "/srv/a"), ("D:\\b\\x.csv", "D:\\b")
    made = [
        normalise(notebook(shown({"text/plain": f"{file} in {folder}"})), places=(file, folder))
        for file, folder in (here, there)
    ]
    assert made[0] == made[1]
    assert made[0]["cells"][1]["outputs"][0]["data"] == {"text/plain": "<place 1> in <place 2>"}


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (0.1 + 0.2, 0.3, True),
        (1.0, 1 + 1e-8, False),
        (5, 5.0, True),
        (5_000_000_000, 5_000_000_001, False),
        (float("nan"), float("nan"), True),
        (1, True, False),
        (None, 0, False),
        (0.0, 1e-17, True),
        ("0.30000000000000004 cases", "0.3 cases", True),
        ("5000000001 cases", "5000000002 cases", False),
        ("a 1.5", "b 1.5", False),
        ("RC1.5", "RC1.6", False),
        ([1, 2], [1, 2, 3], False),
        ({"a": 1}, {"a": 1, "b": None}, False),
    ],
)
def test_numbers_may_differ_in_their_last_digits_and_nothing_else_may(before, after, is_same):
    assert (one(TABLE_MIME, table(before), table(after)) is None) is is_same


def test_the_first_value_of_a_chart_or_table_that_differs_is_named_with_its_section():
    cells = [v4.new_markdown_cell("## Queue health\n\nWhy."), v4.new_code_cell("pass")]
    before, after = table(26.0), table(27.0)
    for mime, wrapped in ((TABLE_MIME, lambda t: t), (FIGURE_MIME, lambda t: {"key": "by_day", "table": t, "spec": t})):
        made = [notebook(*cells, shown({"text/plain": str(one), mime: wrapped(one)})) for one in (before, after)]
        told = differing(*made).in_words()
        name = {TABLE_MIME: "table", FIGURE_MIME: "chart"}[mime]
        assert told == f"section 'Queue health', code cell 2: the {name} by_day, row 2, value: 26.0, now 27.0"


def test_a_finding_is_named_with_its_value():
    before, after = ({"title": f"{n} cases", "findings": [{"values": {"cases": n}}]} for n in (3, 4))
    told = one(FINDING_MIME, before, after).in_words()
    assert told == "section 'Opening', code cell 1: the findings, findings, no. 1, values, cases: 3, now 4"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"text/plain": SECRET}, {"text/plain": "x"}),
        ({"application/json": {"a": SECRET}}, {"application/json": {"a": 1}}),
        ({TABLE_MIME: table(SECRET, role="cases")}, {TABLE_MIME: table(1, role="cases")}),
        ({TABLE_MIME: table(SECRET)}, {TABLE_MIME: table(1, role="people")}),
        ({FIGURE_MIME: table(SECRET, of_single_cases=True)}, {FIGURE_MIME: table(1, of_single_cases=True)}),
        ({INPUTS_MIME: {"source": SECRET}}, {INPUTS_MIME: {"source": "x"}}),
        ({TABLE_MIME: table(SECRET)}, {"text/plain": SECRET}),
        ({FINDING_MIME: single(claim=SECRET)}, {FINDING_MIME: single(claim="x")}),
        ({FINDING_MIME: single(values={"note": SECRET})}, {FINDING_MIME: {"findings": [{"values": {"note": "x"}}]}}),
        ({FINDING_MIME: {"title": SECRET, **single()}}, {FINDING_MIME: {"title": "x", **single()}}),
        ({FINDING_MIME: {"brief": [SECRET], **single()}}, {FINDING_MIME: {"brief": ["x"], **single()}}),
        (
            {FINDING_MIME: {"lead": SECRET, "title_to_share": "t", "findings": []}},
            {FINDING_MIME: {"lead": "x", "title_to_share": "t", "findings": []}},
        ),
    ],
)
def test_nothing_that_could_be_of_a_case_is_shown(before, after):
    for pair in ((before, after), (after, before)):
        found = differing(*(notebook(shown(bundle)) for bundle in pair))
        assert SECRET not in repr(found) + found.in_words()


def test_code_that_was_changed_and_cells_that_were_added_are_differences():
    assert differing(notebook(shown(source="a")), notebook(shown(source="b"))).part == "its code"
    assert differing(notebook(shown()), notebook(shown(), shown())).part == "the number of cells"
    assert differing(notebook(shown({}, {})), notebook(shown({}))).part == "its outputs"


def test_a_row_that_is_missing_is_told_by_its_place():
    short = table(1.0) | {"rows": [["1", 2.0]]}
    found = one(TABLE_MIME, table(1.0), short)
    assert (found.where, found.before, found.after) == ("row 2", "something", "none")
