"""The whys and the register of actions, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.causes.whys import root_of
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, days, listed, plural, spread

if TYPE_CHECKING:
    from tskit.causes.register import Baseline
    from tskit.causes.whys import Chain
    from tskit.findings.session.effects import Effect
    from tskit.findings.session.sitting import Session
    from tskit.findings.tables import Table

__all__ = ["actions_table", "whys_table"]

_ABOUT_CAUSE = "cause:"


def whys_table(session: Session) -> Table:
    """Return the chains of whys about the causes that were found and about cases of the problem set, a step a row."""
    ids = set(session.cases["case_id"])
    found = set(session.ranked.table["cause"])
    chosen = [c for c in session.chains if c.subject in ids or c.subject.removeprefix(_ABOUT_CAUSE) in found]
    rows = [row for chain in chosen for row in _steps(chain, session)]
    columns = [
        ("about", "About"),
        ("step", "Why", "number"),
        ("answer", "Because"),
        ("evidence", "Evidence"),
        ("cause", "Cause"),
    ]
    open_ends = [root for chain in chosen if not (root := root_of(chain, taxonomy=session.log.taxonomy)).is_finished]
    ends = (
        f"{plural(len(open_ends), 'chain')} still to finish: ask {listed(sorted({root.left_to_ask for root in open_ends}))}."
        if open_ends
        else "Each ends at the earliest cause that can be controlled."
    )
    start = "Nobody has asked why yet: `tskit tags why add RC2.1`, or Start here in JupyterLab."
    return table(
        pd.DataFrame(rows, columns=[column[0] for column in columns]),
        columns,
        key="whys",
        title="Five whys",
        caption=ends if rows else start,
        role="cases",  # evidence names single cases: a copy to share leaves it out
    )


def _steps(chain: Chain, session: Session) -> list[dict[str, object]]:
    root = root_of(chain, taxonomy=session.log.taxonomy)
    subject = chain.subject
    about = session.name(subject.removeprefix(_ABOUT_CAUSE)) if subject.startswith(_ABOUT_CAUSE) else subject
    return [
        {
            "about": about if number == 1 else "",
            "step": number,
            "answer": step.text,
            "evidence": step.evidence,
            "cause": (f"{step.cause} {session.name(step.cause)}" if step.cause else "")
            + (" (root)" if number == root.step and root.is_finished else ""),
        }
        for number, step in enumerate(chain.steps, start=1)
    ]


def actions_table(session: Session) -> Table:
    """Return the register: who does what until when, the figure to watch before and now, and what became of it."""
    rows = [_action(effect, session) for effect in session.effects]
    columns = [
        ("what", "Action"),
        ("cause", "Against"),
        ("owner", "Owner"),
        ("due", "Due", "date"),
        ("state", "State"),
        ("metric", "Figure to watch"),
        ("before", "Before"),
        ("now", "Now"),
        ("effect", "Effect"),
        ("note", "Note"),
    ]
    late = sum(effect.is_overdue for effect in session.effects)
    told = f"{count(late)} overdue. " if late else ""
    return table(
        pd.DataFrame(rows, columns=[column[0] for column in columns]),
        columns,
        key="actions",
        title="From cause to action to effect",
        caption=f"{told}Each figure is measured again whenever this write-up runs; a change counts once it is more than noise."
        if rows
        else "No action is on the register yet: `tskit tags action add`, or Start here in JupyterLab.",
    )


def _action(effect: Effect, session: Session) -> dict[str, object]:
    action = effect.action
    label = effect.metric.label if effect.metric else action.metric
    where = listed([listed([session.words(v) for v in values]) for _, values in action.where])
    return {
        "what": action.what,
        "cause": session.name(action.cause),
        "owner": f"{action.owner} ({action.partner})",
        "due": action.due.isoformat(),
        "state": _state(effect),
        "metric": f"{label}: {where}" if where else label,
        "before": _figure(action.baseline, effect),
        "now": _figure(effect.now, effect),
        "effect": effect.verdict,
        "note": effect.why,
    }


def _state(effect: Effect) -> str:
    if effect.action.is_dropped:
        return "dropped"
    if effect.action.done_on:
        return f"done {effect.action.done_on.isoformat()}"
    return "OVERDUE" if effect.is_overdue else "open"


def _figure(part: Baseline | None, effect: Effect) -> str:
    if part is None or effect.metric is None or not np.isfinite(part.value):
        return "not known"
    unit = effect.metric.unit
    return f"{amount(part.value, unit)} ({spread(part.low, part.high, unit)}), {days(part.start, part.end)}"
