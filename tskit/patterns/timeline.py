"""What happened to each case, in order: who held it, for how long, and how it went back and forth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tskit.patterns.known import Event, Known

__all__ = ["handoffs", "pauses", "reopenings", "stays", "timeline"]

_OF_COLUMNS = {
    "created_at": "created",
    "first_assigned_at": "accepted",
    "decided_at": "decided",
    "closed_at": "closed",
    "appealed_at": "appealed",
    "appeal_decided_at": "appeal_decided",
}
_COLUMNS = (
    *("case_id", "at", "event_type", "from_queue", "to_queue", "queue", "actor_id", "actor_type", "mark"),
    *("hours_since", "origin"),
)


class _Step(NamedTuple):
    """A change of who holds a case: it is opened, moved, closed or reopened; afterwards it lies in `queue`."""

    at: pd.Timestamp
    kind: str
    from_queue: str
    queue: str


class _Stay(NamedTuple):
    case_id: str
    nth: int
    queue: str
    from_at: pd.Timestamp
    until_at: pd.Timestamp
    ended_by: str
    touched_at: pd.Timestamp | None


def timeline(known: Known) -> pd.DataFrame:
    """Return what happened, one row an event, in order.

    Columns: `case_id`, `at`, `event_type`, `from_queue`, `to_queue`, `queue` (who held the case then), `actor_id`,
    `actor_type`, `mark` ("hop", "sent back" for a hop to where the case came from, or ""), `hours_since` the event
    before, and `origin`: "log", or "column" for a time that only the case itself has. A case without a log consists
    of such times alone. Times that lie after `known.until` are not in it.
    """
    rows = pd.concat([known.events.assign(origin="log"), _from_columns(known)], ignore_index=True)
    place = rows["case_id"].map({case_id: n for n, case_id in enumerate(known.case_ids)})
    # The opening comes first where times are equal; a time of the case itself comes after the log's at that moment.
    order = rows["event_type"].ne("created").astype(int)
    rows = rows.assign(_place=place, _order=order, seq=rows["seq"].fillna(2**31))
    rows = rows.sort_values(["_place", "occurred_at", "_order", "seq"], kind="stable").reset_index(drop=True)
    rows["queue"] = _holders(rows, known)
    rows["mark"] = _marks(rows)
    rows["hours_since"] = rows.groupby("case_id")["occurred_at"].diff().dt.total_seconds() / 3600
    return rows.rename(columns={"occurred_at": "at"})[list(_COLUMNS)]


def stays(known: Known) -> pd.DataFrame:
    """Return how long each queue held a case, one row a stay, in order.

    Columns: `case_id`, `nth`, `queue` ("" where nobody knows), `from_at`, `until_at`, `hours`, `ended_by` ("moved",
    "closed", or "open" for a stay that the end of what is known cuts short), `touched_at` and `waited_hours` (until
    somebody first worked on the case there; missing where nobody did), and `is_return`: the queue had sent the case on
    just before. A case that is reopened begins a new stay where it was.
    """
    found = [stay for case_id in known.case_ids for stay in _stays_of(case_id, known)]
    frame = pd.DataFrame(found, columns=list(_Stay._fields))
    for name in ("from_at", "until_at", "touched_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    frame["hours"] = _hours(frame["from_at"], frame["until_at"])
    frame["waited_hours"] = _hours(frame["from_at"], frame["touched_at"])
    before = frame.groupby("case_id")["queue"].shift(2)
    between = frame.groupby("case_id")["queue"].shift(1)
    frame["is_return"] = before.notna() & before.eq(frame["queue"]) & between.ne(frame["queue"])
    return frame


def handoffs(known: Known) -> pd.DataFrame:
    """Return the effective moves between queues, one row each.

    Columns: `case_id`, `at`, `hop` (from 1), `from_queue`, `to_queue`, `is_return` (straight back to where it came from:
    ping-pong), `waited_hours` until somebody worked on the case there, and `next_hours` until the case moved on, was
    closed, or what is known ends. From a queue to nobody and back to it is no move.
    """
    rows = [(case_id, *step) for case_id in known.case_ids for step in _steps(case_id, known) if step.kind == "moved"]
    moves = pd.DataFrame(rows, columns=["case_id", "at", "kind", "from_queue", "to_queue"])
    moves["at"] = pd.to_datetime(moves["at"], utc=True)
    moves["hop"] = moves.groupby("case_id").cumcount() + 1
    moves["is_return"] = moves.groupby("case_id")["from_queue"].shift().eq(moves["to_queue"])
    held = stays(known).drop_duplicates(["case_id", "from_at"], keep="last")
    joined = moves.merge(
        held[["case_id", "from_at", "waited_hours", "hours"]],
        how="left",
        left_on=["case_id", "at"],
        right_on=["case_id", "from_at"],
    )
    named = joined.rename(columns={"hours": "next_hours"})
    return named[["case_id", "at", "hop", "from_queue", "to_queue", "is_return", "waited_hours", "next_hours"]]


def reopenings(known: Known) -> pd.DataFrame:
    """Return each time that a case was opened again: `case_id`, `closed_at`, `reopened_at` and the `hours` between.

    `closed_at` is missing where the log does not tell of the closing, as where a case was reopened from a resolved state
    that no event names.
    """
    rows = [(case_id, *pair) for case_id in known.case_ids for pair in _reopened(known.log(case_id))]
    frame = pd.DataFrame(rows, columns=["case_id", "closed_at", "reopened_at"])
    for name in ("closed_at", "reopened_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.assign(hours=_hours(frame["closed_at"], frame["reopened_at"]))


def pauses(known: Known) -> pd.DataFrame:
    """Return the times in which the clock stood still: `case_id`, `paused_at`, `resumed_at`, `is_open`.

    A pause that was never ended lasts until the case is closed or what is known ends.
    """
    rows = [(case_id, *pause) for case_id in known.case_ids for pause in _paused(known.log(case_id), known.until)]
    frame = pd.DataFrame(rows, columns=["case_id", "paused_at", "resumed_at", "is_open"])
    for name in ("paused_at", "resumed_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def _from_columns(known: Known) -> pd.DataFrame:
    """Return the times of the cases themselves that the log does not tell of."""
    told = set(zip(known.events["case_id"], known.events["event_type"], strict=True))
    rows = [
        {"case_id": case_id, "event_type": event_type, "occurred_at": case[name]}
        for case_id in known.case_ids
        for case in (known.case(case_id),)
        for name, event_type in _OF_COLUMNS.items()
        if name in case and case[name] <= known.until and (case_id, event_type) not in told
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "event_type", "occurred_at"])
    frame["occurred_at"] = pd.to_datetime(frame["occurred_at"], utc=True).dt.as_unit("us")
    return frame.reindex(columns=known.events.columns).assign(origin="column").astype({"seq": "float64"})


def _steps(case_id: str, known: Known) -> Iterator[_Step]:
    log, case = known.log(case_id), known.case(case_id)
    opened = next((event.at for event in log if event.event_type == "created"), case["created_at"])
    queue = _first_queue(log) or str(case.get("queue", ""))
    yield _Step(opened, "opened", "", queue)
    is_open = True
    for event in log:
        if event.event_type in {"closed", "reopened"} and is_open == (event.event_type == "closed"):
            is_open = not is_open
            yield _Step(event.at, event.event_type, queue, queue)
        if event.to_queue and event.to_queue != queue:
            yield _Step(event.at, "moved", queue, event.to_queue)
            queue = event.to_queue
    if "closed_at" in case and all(event.event_type != "closed" for event in log):
        yield _Step(case["closed_at"], "closed", queue, queue)


def _first_queue(log: Sequence[Event]) -> str:
    """Return the queue that the case was opened in, as its first move tells it; empty where the log has none."""
    return next((event.from_queue or event.to_queue for event in log if event.to_queue), "")


def _stays_of(case_id: str, known: Known) -> Iterator[_Stay]:
    log = known.log(case_id)
    spells: list[tuple[str, pd.Timestamp, pd.Timestamp, str]] = []
    is_open, start, queue = False, pd.Timestamp(known.until), ""
    for step in _steps(case_id, known):
        if is_open and step.kind in {"moved", "closed"}:
            spells.append((queue, start, step.at, step.kind))
        is_open = step.kind != "closed" and (is_open or step.kind != "moved")
        start, queue = step.at, step.queue
    if is_open:
        spells.append((queue, start, pd.Timestamp(known.until), "open"))
    for nth, (held_by, begin, end, ended_by) in enumerate(spells, start=1):
        # Whoever sends a case on has worked on it where it was; at the moment of arrival nobody has yet.
        touched = (event.at for event in log if event.is_by_person and begin < event.at <= end)
        yield _Stay(case_id, nth, held_by, begin, end, ended_by, next(touched, None))


def _reopened(log: Sequence[Event]) -> Iterator[tuple[pd.Timestamp | None, pd.Timestamp]]:
    closed_at: pd.Timestamp | None = None
    for event in log:
        if event.event_type == "closed" and closed_at is None:
            closed_at = event.at
        elif event.event_type == "reopened":
            yield closed_at, event.at
            closed_at = None


def _paused(log: Sequence[Event], end: datetime) -> Iterator[tuple[pd.Timestamp, pd.Timestamp, bool]]:
    since: pd.Timestamp | None = None
    for event in log:
        if event.event_type == "paused" and since is None:
            since = event.at
        elif event.event_type in {"resumed", "closed"} and since is not None:
            yield since, event.at, False
            since = None
    if since is not None:
        yield since, pd.Timestamp(end), True


def _holders(rows: pd.DataFrame, known: Known) -> pd.Series[str]:
    """Return who held the case at each event: the queue that it was last moved to, or opened in."""
    first = {case_id: next(_steps(case_id, known)).queue for case_id in known.case_ids}
    moved = rows["to_queue"].groupby(rows["case_id"]).ffill()
    return moved.where(moved.notna(), rows["case_id"].map(first)).astype(object)


def _marks(rows: pd.DataFrame) -> pd.Series[str]:
    """Return "hop" at an event that moved the case, "sent back" where it went straight back."""
    before = rows["queue"].groupby(rows["case_id"]).shift()
    is_hop = rows["to_queue"].notna() & before.notna() & before.ne(rows["queue"])
    came_from = before.where(is_hop).groupby(rows["case_id"]).ffill().groupby(rows["case_id"]).shift()
    is_back = is_hop & came_from.eq(rows["queue"])
    return pd.Series("", index=rows.index).mask(is_hop, "hop").mask(is_back, "sent back")


def _hours(start: pd.Series[pd.Timestamp], end: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    return (end - start).dt.total_seconds() / 3600
