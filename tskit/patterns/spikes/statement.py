"""What a look at many series found, in a sentence or two that say how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tskit.patterns.spikes.histories import Judged
    from tskit.patterns.spikes.panel import Panel

__all__ = ["shifted", "statement"]

_TOLD = 3
_PAIR = 2


def statement(table: pd.DataFrame, made: Judged) -> str:
    """Return what is beyond noise, the clearest first, or that nothing is, and what could not be judged."""
    looked = table[table["p"].notna()]
    if looked.empty:
        return f"Nothing could be judged: {_reasons(table)}."
    found = looked[looked["is_beyond_noise"]].sort_values(["p", "strength"], ascending=[True, False], kind="stable")
    left = f" Not judged: {_reasons(table)}." if looked.shape[0] < len(table) else ""
    basis = f"{_many(looked['series'].nunique(), 'series')} over {_many(looked['period'].nunique(), made.panel.step)}"
    if found.empty:
        chance = 2 * made.limits.level * len(looked)
        return (
            f"Nothing beyond noise in {basis}: {_many(int(looked['alarm'].sum()), 'count')} outside the band, "
            f"where chance alone puts about {chance:.1f}.{left}"
        )
    told = "; ".join(_one(row, made) for _, row in found.head(_TOLD).iterrows())
    more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    share = f"{made.limits.false_discoveries:.0%}"
    return f"Beyond noise: {told}{more}. Of {basis}; of what is told, at most {share} is chance.{left}"


def shifted(table: pd.DataFrame, made: Panel) -> str:
    """Return which levels changed beyond noise, the clearest first, or that none did."""
    basis = f"{_many(len(made.keys), 'series')} over {_many(len(made.periods), made.step)}"
    found = table[table["is_beyond_noise"]].sort_values("p", kind="stable")
    if found.empty:
        return f"No change of level beyond noise in {basis}."
    told = "; ".join(_change(row) for _, row in found.head(_TOLD).iterrows())
    more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return f"Beyond noise: {told}{more}. Of {basis}."


def _change(row: pd.Series) -> str:
    interval = f"{row['ratio']:.2f} (95 % {row['low']:.2f} to {row['high']:.2f})"
    if row["kind"] == "drift":
        return f"{row['series']} drifted, by a factor of {interval} a year"
    return (
        f"{row['series']} went from {row['before']:.3g} to {row['after']:.3g} with {row['period']:%Y-%m-%d} "
        f"(between {row['earliest']:%Y-%m-%d} and {row['latest']:%Y-%m-%d}), by a factor of {interval}"
    )


def _one(row: pd.Series, made: Judged) -> str:
    unit = made.panel.step
    if row["side"] == "silent":
        expected = f"{row['silent_expected']:.1f}"
        return f"{row['series']} fell silent, no case for {row['silent_for']} {unit}s where {expected} were expected"
    if row["over"] == _PAIR:
        first = row["period"] - pd.Timedelta(days=made.panel.days)
        return (
            f"{row['series']} had {row['observed_over']:.0f} in the two {unit}s from {first:%Y-%m-%d}, {row['side']} than "
            f"chance makes of {row['expected_over']:.1f} expected"
        )
    when = f"{'in the week of ' if unit == 'week' else 'on '}{row['period']:%Y-%m-%d}"
    of = f" of {row['out_of']:.0f}" if "out_of" in row.index else ""
    return (
        f"{row['series']} had {row['observed']:.0f}{of} {when}, {row['side']} than the {row['lower']:.0f} to "
        f"{row['upper']:.0f} that chance makes of {row['expected']:.1f} expected"
    )


def _reasons(table: pd.DataFrame) -> str:
    reasons = table.loc[table["p"].isna(), "why_not"].value_counts()
    return ", ".join(f"{reason} ({count})" for reason, count in reasons.items())


def _many(count: int, noun: str) -> str:
    plural = noun if count == 1 or noun.endswith("s") else f"{noun}s"
    return f"{count:,} {plural}"
