"""Which parameters name a case or a person, how they are told without it, and how that is kept out of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tskit.model.columns import TABLES, Sensitivity
from tskit.runs.kept import listed, mapped, number, plain
from tskit.runs.parameters import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.runs.kept import Kept

__all__ = [
    "Cover",
    "asked",
    "cover_of",
    "in_words",
    "is_of_days",
    "is_of_single_cases",
    "parameters_in_words",
    "series_values",
]

_SENSITIVE = frozenset(
    name
    for table in TABLES.values()
    for name in table.with_sensitivity(Sensitivity.RECORD, Sensitivity.PERSON, Sensitivity.HIDDEN)
)
_QUERY = "where"
"""A condition in words may hold any value of any column."""
_SHORTEST = 4
_SINGLE = "of_single_cases"


@dataclass(frozen=True, slots=True)
class Cover:
    """What must not be shown of a run: the cases and people that it was asked about."""

    values: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """Return `text` with each of the values written as "one case"."""
        for value in self.values:
            text = text.replace(value, "one case")
        return text

    def __repr__(self) -> str:
        """Return how many values there are."""
        return f"Cover({len(self.values)})"


def cover_of(run: Kept) -> Cover:
    """Return what must not be shown of a run: values of its parameters that name cases or people."""
    given = mapped(run.manifest.get("parameters"))
    found = {text for name, value in given.items() if _is_covered(name) for text in _texts(value)}
    return Cover(tuple(sorted((text for text in found if len(text) >= _SHORTEST), key=len, reverse=True)))


def is_of_single_cases(run: Kept) -> bool:
    """Return whether the run's report tells of single cases, as its own findings or its title to share say."""
    return bool(run.findings.get("title_to_share")) or any(one.get(_SINGLE) for one in run.claims)


def asked(run: Kept) -> tuple[tuple[str, str], ...]:
    """Return the parameters that were set, name and value in words; a case is told as "one case"."""
    given = mapped(run.manifest.get("parameters"))
    names = [name for name in listed(run.manifest.get("given")) if isinstance(name, str) and name in given]
    return tuple((plain(name), in_words(name, given[name])) for name in dict.fromkeys(names))


def parameters_in_words(run: Kept) -> tuple[tuple[str, str, bool], ...]:
    """Return every parameter that the run had: name, value in words, and whether it was set."""
    given = listed(run.manifest.get("given"))
    every = mapped(run.manifest.get("parameters"))
    return tuple((plain(name), in_words(name, value), name in given) for name, value in every.items())


def in_words(name: str, value: object) -> str:
    """Return the value of a parameter as people say it, without what names a case or a person.

    >>> in_words("market", ["ID", "TH"]), in_words("case_id", ["5005g0000040001AAA"]), in_words("linked", True)
    ('ID, TH', 'one case', 'yes')
    """
    if _is_covered(name):
        return _counted(name, value)
    return ", ".join(_told(value)) or "empty"


def _is_covered(name: str) -> bool:
    return name in _SENSITIVE or name == _QUERY or is_secret_name(name)


def _counted(name: str, value: object) -> str:
    count = len(list(_texts(value)))
    if not count:
        return "empty"
    if not name.startswith("case"):
        return "not shown"
    return "one case" if count == 1 else f"{count:,} cases"


def _texts(value: object) -> Iterator[str]:
    """Yield the single words that a covered value holds, as somebody may have written several into one text."""
    for one in listed(value) or (value,):
        if isinstance(one, str):
            yield from one.replace(",", " ").split()
        elif number(one) is not None:
            yield str(one)


def _told(value: Any) -> Iterator[str]:  # noqa: ANN401  # any JSON value
    if isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, str):
        yield from filter(None, [plain(value)])
    elif isinstance(value, list):
        for one in listed(value):
            yield from _told(one)
    elif number(value) is not None:
        yield f"{value:g}" if isinstance(value, float) else str(value)


def series_values(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters by which runs belong together: without the days they look at, and without empty ones."""
    kept = {name: value for name, value in parameters.items() if not is_of_days(name)}
    return {name: value for name, value in kept.items() if value not in ("", [], None, False)}


def is_of_days(name: str) -> bool:
    """Return whether a parameter says which days or moments a run looks at, and nothing else."""
    return name in ("start", "end", "until", "deadline") or name.endswith("_until")
