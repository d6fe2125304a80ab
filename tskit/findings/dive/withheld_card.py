"""Where to work on cases whose content may not be handled here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases import withheld_routes
from tskit.findings.cards import Card, Draft
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from tskit.findings.dive.look import Dive

__all__ = ["withheld_card"]

_WEIGHT = 100


def withheld_card(dive: Dive) -> Card | None:
    """Return the card that points to the authorised workflow; None where nothing of the cases is withheld."""
    routes = withheld_routes(dive.case_set, dive.case_ids)
    if not routes:
        return None
    draft = Draft()
    which = "this case" if dive.is_one else f"{draft.number('withheld', len(routes))} of these"
    finding = Finding(
        f"The content of {which} may not be handled here",
        (Evidence("cases", "facts", "What is on record"),),
        draft.values,
        "",
        "",
        "It was not kept when the source was loaded: nothing here shows it, compares it or searches it.",
        "",
        " ".join(dict.fromkeys(routes.values())),
        kind="fact",
        of_single_cases=True,
    )
    return Card(finding, "", _WEIGHT)
