"""How far people agree on causes, as tables, series and cards of a write-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from tskit import causes
from tskit.causes.adjudicate import people_tags
from tskit.causes.agreement import MEASURES
from tskit.findings.cards import Card, Draft, certainty_of
from tskit.findings.series import Series
from tskit.findings.tables import Table, table
from tskit.findings.wording import count, plural
from tskit.model import Evidence, Finding
from tskit.stats import binomial_at_most, holm, proportion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.calendars import Moment
    from tskit.causes import TagLog
    from tskit.causes.agreement import By

__all__ = [
    "agreement_by",
    "agreement_table",
    "cause_names",
    "disputed_table",
    "mixed_up",
    "mixed_up_cards",
    "mixed_up_table",
]

_FIGURES = (
    ("value", "Agreement", "ratio"),
    ("low", "From", "ratio"),
    ("high", "To", "ratio"),
    ("items", "Cases", "cases"),
    ("ratings", "Judgements", "number"),
)
_GROUPS: Mapping[str, str] = {
    "cause": "Cause",
    "market": "Market",
    "content_language": "Language",
    "pair": "Pair of people",
}
_OFTEN = 0.1
"""Causes are mixed up where more than one in ten of the pairs of judgements that name either names the other, too."""
_FEWEST = 5
_MOST_CARDS = 2
_NO_PERIODS = 12
"""What two people say of a case needs no earlier periods to be compared with: as many as count as enough."""


def agreement_table(log: TagLog, *, round: str = "", until: Moment = None, seed: int = 0) -> Table:  # noqa: A002  # the domain's word
    """Return how far people agree, one row a measure and level of the taxonomy, with 95 % intervals by case."""
    parts = [causes.agreement(log, round=round, level=level, until=until, seed=seed) for level in (1, 2)]
    frame = pd.concat([part.assign(level=level) for level, part in enumerate(parts, start=1)], ignore_index=True)
    left_out = int(frame["left_out"].max()) if len(frame) else 0
    told = f" {plural(left_out, 'case')} with a single judgement say nothing about it." if left_out else ""
    return table(
        frame.assign(measure=frame["measure"].map(MEASURES)),
        [("level", "Level", "number"), ("measure", "Measure"), *_FIGURES, ("note", "Note")],
        key="agreement",
        title="How far people agree on causes",
        caption="1 is perfect, 0 what chance gives (for raw agreement, nothing allows for chance). From 0.8 on "
        f"conclusions hold, from 0.667 on they are tentative (Krippendorff).{told}",
    )


def agreement_by(
    log: TagLog,
    by: By,
    *,
    round: str = "",  # noqa: A002  # as above
    level: Literal[1, 2] = 2,
    cases: pd.DataFrame | None = None,
    until: Moment = None,
) -> Table:
    """Return how far people agree by cause, market, language or pair of people, where they agree least first.

    Raises:
        ParameterError: the cases lack the column, or nothing can be told by it.
    """
    frame = causes.agreement(log, round=round, level=level, by=by, cases=cases, until=until)
    if by == "cause":
        names = cause_names(log)
        frame = frame.assign(group=[f"{cause} {names.get(cause, '')}".strip() for cause in frame["group"]])
    # People are no league: pairs stand by name.
    order = frame if by == "pair" else frame.sort_values("value", kind="stable", na_position="last")
    label = _GROUPS.get(by, "All")
    return table(
        order.assign(measure=order["measure"].map(MEASURES)),
        [("group", label), ("measure", "Measure"), *_FIGURES, ("note", "Note")],
        key=f"agreement_by_{by or 'all'}",
        title=f"How far people agree, by {label.lower()}",
        caption="Each cause is held against all others; cases are those that somebody gave it to."
        if by == "cause"
        else "",
    )


def mixed_up(log: TagLog, *, round: str = "", level: Literal[1, 2] = 2, until: Moment = None) -> Series:  # noqa: A002  # as above
    """Return how often two people gave two causes to one case, for `charts.confusion`."""
    frame = causes.confusion(log, round=round, level=level, until=until)
    return Series(frame, "What people take for each other")


def mixed_up_table(log: TagLog, *, round: str = "", level: Literal[1, 2] = 2, until: Moment = None) -> Table:  # noqa: A002  # as above
    """Return the pairs of causes that people gave to one case, the most frequent first.

    `n` of `of` pairs of judgements that name either cause name both; `share` with its 95 % interval is their ratio.
    """
    frame = _pairs(causes.confusion(log, round=round, level=level, until=until))
    names = cause_names(log)
    words = {
        name: [f"{cause} {names.get(cause, '')}".strip() for cause in frame[name]] for name in ("cause_a", "cause_b")
    }
    low, high = proportion(frame["n"], frame["of"])
    return table(
        frame.assign(**words, low=low, high=high),
        [
            ("cause_a", "One said"),
            ("cause_b", "The other said"),
            ("n", "Times", "cases"),
            ("of", "Of pairs that name either", "cases"),
            ("share", "Share", "share"),
            ("low", "From", "share"),
            ("high", "To", "share"),
        ],
        key="mixed_up",
        title="Causes that people take for each other",
        caption="" if len(frame) else "Nobody gave another cause than somebody else did.",
    )


def mixed_up_cards(
    log: TagLog,
    *,
    round: str = "",  # noqa: A002  # as above
    level: Literal[1, 2] = 2,
    until: Moment = None,
) -> list[Card]:
    """Return a card for each pair of causes that people mix up by more than chance slips, two at most.

    A pair counts where more than one in ten of the pairs of judgements that name either cause name both, by an exact
    test corrected (Holm) for all pairs of causes that anybody mixed up. Where a case has more than two judgements, its
    pairs are alike, and count in the test as one.
    """
    frame = _pairs(causes.confusion(log, round=round, level=level, until=until))
    worth = _worth(causes.judgements(log, until=until), round)
    p = 1 - np.asarray(binomial_at_most(frame["n"] * worth - 1, frame["of"] * worth, _OFTEN))
    frame = frame.assign(q=holm(p))
    told = frame[(frame["q"] < 0.05) & (frame["n"] >= _FEWEST)].head(_MOST_CARDS)
    names = cause_names(log)
    return [_card(row, names, looked_at=len(frame)) for _, row in told.iterrows()]


def disputed_table(
    log: TagLog,
    *,
    round: str = "",  # noqa: A002  # as above
    cases: pd.DataFrame | None = None,
    until: Moment = None,
    top: int = 20,
) -> Table:
    """Return the cases that somebody has to settle, the worst first; `top` of them are listed, the caption counts all."""
    frame = causes.disputed(log, round, cases=cases, until=until)
    names = [("case_id", "Case"), ("causes", "Causes given"), ("severity", "Severity"), ("confidence", "Least sure")]
    if frame["severity"].isna().all():
        names = [column for column in names if column[0] != "severity"]
    caption = f"{plural(len(frame), 'case')} with different causes and no decision yet"
    more = f"; the worst {count(top)} are listed" if len(frame) > top else ""
    listed = frame.head(top).assign(causes=[", ".join(given) for given in frame["causes"].head(top)])
    return table(
        listed[[name for name, _ in names]],
        names,
        key="disputed",
        title="What to settle first",
        caption=f"{caption}{more}." if len(frame) else "Nothing waits to be settled.",
        role="cases",
    )


def cause_names(log: TagLog) -> dict[str, str]:
    """Return what each cause is called, in the order of the taxonomy."""
    return {cause.id: cause.name for cause in log.taxonomy.causes}


def _pairs(confused: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of different causes: `n` of `of`, and its `share`."""
    both = confused["n"].astype("int64")
    given = pd.concat([both.groupby(confused["cause_a"]).sum(), both.groupby(confused["cause_b"]).sum()])
    # Where both named the same cause, the pair of judgements stands in both sums.
    agreed = both[confused["cause_a"] == confused["cause_b"]]
    named = given.groupby(level=0).sum().sub(agreed.groupby(confused["cause_a"]).sum(), fill_value=0)
    frame = confused[confused["cause_a"] != confused["cause_b"]].reset_index(drop=True)
    of = frame["cause_a"].map(named).astype("float64") + frame["cause_b"].map(named).astype("float64") - frame["n"]
    frame = frame.assign(of=of.astype("int64"), share=frame["n"] / of)
    return frame.sort_values(["n", "share"], ascending=False, kind="stable", ignore_index=True)


def _worth(found: pd.DataFrame, round_name: str) -> float:
    """Return how many cases a pair of judgements is worth: one where two people judge a case, a third where three do."""
    times = people_tags(found, round_name)["case_id"].value_counts().to_numpy(dtype=np.float64)
    pairs = float((times * (times - 1) / 2).sum())
    return float((times > 1).sum()) / pairs if pairs else 1.0


def _card(row: pd.Series[Any], names: Mapping[str, str], *, looked_at: int) -> Card:
    draft = Draft()
    one, other = (
        draft.text(key, f"{row[key]} {names.get(str(row[key]), '')}".strip()) for key in ("cause_a", "cause_b")
    )
    n, of, q = (float(row[key]) for key in ("n", "of", "q"))
    low, high = (float(end) for end in proportion(n, of))
    share = f"{draft.number('share', n / of, 'share')} ({draft.range('share', low, high, 'share')})"
    claim = f"People take {one} and {other} for each other: {share} of the pairs of judgements that name either"
    why = f"an exact test against one in ten, corrected for {draft.number('looked_at', looked_at)} pairs of causes."
    detail = f"In {draft.number('n', n)} of {draft.number('of', of)} pairs of judgements that name one of them, the other person named the other."
    finding = Finding(
        claim,
        (Evidence("table", "mixed_up", "Causes that people take for each other"),),
        draft.values,
        certainty_of(q, cases=int(of), points=_NO_PERIODS),
        why,
        detail,
        "Two people who differ do not say which of them is right, nor that either cause is rare.",
        "Write down where the one ends and the other begins, with an example of each, and tag a second round.",
        kind="limit",
    )
    return Card(finding, "", 35.0)
