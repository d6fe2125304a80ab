"""Executed notebooks of the two write-ups of duty: a brief of an escalation, a busy handover, and a quiet one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
from nbformat import v4

from tests.support import notebook_parts as parts
from tskit.charts import About, hourly
from tskit.findings.tables import Table, table
from tskit.model import INPUTS_MIME, Evidence, Finding, Findings, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

__all__ = ["AS_OF", "DUE", "PROMISE", "escalation", "handover", "quiet"]

ZONE = "Asia/Singapore"
AS_OF = "2026-11-01T15:59:00+00:00"
DUE = "2026-11-02T01:00:00+00:00"
PROMISE = "Ask Bob of the label to call back"
"""What somebody wrote in the log, which the team's page may show and nothing else."""

_ANSWERS = (
    ("What happened", "From Sunday 11:20, 26 reports in SG and MY named one episode and 3 re-uploads of it for threats against a named group.", None, "worse"),
    ("Who is affected, and how many", "The 4 items were played about 41,200 times (38,900 to 43,600; reach is known of 3 of them). 2 markets, 2 uploaders.", None, ""),
    ("What was done, and when", ["Escalated Sunday 12:04 (44 min after the first report).", "Episode removed Sunday 20:10; re-uploads removed by 21:35."], None, ""),
    ("Rule and its version", "DAN-THREATS, version 2026-03, in force since 1 March.", None, ""),
    ("Automation", "19 of 26 reports were found by people; no decision was automated.", None, ""),
    ("Notice and appeal", "Notice went to both uploaders. They may appeal for 6 months; 1 appeal was reversed on Sunday evening.", None, "better"),
    ("Was something milder considered", "A warning label was noted and set aside at 18:40.", None, ""),
    ("What is not known", "The reach of one re-upload, and whether the reports were coordinated.", None, ""),
    ("What must be decided next", "Whether the uploader's account is suspended in both markets. Owner: escalations lead, Singapore.", DUE, ""),
)  # fmt: skip
_AUDIENCES = {
    "executive": "An episode with threats drew 26 reports in two markets on Sunday; it is down.",
    "policy": "26 reports fall under DAN-THREATS, version 2026-03; one takedown under it was wrong.",
    "legal": "Two orders run: the earlier falls due on Monday 2 November 2026, 09:00.",
    "communications": "We removed an episode that threatened people, and restored a news episode that did not.",
    "vendor": "Escalations of DAN-THREATS are handed over by name at the change of shifts.",
}


def escalation(*, asked: str = "executive") -> NotebookNode:
    """Return an executed brief of an escalation, made for the audience that `asked`."""
    statements = tuple(
        Statement(name, headline, _paragraphs(name), {"reports": 26, "reversed": 1}, is_asked=name == asked)
        for name, headline in _AUDIENCES.items()
    )
    finding = Finding(
        "The hand-off to escalations-t2 at the change of shifts was taken up by nobody",
        (Evidence("table", "log", "the decision log"), Evidence("table", "first_page")),
        why_sure="The log of events has no acceptance after 20:52.",
        next_step="Name who takes up what changes hands at 21:00.",
        kind="incident",
        of_single_cases=True,
    )
    values = Finding(
        "The first page answers 9 questions", (Evidence("table", "first_page"),), {"reports": 26}, kind="fact"
    )
    answer = Findings(
        "Threats in one episode drew 26 reports in Singapore and Malaysia; it is down, one decision is due",
        "Reports rose from 1 to 11 an hour within five hours. Everything below is as of Sunday night.",
        (finding, values),
        title_to_share="An escalation, without its cases",
        statements=statements,
        as_of=AS_OF,
        zone=ZONE,
    )
    cells = [
        v4.new_markdown_cell("# Escalation brief"),
        _code("case_set = load(scope)", {INPUTS_MIME: parts.inputs()}),
        v4.new_markdown_cell("## First page"),
        _show("first_page(escalation)", _first_page()),
        v4.new_markdown_cell("## Decision log\n\nWhat was decided, by whom, and what comes next."),
        _show("log_table(escalation)", _log()),
        v4.new_markdown_cell("## What it adds up to"),
        _show("record(escalation)", answer),
    ]
    return _notebook(cells, "escalation_brief", {"case_id": ["5003x0000Ab12"], "audience": asked})


def handover() -> NotebookNode:
    """Return an executed handover of a busy shift."""
    finding = Finding(
        "Reports of threats rose to 11 in the hour from 17:00, against at most 4 expected",
        (Evidence("figure", "arrivals", "arrivals by the hour"),),
        {"cases": 11, "high": 4},
        "high",
        "The count is beyond what chance gives once in a thousand hours.",
        next_step="Open the escalation and see who holds it.",
        tone="worse",
    )
    answer = Findings(
        "3 cases fall due before 03:00, and one escalation has nobody",
        "26 cases are open, 2 of them S3. 14 to 27 are expected until 09:00, and the shift can decide 48.",
        (finding,),
        brief=(
            "3 cases fall due before 03:00: 5003x0000Ab10, 5003x0000Ab11, 5003x0000Ab12.",
            "2 of 3 promises were kept.",
        ),
        is_brief_for_team=True,
        as_of=AS_OF,
        zone=ZONE,
        is_compact=True,
    )
    cells = [
        v4.new_markdown_cell("# On-call handover"),
        v4.new_code_cell("look = handover(load(scope), site='singapore')"),
        _show(
            "headlines(look)",
            _tiles((("Open", "26"), ("Due within 4 h", "3"), ("S3 open", "2"), ("Expected by 09:00", "20"))),
        ),
        v4.new_markdown_cell("## Due next\n\nWhat breaches in 4, 12 and 24 hours."),
        _show("due_next(look)", _open(7)),
        v4.new_markdown_cell("## S3, one by one"),
        _show("grave(look)", _bare("grave", "No case of severity S3 is open.")),
        v4.new_markdown_cell("## Spikes and silence"),
        _show("charts.hourly(arrivals, about=ABOUT, zone=ZONE)", _hours()),
        v4.new_markdown_cell("## What the last shift promised"),
        _show("promises(look)", _promises()),
        v4.new_markdown_cell("## Data"),
        _code("case_set", {INPUTS_MIME: parts.inputs()}),
        v4.new_markdown_cell("## What stands out"),
        _show("record(look)", answer),
    ]
    return _notebook(cells, "oncall_handover", {"site": "singapore", "shift": "weekend night"})


def quiet() -> NotebookNode:
    """Return an executed handover of a shift in which nothing happened."""
    answer = Findings(
        "A quiet night: nothing falls due before 09:00, and nothing stands out",
        "6 cases are open, none of them grave. 8 to 17 are expected until 09:00, and the shift can decide 48.",
        (),
        brief=("Nothing falls due before 09:00.",),
        is_brief_for_team=True,
        as_of=AS_OF,
        zone=ZONE,
        is_compact=True,
    )
    said = {
        "Due next": "Nothing passes its deadline within 24 hours.",
        "S3, one by one": "No case of severity S3 is open.",
        "Spikes and silence": "Every hour since the last handover stayed inside the expected range.",
        "Escalations in flight": "None.",
        "What the last shift promised": "Everything was done.",
        "Expected against capacity": "8 to 17 cases until 09:00; the shift can decide 48.",
        "Checklist": "All 6 points were checked.",
    }
    sections = [
        cell
        for title, words in said.items()
        for cell in (v4.new_markdown_cell(f"## {title}\n\nWhat this is about."), _show("x(look)", _bare(title, words)))
    ]
    cells = [
        v4.new_markdown_cell("# On-call handover"),
        v4.new_code_cell("look = handover(load(scope), site='singapore')"),
        _show(
            "headlines(look)",
            _tiles((("Open", "6"), ("Due within 24 h", "0"), ("S3 open", "0"), ("Expected by 09:00", "12"))),
        ),
        *sections,
        v4.new_markdown_cell("## Data"),
        _code("case_set", {INPUTS_MIME: parts.inputs()}),
        _show("record(look)", answer),
    ]
    return _notebook(cells, "oncall_handover", {"site": "singapore", "shift": "weekend night"})


def _paragraphs(audience: str) -> tuple[str, ...]:
    shared = "26 cases were opened about 4 items in SG and MY; 3 cases are open. The items were played 38,900 to 43,600 times."
    return (shared, f"What {audience} decides next is due on Monday 2 November 2026, 09:00, Asia/Singapore.")


def _first_page() -> Table:
    frame = pd.DataFrame(_ANSWERS, columns=["question", "answer", "due", "tone"])
    frame["ref"] = ["", "", "log", *[""] * 6]
    headers = [(name, name.capitalize()) for name in frame.columns]
    return table(frame, headers, key="first_page", title="The first page", role="answers")


def _log() -> Table:
    frame = pd.DataFrame(
        {
            "case_id": ["5003x0000Ab12"] * 3,
            "at": ["2026-11-01T04:04:00+00:00", "2026-11-01T10:40:00+00:00", "2026-11-01T12:10:00+00:00"],
            "what": ["opened", "note", "decision"],
            "text": ["Escalated by the queue.", PROMISE, "Remove the episode in both markets."],
        }
    )
    headers = [("case_id", "Case"), ("at", "At", "moment"), ("what", "What"), ("text", "In words")]
    made = table(frame, headers, key="log", title="Decision log", role="cases")
    return replace(made, of_single_cases=True)


def _open(count: int) -> Table:
    start = datetime.fromisoformat(AS_OF)
    rows = [
        (f"5003x0000Ab{10 + n}", "S2" if n else "S3", "escalations-t2", (start + timedelta(hours=2.2 * n - 0.5)).isoformat(), "" if n % 3 else "24 other reports of the same episode")
        for n in range(count)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["case_id", "severity", "queue", "due_at", "why"])
    headers = [
        ("case_id", "Case"),
        ("severity", "Severity"),
        ("due_at", "Due", "due"),
        ("queue", "Queue"),
        ("why", "Why"),
    ]
    return table(frame, headers, key="due_next", title="What falls due within 24 hours", role="cases")


def _promises() -> Table:
    frame = pd.DataFrame(
        {
            "text": ["Watch the re-uploads", PROMISE],
            "owner": ["person-1", "person-2"],
            "due_at": [AS_OF, DUE],
            "state": ["done", "late"],
        }
    )
    headers = [("text", "Promise"), ("owner", "By"), ("due_at", "Due", "due"), ("state", "State")]
    made = table(frame, headers, key="promises", title="What the last shift promised", role="people")
    return replace(made, of_single_cases=True)


def _hours() -> Any:
    start = datetime(2026, 11, 1, 9, tzinfo=ZoneInfo(ZONE))
    cases = [2, 1, 3, 2, 4, 5, 7, 9, 11, 6, 3, 0, 0, 2, 1, *[None] * 9]
    frame = pd.DataFrame(
        {
            "at": [start + timedelta(hours=n) for n in range(24)],
            "cases": cases,
            "expected": 2.0,
            "low": 0.0,
            "high": 4.0,
        }
    )
    frame["is_future"] = frame["cases"].isna()
    frame["mark"] = ["spike" if isinstance(n, int) and n > 4 else "" for n in cases]
    about = About("arrivals", "Cases opened by the hour", "Cases opened", "cases")
    return hourly(frame, about=about, zone=ZONE)


def _tiles(pairs: Sequence[tuple[str, str]]) -> Table:
    frame = pd.DataFrame(
        [(label, float(said), said, "cases") for label, said in pairs], columns=["label", "value", "text", "unit"]
    )
    return table(
        frame, [(name, name) for name in frame.columns], key="headlines", title="At a glance", role="headlines"
    )


def _bare(key: str, caption: str) -> Table:
    frame = pd.DataFrame({"case_id": pd.Series([], dtype=str)})
    return table(frame, [("case_id", "Case")], key=key, title=key, caption=caption, role="cases")


def _notebook(cells: list[Any], template: str, parameters: dict[str, Any]) -> NotebookNode:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    papermill = {
        "parameters": parameters,
        "input_path": f"{template}.ipynb",
        "end_time": "2026-11-01T16:04:02+00:00",
        "duration": 9.1,
    }
    return v4.new_notebook(
        cells=cells, metadata={"papermill": papermill, "language_info": {"name": "python", "version": "3.11.9"}}
    )


def _code(source: str, data: dict[str, Any]) -> Any:
    return v4.new_code_cell(source, outputs=[v4.new_output("display_data", data=data)])


def _show(source: str, value: Any) -> Any:
    return _code(source, value._repr_mimebundle_())
