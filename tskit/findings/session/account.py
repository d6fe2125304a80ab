"""What a session rests on, as tables: the question, the problem set, the sample, and who tagged how many."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tskit.causes import PROBLEMS
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, days, limit, listed, plural, spread
from tskit.metrics import find, measure

if TYPE_CHECKING:
    from tskit.findings.session.sitting import Session
    from tskit.findings.tables import Table

__all__ = ["problems_table", "question_table", "sample_table", "taggers_table", "triggers_table", "whose_tags"]

_STATES = ("settled", "disputed", "untagged", "not an error")


def question_table(session: Session) -> Table:
    """Return what was asked, as rows of a question and its answer in words."""
    scope, asked = session.case_set.scope, session.asked
    filters = "; ".join(f"{name}: {listed(values)}" for name, values in scope.filters) or "none: all cases"
    weights = ", ".join(f"{name} {limit(weight, '')}" for name, weight in asked.severity_weights.items())
    rows = [
        ("Problem set", listed([PROBLEMS[name].words for name in asked.problems])),
        ("Period", f"{days(scope.window.start, scope.window.end)}, {scope.zone}, {plural(scope.window.days, 'day')}"),
        ("Source", scope.source or "the casebook's first source"),
        ("Only cases with", filters),
        ("Whose tags count", whose_tags(session)),
        ("Tags as of", _as_of(session)),
        ("Level of the taxonomy", f"{asked.level}; its version is {session.log.taxonomy.version[:12]}"),
        ("Looked into by", listed(session.by) or "nothing: all cases together"),
        ("Columns that the source lacks", listed(session.absent) or "none of those asked for"),
        ("Severity weights", weights),
    ]
    frame = pd.DataFrame(rows, columns=["question", "answer"])
    return table(frame, [("question", "Question"), ("answer", "Answer")], key="question", title="What was asked")


def whose_tags(session: Session) -> str:
    """Return in words whose tags count."""
    if session.round is None:
        return "every tag, however its case was found"
    drawn = {"random": "drawn at random", "uncertainty": "drawn where tags were least certain, without a known chance"}
    how = drawn.get(session.round.design, "drawn at random by stratum")
    blind = ", blind" if session.round.is_blind else ""
    return f"those of the round {session.round.name}: {plural(len(session.round.cases), 'case')} {how}{blind}"


def problems_table(session: Session) -> Table:
    """Return the problem set by name: how many cases, the rate that they stand for, and how many are in another set."""
    rows = [_problem(name, session) for name in session.asked.problems]
    rows.append({"problem": "Problem set: in any of them", "cases": len(session.cases)})
    columns = [
        ("problem", "Problem"),
        ("cases", "Cases", "cases"),
        ("also", "Also in another", "cases"),
        ("metric", "Metric"),
        ("value", "Its value"),
        ("interval", "Interval"),
        ("note", "Note"),
    ]
    frame = pd.DataFrame(rows, columns=[column[0] for column in columns]).astype(object)
    return table(
        frame.where(frame.notna(), None),
        columns,
        key="problem_set",
        title="The problem set",
        caption="Shares in this write-up are shares of these cases; they say nothing about cases that went well.",
    )


def _problem(name: str, session: Session) -> dict[str, object]:
    problem, metric = PROBLEMS[name], find(PROBLEMS[name].metric)
    row: dict[str, object] = {"problem": problem.words[:1].upper() + problem.words[1:], "metric": metric.label}
    if name in session.missing:
        lacking = listed([f"the column {column}" for column in session.missing[name]])
        return row | {"note": f"not computed: it needs {lacking}"}
    held = session.cases[name].astype(bool)
    others = [other for other in session.asked.problems if other != name]
    also = int((held & session.cases[others].astype(bool).any(axis=1)).sum()) if others else None
    found = measure(session.case_set, metric.name, window=session.window).iloc[0]
    figures: dict[str, object] = {"cases": int(held.sum()), "also": also, "note": str(found.get("note") or "")}
    if pd.notna(found["value"]):
        figures["value"] = amount(float(found["value"]), metric.unit)
        figures["interval"] = spread(float(found["low"]), float(found["high"]), metric.unit)
    return row | figures


def sample_table(session: Session) -> Table:
    """Return the sample by stratum: cases drawn, the weight of each, and how many are settled, disputed or untagged."""
    strata = session.judged["stratum"].astype(object).where(session.judged["stratum"].notna(), "")
    rows = [_stratum(_stratum_name(str(name)), session.judged[strata == name]) for name in sorted(set(strata))]
    if len(rows) != 1:
        rows.append(_stratum("All", session.judged))
    columns = [
        ("stratum", "Stratum"),
        ("drawn", "Cases drawn", "cases"),
        ("weight", "Each stands for"),
        *((name.replace(" ", "_"), name.capitalize(), "cases") for name in _STATES),
    ]
    return table(
        pd.DataFrame(rows, columns=[column[0] for column in columns]),
        columns,
        key="sample",
        title="The sample and its weights",
        caption=_drawn(session),
    )


def _stratum_name(name: str) -> str:
    return PROBLEMS[name].words.capitalize() if name in PROBLEMS else name or "All"


def _stratum(name: str, rows: pd.DataFrame) -> dict[str, object]:
    weights = rows["weight"].dropna()
    each = "no known chance" if weights.empty and len(rows) else ""
    if len(weights):
        low, high = float(weights.min()), float(weights.max())
        each = _times(low) if np.isclose(low, high) else f"{_times(low)} to {_times(high)}"
    counts = {state.replace(" ", "_"): int((rows["state"] == state).sum()) for state in _STATES}
    return {"stratum": name, "drawn": len(rows), "weight": each, **counts}


def _times(weight: float) -> str:
    return f"{weight:,.2f}".rstrip("0").rstrip(".")


def _drawn(session: Session) -> str:
    if session.round is None:
        return (
            "Every case of the problem set, whoever chose to tag it: shares among the tagged ones may not be those of "
            "the whole set."
        )
    outside = len(session.round.cases) - len(session.judged)
    told = f"The round {session.round.name} drew {plural(len(session.round.cases), 'case')}. "
    told += f"{plural(outside, 'case')} of it lie outside this problem set and do not count. " if outside else ""
    return f"{told}Each settled case stands for as many of the problem set as its chance to be drawn says."


def taggers_table(session: Session) -> Table:
    """Return who judged how many of the session's cases, and how sure they were; rules and adjudications stand apart."""
    mine = session.tags[session.tags["case_id"].isin(set(session.judged["case_id"]))]
    kinds = mine.assign(role=[_role(row.tagger, row.round) for row in mine.itertuples()])  # type: ignore[arg-type]
    rows: list[dict[str, object]] = []
    for (person, role), part in kinds.groupby(["tagger", "role"], sort=True):
        tags = part[part["kind"] == "tag"]
        rows.append(
            {
                "person": person,
                "role": role,
                "tagged": int(tags["case_id"].nunique()),
                "skipped": int((part["kind"] == "skip").sum()),
                "unsure": int((tags["confidence"] == "low").sum()),
                "last": part["tagged_at"].max().tz_convert(session.window.zone).date().isoformat(),
            }
        )
    columns = [
        ("person", "Person"),
        ("role", "As"),
        ("tagged", "Cases tagged", "cases"),
        ("skipped", "Skipped", "cases"),
        ("unsure", "Low confidence", "cases"),
        ("last", "Last", "date"),
    ]
    frame = pd.DataFrame(rows, columns=[column[0] for column in columns])
    return table(
        frame.sort_values(["role", "tagged", "person"], ascending=[False, False, True]),
        columns,
        key="taggers",
        title="Who tagged",
        caption=_settled_in_words(session) if len(frame) else "Nobody has tagged a case of this set yet.",
        role="people",
    )


def _role(tagger: str, name: str) -> str:
    if tagger.startswith("rule:"):
        return "rule: never counts"
    return "adjudicator" if name.partition(":")[0] == "adjudication" else "reviewer"


def _settled_in_words(session: Session) -> str:
    how = {str(name): int(number) for name, number in session.judged["how"].value_counts().items()}
    told = {
        "agreed": "two or more people agree on",
        "adjudicated": "a third person decided",
        "single": "one person alone tagged",
        "disputed": "people disagree on",
    }
    parts = [f"{words} {count(how[name])}" for name, words in told.items() if how.get(name)]
    untagged = int((session.judged["state"] == "untagged").sum())
    return f"Of {plural(len(session.judged), 'case')}: {'; '.join([*parts, f'nobody judged {count(untagged)}'])}."


def triggers_table(session: Session) -> Table:
    """Return what set cases off, outside our control, and what contributed; neither enters the shares of causes."""
    settled = session.judged[session.judged["state"] == "settled"]
    triggers = pd.Series([str(t) for t in settled["trigger"] if isinstance(t, str) and t], dtype=object)
    others = pd.Series(
        [str(c) for given in settled["contributing"] if isinstance(given, list | np.ndarray | tuple) for c in given],
        dtype=object,
    )
    rows = [
        {"role": role, "cause": f"{cause} {session.name(str(cause))}", "cases": int(number)}
        for role, found in (("Set it off", triggers), ("Contributed", others))
        for cause, number in sorted(found.value_counts().items(), key=lambda item: (-item[1], str(item[0])))
    ]
    return table(
        pd.DataFrame(rows, columns=["role", "cause", "cases"]),
        [("role", "Role"), ("cause", "Cause"), ("cases", "Cases", "cases")],
        key="triggers",
        title="What set cases off, and what contributed",
        caption="Beside the primary cause; a case may have several, so these do not add up to the cases."
        if rows
        else "No settled case names a trigger or a contributing cause.",
    )


def _as_of(session: Session) -> str:
    entries = plural(session.state.entries, "entry", "entries")
    until = session.until
    if isinstance(until, int):
        return f"the first {entries} of the log; until=#{session.state.entries} gives the same again"
    when = "now" if until is None else f"{until.astimezone(ZoneInfo(session.window.zone)):%Y-%m-%d %H:%M}"
    return f"{when}: {entries} of the log"
