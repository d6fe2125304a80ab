"""What is asked of each partner, from the causes that were found and whom they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes.register import PARTNERS, partner_of
from tskit.causes.segments import tagged_cases
from tskit.causes.weighing import share
from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import amount, listed, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.causes.concentrations import Concentration
    from tskit.findings.session.sitting import Session
    from tskit.findings.tables import Table

__all__ = ["ask_of", "partners_table", "place_words"]

_ASKS: Mapping[str, str] = {
    "RC1": "Decide the rule for these cases and publish it with its date",
    "RC1.1": "Decide whether a rule is needed, and until then how such cases are handled",
    "RC1.2": "Write down what tells the two readings apart, with an example of each",
    "RC1.3": "Say which rule or law comes first in this market, and who decides in doubt",
    "RC1.4": "Publish changes with the day from which they hold, and confirm that the old text is gone from every site",
    "RC2": "Bring the guidance up to date and confirm who has read it",
    "RC2.1": "Add the missing guidance with worked examples, and replace stale copies",
    "RC2.2": "Train the people who were left out, and send the list of who attended",
    "RC2.3": "Calibrate against gold cases, and again after two weeks",
    "RC3": "Ask one further why for these cases: what let the mistake happen",
    "RC4": "Reproduce the fault on these cases and give a date for the fix",
    "RC4.1": "Check the routing rules against the cases that went to the wrong queue",
    "RC5": "Review the rules or the threshold against these cases, false negatives beside false positives",
    "RC6": "Name qualified reviewers for this language, with cover at weekends",
    "RC8": "Plan cover for these hours, and put severe cases first",
    "RC9": "Correct the field at its source, and say since when it is wrong",
    "RC10": "Say what the order demands and by when, and who answers it",
}
_SHOWN = 3
_WHERE: Mapping[str, str] = {
    "policy_id": "on {}",
    "abuse_type_reported": "reported as {}",
    "content_language": "in {}",
    "decided_queue": "in the {}",
    "queue": "in the {}",
    "decided_vendor": "at {}",
    "vendor": "at {}",
    "severity": "of severity {}",
}


def ask_of(cause: str) -> str:
    """Return what is asked for about a cause, as an instruction without a full stop."""
    return _ASKS.get(cause) or _ASKS.get(cause.partition(".")[0], "Say what can be done about it, and by when")


def place_words(subject: str, found: Concentration, session: Session) -> str:
    """Return the subject with the segment of a concentration in words."""
    parts = sorted(
        found.place.parts, key=lambda part: list(_WHERE).index(part[0]) if part[0] in _WHERE else len(_WHERE)
    )
    return " ".join([subject, *(_part(column, values, session) for column, values in parts)])


def _part(column: str, values: Sequence[str], session: Session) -> str:
    if column == "market":
        return f"in {listed([country(value) for value in values])}"
    return _WHERE.get(column, f"with {column.replace('_', ' ')} {{}}").format(
        listed([session.words(v) for v in values])
    )


def partners_table(session: Session) -> Table:
    """Return one row a partner whom a frequent or concentrated cause concerns: the causes, their share, and the ask."""
    rows = [row for partner in PARTNERS if (row := _row(partner, session))]
    columns = [
        ("partner", "Partner"),
        ("causes", "For these causes"),
        ("cases", "Cases", "cases"),
        ("share", "Share"),
        ("interval", "Interval"),
        ("ask", "What is asked"),
    ]
    return table(
        pd.DataFrame(rows, columns=[column[0] for column in columns]),
        columns,
        key="partners",
        title="What is asked of each partner",
        caption="From the primary causes; a cause asks something of a process, never blames a person."
        if rows
        else "No cause is settled yet, so nothing is asked of anybody.",
    )


def _row(partner: str, session: Session) -> dict[str, object] | None:
    table_ = session.ranked.table
    mine = [
        c
        for c, last in zip(table_["cause"], table_["is_undetermined"], strict=True)
        if not last and partner_of(c) == partner
    ]
    if not mine:
        return None
    tagged = tagged_cases(session.judged)
    own = share(tagged["cause"].isin(mine).to_numpy(dtype=bool), tagged["weight"].to_numpy(dtype=float))
    places = [found for found in session.places.found if set(found.causes) & set(mine)]
    where = "; ".join(place_words("cases", found, session) for found in places)
    return {
        "partner": partner.capitalize(),
        "causes": listed([session.name(cause) for cause in mine], most=_SHOWN),
        "cases": own.k,
        "share": amount(own.value, "share"),
        "interval": spread(own.low, own.high, "share"),
        "ask": f"{ask_of(_first(mine, places))}{f', above all for {where}' if where else ''}.",
    }


def _first(causes: list[str], places: list[Concentration]) -> str:
    """Return the cause that speaks for a partner's: one that concentrates somewhere, else the most frequent."""
    concentrated = [cause for found in places for cause in found.causes if cause in causes]
    return concentrated[0] if concentrated else causes[0]
