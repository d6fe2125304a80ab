"""Reads rules: those that tskit brings, changed and extended by a casebook's own file, each checked before it runs."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tskit.causes.rules import FLAGS, Hours, Rule, Says
from tskit.causes.toml_file import read_toml
from tskit.errors import ParameterError, nearest
from tskit.model import CASES, Column, Kind, Presence, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tskit.causes.taxonomy import Taxonomy
    from tskit.model import Casebook

__all__ = ["FILE", "read_rules", "rules_of"]

FILE = "rules.toml"
_BUNDLED = Path(__file__).parent / FILE
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MOST_LETTERS = 60
_MOST_REASON = 200
_MOST_PHRASES = 200
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_TESTS = ("where", "unless", "at_least", "at_most", "missing", "known", "differ", "hours", "text")
_KEYS = ("cause", "reason", *_TESTS, "is_off")
_NUMBERS = (Kind.INTEGER, Kind.NUMBER)
_FLAGS = Column(FLAGS, Kind.LIST, Presence.REQUIRED, Sensitivity.OPEN, "", (), "", "", "")


def rules_of(casebook: Casebook, taxonomy: Taxonomy) -> tuple[Rule, ...]:
    """Return the rules of a casebook: tskit's own, with those that `rules.toml` in its folder adds, replaces or turns off.

    A rule of tskit's own whose cause the casebook's taxonomy does not have, or has retired, is left out.

    Raises:
        SourceError: the file is not TOML.
        ParameterError: a rule does not hold up; the message names the file, the rule and what to write instead.
    """
    path = casebook.root / FILE
    own, off = read_rules(path, taxonomy) if path.is_file() else ((), frozenset[str]())
    usable = set(taxonomy.ids())
    ours, _ = read_rules(_BUNDLED, None)
    named = {rule.id for rule in own} | off
    return (*(rule for rule in ours if rule.id not in named and rule.cause in usable), *own)


def read_rules(path: Path, taxonomy: Taxonomy | None) -> tuple[tuple[Rule, ...], frozenset[str]]:
    """Return the rules in a file, in order, and the ids that it turns off; without a taxonomy causes are not checked.

    Raises:
        SourceError: the file is not TOML.
        ParameterError: as for `rules_of`.
    """
    entries = read_toml(path, tables=("rules",), fix="A rule is written as [rules.its-name].").get("rules", {})
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise ParameterError(f"{path}: a rule is a table, written as [rules.its-name].")
    tables = cast("Mapping[str, dict[str, Any]]", entries)
    off = frozenset(name for name, entry in tables.items() if entry.get("is_off") is True)
    kept = tuple(_rule(name, entry, taxonomy, path=path) for name, entry in tables.items() if name not in off)
    return kept, off


def _rule(name: str, entry: Mapping[str, Any], taxonomy: Taxonomy | None, *, path: Path) -> Rule:
    check = _Check(f"{path}, rule {name!r}")
    if not _ID.fullmatch(name) or len(name) > _MOST_LETTERS:
        raise check.error("a rule's name has small letters, digits and single hyphens, as in late-takedown.")
    check.keys(entry, _KEYS)
    if not any(test in entry for test in _TESTS):
        raise check.error(f"it has no condition. Use one of: {', '.join(_TESTS)}.")
    return Rule(
        name,
        _cause(check, entry.get("cause"), taxonomy),
        _reason(check, entry),
        where=check.values(entry, "where"),
        unless=check.values(entry, "unless"),
        at_least=check.limits(entry, "at_least"),
        at_most=check.limits(entry, "at_most"),
        missing=check.columns(entry, "missing"),
        known=check.columns(entry, "known"),
        differ=check.pairs(entry),
        hours=check.hours(entry),
        text=check.says(entry),
    )


def _cause(check: _Check, cause: object, taxonomy: Taxonomy | None) -> str:
    if not isinstance(cause, str):
        raise check.error('it needs a cause, as in cause = "RC2.1".')
    if taxonomy is None:
        return cause
    usable = [known for known in taxonomy.ids() if not taxonomy.get(known).is_trigger]
    carried = taxonomy.carry(cause)
    if carried not in usable:
        if cause in taxonomy.ids():
            raise check.error(f"{cause} is a trigger, tagged beside a cause and never as one. Name what let it happen.")
        raise check.error(f"there is no cause {cause!r} in use. {nearest(cause, usable)}")
    return carried


def _reason(check: _Check, entry: Mapping[str, Any]) -> str:
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip() or len(reason) > _MOST_REASON or "\n" in reason:
        raise check.error(f"it needs a reason, one line of at most {_MOST_REASON} letters that a reviewer will read.")
    for found in _PLACEHOLDER.findall(reason):
        if found != "{hours}" or "hours" not in entry:
            raise check.error("a reason may hold {hours}, where the rule has hours, and no other name in braces.")
    return reason.strip()


class _Check:
    """Turns the parts of one rule into what they mean, or says what is wrong with them."""

    def __init__(self, where: str) -> None:
        self._where = where

    def error(self, what: str) -> ParameterError:
        return ParameterError(f"{self._where}: {what}")

    def keys(self, entry: Mapping[str, Any], known: Iterable[str], *, within: str = "") -> None:
        for key in entry:
            if key not in known:
                raise self.error(f"there is no key {key!r}{within}. {nearest(key, known)}")

    def table(self, entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        found = entry.get(key, {})
        if not isinstance(found, dict):
            raise self.error(f'{key} is a table, as in {key} = {{ column = "value" }}.')
        return cast("Mapping[str, Any]", found)

    def column(self, name: object, key: str, *kinds: Kind) -> Column:
        usable = {column.name: column for column in CASES.columns if column.sensitivity is Sensitivity.OPEN}
        usable[FLAGS] = _FLAGS
        if isinstance(name, str) and name in CASES and name not in usable:
            fix = "Ask for text with text = { ... }." if CASES[name].sensitivity is Sensitivity.HIDDEN else ""
            raise self.error(f"{key}: {name} tells cases or people apart, which no rule may go by. {fix}".rstrip())
        if not isinstance(name, str) or name not in usable:
            raise self.error(f"{key}: there is no column {name!r}. {nearest(str(name), usable)}")
        if kinds and usable[name].kind not in kinds:
            fits = sorted(column.name for column in usable.values() if column.kind in kinds)
            raise self.error(f"{key}: {name} is {_article(usable[name].kind)} column. Use one of: {', '.join(fits)}.")
        return usable[name]

    def values(self, entry: Mapping[str, Any], key: str) -> dict[str, tuple[Any, ...]]:
        return {name: self._listed(name, value, key) for name, value in self.table(entry, key).items()}

    def _listed(self, name: str, value: Any, key: str) -> tuple[Any, ...]:  # noqa: ANN401  # TOML holds anything
        column = self.column(name, key)
        values = tuple(value) if isinstance(value, list) else (value,)
        kind: type | tuple[type, ...] = {Kind.BOOLEAN: bool, Kind.INTEGER: int, Kind.NUMBER: (int, float)}.get(
            column.kind, str
        )
        if column.kind is Kind.TIME:
            raise self.error(f"{key}: {name} is an instant. Compare it with another one in hours = {{ ... }}.")
        if not values or not all(isinstance(one, kind) and isinstance(one, bool) is (kind is bool) for one in values):
            raise self.error(f"{key}: {name} takes {_WORDS.get(column.kind, 'a text')}, or a list of such.")
        for one in values:
            if column.vocabulary and one not in column.vocabulary:
                raise self.error(f"{key}: {name} is never {one!r}. {nearest(str(one), column.vocabulary)}")
        return values

    def limits(self, entry: Mapping[str, Any], key: str) -> dict[str, Any]:
        found = self.table(entry, key)
        for name, value in found.items():
            column = self.column(name, key, *_NUMBERS, Kind.ORDERED)
            if column.kind is Kind.ORDERED:
                self._listed(name, value if isinstance(value, str) else "", key)
            elif not _is_number(value):
                raise self.error(f"{key}: {name} takes a number.")
        return dict(found)

    def columns(self, entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
        found = entry.get(key, [])
        if not isinstance(found, list):
            raise self.error(f'{key} is a list of columns, as in {key} = ["policy_id"].')
        return tuple(self.column(name, key).name for name in cast("list[object]", found))

    def pairs(self, entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        found = entry.get("differ", [])
        names = cast("list[object]", found) if isinstance(found, list) else []
        if "differ" not in entry:
            return ()
        if len(names) != 2:
            raise self.error('differ names two columns, as in differ = ["content_language", "reviewer_language"].')
        one, other = (self.column(name, "differ") for name in names)
        if one.kind is not other.kind or one.kind is Kind.LIST:
            raise self.error(f"differ: {one.name} and {other.name} do not hold the same kind of value.")
        return ((one.name, other.name),)

    def hours(self, entry: Mapping[str, Any]) -> Hours | None:
        if "hours" not in entry:
            return None
        found = self.table(entry, "hours")
        self.keys(found, ("from", "to", "at_least", "at_most"), within=" in hours")
        limits = {name: found[name] for name in ("at_least", "at_most") if name in found}
        if not limits or not all(_is_number(value) for value in limits.values()):
            raise self.error('hours needs a number, as in hours = { from = "...", to = "...", at_least = 24 }.')
        since, until = (self.column(found.get(name), f"hours.{name}", Kind.TIME).name for name in ("from", "to"))
        return Hours(since, until, limits.get("at_least"), limits.get("at_most"))

    def says(self, entry: Mapping[str, Any]) -> Says | None:
        if "text" not in entry:
            return None
        found = self.table(entry, "text")
        self.keys(found, ("contains", "matches", "leet"), within=" in text")
        phrases, pattern, leet = found.get("contains", []), found.get("matches", ""), found.get("leet", False)
        listed = [phrases] if isinstance(phrases, str) else phrases
        if not isinstance(listed, list) or len(cast("list[object]", listed)) > _MOST_PHRASES:
            raise self.error(f"text.contains is a list of at most {_MOST_PHRASES} phrases.")
        kept = tuple(self._phrase(phrase) for phrase in cast("list[object]", listed))
        if not isinstance(leet, bool) or not isinstance(pattern, str):
            raise self.error("text.matches is a pattern, and text.leet is true or false.")
        if not kept and not pattern:
            raise self.error('text needs contains = ["a phrase"] or matches = "a pattern".')
        return Says(kept, self._pattern(pattern), leet)

    def _phrase(self, phrase: object) -> str:
        from tskit.text import skeleton  # noqa: PLC0415  # only rules on text need it

        if not isinstance(phrase, str) or not any(map(_says_something, skeleton(phrase))):
            raise self.error("text.contains has a phrase without a letter or picture.")
        return phrase

    def _pattern(self, pattern: str) -> str:
        from tskit.text import check_pattern  # noqa: PLC0415  # as above

        try:
            if pattern:
                check_pattern(pattern)
        except ParameterError as error:
            raise self.error(f"text.matches: {error}") from None
        return pattern


_WORDS = {Kind.BOOLEAN: "true or false", Kind.INTEGER: "a whole number", Kind.NUMBER: "a number"}


def _says_something(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN" or unicodedata.category(letter) == "So"


def _article(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
