"""Executed notebooks as a run leaves them: one with believable figures, and one in which every text is an attack."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from nbformat import v4

from tskit.charts import About, over_time, ranked_change, weekday_hour
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
            {INPUTS_MIME: _inputs()},
        ),
        _show("question(case_set)", _question()),
        v4.new_markdown_cell("## Headline figures\n\nThis period against the eight weeks before."),
        _show("headlines(look)", _headlines()),
        v4.new_markdown_cell(
            "## What moved\n\nCases opened per day, with the range that the weeks before lead one to expect."
        ),
        _show("daily = expected(case_set)\n# the last day is not complete\nover_time(daily, about=ABOUT)", _spike()),
        _show("ranked_change(moves, about=ABOUT, by='segment')", _ranked()),
        v4.new_markdown_cell(
            "## Queue health\n\nWhen cases arrive, and every queue against its target.\n\n### By hour"
        ),
        _show("weekday_hour(arrivals, about=ABOUT)", _hours()),
        _show("queues(case_set)", _queues()),
        v4.new_markdown_cell("## Severe cases\n\nListed one by one, whatever a test says."),
        _show("severe(case_set)", _cases()),
        v4.new_markdown_cell(
            "## What to look at next\n\nThe findings at the top say so, in the order of their weight."
        ),
        _show("findings", _findings()),
    ]
    return _notebook(cells, {"start": "2026-10-26", "end": "2026-11-01", "market": ["ID", "TH"]})


def hostile() -> NotebookNode:
    """Return a notebook whose prose, outputs, names and parameters all carry attacks."""
    attack = " ".join(PAYLOADS)
    frame = pd.DataFrame({"period_start": _days(14), "value": [float(n) for n in range(14)], "is_complete": True})
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
    inputs = _inputs() | {"zone": attack, "filters": {attack: [attack]}, "fingerprint": attack}
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


def _days(count: int) -> list[date]:
    return [date(2026, 11, 1) - timedelta(days=count - 1 - n) for n in range(count)]


def _spike() -> Any:
    rng = np.random.default_rng(7)
    days = _days(56)
    values = 30 + rng.poisson(3, 56).astype(float) - 3 + np.array([2 * (d.weekday() < 5) for d in days])
    values[-6:] = [58, 112, 151, 172, 181, 140]
    frame = pd.DataFrame(
        {
            "period_start": days,
            "value": values,
            "expected": 33.0,
            "expected_low": 22.0,
            "expected_high": 46.0,
            "is_complete": [True] * 55 + [False],
        }
    )
    about = About("spike_by_day", "Impersonation cases opened per day, Indonesia", "Cases opened", "cases")
    return over_time(frame, about=about, events={date(2026, 10, 27): "spike starts"})


def _ranked() -> Any:
    rows = [
        ("ID · impersonation", 4.2, 3.7, 4.8, True),
        ("TH · spam", 0.31, -0.02, 0.72, False),
        ("VN · scam", 0.12, -0.1, 0.38, False),
        ("PH · music piracy", -0.08, -0.2, 0.06, False),
        ("MY · harassment", -0.15, -0.38, 0.17, False),
    ]
    frame = pd.DataFrame(rows, columns=["segment", "change", "change_low", "change_high", "is_beyond_noise"])
    return ranked_change(
        frame, about=About("where", "Change in cases opened, by market and policy", "Change", "share"), by="segment"
    )


def _hours() -> Any:
    frame = pd.DataFrame(
        [
            {"weekday": d, "hour": h, "value": 40 + 30 * np.sin((h - 6) / 24 * 6.28) - 12 * (d > 5)}
            for d in range(1, 8)
            for h in range(24)
        ]
    )
    return weekday_hour(frame, about=About("arrivals", "When cases arrive", "Cases opened", "cases"))


def _headlines() -> Any:
    names = ["label", "value", "unit", "text", "change", "tone", "verdict", "target", "spark", "metric"]
    rows = [
        (
            "Cases opened",
            6912,
            "cases",
            "6,912",
            "▲ +18.4 % (15.1 to 21.8)",
            "worse",
            "",
            "",
            [5.8, 5.9, 5.7, 6.0, 5.8, 5.9, 5.8, 6.0, 6.9],
            "cases_opened",
        ),
        (
            "Closed within the SLA",
            0.913,
            "share",
            "91.3\u202f%",
            "▼ −2.1 points (−3.0 to −1.2)",
            "worse",
            "target missed",
            "at least 95 %",
            [95, 94.8, 94.9, 94.6, None, 94.8, 94.9, 94, 91.3],
            "sla_attainment",
        ),
        (
            "Decisions overturned",
            0.068,
            "share",
            "6.8\u202f%",
            "no change beyond noise (−0.2 points)",
            "neutral",
            "target met",
            "at most 8 %",
            [6.7, 6.9, 6.6, 6.8, 6.9, 6.7, 6.8, 6.9, 6.8],
            "overturn_rate",
        ),
        (
            "Median time to close",
            5.2,
            "hours",
            "5.2\u202fh",
            "no change beyond noise (+1.1 %)",
            "neutral",
            "",
            "",
            [5.1, 5.3, 5.2, 5.0, 5.3, 5.1, 5.2, 5.1, 5.2],
            "hours_to_close",
        ),
        (
            "Backlog",
            1204,
            "cases",
            "1,204",
            "▼ −6.2 % (−8.0 to −4.1)",
            "better",
            "",
            "",
            [1.4, 1.38, 1.35, 1.36, 1.3, 1.31, 1.28, 1.25, 1.2],
            "backlog",
        ),
    ]
    return table(
        pd.DataFrame(rows, columns=names),
        [(n, n) for n in names],
        key="headlines",
        title="Headline figures",
        caption="Change against the period before, with the range that holds it in 95 of 100 cases.",
        role="headlines",
    )


def _question() -> Any:
    rows = [("Period", "26 October to 1 November 2026"), ("Compared with", "28 September to 4 October 2026")]
    columns = [("question", "Question"), ("answer", "Answer")]
    frame = pd.DataFrame(rows, columns=["question", "answer"])
    return table(frame, columns, key="question", title="What was asked of the data")


def _queues() -> Any:
    markets = ("ID", "TH", "VN", "PH", "MY", "SG", "TW", "HK")
    policies = ("scam", "impersonation", "harassment")
    rows = [
        (f"{m.lower()}-{p}", m, 1200 // (n + 1) + 13, 0.9512 - 0.011 * n, 4.2 + n, "2026-11-01")
        for n, (m, p) in enumerate((m, p) for m in markets for p in policies)
    ]
    frame = pd.DataFrame(rows, columns=["queue", "market", "cases", "sla", "hours", "day"])
    return table(
        frame,
        [
            ("queue", "Queue"),
            ("market", "Market"),
            ("cases", "Open cases", "cases"),
            ("sla", "Within SLA", "share"),
            ("hours", "Median hours", "hours"),
            ("day", "Last arrival", "date"),
        ],
        key="queues",
        title="Queues, by open cases",
        caption="Open cases at the end of the period; the SLA counts cases due in it.",
    )


def _cases() -> Any:
    frame = pd.DataFrame(
        [
            ({"case_id": "5003x0000Ab12"}, "ID", "impersonation", "2026-10-29T04:12:00+00:00", "open"),
            ({"case_id": "5003x0000Ab77"}, "TH", "minor safety", "2026-10-30T11:40:00+00:00", "closed"),
        ],
        columns=["case_id", "market", "policy", "opened_at", "status"],
    )
    return table(
        frame,
        [
            ("case_id", "Case"),
            ("market", "Market"),
            ("policy", "Policy"),
            ("opened_at", "Opened", "date"),
            ("status", "Status"),
        ],
        key="severe",
        title="Cases of severity S3",
        caption="Open each in the system of record before acting on it.",
        role="cases",
    )


def _findings() -> Findings:
    figure = Evidence("figure", "spike_by_day", "daily cases")
    return Findings(
        "Impersonation podcasts in Indonesia rose fivefold; nothing else moved beyond noise",
        "Volume rose 18.4 % on the mean of the eight weeks before. Four fifths of the rise is one segment: impersonation podcasts reported in Indonesia. The SLA target was missed there and met everywhere else.",
        (
            Finding(
                "Impersonation podcasts in Indonesia: 1,104 cases against 212 expected (188 to 241)",
                (figure, Evidence("figure", "where")),
                {"cases": 1104},
                "very high",
                "outside the 99.9 % band on five days; one of 96 segments looked at",
                "It began on Tuesday 27 October and has not slowed. 71 % of the new cases share near-identical descriptions.",
                "Reports arrive up to two days late; Sunday is not complete.",
                "Open the largest cluster in a case deep dive; ask detection for the upload source.",
                "change",
                "worse",
            ),
            Finding(
                "Two cases of severity S3 are on record",
                (Evidence("table", "severe"),),
                {},
                "very high",
                "listed one by one",
                kind="incident",
                tone="worse",
                next_step="Check the open one today.",
            ),
            Finding(
                "The SLA in the Indonesian scam queue fell to 74 % (70 to 78)",
                (Evidence("table", "queues"),),
                {},
                "high",
                "402 cases due",
                "Arrivals exceeded closures on five of seven days.",
                kind="target",
                tone="worse",
            ),
            Finding(
                "The backlog shrank by 6.2 %",
                (Evidence("metric", "M19 backlog"),),
                {},
                "moderate",
                kind="change",
                tone="better",
            ),
            Finding(
                "Overturned decisions did not move beyond noise",
                (Evidence("metric", "M07 overturn rate"),),
                {},
                "moderate",
                "94 other segments were looked at; none stood out after correction",
                kind="steady",
            ),
            Finding(
                "Reports of the last two days are still arriving",
                (Evidence("metric", "M00 cases opened"),),
                {},
                "high",
                kind="limit",
            ),
        ),
    )


def _inputs() -> dict[str, Any]:
    return {
        "source": "main",
        "profile": "canonical",
        "fingerprint": "8d20c0ffee8d20c0ffee",
        "zone": "Asia/Singapore",
        "start": "2026-10-26",
        "last_day": "2026-11-01",
        "filters": {"market": ["ID", "TH"]},
        "as_of": "2026-11-01T15:59:59+00:00",
        "inputs": [
            {"name": "cases.parquet", "sha256": "8d20" * 16, "bytes": 9120345, "rows": 53799},
            {"name": "events.parquet", "sha256": "1f0a" * 16, "bytes": 29120345, "rows": 412004},
        ],
        "quality": {
            "read": 53799,
            "kept": 53616,
            "rejected": 183,
            "flagged": 96,
            "cases": 53616,
            "reasons": {"bad_time": 120, "duplicate_key": 63},
            "flags": {"closed_before_opened": 96},
            "missing": ["handle_minutes"],
            "blank": {"language": 0.031, "vendor": 0.0},
            "notes": ["Reports arrive up to two days late."],
        },
        "casebook": {
            "name": "sample",
            "band": "INTERNAL · CONTAINS CASE AGGREGATES",
            "is_sample": True,
            "smallest_cell": 5,
        },
    }
