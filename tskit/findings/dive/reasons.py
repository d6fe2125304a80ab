"""Why it went wrong, as people have it: tags of the cases, similar tagged cases, the whys and the actions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes.whys import root_of
from tskit.findings.tables import table
from tskit.findings.wording import plural

if TYPE_CHECKING:
    from tskit.causes.whys import Chain
    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["actions_table", "cause_name", "similar_causes", "similar_table", "tags_table", "whys_table"]

_HOW = {
    "adjudicated": "settled by an adjudicator",
    "agreed": "all agree",
    "single": "one person",
    "disputed": "people disagree",
}


def cause_name(dive: Dive, cause: object) -> str | None:
    """Return a cause with its name, as RC1.4 policy change; None where there is none."""
    if not isinstance(cause, str) or not cause:
        return None
    return f"{cause} {dive.judged.taxonomy.name(cause)}"


def tags_table(dive: Dive) -> Table:
    """Return every standing judgement of the cases, and how they add up; the text of notes is not among them."""
    settled = dive.judged.settled.set_index("case_id")["how"].to_dict()
    tags = dive.judged.tags
    frame = pd.DataFrame(
        {
            "case_id": tags["case_id"],
            "tagger": tags.get("tagger"),
            "cause": [
                cause_name(dive, cause) or str(kind)
                for cause, kind in zip(tags["cause"], tags.get("kind", []), strict=False)
            ],
            "trigger": [cause_name(dive, trigger) for trigger in tags["trigger"]],
            "confidence": tags.get("confidence"),
            "round": [name or None for name in tags.get("round", [])],
            "at": [dive.local(at) for at in tags.get("tagged_at", [])],
            "how": [_HOW.get(str(settled.get(case_id))) for case_id in tags["case_id"]],
        }
    )
    headers = [
        ("case_id", "Case"), ("tagger", "Tagged by"), ("cause", "Cause"), ("trigger", "Set off by"),
        ("confidence", "Confidence"), ("round", "Round"), ("at", "When"), ("how", "Together"),
    ]  # fmt: skip
    kept = [h for h in headers if (h[0] != "case_id" or not dive.is_one) and (frame.empty or frame[h[0]].notna().any())]
    caption = "" if len(frame) else _no_tags(dive)
    made = table(frame, kept, key="tags", title="What people tagged", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def similar_table(dive: Dive) -> Table:
    """Return the most similar cases that people have tagged, and their causes."""
    similar = dive.judged.similar
    frame = pd.DataFrame(
        {
            "of": similar["case_id"],
            "case_id": similar["similar_id"],
            "similarity": similar["similarity"].astype(float),
            "cause": [cause_name(dive, cause) for cause in similar["cause"]],
            "trigger": [cause_name(dive, cause) for cause in similar["trigger"]],
            "how": [_HOW.get(str(how)) for how in similar["how"]],
        }
    )
    headers: list[tuple[str, str] | tuple[str, str, str]] = [
        ("case_id", "Case"), ("similarity", "Alike", "share"), ("cause", "Its cause"), ("trigger", "Set off by"),
        ("how", "How sure people are"),
    ]  # fmt: skip
    kept = [header for header in headers if frame.empty or frame[header[0]].notna().any()]
    kept = kept if dive.is_one else [kept[0], ("of", "Like the case"), *kept[1:]]
    caption = _similar_caption(dive)
    made = table(
        frame, kept, key="similar", title="Similar cases that people have tagged", caption=caption, role="cases"
    )
    return replace(made, of_single_cases=True)


def similar_causes(dive: Dive, case_id: str) -> tuple[str, int, int]:
    """Return the cause that most of the similar tagged cases share, how many do, and of how many; "" for none."""
    mine = dive.judged.similar.loc[dive.judged.similar["case_id"].eq(case_id), "cause"].dropna()
    if mine.empty:
        return "", 0, 0
    counts = mine.value_counts()
    return str(counts.index[0]), int(counts.iloc[0]), len(mine)


def whys_table(dive: Dive) -> Table:
    """Return the whys of each case that has some, down to the earliest cause that can be controlled."""
    chains = [dive.judged.chains[case_id] for case_id in dive.case_ids if case_id in dive.judged.chains]
    rows = [row for chain in chains for row in _steps(dive, chain)]
    frame = pd.DataFrame(rows, columns=["case_id", "step", "why", "evidence", "cause"])
    headers = [("case_id", "Case"), ("step", "Why"), ("why", "Because"), ("evidence", "Evidence"), ("cause", "Cause")]
    kept = headers[1:] if dive.is_one else headers
    ask = "Nobody has asked why yet. Write the steps down with causes.record_whys, each with its evidence."
    caption = "; ".join(_ending(dive, chain) for chain in chains) if chains else ask
    made = table(frame, kept, key="whys", title="Five whys", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def actions_table(dive: Dive) -> Table:
    """Return the actions of the register that answer to the causes of these cases."""
    today = dive.known.until.astimezone(dive.zone).date()
    rows = [
        (
            action.what,
            cause_name(dive, action.cause),
            action.partner,
            action.owner,
            action.due.isoformat(),
            "dropped"
            if action.is_dropped
            else "done"
            if action.done_on
            else "late"
            if action.is_overdue(on=today)
            else "open",
        )
        for action in dive.judged.actions
    ]
    names = [
        ("what", "Action"),
        ("cause", "Answers to"),
        ("partner", "Asked of"),
        ("owner", "Owner"),
        ("due", "Due"),
        ("state", "State"),
    ]
    frame = pd.DataFrame(rows, columns=[name for name, _ in names])
    caption = "" if rows else "The register holds no action for the causes of these cases."
    return table(frame, names, key="actions", title="Actions under way", caption=caption)


def _steps(dive: Dive, chain: Chain) -> list[tuple[object, ...]]:
    return [
        (chain.subject, str(n), step.text, step.evidence, cause_name(dive, step.cause))
        for n, step in enumerate(chain.steps, start=1)
    ]


def _ending(dive: Dive, chain: Chain) -> str:
    root = root_of(chain, taxonomy=dive.judged.taxonomy)
    if root.is_finished:
        return f"The earliest cause that can be controlled: {cause_name(dive, root.cause)}."
    return f"Not at its end: ask {root.left_to_ask}."


def _no_tags(dive: Dive) -> str:
    if not dive.judged.has_records:
        return "This casebook keeps no tags yet. Tag the case in the review widget."
    return f"Nobody has tagged {'it' if dive.is_one else 'them'} yet. Open the review widget to do so."


def _similar_caption(dive: Dive) -> str:
    if not dive.judged.has_records:
        return "This casebook keeps no tags yet, so nothing can be learnt from similar cases."
    if dive.judged.similar.empty:
        return "No similar case has been tagged, or its content may not be handled here."
    number = plural(len(dive.judged.similar), "similar case")
    return f"{number} by wording, policy, market and kind of item. A hint for whoever tags, never a tag by itself."
