"""What a session's figures cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.causes import PROBLEMS
from tskit.findings.session.sureness import RELIABLE, TENTATIVE
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, listed, plural

if TYPE_CHECKING:
    from tskit.findings.session.sitting import Session
    from tskit.findings.tables import Table

__all__ = ["concentrations_table", "limits_table"]

_LEAST, _ROUGH = 0.001, 0.1


def concentrations_table(session: Session) -> Table:
    """Return where causes concentrate, and below these every comparison that came nearest, with its corrected p-value."""
    told = [*_found(session), *_nearest(session)]
    columns = [
        ("cause", "Cause"),
        ("segment", "Segment"),
        ("here", "There"),
        ("elsewhere", "Elsewhere"),
        ("value", "Share there", "share"),
        ("rest", "Share elsewhere", "share"),
        ("q", "Corrected p"),
        ("verdict", "Verdict"),
    ]
    looked = session.places.looked_at
    return table(
        pd.DataFrame(told, columns=[column[0] for column in columns]),
        columns,
        key="concentrations",
        title="Where causes concentrate",
        caption=f"{plural(looked, 'comparison')}, corrected by Holm; segments of fewer than 5 settled cases are not tested. "
        "A cause that stands out in several segments for one reason is told once, in the first rows.",
    )


def _found(session: Session) -> list[dict[str, object]]:
    return [
        {
            "cause": listed([session.name(cause) for cause in found.causes]),
            "segment": " · ".join(
                listed([session.words(value) for value in values]) for _, values in found.place.parts
            ),
            "here": f"{count(found.here.k)} of {count(found.here.n)}",
            "elsewhere": f"{count(found.rest.k)} of {count(found.rest.n)}",
            "value": found.here.value,
            "rest": found.rest.value,
            "q": _p(found.q),
            "verdict": "stands out",
        }
        for found in session.places.found
    ]


def _nearest(session: Session) -> list[dict[str, object]]:
    """Return the comparisons that came nearest to standing out."""
    near = session.places.table[session.places.table["p"].notna()].head(10)
    return [
        {
            "cause": session.name(str(row.cause)),
            "segment": session.words(str(row.segment)),
            "here": f"{count(float(row.k))} of {count(float(row.n))}",  # type: ignore[arg-type]
            "elsewhere": f"{count(float(row.rest_k))} of {count(float(row.rest_n))}",  # type: ignore[arg-type]
            "value": row.value,
            "rest": row.rest_value,
            "q": _p(float(row.q)),  # type: ignore[arg-type]
            "verdict": _verdict(bool(row.stands_out), session),
        }
        for row in near.itertuples()
    ]


def _p(value: float) -> str:
    return "<0.001" if value < _LEAST else f"{value:.3f}" if value < _ROUGH else f"{value:.2f}"


def _verdict(stands_out: bool, session: Session) -> str:  # noqa: FBT001  # a cell of the table
    if not stands_out:
        return "within noise"
    return "told above" if session.places.found else "stands out"


def limits_table(session: Session) -> Table:
    """Return what to bear in mind, as a table."""
    rows = [
        ("What shares are of", "Cases of this problem set: a cause may be frequent here and rare among all cases."),
        *_sample(session),
        *_agreement(session),
        *_reviewers(session),
        *[
            (PROBLEMS[name].label.capitalize(), f"Not looked at: it needs {listed(lacks)}.")
            for name, lacks in session.missing.items()
        ],
    ]
    if session.absent:
        rows.append(("Segments", f"The source lacks {listed(session.absent)}; nothing was looked into by them."))
    if session.ranked.without_severity:
        told = plural(session.ranked.without_severity, "settled case")
        rows.append(("Severity", f"{told} have no severity with a weight, and are left out of the weighted shares."))
    frame = pd.DataFrame(rows, columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def _sample(session: Session) -> list[tuple[str, str]]:
    ranked = session.ranked
    rows: list[tuple[str, str]] = []
    if session.round is None:
        rows.append(
            ("Choice of cases", "Nobody drew these cases by chance: who tags what they find odd finds odd causes.")
        )
    if ranked.without_chance:
        told = f"{plural(ranked.without_chance, 'case')} were drawn where tags were least certain, and enter no share."
        rows.append(("Drawn by uncertainty", told))
    if ranked.disputed + ranked.untagged:
        left = plural(ranked.disputed + ranked.untagged, "case")
        rows.append(
            (
                "Without a cause",
                f"{left} ({amount(ranked.untagged_share.value, 'share')}) have no settled cause; shares are of the others.",
            )
        )
    if "qa_incorrect" in session.asked.problems and "qa_incorrect" not in session.missing:
        rows.append(
            (
                "Quality sample",
                "Incorrect decisions are known only where quality review looked; shares are of the known ones.",
            )
        )
    return rows


def _agreement(session: Session) -> list[tuple[str, str]]:
    if not np.isfinite(session.alpha):
        return [("Agreement", "No case was tagged by two people, so nobody knows whether others would say the same.")]
    if session.alpha >= RELIABLE:
        return []
    weight = "tentative" if session.alpha >= TENTATIVE else "no more than hints"
    return [("Agreement", f"Alpha is {session.alpha:.2f}: conclusions from these causes are {weight}.")]


def _reviewers(session: Session) -> list[tuple[str, str]]:
    taxonomy = session.log.taxonomy
    shown = [cause for cause in session.ranked.table["cause"] if cause in taxonomy and taxonomy.get(cause).needs_why]
    number = int(session.ranked.table.set_index("cause")["k"].reindex(shown).sum()) if shown else 0
    if not number:
        return []
    return [
        ("Reviewer as the cause", f"{plural(number, 'case')} name a mistake: ask one further why, what let it happen.")
    ]
