"""Suggests causes for a case, each with its reason and with how often such a suggestion was right; it never tags."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.causes.judgements import judgements
from tskit.causes.outside import UNDETERMINED
from tskit.causes.precision import FEWEST, Precision, measure
from tskit.causes.rules import lacks, reason_of, rule_matches, says
from tskit.causes.rules_file import rules_of
from tskit.causes.settled import settled_of
from tskit.causes.similar import index_cases, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
    from tskit.causes.rules import Rule
    from tskit.causes.similar import CaseIndex
    from tskit.causes.taxonomy import Taxonomy
    from tskit.model import CaseSet

    _Matches: TypeAlias = Mapping[str, Mapping[str, float | None]]

__all__ = ["SIMILAR", "Suggester", "Suggestion", "precision_table", "suggester"]

SIMILAR = "similar"
_NEAREST = 9
_LEAST_LIKE = 0.3
_FEWEST_VOTES = 2
_MOST_CAUSES = 2
_NAMED = 3
_LATEST = 2_000
"""Past tags that precision is measured on, the latest first to be kept."""
_LEARN_FROM = 5_000
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cause that somebody may have missed, why it is named, and how often such a suggestion named the settled one.

    `source` is `rule:` with the rule's name, or `similar`. The share is of the `n` past tags for which this source
    suggested this cause; it is None, with its interval, under ten of them.
    """

    cause: str
    reason: str
    source: str
    precision: float | None = None
    precision_low: float | None = None
    precision_high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Suggester:
    """What is known about all cases at one moment; `suggest` reads no file. Its `repr` shows nothing of a case."""

    taxonomy: Taxonomy = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)
    precision: Precision
    unanswered: Mapping[str, tuple[str, ...]]
    """Rules that the source cannot answer, each with what it lacks."""
    _matches: _Matches = field(repr=False)
    _texts: Mapping[str, str] = field(repr=False)
    _tagged: CaseIndex = field(repr=False)
    _causes: Mapping[str, str] = field(repr=False)

    def suggest(self, case_id: str) -> list[Suggestion]:
        """Return what the rules and the most similar tagged cases suggest, the most often right first.

        The case's own tag plays no part. A case whose content may not be handled here, or that is none of the source,
        gets no suggestion.
        """
        if case_id not in self._texts:
            return []
        found = [*self._by_rules(case_id), *self._by_likeness(case_id)]
        return sorted(found, key=lambda one: -1 if one.precision is None else one.precision, reverse=True)

    def _by_rules(self, case_id: str) -> Iterator[Suggestion]:
        for rule in self.rules:
            matches = self._matches.get(rule.id, {})
            if case_id in matches and (rule.text is None or says(rule.text, [self._texts[case_id]])[0]):
                yield self._suggestion(rule.cause, reason_of(rule, matches[case_id]), f"rule:{rule.id}")

    def _by_likeness(self, case_id: str) -> Iterator[Suggestion]:
        likeness = self._tagged.likeness(case_id, text=self._texts[case_id])
        for cause, names, asked in votes(self._tagged.ids, likeness, self._causes, without=case_id):
            listed = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
            reason = f"{len(names)} of the {asked} most similar tagged cases were {cause}: {listed}"
            yield self._suggestion(cause, reason, SIMILAR)

    def _suggestion(self, cause: str, reason: str, source: str) -> Suggestion:
        held = self.precision.of(source, cause)
        return Suggestion(cause, reason, source, held.precision, held.low, held.high, held.n)


def suggester(case_set: CaseSet, log: TagLog, *, until: Moment = None, leave_out: str = "") -> Suggester:
    """Return what suggests causes for cases of `case_set`, from the casebook's rules and the tags in `log`.

    It holds the tags of the moment it was made. Texts are kept in its memory alone, and those that may not be handled
    here were never read.

    Args:
        case_set: the cases; the scope's days make no difference.
        log: what people tagged.
        until: know the tags up to this moment alone.
        leave_out: a round whose tags are not to be known, such as a blind one that is still open.

    Raises:
        ParameterError: a rule of the casebook does not hold up.
    """
    said = judgements(log, until=until)
    truth = settled_of(said[said["round"] != leave_out] if leave_out else said)
    texts = texts_of(case_set)
    rules = rules_of(case_set.casebook, log.taxonomy)
    unanswered = {rule.id: missing for rule in rules if (missing := lacks(case_set, rule))}
    usable = tuple(rule for rule in rules if rule.id not in unanswered)
    matches = rule_matches(case_set, usable)
    truth = truth[truth["case_id"].isin(texts.keys())].sort_values(["tagged_at", "case_id"], ignore_index=True)
    votable = truth[truth["cause"].notna() & ~truth["cause"].isin(["", UNDETERMINED])]
    tagged = index_cases(case_set, {name: texts[name] for name in votable["case_id"]}, learn_from=_some(texts))
    past = [*_past_by_rules(truth, usable, matches, texts), *_past_by_likeness(votable, tagged)]
    precision = measure(past, truth, log.taxonomy)
    causes = dict(zip(votable["case_id"], votable["cause"], strict=True))
    return Suggester(log.taxonomy, usable, precision, unanswered, matches, texts, tagged, causes)


def precision_table(made: Suggester) -> pd.DataFrame:
    """Return how often each source was right on past tags: one row a source and cause, and one a source as a whole.

    Columns: source, cause ("" for the whole), name (of the cause), n, right, precision, low, high (Wilson's 95 %
    interval; all three NA under ten past tags) and note, which says why a figure is missing.
    """
    import pandas as pd  # noqa: PLC0415  # slow to import, and reading a taxonomy does without

    rows = [_row(made, source, cause) for source, cause in sorted({*made.precision.by, *_sources(made)})]
    rows += [
        (f"rule:{name}", "", "", 0, 0, None, None, None, f"the source lacks {', '.join(missing)}")
        for name, missing in made.unanswered.items()
    ]
    columns = ["source", "cause", "name", "n", "right", "precision", "low", "high", "note"]
    kinds = dict.fromkeys(["n", "right"], "int64") | dict.fromkeys(["precision", "low", "high"], "Float64")
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(["source", "cause", "name", "note"], "str") | kinds)


def votes(
    ids: Sequence[str], likeness: NDArray[np.float32], causes: Mapping[str, str], *, without: str
) -> list[tuple[str, list[str], int]]:
    """Return what the nearest tagged cases were: cause, the cases that had it (nearest first), and how many were asked.

    Nine are asked, fewer where fewer are like the case at all. A cause needs two votes, and a third of those asked.
    """
    import numpy as np  # noqa: PLC0415  # as above

    order: list[int] = np.argsort(-likeness, kind="stable")[: _NEAREST + 1].tolist()
    nearest: list[str] = [ids[place] for place in order if ids[place] != without and likeness[place] >= _LEAST_LIKE][
        :_NEAREST
    ]
    counted = Counter(causes[name] for name in nearest).most_common(_MOST_CAUSES)
    return [
        (cause, [name for name in nearest if causes[name] == cause], len(nearest))
        for cause, count in counted
        if count >= _FEWEST_VOTES and 3 * count >= len(nearest)
    ]


def _past_by_rules(
    truth: pd.DataFrame, rules: Sequence[Rule], matches: _Matches, texts: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Give case, source and cause of what the rules would have said of cases that were settled since."""
    for rule in rules:
        cases = [case_id for case_id in truth["case_id"] if case_id in matches[rule.id]]
        told = says(rule.text, [texts[case_id] for case_id in cases]) if rule.text else [True] * len(cases)
        yield from ((case_id, f"rule:{rule.id}", rule.cause) for case_id, hit in zip(cases, told, strict=True) if hit)


def _past_by_likeness(tagged: pd.DataFrame, index: CaseIndex) -> Iterator[tuple[str, str, str]]:
    """Give the same for the nearest cases, each asked only what was settled before it."""
    import numpy as np  # noqa: PLC0415  # as above

    ids, times = list(index.ids), tagged["tagged_at"].to_numpy()
    causes = dict(zip(tagged["case_id"], tagged["cause"], strict=True))
    recent = range(max(len(ids) - _LATEST, 1), len(ids))
    for start in range(recent.start, recent.stop, _AT_ONCE):
        chunk = range(start, min(start + _AT_ONCE, recent.stop))
        for place, likeness in zip(chunk, index.likenesses([ids[at] for at in chunk]), strict=True):
            earlier = int(np.searchsorted(times, times[place], side="left"))
            found = votes(ids[:earlier], likeness[:earlier], causes, without=ids[place])
            yield from ((ids[place], SIMILAR, cause) for cause, _, _ in found)


def _some(texts: Mapping[str, str]) -> list[str]:
    """Return texts from all over, the same ones every time, to learn from how rare a piece is."""
    step = max(len(texts) // _LEARN_FROM, 1)
    return [text for place, text in enumerate(texts.values()) if place % step == 0]


def _sources(made: Suggester) -> Iterator[tuple[str, str]]:
    yield SIMILAR, ""
    yield from ((f"rule:{rule.id}", "") for rule in made.rules)


def _row(made: Suggester, source: str, cause: str) -> tuple[object, ...]:
    held = made.precision.of(source, cause)
    note = f"under {FEWEST} past tags" if held.n < FEWEST else ""
    name = made.taxonomy.name(cause) if cause else ""
    return (source, cause, name, held.n, held.right, held.precision, held.low, held.high, note)
