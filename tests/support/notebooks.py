"""Executed notebooks as a run leaves them: one with believable figures, and one in which every text is an attack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from nbformat import v4

from tests.support import notebook_parts as parts
from tskit.charts import About, over_time, ranked_change
from tskit.findings.tables import table
from tskit.model import INPUTS_MIME, Evidence, Finding, Findings

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["PAYLOADS", "RECORD_URL", "hostile", "trend_report"]

RECORD_URL = "https://desk.example/cases/{case_id}"

PAYLOADS = (
    "<script>window.__ran=1;console.log('ran')</script>",
    "<img src=x onerror=\"console.log('ran')\">",
    "</script><script>console.log('ran')</script>",
    "</style><style>body{display:none}</style>",
    "<svg onload=console.log('ran')>",
    "<iframe src=https://evil.example></iframe>",
    "\"><b onmouseover=console.log('ran')>",
    "{{ 7*7 }}{% raw %}",
    "cod\u202egnp.exe\u2066x",
    "Z" + "\u0351" * 50,
    "https://evil.example/collect?a=1",
    "javascript:console.log('ran')",
    "]]><!--",
    "a\x00b\x1b[31mc",
    "น้ำใจ กำลัง",
)


def trend_report() -> NotebookNode:
    """Return an executed trend report with every kind of output that we know."""
    cells = [
        v4.new_markdown_cell(
            "# Risk trend report\n\nWhat moved in the period, whether it is more than noise, and where."
        ),
        _parameters('start: str = "2026-10-26"'),
        v4.new_code_cell("from tskit import Scope, load"),
        v4.new_markdown_cell("## What was asked"),
        _code(
            "scope = Scope.from_parameters(start=start, end=end, market=market)\ncase_set = load(scope)",
            {INPUTS_MIME: parts.inputs()},
        ),
        _show("question(case_set)", parts.question()),
        v4.new_markdown_cell("## Headline figures\n\nThis period against the eight weeks before."),
        _show("headlines(look)", parts.headlines()),
        v4.new_markdown_cell(
            "## What moved\n\nCases opened per day, with the range that the weeks before lead one to expect."
        ),
        _show(
            "daily = expected(case_set)\n# the last day is not complete\nover_time(daily, about=ABOUT)", parts.spike()
        ),
        _show("ranked_change(moves, about=ABOUT, by='segment')", parts.ranked()),
        v4.new_markdown_cell(
            "## Queue health\n\nWhen cases arrive, and every queue against its target.\n\n### By hour"
        ),
        _show("weekday_hour(arrivals, about=ABOUT)", parts.hours()),
        _show("queues(case_set)", parts.queues()),
        v4.new_markdown_cell("## Severe cases\n\nListed one by one, whatever a test says."),
        _show("severe(case_set)", parts.cases()),
        v4.new_markdown_cell(
            "## What to look at next\n\nThe findings at the top say so, in the order of their weight."
        ),
        _show("findings", parts.findings()),
    ]
    return _notebook(cells, {"start": "2026-10-26", "end": "2026-11-01", "market": ["ID", "TH"]})


def hostile() -> NotebookNode:
    """Return a notebook whose prose, outputs, names and parameters all carry attacks."""
    attack = " ".join(PAYLOADS)
    frame = pd.DataFrame(
        {"period_start": parts.last_days(14), "value": [float(n) for n in range(14)], "is_complete": True}
    )
    about = About(attack, attack, attack, attack, subtitle=attack, caption=attack)
    ranked = pd.DataFrame({PAYLOADS[2]: PAYLOADS[:6], "change": 0.1, "change_low": 0.05, "change_high": 0.2})
    finding = Finding(
        attack,
        tuple(Evidence("figure", p, p) for p in PAYLOADS),
        {attack: attack},
        why_sure=attack,
        detail=attack,
        limits=attack,
        next_step=attack,
    )
    grid = table(
        pd.DataFrame({p: [attack, p] for p in PAYLOADS}),
        [(p, p) for p in PAYLOADS],
        key=attack,
        title=attack,
        caption=attack,
    )
    cases = table(pd.DataFrame({"case_id": PAYLOADS}), [("case_id", attack)], key="c", title=attack, role="cases")
    inputs = parts.inputs() | {"zone": attack, "filters": {attack: [attack]}, "fingerprint": attack}
    inputs["quality"] = inputs["quality"] | {"notes": list(PAYLOADS), "reasons": {attack: 3}, "missing": [attack]}
    inputs["casebook"] = inputs["casebook"] | {"band": attack}
    spec = {**over_time(frame, about=about).spec, "usermeta": {"embedOptions": {"loader": "x"}}}
    image = {
        "data": {"values": [{"u": "https://evil.example/p.png"}]},
        "mark": "image",
        "encoding": {"url": {"field": "u"}},
        "href": "https://evil.example",
        "width": 100,
        "height": 50,
    }
    raw = {"application/vnd.tskit.vegalite+json": {"key": "raw", "title": attack, "alt": attack, "spec": image}}
    cells = [
        v4.new_markdown_cell(f"# {attack}\n\n{attack}"),
        v4.new_markdown_cell(
            f"## {attack}\n\n[x](javascript:alert(1)) ![p](https://evil.example/p.png) <https://evil.example> [y](https://evil.example)\n\n| a | b |\n|---|---|\n| {PAYLOADS[0]} | x |\n\n```html\n{attack}\n```"
        ),
        _parameters(f"market: str = {attack!r}"),
        _code(attack, {INPUTS_MIME: inputs}),
        _show("chart", over_time(frame, about=about)),
        _code(
            "spec", {"application/vnd.tskit.vegalite+json": {**over_time(frame, about=about).as_json(), "spec": spec}}
        ),
        _show("ranked", ranked_change(ranked, about=about, by=PAYLOADS[2])),
        _code("raw", raw),
        _show("grid", grid),
        _show("cases", cases),
        _show("findings", Findings(attack, attack, (finding,))),
        _code(
            "html",
            {
                "text/html": f"<table><caption>{attack}</caption><tr onclick=x><td style='position:fixed'>{attack}</td></tr></table><form action=https://evil.example><input></form>"
            },
        ),
        _code("js", {"application/javascript": "console.log('ran')", "text/plain": attack}),
        _code("svg", {"image/svg+xml": "<svg><script>console.log('ran')</script></svg>"}),
        _code("png", {"image/png": '"><script>console.log(1)</script>'}),
        _code("md", {"text/markdown": attack}),
        v4.new_code_cell(
            "print()",
            outputs=[
                v4.new_output("stream", name="stdout", text=attack),
                v4.new_output("error", ename=attack, evalue=attack, traceback=[attack]),
            ],
        ),
    ]
    return _notebook(cells, {attack: attack, "market": list(PAYLOADS)})


def _notebook(cells: list[Any], parameters: dict[str, Any]) -> NotebookNode:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    papermill = {
        "parameters": parameters,
        "input_path": "trend_report.ipynb",
        "output_path": "notebook.ipynb",
        "start_time": "2026-11-02T01:03:36+00:00",
        "end_time": "2026-11-02T01:04:02+00:00",
        "duration": 26.1,
    }
    return v4.new_notebook(
        cells=cells, metadata={"papermill": papermill, "language_info": {"name": "python", "version": "3.11.9"}}
    )


def _parameters(source: str) -> Any:
    return v4.new_code_cell(source, metadata={"tags": ["injected-parameters"]})


def _code(source: str, data: dict[str, Any]) -> Any:
    return v4.new_code_cell(source, outputs=[v4.new_output("display_data", data=data)])


def _show(source: str, value: Any) -> Any:
    return _code(source, value._repr_mimebundle_())
