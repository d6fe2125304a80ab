"""How the difference of two runs stands on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cli.on_duty import aligned
from tskit.cli.runs_listed import about, clipped, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tskit.model import Claim, Headline, RunRow
    from tskit.runs import ChangedFinding, MovedFigure, RunDiff

__all__ = ["as_json", "told"]

_FEW_VALUES = 4
_LABEL = 34


def told(diff: RunDiff, before: RunRow, after: RunRow) -> Iterator[str]:
    """Yield the lines that say what changed from one run to a later one, and why as far as the records can tell."""
    yield from aligned([("from", *_named(before)), ("to", *_named(after))])
    for row in (before, after):
        if row.failure:
            yield f"{row.id}: {row.failure}"
    for heading, lines in (
        ("Findings that appeared", [f"+ {_claimed(one)}" for one in diff.appeared]),
        ("Findings that vanished", [f"- {_claimed(one)}" for one in diff.vanished]),
        ("Findings that changed", [line for one in diff.changed if not one.is_worded_alike for line in _changed(one)]),
        ("Findings that say the same, with other values", _worded_alike(diff)),
        ("Findings of single cases", list(_singles(diff))),
        ("Figures", _figures(diff.figures)),
        ("What is not the same under them", [f"- {one.kind}: {one.said}" for one in diff.reasons]),
        (
            "Days that both cover",
            [line for line in (diff.history, *(f"- {one.in_words()}" for one in diff.restated)) if line],
        ),
    ):
        if lines:
            yield ""
            yield heading
            yield from (f"  {line}" for line in lines)
    yield ""
    yield diff.cause
    if not (diff.is_quiet or diff.unreported) and len(diff.kinds) != 1:
        yield f"To separate them, run the earlier one again on what is there now: tskit verify {diff.before}"


def as_json(diff: RunDiff) -> Mapping[str, object]:
    """Return the difference as plain JSON values, with its sentences."""
    from dataclasses import asdict

    changed = [asdict(one) | {"is_worded_alike": one.is_worded_alike} for one in diff.changed]
    return asdict(diff) | {"changed": changed, "is_quiet": diff.is_quiet, "cause": diff.cause, "history": diff.history}


def _named(row: RunRow) -> tuple[str, str, str, str]:
    return moment(row.started, row.zone), row.kind or "unknown", about(row), row.id


def _claimed(one: Claim) -> str:
    return f"{one.claim}{f' [{one.certainty} certainty]' if one.certainty else ''}"


def _changed(one: ChangedFinding) -> Iterator[str]:
    noise = f" ({one.judged})" if one.judged != "not judged" else ""
    yield f"- {_claimed(one.before)}"
    yield f"+ {_claimed(one.after)}{noise}"


def _worded_alike(diff: RunDiff) -> list[str]:
    return [
        f"{one.after.claim}: {', '.join(_values(one))}" for one in diff.changed if one.is_worded_alike and one.values
    ]


def _values(one: ChangedFinding) -> Iterator[str]:
    for value in one.values[:_FEW_VALUES]:
        yield f"{value.name} {_value(value.before)} became {_value(value.after)}"
    if len(one.values) > _FEW_VALUES:
        yield f"and {len(one.values) - _FEW_VALUES:,} more, which --json lists"


def _value(value: float | str | None) -> str:
    return "none" if value is None else value if isinstance(value, str) else f"{value:,.6g}"


def _singles(diff: RunDiff) -> Iterator[str]:
    if diff.single_before or diff.single_after:
        yield f"{diff.single_before:,} before, {diff.single_after:,} after; the reports name them"


def _figures(figures: Sequence[MovedFigure]) -> list[str]:
    return aligned([_figure(one) for one in figures]) if figures else []


def _figure(one: MovedFigure) -> tuple[str, str, str, str]:
    named = one.after or one.before
    label = named.label if named else ""
    judged = "" if one.judged == "not judged" else one.judged
    return clipped(label, _LABEL), f"{_text(one.before)} became {_text(one.after)}", _size(one), judged


def _text(figure: Headline | None) -> str:
    return figure.text or "not known" if figure else "not among the figures"


def _size(one: MovedFigure) -> str:
    """Return how far a figure moved: in points for shares, relative for everything else."""
    if one.change is None or one.before is None or one.before.value is None:
        return ""
    if one.before.unit == "share":
        return f"{100 * one.change:+.1f} points".replace("-", "−")
    return f"{100 * one.change / one.before.value:+.1f} %".replace("-", "−") if one.before.value else ""
