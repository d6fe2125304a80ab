"""What changed from one run to another: findings, figures, and what lies under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tskit.runs.covered import Cover, cover_of
from tskit.runs.figures import headlines
from tskit.runs.kept import mapped, number, plain, utc
from tskit.runs.reasons import LABELS, reasons
from tskit.runs.restated import is_equal, restated
from tskit.runs.row import claim_of
from tskit.runs.same import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model.run_row import Claim, Headline
    from tskit.runs.kept import Kept
    from tskit.runs.reasons import Reason
    from tskit.runs.restated import Restated

__all__ = ["ChangedFinding", "Judged", "MovedFigure", "MovedValue", "RunDiff", "difference", "in_a_row"]

Judged = Literal["within noise", "may be noise", "intervals apart", "not judged", "restated"]
"""within noise: each value lies in the other's interval. may be noise: the intervals overlap. intervals apart: they do
not, which the ordinary ups and downs of weeks may still explain: the reports judge that. not judged: there are no
intervals. restated: the same days, the same question and another answer, which no chance explains."""

_Interval = tuple[float | None, float | None, float | None]
"""A value, and the bounds that hold it."""


@dataclass(frozen=True, slots=True)
class MovedValue:
    """A value that a finding quotes, in both runs; None where one does not quote it."""

    name: str
    before: float | str | None
    after: float | str | None


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A finding that both runs have, and that does not say the same any more."""

    before: Claim
    after: Claim
    values: tuple[MovedValue, ...]
    judged: Judged

    @property
    def is_worded_alike(self) -> bool:
        """Return whether only values behind the claim moved."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A headline figure of both runs that moved, or that only one has; `change` is the later value less the earlier."""

    before: Headline | None
    after: Headline | None
    change: float | None
    judged: Judged


@dataclass(frozen=True, slots=True)
class RunDiff:
    """What changed from the run `before` to the run `after`.

    `single_before` and `single_after` count findings of single cases, which are not compared here. `compared` is how
    many figures of days that both cover were held against each other, `restated` where they differ. `unreported` are
    those of the two that ended without a report.
    """

    before: str
    after: str
    appeared: tuple[Claim, ...]
    vanished: tuple[Claim, ...]
    changed: tuple[ChangedFinding, ...]
    figures: tuple[MovedFigure, ...]
    reasons: tuple[Reason, ...]
    restated: tuple[Restated, ...]
    compared: int
    single_before: int
    single_after: int
    is_recent: bool
    unreported: tuple[str, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Return whether both runs say the same."""
        same_singles = self.single_before == self.single_after
        return same_singles and not (self.appeared or self.vanished or self.changed or self.figures)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return what kinds of things lie under the runs and are not the same, in words."""
        return tuple(dict.fromkeys(LABELS[reason.kind] for reason in self.reasons))

    @property
    def cause(self) -> str:
        """Return in a sentence why they differ, as far as the records can tell."""
        told = in_a_row(self.kinds)
        if self.unreported:
            lack = "has" if len(self.unreported) == 1 else "have"
            return f"{in_a_row(self.unreported)} {lack} no report to hold against the other."
        if self.is_quiet:
            return f"Both say the same, though not everything under them is: {told}." if told else "Both say the same."
        if not told:
            return "Nothing on record changed, and yet they differ."
        if len(self.kinds) == 1:
            return f"Only {told} changed, so that is why."
        return f"Several things changed at once ({told}): nobody can tell from the records which made the difference."

    @property
    def history(self) -> str:
        """Return in a sentence whether days that both runs cover still have the figures that they had; empty: none are."""
        if not self.compared:
            return ""
        if not self.restated:
            return f"History stands: {self.compared:,} figures of days that both cover are the same."
        if self.is_recent:
            return "Figures of the last days that both cover differ; what arrives or is closed late does that."
        has_data = any(reason.kind == "data" for reason in self.reasons)
        return (
            f"History was restated: figures of days that both cover differ{'' if has_data else ', with the same data'}."
        )


def difference(before: Kept, after: Kept, *, with_history: bool = True) -> RunDiff:
    """Return what changed from one run to a later one.

    The same run has no difference to itself; the other way round, what appeared is what vanished. Without history,
    figures of days that both cover are not looked up, which takes most of the time.
    """
    why = reasons(before, after)
    is_other = any(reason.kind in ("template", "parameters") for reason in why)
    told, compared = restated(before.folder, after.folder) if with_history and not is_other else ((), 0)
    is_fixed = not is_other and not any(reason.kind == "period" for reason in why)
    cover = _both(before, after)
    matched = pairs(_open(before), _open(after))
    changed = [_changed(one, other, cover, is_fixed=is_fixed) for one, other in matched if one and other]
    return RunDiff(
        before=before.id,
        after=after.id,
        appeared=tuple(claim_of(other, cover) for one, other in matched if one is None and other),
        vanished=tuple(claim_of(one, cover) for one, other in matched if other is None and one),
        changed=tuple(change for change in changed if change),
        figures=_figures(headlines(before.folder), headlines(after.folder), is_fixed=is_fixed),
        reasons=why,
        restated=told,
        compared=compared,
        single_before=_singles(before),
        single_after=_singles(after),
        is_recent=bool(told) and all(one.is_recent(min(_end(before), _end(after))) for one in told),
        unreported=tuple(dict.fromkeys(run.id for run in (before, after) if run.manifest.get("status") != "ok")),
    )


def _open(run: Kept) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in run.claims if not one.get("of_single_cases"))


def _singles(run: Kept) -> int:
    return len(run.claims) - len(_open(run))


def _end(run: Kept) -> str:
    """Return the day up to which a run's data reached."""
    return max((utc(given.get("as_of"))[:10] for given in run.inputs), default="")


def _changed(
    one: Mapping[str, Any], other: Mapping[str, Any], cover: Cover, *, is_fixed: bool
) -> ChangedFinding | None:
    old, new = mapped(one.get("values")), mapped(other.get("values"))
    names = [name for name in dict.fromkeys([*old, *new]) if not _is_same(old.get(name), new.get(name))]
    before, after = claim_of(one, cover), claim_of(other, cover)
    if before == after and not names:
        return None
    values = tuple(
        MovedValue(plain(name), _value(old.get(name), cover), _value(new.get(name), cover)) for name in names
    )
    return ChangedFinding(before, after, values, "restated" if is_fixed else _judged_values(old, new, names))


def _is_same(one: object, other: object) -> bool:
    first, second = number(one), number(other)
    # By their spelling: what is no number is not even equal to itself.
    return repr(one) == repr(other) if first is None or second is None else is_equal(first, second)


def _value(value: object, cover: Cover) -> float | str | None:
    found = number(value)
    return found if found is not None else (cover(plain(value)) or (None if value is None else str(value)))


def _judged_values(old: Mapping[str, Any], new: Mapping[str, Any], names: Sequence[str]) -> Judged:
    """Judge the values that moved by the intervals that the finding gives for them; their bounds move with them."""
    moved = [name for name in names if not name.endswith(("_low", "_high"))]
    found: set[Judged] = {_judged(_interval(old, name), _interval(new, name)) for name in moved}
    return found.pop() if len(found) == 1 else "not judged"


def _interval(values: Mapping[str, Any], name: str) -> _Interval:
    value, low, high = (number(values.get(f"{name}{end}")) for end in ("", "_low", "_high"))
    return value, low, high


def _judged(before: _Interval, after: _Interval) -> Judged:
    (_, low, high), (_, least, most) = before, after
    if None in (*before, *after) or low is None or high is None or least is None or most is None:
        return "not judged"
    if _holds(before, after) and _holds(after, before):
        return "within noise"
    return "may be noise" if low <= most and least <= high else "intervals apart"


def _holds(one: _Interval, other: _Interval) -> bool:
    (_, low, high), (value, _, _) = one, other
    return low is not None and high is not None and value is not None and low <= value <= high


def _figures(before: Sequence[Headline], after: Sequence[Headline], *, is_fixed: bool) -> tuple[MovedFigure, ...]:
    old, new = ({one.metric: one for one in figures} for figures in (before, after))
    beside = [(old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old])]
    return tuple(_figure(one, other, is_fixed=is_fixed) for one, other in beside if not _is_unmoved(one, other))


def _is_unmoved(one: Headline | None, other: Headline | None) -> bool:
    return one is not None and other is not None and _is_same(one.value, other.value)


def _figure(one: Headline | None, other: Headline | None, *, is_fixed: bool) -> MovedFigure:
    if one is None or other is None or one.value is None or other.value is None:
        return MovedFigure(one, other, None, "not judged")
    was, now = (one.value, one.low, one.high), (other.value, other.low, other.high)
    return MovedFigure(one, other, other.value - one.value, "restated" if is_fixed else _judged(was, now))


def _both(before: Kept, after: Kept) -> Cover:
    values = {*cover_of(before).values, *cover_of(after).values}
    return Cover(tuple(sorted(values, key=len, reverse=True)))


def in_a_row(words: Sequence[str]) -> str:
    """Return words as a sentence lists them.

    >>> in_a_row(["the period", "the data", "the code"])
    'the period, the data and the code'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
