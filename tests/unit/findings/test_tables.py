from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd

from tskit.findings.tables import TABLE_MIME, table


def drawn() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [date(2026, 10, 5), None],
            "share": [np.float64(0.5), np.nan],
            "cases": [np.int64(3), 4],
            "case": [{"case_id": "c1"}, {"case_id": "c2"}],
        }
    )


def test_rows_are_plain_json_in_the_order_of_the_columns():
    made = table(drawn(), [("cases", "Cases", "cases"), ("day", "Day", "date")], key="k", title="T")
    assert made.rows == [[3, "2026-10-05"], [4, None]]


def test_the_bundle_holds_headers_units_and_rows_and_is_strict_json():
    made = table(drawn(), [("share", "Share", "share"), ("case", "Case")], key="k", title="T", role="cases")
    bundle = made._repr_mimebundle_()
    value = json.loads(json.dumps(bundle[TABLE_MIME], allow_nan=False))
    assert value["columns"][0] == {"name": "share", "label": "Share", "unit": "share", "align": "right"}
    assert value["rows"] == [[0.5, {"case_id": "c1"}], [None, {"case_id": "c2"}]]
    assert value["role"] == "cases"


def test_a_notebook_shows_answers_as_they_are_read_and_instants_as_times():
    frame = pd.DataFrame(
        {
            "question": ["Who?", "When?"],
            "answer": [["<Ann>", "3\u202fh"], "now"],
            "due": ["2026-11-02T09:00:00+08:00", None],
        }
    )
    headers = [(name, name) for name in frame.columns]
    bundle = table(frame, headers, key="k", title="T", role="answers")._repr_mimebundle_()
    assert "<ul><li>&lt;Ann&gt;</li><li>3\u202fh</li></ul>" in bundle["text/html"]
    assert "2026" not in bundle["text/html"]
    assert bundle["text/plain"] == "T\n\nWho?  <Ann> 3\u202fh\nWhen?  now"
    timed = table(frame, [("due", "Due", "due")], key="k", title="T")._repr_mimebundle_()
    assert bundle[TABLE_MIME]["rows"][0][2] == "2026-11-02T09:00:00+08:00"
    assert ">2026-11-02 01:00 UTC</td>" in timed["text/html"]


def test_the_html_for_notebooks_escapes_cells_and_headers():
    frame = pd.DataFrame({"a": ["<script>alert(1)</script>"]})
    html = table(frame, [("a", "<b>")], key="k", title="<i>")._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html
