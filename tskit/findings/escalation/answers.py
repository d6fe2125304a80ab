"""The first page of a brief: what somebody who is asked right now has to know, the most important first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.escalation.clocks import next_decision
from tskit.findings.escalation.done import done
from tskit.findings.escalation.happened import affected, happened, measures
from tskit.findings.escalation.ruled import appealed, automation, notice, proportion, rule
from tskit.findings.escalation.unknown import not_known
from tskit.findings.escalation.went_wrong import went_wrong
from tskit.findings.tables import table

if TYPE_CHECKING:
    from tskit.findings.escalation.answer import Answer
    from tskit.findings.escalation.look import Escalation
    from tskit.findings.tables import Table

__all__ = ["answers", "first_page"]


def answers(escalation: Escalation) -> tuple[Answer, ...]:
    """Return the answers of the first page in their order; of one case, each tells of that case."""
    told = done(escalation)
    every = (
        happened(escalation, told),
        next_decision(escalation),
        affected(escalation),
        measures(escalation, told),
        went_wrong(escalation, told),
        rule(escalation, told),
        automation(told),
        notice(told),
        appealed(escalation, told),
        proportion(escalation, told),
        not_known(escalation, told),
    )
    return tuple(replace(one, of_single_cases=True) for one in every) if escalation.is_one else every


def first_page(escalation: Escalation) -> Table:
    """Return the first page: each row a question with its answer, and when it falls due where it does.

    A row that is `of_single_cases` names a case or a person, or quotes the log; a copy to share leaves it out.
    """
    rows = [
        (
            one.question,
            list(one.shown),
            one.due.isoformat() if one.due else None,
            one.tone,
            one.ref,
            one.of_single_cases,
        )
        for one in answers(escalation)
    ]
    names = ["question", "answer", "due", "tone", "ref", "of_single_cases"]
    frame = pd.DataFrame(rows, columns=names)
    caption = f"As known on {escalation.spoken(escalation.until)}; times are those of {escalation.zone.key}."
    made = table(
        frame, [(name, name) for name in names], key="answers", title="First page", caption=caption, role="answers"
    )
    return replace(made, of_single_cases=bool(frame["of_single_cases"].any()))
