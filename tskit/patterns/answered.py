"""Which hand-offs somebody took up: counted over all cases at once, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tskit.patterns.known import Known

__all__ = ["taken_up"]

_HANDED = ("queue_moved", "escalated")
_NOBODY = ("system", "automation")
_COLUMNS = ("case_id", "at", "from_queue", "to_queue", "touched_at", "ended_at", "waited_hours", "is_open")


def taken_up(known: Known) -> pd.DataFrame:
    """Return each hand-off from one queue to another and when somebody took it up, in the order of the log.

    Columns: `case_id`, `at`, `from_queue`, `to_queue`, `touched_at` (when a person first worked on the case there;
    missing where nobody did before it moved on, was closed, or what is known ends), `ended_at` (the first of these),
    `waited_hours` until then, and `is_open`: nobody has taken it up yet. Whoever hands a case on is not the one who
    takes it up: what is written at the moment of the move is none. Without a log there is no row.
    """
    events = known.events
    moves = _moves(events)
    is_person = events["actor_id"].notna() & ~events["actor_type"].isin(_NOBODY)
    touched = _next(moves, events[is_person])
    closed = _next(moves, events[events["event_type"].eq("closed")])
    moved = moves.groupby("case_id")["at"].shift(-1)
    until = pd.Series(pd.Timestamp(known.until), index=moves.index)
    # A person who closes it or sends it on has worked on it.
    left = pd.concat([closed, moved, until], axis=1).min(axis=1)
    is_taken = touched.notna() & (touched <= left)
    ended = touched.where(is_taken, left)
    return moves.assign(
        touched_at=touched.where(is_taken),
        ended_at=ended,
        waited_hours=(ended - moves["at"]).dt.total_seconds() / 3600,
        is_open=~is_taken & closed.isna() & moved.isna(),
    )[list(_COLUMNS)]


def _moves(events: pd.DataFrame) -> pd.DataFrame:
    rows = events[events["event_type"].isin(_HANDED) & events["to_queue"].notna()]
    rows = rows[rows["from_queue"].fillna("") != rows["to_queue"]]
    renamed = rows.rename(columns={"occurred_at": "at"})[["case_id", "at", "from_queue", "to_queue"]]
    return renamed.reset_index(drop=True)


def _next(moves: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """Return for each move when the next of these events of the same case came, strictly later."""
    if moves.empty or events.empty:
        return pd.Series(pd.NaT, index=moves.index, dtype="datetime64[us, UTC]")
    left = moves[["case_id", "at"]].reset_index().sort_values("at", kind="stable")
    right = events[["case_id", "occurred_at"]].sort_values("occurred_at", kind="stable")
    joined = pd.merge_asof(
        left,
        right,
        left_on="at",
        right_on="occurred_at",
        by="case_id",
        direction="forward",
        allow_exact_matches=False,
    )
    return joined.set_index("index")["occurred_at"].reindex(moves.index)
