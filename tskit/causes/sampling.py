"""Which cases people look at: a sample that anybody can draw again, and who looks at which.

Chance is a keyed hash of the case id, so the same seed draws the same cases whatever the order of the rows, and a
larger draw holds a smaller one. Each case keeps its inclusion probability, without which no share can be estimated.
"""

from __future__ import annotations

import heapq
from collections import Counter
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

__all__ = ["Design", "allocation", "draw", "hashed", "refuse_lost", "weighted_share"]

Design = Literal["random", "stratified", "stratified_equal", "uncertainty"]
"""random: each case alike; stratified: each stratum in proportion, or equally; uncertainty: the highest score first."""

_EVERYTHING = "all"
_UNKNOWN = "(not known)"
_KEY = 64
"""Bytes that a key of BLAKE2b has at most."""


def draw(
    cases: pd.DataFrame | ir.Table,
    *,
    design: Design = "random",
    size: int,
    by: Sequence[str] = (),
    seed: int,
    minimum: int = 1,
) -> pd.DataFrame:
    """Return a sample as one row a case: `case_id`, `stratum`, `inclusion_probability`, `weight`, in the order drawn.

    `design` and `seed` stand in every row, so that the sample can be drawn again wherever it went. A draw of as many
    cases as there are holds all, each with probability 1. A draw by uncertainty has neither probability nor weight (NA),
    since it takes what is hardest on purpose; it keeps the `score` and never enters a share.

    Args:
        cases: one row a case with `case_id`, the columns of `by`, and for uncertainty a `score`.
        design: how to draw.
        size: how many cases; fewer are drawn where there are fewer.
        by: the columns that make strata, for the stratified designs alone.
        seed: the same seed and cases give the same sample.
        minimum: how many cases each stratum gives at least, as far as it has them.

    Raises:
        ParameterError: a column is missing, the size cannot reach every stratum, or a case stands twice.
    """
    _check(design, size=size, by=by, minimum=minimum)
    columns = ["case_id", *by, *(["score"] if design == "uncertainty" else [])]
    frame = _ordered(_read(cases, columns), seed=seed)
    if design == "uncertainty":
        return _most_uncertain(frame, size=size).assign(design=design, seed=seed)
    stratum = _strata(frame, by)
    sizes = Counter(stratum)
    taken = allocation(sizes, size=size, minimum=minimum, is_equal=design == "stratified_equal")
    rank = stratum.groupby(stratum).cumcount()
    limit = stratum.map(taken).astype("Int64")
    drawn = frame.assign(stratum=stratum)[["case_id", "stratum"]][rank < limit]
    chance = drawn["stratum"].map({name: taken[name] / sizes[name] for name in sizes}).astype("Float64")
    sample = drawn.assign(inclusion_probability=chance, weight=1 / chance, design=design, seed=seed)
    return sample.reset_index(drop=True)


def allocation(sizes: Mapping[str, int], *, size: int, minimum: int = 1, is_equal: bool = False) -> dict[str, int]:
    """Return how many cases each stratum gives, in proportion to its cases or equally, and never more than it has.

    Seats go out one by one to the stratum that is furthest behind (Sainte-Laguë), so that no stratum loses a case when
    the sample grows.

    Raises:
        ParameterError: the size does not reach the minimum of every stratum.

    >>> allocation({"ID": 700, "SG": 250, "TW": 50}, size=20)
    {'ID': 14, 'SG': 5, 'TW': 1}
    """
    taken = {name: min(minimum, sizes[name]) for name in sorted(sizes)}
    least, most = sum(taken.values()), sum(sizes.values())
    if min(size, most) < least:
        raise ParameterError(
            f"A draw of {size} cannot take {minimum} from each of {len(sizes)} strata. "
            f"Draw at least {least}, or make strata of fewer columns."
        )
    for name in islice(_seats(sizes, taken, is_equal=is_equal), min(size, most) - least):
        taken[name] += 1
    return taken


def refuse_lost(sample: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return a topped-up sample, drawn again with a larger size and the same seed, once it holds every earlier case.

    Raises:
        ParameterError: the cases have changed since, so that earlier ones would fall out and the weights be wrong.
    """
    lost = int((~earlier["case_id"].isin(sample["case_id"])).sum())
    if lost:
        raise ParameterError(
            f"{lost} of the {len(earlier)} cases drawn earlier are not in this draw. Draw from the same cases by the "
            "same design and seed, or a larger size; a sample of changed cases is a round of its own."
        )
    return sample


def weighted_share(sample: pd.DataFrame, hit: pd.Series[bool], *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return what share of all cases, not of the sample, has a property: `share`, `low`, `high`, `cases`, `effective`.

    Cases without an answer in `hit` (NA) are left out; one row a group of the columns `by`. `effective` is the number
    of cases whose simple random sample would be as precise.

    Raises:
        ParameterError: a case has no weight, as in a draw by uncertainty, which says nothing about all cases.
    """
    import pandas as pd  # noqa: PLC0415  # slow to import, and the review of a case does without

    from tskit.stats import weighted_proportion  # noqa: PLC0415  # as above

    if "weight" not in sample.columns or bool(sample["weight"].isna().any()):
        raise ParameterError("A share needs the weight of every case; a sample drawn by uncertainty has none.")
    known = hit.notna().to_numpy(dtype=bool)
    w = sample["weight"].to_numpy(dtype=np.float64, na_value=np.nan)[known]
    y = hit[known].to_numpy(dtype=np.float64)
    sums = pd.DataFrame({"w": w, "wy": w * y, "ww": w * w, "wwy": w * w * y, "cases": 1})
    keys = [sample[name].to_numpy()[known] for name in by] or [np.zeros(len(sums), dtype=np.int64)]
    totals = sums.groupby(keys, dropna=False).sum()
    weights = tuple(totals[name].to_numpy(dtype=np.float64) for name in ("w", "wy", "ww", "wwy"))
    share, low, high, effective = weighted_proportion(weights)
    found = pd.DataFrame({"share": share, "low": low, "high": high, "cases": totals["cases"].to_numpy()})
    groups = {name: totals.index.get_level_values(level) for level, name in enumerate(by)}
    return pd.DataFrame({**groups, **found.assign(effective=effective)})


def hashed(text: str, *, key: str) -> int:
    """Return a number that looks random, and is the same wherever the same text meets the same key."""
    secret = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), key=secret, digest_size=8).digest(), "big")


def _check(design: str, *, size: int, by: Sequence[str], minimum: int) -> None:
    if design not in get_args(Design):
        raise ParameterError.unknown(design, get_args(Design), what="design")
    if size < 1 or minimum < 0:
        raise ParameterError("A sample has at least one case, and the minimum of a stratum is not negative.")
    if design.startswith("stratified") != bool(by):
        fix = "Name its columns in `by`." if not by else "Leave `by` empty, or take the design 'stratified'."
        raise ParameterError(f"The design {design!r} {'takes no' if by else 'needs'} strata. {fix}")


def _read(cases: pd.DataFrame | ir.Table, columns: list[str]) -> pd.DataFrame:
    missing = [name for name in columns if name not in cases.columns]
    if missing:
        raise ParameterError(f"The cases to draw from have no column {missing[0]!r}; add it, or stratify by another.")
    part: Any = cases[columns]
    frame: pd.DataFrame = part.to_pyarrow().to_pandas() if hasattr(part, "to_pyarrow") else part
    if bool(frame["case_id"].duplicated().any()):
        raise ParameterError("A case stands in more than one row; draw from one row a case.")
    return frame.reset_index(drop=True)


def _ordered(frame: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the cases in the order that the seed gives them, which is the order in which they are drawn."""
    lots = [hashed(str(case), key=f"sample:{seed}") for case in frame["case_id"]]
    return frame.iloc[sorted(range(len(lots)), key=lots.__getitem__)].reset_index(drop=True)


def _strata(frame: pd.DataFrame, by: Sequence[str]) -> pd.Series[str]:
    import pandas as pd  # noqa: PLC0415  # as above

    words = [frame[name].astype("object").where(frame[name].notna(), _UNKNOWN).astype("str") for name in by]
    rows = zip(*words, strict=True) if words else [(_EVERYTHING,)] * len(frame)
    return pd.Series([" · ".join(row) for row in rows], index=frame.index, dtype="str")


def _seats(sizes: Mapping[str, int], taken: Mapping[str, int], *, is_equal: bool) -> Iterator[str]:
    """Give the strata in the order in which they get one case more, until none has any left."""
    claim = {name: 1.0 if is_equal else float(n) for name, n in sizes.items()}
    queue = [(-claim[name] / (2 * taken[name] + 1), name, taken[name]) for name in sizes if taken[name] < sizes[name]]
    heapq.heapify(queue)
    while queue:
        _, name, given = heapq.heappop(queue)
        yield name
        if given + 1 < sizes[name]:
            heapq.heappush(queue, (-claim[name] / (2 * given + 3), name, given + 1))


def _most_uncertain(frame: pd.DataFrame, *, size: int) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  # as above

    # Among equal scores the seed decides, and cases without a score come last.
    ranked = frame.sort_values("score", ascending=False, kind="stable", na_position="last").head(size)
    unknown = pd.Series(pd.NA, index=ranked.index, dtype="Float64")
    found = ranked.assign(stratum=_EVERYTHING, inclusion_probability=unknown, weight=unknown)
    return found[["case_id", "stratum", "inclusion_probability", "weight", "score"]].reset_index(drop=True)
