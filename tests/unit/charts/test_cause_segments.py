import pandas as pd

from tskit.charts import About, cause_segments

ABOUT = About("cause_segments", "Causes by segment", "Share of a cause", "share")


def _frame(**columns):
    base = {
        "group": ["Decided at"] * 4,
        "segment": ["Lumen", "Lumen", "Banyan", "Banyan"],
        "cause": ["RC2.1", "RC3.1"] * 2,
        "name": ["Guideline missing or outdated", "Misapplication"] * 2,
        "k": [8, 2, 1, 9],
        "n": [10, 10, 10, 10],
        "value": [0.8, 0.2, 0.1, 0.9],
        "stands_out": [True, False, False, False],
    }
    return pd.DataFrame(base | columns)


def test_what_stands_out_is_outlined_and_named():
    figure = cause_segments(_frame(), about=ABOUT)
    assert [(box["s"], box["id"]) for box in figure.spec["datasets"]["marked"]] == [("Lumen", "RC2.1")]
    assert "guideline missing or outdated at Lumen (8 of 10)" in figure.caption
    assert "1 of 4 cells stand out" in figure.alt


def test_nothing_that_stands_out_is_said_plainly():
    figure = cause_segments(_frame(stands_out=[False] * 4), about=ABOUT)
    assert "marked" not in figure.spec["datasets"]
    assert figure.caption.startswith("None of 4 cells stands out")


def test_cells_of_one_segment_lie_in_a_line_and_those_of_one_cause_in_a_column():
    cells = cause_segments(_frame(), about=ABOUT).spec["datasets"]["cells"]
    assert cells[0]["y1"] == cells[1]["y1"] < cells[2]["y1"]
    assert cells[0]["x1"] == cells[2]["x1"] < cells[1]["x1"]


def test_a_phone_shows_ids_and_the_table_tells_their_names():
    figure = cause_segments(_frame(), about=ABOUT)
    assert [row["t"] for row in figure.narrow["datasets"]["columns"]] == ["RC2.1", "RC3.1"]
    assert {"cause", "name"} <= {column.name for column in figure.columns}


def test_long_names_of_causes_stand_in_several_lines_that_do_not_leave_the_sheet():
    heads = cause_segments(_frame(), about=ABOUT).spec["datasets"]["columns"]
    assert len(heads) > 2
    assert all(head["py"] > -cause_segments(_frame(), about=ABOUT).spec["padding"]["top"] for head in heads)


def test_no_segment_draws_a_notice():
    assert "Nothing to draw" in cause_segments(_frame().iloc[:0], about=ABOUT).caption
