"""How far people agree on causes: over all, by cause, market, language and pair, and what they take for each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from tskit.causes.adjudicate import people_tags
from tskit.causes.judgements import judgements
from tskit.causes.outside import in_order
from tskit.causes.rounds import round_of
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import ibis.expr.types as ir
    import pandas as pd
    from numpy.typing import NDArray

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
    from tskit.causes.taxonomy import Taxonomy
    from tskit.stats import Agreement

    Codes = NDArray[np.int64]

__all__ = ["FEW", "MEASURES", "By", "agreement", "confusion"]

By = Literal["", "cause", "market", "content_language", "pair"]
FEW = 30
"""Below so many items a figure is marked, and two people are not compared at all."""

MEASURES = {
    "alpha": "Krippendorff's alpha",
    "alpha_masi": "Alpha over sets of causes (MASI)",
    "kappa_fleiss": "Fleiss' kappa",
    "kappa_cohen": "Cohen's kappa",
    "raw": "Raw agreement",
}

_EVERYTHING = "all"
_UNKNOWN = "(not known)"
_HINT = f"fewer than {FEW} items: no more than a hint"
_TOO_FEW = f"fewer than {FEW} items that both judged: people are not compared on so few"
_SEEN = "not from a blind round: people may have seen each other's tags"
_COLUMNS = ["group", "measure", "value", "low", "high", "items", "ratings", "left_out", "note"]


def agreement(  # noqa: PLR0913  # the question that one table answers, each part by name
    log: TagLog,
    *,
    round: str = "",  # noqa: A002  # the domain's word, and the name of the column
    level: Literal[1, 2] = 1,
    by: By = "",
    cases: pd.DataFrame | ir.Table | None = None,
    until: Moment = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how far people agree, one row a group and measure (see `MEASURES`), with 95 % intervals by item.

    Only people's own tags count: no rule, no adjudication, and a skip is a missing rating. `items` are those with two
    ratings or more, `left_out` those with a single one. By cause, each is held against all others, and `items` are
    those that somebody gave it to. Below 30 items a figure is marked as a hint; a pair of people has none.

    Args:
        log: where people's judgements are.
        round: a blind round; empty for all that people tagged.
        level: of the taxonomy; at level 1, RC2.1 and RC2.3 are the same.
        by: one row a cause, market, language or pair of people instead of one for all.
        cases: one row a case with `case_id` and the column of `by`, for a market or language.
        until: as of when; a number counts entries of the log.
        seed: of the resamples behind the intervals.

    Raises:
        ParameterError: there is no such round, level or group, or the cases lack the column of `by`.
    """
    import pandas as pd  # noqa: PLC0415  # slow to import, and the review of a case does without

    if by not in get_args(By) or level not in {1, 2}:
        raise ParameterError(f"Agreement is by one of {', '.join(filter(None, get_args(By)))}, and at level 1 or 2.")
    note = "" if round and round_of(log, round).is_blind else _SEEN
    ratings = _Ratings(people_tags(judgements(log, until=until), round), log.taxonomy, level)
    groups = {"cause": _by_cause, "pair": _by_pair}.get(by)
    if groups is not None:
        rows = list(groups(ratings, seed))
    else:
        rows = [row for name, part in _parts(ratings, by, cases) for row in _measured(name, part, seed)]
    found = pd.DataFrame(rows, columns=_COLUMNS)
    found["note"] = [_together(told, note) for told in found["note"]]
    return found


def confusion(
    log: TagLog,
    *,
    round: str = "",  # noqa: A002  # as above
    level: Literal[1, 2] = 1,
    until: Moment = None,
) -> pd.DataFrame:
    """Return how often two people gave two causes to one case: `cause_a`, `cause_b` and `n` pairs of ratings.

    A pair of causes stands once, in the order of the taxonomy; where `cause_a` is `cause_b` they agreed.

    Raises:
        ParameterError: there is no such round.
    """
    import pandas as pd  # noqa: PLC0415  # as above

    if round:
        round_of(log, round)
    ratings = _Ratings(people_tags(judgements(log, until=until), round), log.taxonomy, level)
    times = np.zeros((len(ratings.causes),) * 2, dtype=np.int64)
    for one, other in combinations(range(len(ratings.people)), 2):
        both = (ratings.codes[:, one] >= 0) & (ratings.codes[:, other] >= 0)
        pair = np.sort(ratings.codes[both][:, [one, other]], axis=1)
        np.add.at(times, (pair[:, 0], pair[:, 1]), 1)
    found = [(ratings.causes[a], ratings.causes[b], int(times[a, b])) for a, b in zip(*np.nonzero(times), strict=True)]
    return pd.DataFrame(found, columns=["cause_a", "cause_b", "n"])


class _Ratings:
    """People's tags as codes: cases by people, both in the order of their names."""

    def __init__(self, tags: pd.DataFrame, taxonomy: Taxonomy, level: int) -> None:
        causes = tags["cause_l1" if level == 1 else "cause"]
        self.cases: list[str] = sorted(set(tags["case_id"]))
        self.people: list[str] = sorted(set(tags["tagger"]))
        self.causes: list[str] = in_order(set(causes))
        rows, columns = _places(tags["case_id"], self.cases), _places(tags["tagger"], self.people)
        self.codes = self._table(rows, columns, _places(causes, self.causes))
        whole = [
            frozenset(taxonomy.level1(name) if level == 1 else name for name in (cause, *others))
            for cause, others in zip(tags["cause"], tags["contributing"], strict=True)
        ]
        self.sets: list[frozenset[str]] = sorted(set(whole), key=sorted)
        number = {names: n for n, names in enumerate(self.sets)}
        self.set_codes = self._table(rows, columns, np.array([number[names] for names in whole], dtype=np.int64))

    def of(self, kept: Sequence[bool]) -> tuple[Codes, Codes, list[frozenset[str]]]:
        """Return the codes of some of the cases: causes, sets, and what the sets are."""
        rows = np.asarray(kept, dtype=bool)
        used, sets = np.unique(self.set_codes[rows], return_inverse=True)
        names = [self.sets[code] for code in used if code >= 0]
        return self.codes[rows], (sets - int((used < 0).any())).reshape(-1, self.codes.shape[1]), names

    def _table(self, rows: Codes, columns: Codes, codes: Codes) -> Codes:
        table = np.full((len(self.cases), max(len(self.people), 1)), -1, dtype=np.int64)
        table[rows, columns] = codes
        return table


def _places(values: pd.Series[str], names: Sequence[str]) -> Codes:
    place = {name: n for n, name in enumerate(names)}
    return np.array([place[value] for value in values], dtype=np.int64)


def _parts(
    ratings: _Ratings, by: str, cases: pd.DataFrame | ir.Table | None
) -> Iterator[tuple[str, tuple[Codes, Codes, list[frozenset[str]]]]]:
    if not by:
        yield _EVERYTHING, ratings.of([True] * len(ratings.cases))
        return
    known = _column(cases, by)
    groups = [known.get(case, _UNKNOWN) for case in ratings.cases]
    for name in sorted(set(groups), key=lambda name: (name == _UNKNOWN, name)):
        yield name, ratings.of([group == name for group in groups])


def _column(cases: pd.DataFrame | ir.Table | None, by: str) -> dict[str, str]:
    """Return the market or language of each case that has one."""
    if cases is None or not {"case_id", by} <= set(cases.columns):
        raise ParameterError(f"Agreement by {by} needs the cases: pass `cases` with the columns case_id and {by}.")
    part: Any = cases[["case_id", by]]
    frame: pd.DataFrame = part.to_pyarrow().to_pandas() if hasattr(part, "to_pyarrow") else part
    known = frame[frame[by].notna()]
    return dict(zip(known["case_id"].astype("str"), known[by].astype("str"), strict=True))


def _measured(group: str, part: tuple[Codes, Codes, list[frozenset[str]]], seed: int) -> Iterator[tuple[object, ...]]:
    from tskit import stats  # noqa: PLC0415  # slow to import, and the review of a case does without

    codes, set_codes, sets = part
    pair = codes[:, (codes >= 0).any(axis=0)]
    found = {
        "alpha": stats.krippendorff_alpha(codes, seed=seed),
        "alpha_masi": stats.krippendorff_alpha(set_codes, distance=stats.masi_distances(sets), seed=seed),
        "kappa_fleiss": stats.fleiss_kappa(codes, seed=seed),
        **({"kappa_cohen": stats.cohen_kappa(pair, seed=seed)} if pair.shape[1] == 2 else {}),
        "raw": stats.raw_agreement(codes, seed=seed),
    }
    for measure, value in found.items():
        yield _row(group, measure, value, _HINT if 0 < value.items < FEW else "")


def _by_cause(ratings: _Ratings, seed: int) -> Iterator[tuple[object, ...]]:
    from tskit import stats  # noqa: PLC0415  # as above

    for cause, value in zip(ratings.causes, stats.category_alphas(ratings.codes, seed=seed), strict=False):
        if value.items:
            yield _row(cause, "alpha", value, _HINT if value.items < FEW else "")


def _by_pair(ratings: _Ratings, seed: int) -> Iterator[tuple[object, ...]]:
    from tskit import stats  # noqa: PLC0415  # as above

    for one, other in combinations(range(len(ratings.people)), 2):
        codes = ratings.codes[:, [one, other]]
        if not (codes >= 0).all(axis=1).any():
            continue
        group = f"{ratings.people[one]} · {ratings.people[other]}"
        for measure, value in {
            "kappa_cohen": stats.cohen_kappa(codes, seed=seed),
            "raw": stats.raw_agreement(codes, seed=seed),
        }.items():
            yield _row(group, measure, _compared(value), "")


def _compared(value: Agreement) -> Agreement:
    """Return how far two people agree, unless that rests on too few cases; cases of others are not left out of it."""
    if value.items < FEW:
        return replace(value, value=np.nan, low=np.nan, high=np.nan, left_out=0, note=_TOO_FEW)
    return replace(value, left_out=0)


def _row(group: str, measure: str, value: Agreement, hint: str) -> tuple[object, ...]:
    told = _together(value.note, hint)
    return (group, measure, value.value, value.low, value.high, value.items, value.ratings, value.left_out, told)


def _together(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
