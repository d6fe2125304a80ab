"""What a form offers for a parameter: words of the package, and values that the data holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.cases import load
from tskit.causes import PROBLEMS, open_log, rounds
from tskit.errors import TskitError
from tskit.metrics import REGISTRY, choices
from tskit.model import CASES, Kind, Scope, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import Casebook, CaseSet

__all__ = ["Offers", "offers", "titles_of", "values_of"]

_ALL = "all"
_MOST = 300
"""More values than this are no list to choose from."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Values by parameter, the most frequent first; words for them; and a sentence about the data they were read from."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    note: str = ""

    def of(self, name: str) -> tuple[str, ...]:
        """Return what is offered for a parameter; nothing where anything may be typed."""
        return self.values.get(name, ()) or self.words.get(name, ())


def offers(names: Sequence[str], *, casebook: Casebook, source: str = "") -> Offers:
    """Return what is offered for these parameters.

    Where the data cannot be read, the note says why and values are typed instead: a form must not fail for that.
    """
    words = {name: tuple(allowed) for name, allowed in choices(names).items()}
    titles = _titles(words, casebook)
    named = _named(names, casebook)
    try:
        case_set = load(Scope(source=source), casebook=casebook)
    except TskitError as error:
        return Offers(words, named, titles, f"The values to choose from could not be read: {error}")
    asked = [name for name in names if name not in words and name in case_set.cases.columns and _is_offered(name)]
    values = named | {name: values_of(case_set, name) for name in asked}
    if "by" in names:
        values["by"] = tuple(name for name in case_set.cases.columns if _is_compared(name))
    quality, scope = case_set.quality, case_set.scope
    period = f" Without dates: {scope.start} to {scope.last_day}." if {"start", "end"} & set(names) else ""
    note = f"{quality.cases:,} cases, up to {case_set.as_of:%Y-%m-%d}.{period}"
    return Offers(words, {name: found for name, found in values.items() if found}, titles, note)


def values_of(case_set: CaseSet, column: str) -> tuple[str, ...]:
    """Return the values of a column, the most frequent first; none where there are too many to choose from."""
    cases = case_set.cases
    texts = cases.select(value=cases[column].cast("string"))
    known = texts.filter(texts.value.notnull())
    found = known.group_by("value").aggregate(n=known.count()).limit(_MOST + 1).to_pyarrow().to_pylist()
    if len(found) > _MOST:
        return ()
    return tuple(row["value"] for row in sorted(found, key=lambda row: (-row["n"], row["value"])))


def titles_of(casebook: Casebook) -> dict[str, str]:
    """Return the values that the casebook has a label for, each with that label behind it."""
    return {value: f"{value} ({label})" for value, label in casebook.labels.items()}


def _named(names: Sequence[str], casebook: Casebook) -> dict[str, tuple[str, ...]]:
    """Return what the casebook and the package have names for, as sources, audiences, sites, and rounds that were opened."""
    found: dict[str, tuple[str, ...]] = {}
    if "source" in names:
        found["source"] = tuple(source.name for source in casebook.sources)
    if "problem" in names:
        found["problem"] = tuple(PROBLEMS)
    if "audience" in names:
        from tskit.findings.escalation import AUDIENCES  # noqa: PLC0415  # heavy; one template asks for it

        found["audience"] = AUDIENCES
    if "site" in names:
        with_shifts = [shift.site for shift in casebook.shifts]
        found["site"] = tuple(dict.fromkeys([*with_shifts, *(site.name for site in casebook.sites)]))
    if "shift" in names:
        found["shift"] = tuple(dict.fromkeys(shift.name for shift in casebook.shifts))
    if "tagging_round" in names:
        found["tagging_round"] = (*_rounds(casebook), _ALL)
    return found


def _rounds(casebook: Casebook) -> tuple[str, ...]:
    try:
        return tuple(str(name) for name in rounds(open_log(casebook))["name"])
    except TskitError:
        return ()  # the run says what is wrong with the tags


def _titles(words: Mapping[str, tuple[str, ...]], casebook: Casebook) -> dict[str, str]:
    """Return words for names of metrics, and for values that the casebook has a label for."""
    metrics = {name: metric.label for name, metric in REGISTRY.items()} if words else {}
    problems = {name: problem.label for name, problem in PROBLEMS.items()}
    return titles_of(casebook) | metrics | problems


def _is_compared(name: str) -> bool:
    # Times and numbers have a value for nearly every case; nothing is learnt from comparing those.
    return name in CASES and (_is_offered(name) or CASES[name].kind is Kind.BOOLEAN)


def _is_offered(name: str) -> bool:
    column = CASES[name]
    return column.sensitivity is Sensitivity.OPEN and column.kind in {Kind.CATEGORY, Kind.ORDERED}
