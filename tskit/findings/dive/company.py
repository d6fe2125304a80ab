"""The cases that are tied to these: why, how many, since when, where, and whether chance explains it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, listed, plural
from tskit.patterns import DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table
    from tskit.patterns import Crowd

__all__ = ["REASONS", "Company", "companies", "company_table", "linked_table"]

REASONS: Mapping[str, str] = {
    "account": "same account",
    "item": "same item",
    "wording": "nearly the same wording",
    "reporter": "same reporter",
    "case": "parent or child case",
}
_MOST_LISTED = 60
_COLUMNS = ("created_at", "market", "policy_id", "subject_account_id", "content_id", "decision", "status")


@dataclass(frozen=True, slots=True)
class Company:
    """Cases that keep each other company for one reason: the cases dived into among them, and all members.

    `accounts`, `items` and `markets` are those of the members; `first` and `last` their openings.
    """

    crowd: Crowd
    case_ids: tuple[str, ...]
    members: tuple[str, ...] = field(repr=False)
    accounts: int
    items: int
    markets: tuple[str, ...]
    first: datetime
    last: datetime
    decisions: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def days(self) -> int:
        """Return the days from the first to the last opening, both counted."""
        return (self.last.date() - self.first.date()).days + 1


def companies(dive: Dive) -> list[Company]:
    """Return the crowds beyond chance, each once: those of several cases that share members are one, the largest first."""
    found: list[Company] = []
    for crowd in sorted((crowd for crowd in dive.crowds if crowd.stands_out), key=lambda crowd: -crowd.size):
        own = set(crowd.circle)
        if not any(len(own & set(other.members)) * 2 >= len(own) for other in found):
            found.append(_company(dive, crowd, own))
    return found


def company_table(dive: Dive) -> Table:
    """Return what ties the cases to others: why, how many, since when, in which markets, and whether chance explains it."""
    rows = [
        (case_id, REASONS[str(why)], len(part), *_about(dive, part), _verdict(dive, str(case_id), str(why)))
        for (case_id, why), part in dive.tied.groupby(["case_id", "why"], sort=False)
    ]
    names = ["case_id", "why", "cases", "accounts", "items", "since", "until", "markets", "verdict"]
    frame = pd.DataFrame(rows, columns=names)
    headers: list[tuple[str, str] | tuple[str, str, str]] = [
        ("case_id", "Case"), ("why", "Tied by"), ("cases", "Other cases", "cases"), ("accounts", "Accounts", "number"),
        ("items", "Items", "number"), ("since", "Since"), ("until", "Until"), ("markets", "Markets"),
        ("verdict", "More than chance?"),
    ]  # fmt: skip
    kept = [h for h in headers if (h[0] != "case_id" or not dive.is_one) and (frame.empty or frame[h[0]].notna().any())]
    made = table(
        frame,
        kept,
        key="links",
        title="What ties these cases to others" if not dive.is_one else "What ties the case to others",
        caption=_caption(dive),
    )
    return replace(made, of_single_cases=True)


def linked_table(dive: Dive) -> Table:
    """Return the linked cases one by one, the most alike and the nearest in time first."""
    joined = dive.tied.join(_columns(dive), on="linked_id")
    whys = joined.groupby("linked_id", sort=False)["why"].agg(lambda names: ", ".join(dict.fromkeys(map(str, names))))
    best = joined.groupby("linked_id", sort=False).first()
    best["why"] = [_in_words(names) for names in whys]
    alike = joined[joined["why"].eq("wording")].groupby("linked_id")["similarity"].max()
    frame = best.assign(alike=alike).sort_values(["alike", "linked_at"], ascending=[False, True]).reset_index()
    shown = pd.DataFrame(
        {
            "case_id": frame["linked_id"],
            "why": frame["why"],
            "alike": frame["alike"],
            "opened": [dive.local(at) for at in frame["linked_at"]],
            "market": _words(dive, frame, "market"),
            "policy": _words(dive, frame, "policy_id"),
            "decision": _words(dive, frame, "decision"),
            "status": _words(dive, frame, "status"),
        }
    ).head(_MOST_LISTED)
    headers: list[tuple[str, str] | tuple[str, str, str]] = [
        ("case_id", "Case"), ("why", "Tied by"), ("alike", "Wording alike", "share"), ("opened", "Opened"),
        ("market", "Market"), ("policy", "Policy"), ("decision", "Decision"), ("status", "State"),
    ]  # fmt: skip
    kept = [header for header in headers if shown.empty or shown[header[0]].notna().any()]
    more = len(frame) - len(shown)
    caption = f"The first {count(len(shown))}; {count(more)} more are tied to them." if more > 0 else ""
    caption = caption or ("No other case is tied to it." if shown.empty else "")
    made = table(shown, kept, key="linked_cases", title="Linked cases, one by one", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def _company(dive: Dive, crowd: Crowd, own: set[str]) -> Company:
    rows = _columns(dive, sorted(own))
    opened = rows["created_at"].dt.tz_convert(dive.zone)
    decided = rows["decision"].dropna().value_counts() if "decision" in rows else pd.Series(dtype=int)
    return Company(
        crowd,
        tuple(case_id for case_id in dive.case_ids if case_id in own),
        tuple(sorted(own)),
        _distinct(rows, "subject_account_id"),
        _distinct(rows, "content_id"),
        tuple(sorted(rows["market"].dropna().unique())) if "market" in rows else (),
        opened.min().to_pydatetime(),
        opened.max().to_pydatetime(),
        {str(name): int(number) for name, number in decided.items()},
    )


def _columns(dive: Dive, case_ids: list[str] | None = None) -> pd.DataFrame:
    """Return some columns of the linked cases, by case id; at an earlier moment only what did not come later."""
    cases = dive.case_set.cases
    names = [name for name in _COLUMNS if name in cases.columns]
    if dive.known.is_past:
        names = [name for name in names if name not in {"decision", "status", "policy_id"}]
    ids = sorted(set(dive.tied["linked_id"])) if case_ids is None else case_ids
    frame: pd.DataFrame = cases.filter(cases.case_id.isin(ids)).select("case_id", *names).to_pyarrow().to_pandas()
    return frame.set_index("case_id")


def _about(dive: Dive, part: pd.DataFrame) -> tuple[int | None, int | None, str, str, str | None]:
    rows = _columns(dive, sorted(part["linked_id"]))
    opened = part["linked_at"].dt.tz_convert(dive.zone)
    markets = [country(str(market)) for market in sorted(rows["market"].dropna().unique())] if "market" in rows else []
    accounts = _distinct(rows, "subject_account_id") if "subject_account_id" in rows else None
    items = _distinct(rows, "content_id") if "content_id" in rows else None
    return accounts, items, f"{opened.min():%Y-%m-%d}", f"{opened.max():%Y-%m-%d}", listed(markets, most=4) or None


def _distinct(rows: pd.DataFrame, column: str) -> int:
    return int(rows[column].nunique()) if column in rows else 0


def _verdict(dive: Dive, case_id: str, why: str) -> str:
    crowd = next((c for c in dive.crowds if c.case_id == case_id and c.why == why), None)
    if why == "case":
        return "not judged: they belong together"
    if crowd is None:
        return f"none within {DAYS} days"
    near = f"{count(crowd.size)} within {DAYS} days"
    usual = f"{amount(crowd.usual, 'mean')} usual, {count(crowd.most)} at most in {plural(crowd.reference, 'case')}"
    return f"{'yes' if crowd.stands_out else 'no'}: {near}; {usual}"


def _in_words(names: str) -> str:
    return ", ".join(REASONS[name] for name in names.split(", "))


def _words(dive: Dive, frame: pd.DataFrame, column: str) -> list[str | None]:
    if column not in frame:
        return [None] * len(frame)
    named = country if column == "market" else dive.words
    return [named(str(value)) if isinstance(value, str) else None for value in frame[column]]


def _caption(dive: Dive) -> str:
    if dive.tied.empty:
        return "Nothing ties it to another case." if dive.is_one else "Nothing ties them to other cases."
    text = "" if dive.has_text else " The source has no text to compare."
    return (
        f"Held against cases of the same policy and language: how many others each of them has within {DAYS} days.{text} "
        "Content that may not be handled here is never compared."
    )
