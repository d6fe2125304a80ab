"""Rules that point to a cause: conditions on columns, answered by the engine, and on text, answered behind its one door."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from tskit.model import CASES, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from tskit.model import CaseSet

__all__ = ["FLAGS", "Hours", "Rule", "Says", "lacks", "reason_of", "rule_hits", "rule_matches", "says"]

FLAGS = "dq_flags"
"""What the loader found strange about a row; a rule may ask for it as for any list."""
_HOURS = "{hours}"
_MANY = 1_000


@dataclass(frozen=True, slots=True)
class Hours:
    """How many hours lie between two instants of a case; negative where the second one came first."""

    since: str
    until: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Says:
    """What subject and description say: one of the phrases, in any spelling, or a pattern of RE2.

    Phrases are compared as skeletons: case, invisible characters and look-alike letters make no difference, and with
    `leet` digits that stand for letters make none either. A pattern is held against the normalised text.
    """

    contains: tuple[str, ...] = ()
    matches: str = ""
    leet: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that have to hold together, the cause that they point to, and the reason that a person reads.

    `where` and `unless` list the values of a column; `at_least` and `at_most` take a number, or a value of an ordered
    column; `missing` and `known` name columns; `differ` names pairs of columns that both have a value, and not the same.
    """

    id: str
    cause: str
    reason: str
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, "tuple[Any, ...]"])
    unless: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, "tuple[Any, ...]"])
    at_least: Mapping[str, Any] = field(default_factory=dict[str, Any])
    at_most: Mapping[str, Any] = field(default_factory=dict[str, Any])
    missing: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    differ: tuple[tuple[str, str], ...] = ()
    hours: Hours | None = None
    text: Says | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the source must have for the rule to be answered."""
        pairs = [name for pair in self.differ for name in pair]
        spans = [self.hours.since, self.hours.until] if self.hours else []
        named = [*self.where, *self.unless, *self.at_least, *self.at_most, *self.missing, *self.known, *pairs, *spans]
        return tuple(dict.fromkeys(named))


def lacks(case_set: CaseSet, rule: Rule) -> tuple[str, ...]:
    """Return what the source does not have and the rule needs; `text` stands for case text."""
    missing = case_set.lacks(*rule.columns)
    return (*missing, "text") if rule.text and case_set.text_path is None else missing


def rule_hits(case_set: CaseSet, rules: Iterable[Rule], *, among: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the cases that each rule points at: case_id, rule, cause, reason; one row a case and rule.

    A rule whose columns or text the source lacks points at none. Cases whose content may not be handled here are never
    among them. The reason says which rule it was, and never what the case says.

    Args:
        case_set: the cases; the scope's days make no difference.
        rules: what to look for.
        among: look at these cases alone; None for all.
    """
    import pandas as pd  # noqa: PLC0415  # slow to import, and reading a taxonomy does without

    asked = list(rules)
    matches = rule_matches(case_set, asked, among=among)
    rows = [
        (case_id, rule.id, rule.cause, reason_of(rule, hours))
        for rule in asked
        for case_id, hours in _told(case_set, rule, matches[rule.id]).items()
    ]
    return pd.DataFrame(rows, columns=["case_id", "rule", "cause", "reason"]).astype("str")


def rule_matches(
    case_set: CaseSet, rules: Sequence[Rule], *, among: Sequence[str] | None = None
) -> dict[str, dict[str, float | None]]:
    """Return by rule the cases that fulfil its conditions on columns, each with its hours; text is not looked at."""
    from tskit.cases import withheld_routes  # noqa: PLC0415  # brings the engine

    found: dict[str, dict[str, float | None]] = {rule.id: {} for rule in rules}
    asked = [rule for rule in rules if not lacks(case_set, rule)]
    if not asked:
        return found
    table = _answers(case_set, asked, among)
    wanted = None if among is None else set(among)
    withheld = withheld_routes(case_set, None)
    usable = [case_id not in withheld and (wanted is None or case_id in wanted) for case_id in table["case_id"]]
    for place, rule in enumerate(asked):
        answers = zip(table["case_id"], usable, table[f"holds_{place}"], table[f"hours_{place}"], strict=True)
        found[rule.id] = {case_id: hours for case_id, can, holds, hours in answers if can and holds}
    return found


def _answers(case_set: CaseSet, rules: Sequence[Rule], among: Sequence[str] | None) -> dict[str, list[Any]]:
    """Return, by column, the cases that fulfil any of the rules, with what each rule says of them: one query for all."""
    t = case_set.cases
    if among is not None and len(among) <= _MANY:
        t = t.filter(t.case_id.isin(list(among)))
    parts: dict[str, ir.Value] = {}
    for place, rule in enumerate(rules):
        parts[f"holds_{place}"] = _condition(t, rule)
        parts[f"hours_{place}"] = _hours(t, rule.hours) if rule.hours else _nothing()
    told = t.select("case_id", **parts)
    return told.filter(reduce(or_, [told[f"holds_{place}"] for place in range(len(rules))])).to_pyarrow().to_pydict()


def says(asked: Says, texts: Sequence[str]) -> list[bool]:
    """Return for each text whether it says what is asked for; time grows with its length and no faster.

    >>> says(Says(contains=("double your money",)), ["He will DOUВLE  your money", "nothing"])
    [True, False]
    """
    from tskit.text import matching, skeleton  # noqa: PLC0415  # brings numpy, and most rules do without

    found = [False] * len(texts)
    if asked.contains:
        found = [_has_phrase(asked, skeleton(text, leet=asked.leet)) for text in texts]
    if asked.matches:
        found = [either or also for either, also in zip(found, matching(asked.matches, texts), strict=True)]
    return found


def reason_of(rule: Rule, hours: float | None) -> str:
    """Return the sentence that says why the rule points at a case."""
    return f"rule {rule.id}: {rule.reason.replace(_HOURS, '?' if hours is None else f'{abs(hours):,.0f}')}"


def _told(case_set: CaseSet, rule: Rule, found: dict[str, float | None]) -> dict[str, float | None]:
    """Return those of the cases found by columns whose text says what the rule asks for."""
    from tskit.cases import all_contents, contents  # noqa: PLC0415  # as above

    if rule.text is None or not found:
        return found
    if len(found) <= _MANY:
        said = {
            case_id: f"{text.subject}\n{text.description}" for case_id, text in contents(case_set, [*found]).items()
        }
    else:
        frame = all_contents(case_set)
        frame = frame[frame["case_id"].isin(set(found))]
        said = dict(zip(frame["case_id"], frame["subject"] + "\n" + frame["description"], strict=True))
    hits = says(rule.text, [*said.values()])
    return {case_id: found[case_id] for case_id, hit in zip(said, hits, strict=True) if hit}


def _has_phrase(asked: Says, text: str) -> bool:
    # Looking for plain text first is ten times as fast, and most texts have none of the phrases.
    return any(form in text and _is_of_words(whole, text) for form, whole in _phrases(asked))


def _is_of_words(whole: re.Pattern[str], text: str) -> bool:
    """Return whether the phrase stands in the text with its ends where words end."""
    from tskit.text import thai_edges  # noqa: PLC0415  # as above

    for match in whole.finditer(text):
        places = [at for at, letter in ((match.start(), match[0][0]), (match.end(), match[0][-1])) if _is_thai(letter)]
        if not places or thai_edges(text).issuperset(places):
            return True
    return False


@cache
def _phrases(asked: Says) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each phrase with its pattern; in scripts that write words apart its ends are those of words."""
    from tskit.text import skeleton  # noqa: PLC0415  # as above

    forms = [skeleton(phrase, leet=asked.leet) for phrase in asked.contains]
    patterns = [f"{_edge(form[0], '<!')}{re.escape(form)}{_edge(form[-1], '!')}" for form in forms]
    return tuple((form, re.compile(pattern)) for form, pattern in zip(forms, patterns, strict=True))


def _is_thai(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u0e7f"


def _edge(letter: str, look: str) -> str:
    return rf"(?{look}\w)" if letter.isalnum() and letter < "\u0e00" else ""


def _condition(t: ir.Table, rule: Rule) -> ir.Value:
    parts = [
        *(_one_of(t, name, values) for name, values in rule.where.items()),
        *(~_one_of(t, name, values) for name, values in rule.unless.items()),
        *(_reaches(t, name, value, up=True) for name, value in rule.at_least.items()),
        *(_reaches(t, name, value, up=False) for name, value in rule.at_most.items()),
        *(t[name].isnull() for name in rule.missing),  # noqa: PD003  # of Ibis
        *(t[name].notnull() for name in rule.known),  # noqa: PD004  # of Ibis
        *(_sure(t[one] != t[other]) for one, other in rule.differ),
    ]
    if rule.hours:
        parts.append(_within(_hours(t, rule.hours), rule.hours))
    return reduce(and_, parts) if parts else _literal()(True)  # noqa: FBT003  # a literal of the engine


def _one_of(t: ir.Table, name: str, values: Sequence[Any]) -> ir.Value:
    if name == FLAGS or CASES[name].kind is Kind.LIST:
        return reduce(or_, [_sure(t[name].contains(value)) for value in values])
    return _sure(t[name].isin(list(values)))


def _reaches(t: ir.Table, name: str, value: Any, *, up: bool) -> ir.Value:  # noqa: ANN401  # a number or a word
    column = CASES[name]
    if column.kind is Kind.ORDERED:
        place = column.vocabulary.index(value)
        return _one_of(t, name, column.vocabulary[place:] if up else column.vocabulary[: place + 1])
    return _sure(t[name] >= value if up else t[name] <= value)


def _within(hours: ir.Value, limits: Hours) -> ir.Value:
    parts = [] if limits.at_least is None else [hours >= limits.at_least]
    parts += [] if limits.at_most is None else [hours <= limits.at_most]
    return _sure(reduce(and_, parts))


def _hours(t: ir.Table, span: Hours) -> ir.Value:
    return (t[span.until].epoch_seconds() - t[span.since].epoch_seconds()) / 3_600


def _sure(condition: ir.Value) -> ir.Value:
    return condition.fill_null(_literal()(False))  # noqa: FBT003  # a literal of the engine


def _nothing() -> ir.Value:
    return _literal()(None, "float64")


def _literal() -> Callable[..., ir.Value]:
    import ibis  # noqa: PLC0415  # slow to import, and reading a taxonomy does without

    return ibis.literal
