"""Where two executed notebooks first differ, in words that name the place and show no case."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tskit.model import FINDING_MIME, INPUTS_MIME, LOGS_MIME, TAGS_MIME
from tskit.runs.collect import FIGURE_MIME, TABLE_MIME, tells_of_cases
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Difference", "first_difference", "first_unequal", "names_a_case", "values_at", "way_to"]

Way = tuple[str | int, ...]
"""The way to a value within JSON: keys and places from 0."""

_NAMES: Mapping[str, str] = {
    FINDING_MIME: "the findings",
    TABLE_MIME: "the table",
    FIGURE_MIME: "the chart",
    INPUTS_MIME: "the account of the data",
    TAGS_MIME: "the account of the tags",
    LOGS_MIME: "the account of the logs",
}
_FIRST = (*_NAMES, "key", "findings", "table", "rows", "values")
"""What is compared first where several things differ: a number says more than the sentence or the drawing made of it."""
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_SINGLE = "of_single_cases"
_SMALLEST = 1e-12
_LONGEST = 60
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two notebooks differ.

    `cell` counts the code cells of the first notebook from 1; 0 where the difference lies in no cell. `part` is what
    differs in it, `where` the place within that. `before` and `after` are the values, empty where they may not be
    shown: only findings, charts and tables that tell of no single case are.
    """

    section: str
    cell: int
    part: str
    where: str = ""
    before: str = ""
    after: str = ""

    def in_words(self) -> str:
        """Return the difference as a sentence without its end.

        >>> Difference("Queue health", 9, "the chart backlog_by_day", "row 2, value", "26", "27").in_words()
        "section 'Queue health', code cell 9: the chart backlog_by_day, row 2, value: 26, now 27"
        """
        place = f"section {self.section!r}, code cell {self.cell}: " if self.cell else ""
        told = ", ".join(filter(None, (self.part, self.where)))
        values = f": {self.before}, now {self.after}" if self.before or self.after else ""
        return neutralise(f"{place}{told}{values}")


def first_difference(a: Mapping[str, Any], b: Mapping[str, Any], *, tolerance: float = 1e-9) -> Difference | None:
    """Return where two notebooks in canonical form first differ, or None where they say the same.

    Args:
        a: the notebook that is held to be right, as `normalise` gives it.
        b: the other one.
        tolerance: by how much, relative to its size, a number with a fraction may differ.
    """
    path = first_unequal(a["parameters"], b["parameters"], tolerance=tolerance)
    if path is not None:
        return Difference("", 0, f"the parameter {path[0]}" if path else "the parameters")
    for mine, other in zip(a["cells"], b["cells"], strict=False):
        found = _in_cell(mine, other, tolerance=tolerance)
        if found:
            return found
    if len(a["cells"]) != len(b["cells"]):
        return Difference("", 0, "the number of cells", "", str(len(a["cells"])), str(len(b["cells"])))
    return None


def first_unequal(a: Any, b: Any, *, tolerance: float = 1e-9) -> Way | None:  # noqa: ANN401  # JSON values
    """Return the way to the first value in which two JSON values differ, or None; numbers may differ as they do above."""
    if isinstance(a, dict) and isinstance(b, dict):
        return _in_mappings(cast("Mapping[str, Any]", a), cast("Mapping[str, Any]", b), tolerance)
    if isinstance(a, list) and isinstance(b, list):
        return _in_lists(cast("Sequence[Any]", a), cast("Sequence[Any]", b), tolerance)
    return None if _is_same(a, b, tolerance) else ()


def _in_mappings(a: Mapping[str, Any], b: Mapping[str, Any], tolerance: float) -> Way | None:
    for key in sorted({*a, *b}, key=_rank):
        rest = first_unequal(a.get(key, _NOTHING), b.get(key, _NOTHING), tolerance=tolerance)
        if rest is not None:
            return (key, *rest)
    return None


def _rank(key: str) -> tuple[int, str]:
    return (_FIRST.index(key) if key in _FIRST else len(_FIRST), key)


def _in_lists(a: Sequence[Any], b: Sequence[Any], tolerance: float) -> Way | None:
    for place, (mine, other) in enumerate(zip(a, b, strict=False)):
        rest = first_unequal(mine, other, tolerance=tolerance)
        if rest is not None:
            return (place, *rest)
    return (min(len(a), len(b)),) if len(a) != len(b) else None


def _is_same(a: object, b: object, tolerance: float) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return _is_near(a, b, tolerance)
    if isinstance(a, str) and isinstance(b, str):
        return a == b or _is_same_text(a, b, tolerance)
    return a is b or (type(a) is type(b) and a == b)


def _is_near(a: float, b: float, tolerance: float) -> bool:
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=_SMALLEST) or (math.isnan(a) and math.isnan(b))


def _is_same_text(a: str, b: str, tolerance: float) -> bool:
    """Return whether two texts differ in nothing but the last digits of fractions."""
    if _NUMBER.split(a) != _NUMBER.split(b):
        return False
    return all(
        mine == other
        or (not (mine.isdecimal() and other.isdecimal()) and _is_near(float(mine), float(other), tolerance))
        for mine, other in zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=True)
    )


def _in_cell(a: Mapping[str, Any], b: Mapping[str, Any], *, tolerance: float) -> Difference | None:
    section, number = a["section"], a["number"]
    if (a["kind"], a["source"]) != (b["kind"], b["source"]):
        return Difference(section, number, "its code" if a["kind"] == "code" else "the text after it")
    mine, other = a.get("outputs", []), b.get("outputs", [])
    path = first_unequal(mine, other, tolerance=tolerance)
    if path is None:
        return None
    if len(path) == 1:
        return Difference(section, number, "its outputs", "", str(len(mine)), str(len(other)))
    return _in_output(Difference(section, number, "its output"), mine[path[0]], other[path[0]], path[1:])


def _in_output(found: Difference, a: Mapping[str, Any], b: Mapping[str, Any], path: Way) -> Difference:
    mime, rest = str(next(iter(path[1:]), "")), path[2:]
    if mime not in _NAMES:
        return Difference(found.section, found.cell, _foreign(mime or str(path[0])))
    bundles = [one.get("data", {}).get(mime) for one in (a, b)]
    if not all(isinstance(one, dict) for one in bundles):
        return Difference(found.section, found.cell, f"{_NAMES[mime]}, which only one of the two has")
    first, second = cast("list[Mapping[str, Any]]", bundles)
    part = " ".join([_NAMES[mime], str(first.get("key", ""))]).strip()
    values = values_at(first, second, rest) if _may_be_shown(mime, rest, first, second) else ("", "")
    return Difference(found.section, found.cell, part, ", ".join(way_to(first, rest)), *values)


def _foreign(kind: str) -> str:
    return f"its output ({kind}; nothing of it is shown, since it could quote a case)"


def _may_be_shown(mime: str, path: Way, *bundles: Mapping[str, Any]) -> bool:
    if mime == FINDING_MIME:
        return not any(names_a_case(bundle, path) for bundle in bundles)
    return mime in (TABLE_MIME, FIGURE_MIME) and not any(tells_of_cases(bundle) for bundle in bundles)


def names_a_case(said: Mapping[str, Any], path: Way) -> bool:
    """Return whether what findings say at this place may name a case, or quote what somebody wrote of one.

    Statements name nobody; a title, a lead and the lines of a brief tell of what the findings are about.
    """
    findings: Any = said.get("findings", [])
    singles = [isinstance(one, dict) and bool(cast("Mapping[str, Any]", one).get(_SINGLE)) for one in findings]
    if path[:1] == ("findings",):
        place = path[1] if len(path) > 1 else None
        return singles[place] if isinstance(place, int) and place < len(singles) else any(singles)
    return path[:1] != ("statements",) and (bool(said.get("title_to_share")) or any(singles))


def way_to(bundle: Mapping[str, Any], path: Way) -> Iterator[str]:
    """Yield the steps to a value as a reader of the table, the chart or the findings counts them."""
    table: Any = bundle.get("table", {}) if path[:1] == ("table",) else bundle
    columns = table.get("columns", [])
    steps = path[1:] if path[:1] == ("table",) else path
    if steps[:1] == ("rows",) and len(steps) > 1:
        yield f"row {int(steps[1]) + 1}"
        yield from (str(columns[step].get("name", step)) for step in steps[2:3] if isinstance(step, int))
        return
    for step in steps:
        yield f"no. {step + 1}" if isinstance(step, int) else str(step)


def values_at(a: Any, b: Any, path: Way) -> tuple[str, str]:  # noqa: ANN401  # JSON values
    """Return two values at the same place as they are shown; empty where nothing shows that they differ."""
    mine, other = _shown(_at(a, path)), _shown(_at(b, path))
    return (mine, other) if mine != other else ("", "")


def _at(value: Any, path: Way) -> Any:  # noqa: ANN401  # a JSON value
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return value


def _shown(value: object) -> str:
    if value is _NOTHING:
        return "none"
    if isinstance(value, dict | list):
        return "something"
    text = repr(value) if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
