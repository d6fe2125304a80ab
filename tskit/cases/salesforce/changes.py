"""What kind of event each change of a case is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.cases.salesforce.history import CHANGES, OWNER
from tskit.cases.sql import cases_of, literal, words
from tskit.model import CASES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.cases.profile import Profile
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["Fields", "change_events", "word_of"]

_OLD, _NEW = "c.old_value", "c.new_value"
_STANDARD = {"status": "status", "priority": "priority", "isescalated": "is_escalated"}
"""Fields of every organisation whose changes are events, though a file may lack their column."""
_YES = ("true", "1")


@dataclass(frozen=True, slots=True)
class Fields:
    """Which canonical column each field of the history fills, by its name in small letters."""

    profile: Profile
    canonical: Mapping[str, str] = field(default_factory=dict[str, str])
    closed: tuple[str, ...] = ()
    """States that the organisation itself counts as closed, in small letters: for those that no profile names."""

    @classmethod
    def of(cls, profile: Profile, *, closed: tuple[str, ...] = ()) -> Fields:
        """Return the fields that a profile of cases maps; a lookup is told without the `Id` at its end."""
        found = dict(_STANDARD)
        for canonical, names in profile.columns.items():
            for label in names:
                found[label.lower()] = canonical
                found[label.lower().removesuffix("id")] = canonical
        return cls(profile, found, closed)

    def names(self, *canonical: str) -> str:
        """Return SQL words for the fields that fill one of these columns; never an empty list."""
        found = [label for label, column in self.canonical.items() if column in canonical and label not in OWNER]
        return words(found) or "NULL"


def word_of(profile: Profile, column: str, text: str) -> str:
    """Return SQL for the word of tskit that a text of the source stands for in a column of cases; null for none."""
    mapped = {key.lower(): value for key, value in profile.values.get(column, {}).items()}
    known = {key: word for word in CASES[column].vocabulary for key in (word.lower(), word.lower().replace("_", " "))}
    otherwise = "NULL" if known else text
    return cases_of(f"lower({text})", {**known, **mapped}, otherwise=otherwise)


def change_events(shelf: Shelf, fields: Fields) -> str:
    """Return SQL for the events that the changes are; a change that is none keeps the name of its field as its kind.

    Columns: those of `sf_changes`, `event`, `from_queue` and `to_queue`.
    """
    is_owner = f"lower(c.field) IN ({words(OWNER)})"
    stops = f"SELECT count(*) FROM {CHANGES} WHERE lower(field) = 'isstopped'"
    kind = _kinds(fields, is_stop_told=bool(shelf.value(stops)))
    others = (
        f"SELECT c.*, {kind} AS event, CASE WHEN lower(c.field) IN ({fields.names('queue')}) AND NOT c.is_pair THEN {_OLD} END "
        f"AS from_queue, CASE WHEN lower(c.field) IN ({fields.names('queue')}) AND NOT c.is_pair THEN {_NEW} END AS to_queue "
        f"FROM {CHANGES} AS c WHERE NOT coalesce({is_owner}, false)"
    )
    pairs = (
        f"SELECT c.*, 'assigned' AS event, NULL::VARCHAR AS from_queue, NULL::VARCHAR AS to_queue "
        f"FROM {CHANGES} AS c WHERE c.is_pair AND {is_owner}"
    )
    return f"{others} UNION ALL {pairs} UNION ALL {_hops()}"


def _hops() -> str:
    is_hop = "to_queue IS NOT NULL AND was_held IS NOT NULL AND was_held <> to_queue"
    took = "lower(field) = 'owneraccepted' OR (from_queue IS NOT NULL AND new_id = actor)"
    kind = (
        f"CASE WHEN lower(field) = 'ownerescalated' THEN 'escalated' WHEN {is_hop} THEN 'queue_moved' "
        f"WHEN to_queue IS NOT NULL THEN 'assigned' WHEN {took} THEN 'accepted' ELSE 'assigned' END"
    )
    columns = "case_id, id, field, instant, told_at, actor, old_value, new_value, old_id, new_id, is_pair, _source, _source_row"
    return (
        f"SELECT {columns}, {kind} AS event, CASE WHEN {is_hop} THEN was_held END AS from_queue, to_queue FROM sf_hops"
    )


def _kinds(fields: Fields, *, is_stop_told: bool) -> str:
    profile = fields.profile
    text = "lower(c.field)"
    appeal = f"CASE WHEN {word_of(profile, 'appeal_status', _NEW)} = 'pending' THEN 'appealed' WHEN {word_of(profile, 'appeal_status', _NEW)} <> 'none' THEN 'appeal_decided' ELSE c.field END"
    tier = f"CASE WHEN {word_of(profile, 'tier', _NEW)} <> 'T1' THEN 'escalated' ELSE c.field END"
    yes = words(_YES)
    branches = (
        ("created", "'created'"),
        ("closed", "'closed'"),
        ("isstopped", f"CASE WHEN lower({_NEW}) IN ({yes}) THEN 'paused' ELSE 'resumed' END"),
    )
    mapped = (
        ("status", _status(fields, is_stop_told=is_stop_told)),
        ("priority", "'priority_changed'"),
        ("policy_id", "'policy_changed'"),
        ("decision", _decision()),
        ("appeal_status", appeal),
        ("tier", tier),
        ("is_escalated", f"CASE WHEN lower({_NEW}) IN ({yes}) THEN 'escalated' ELSE c.field END"),
        (_verdict(profile), f"CASE WHEN {_NEW} IS NOT NULL THEN 'qa_reviewed' ELSE c.field END"),
        ("queue", "'queue_moved'"),
    )
    each = [f"WHEN {text} = {literal(word)} THEN {kind}" for word, kind in branches]
    each += [f"WHEN {text} IN ({fields.names(column)}) THEN {kind}" for column, kind in mapped]
    return f"CASE {' '.join(each)} ELSE c.field END"


def _verdict(profile: Profile) -> str:
    """Return the column whose filling is the review: a result and its final form are told one after the other."""
    return "qa_label_final" if "qa_label_final" in profile.columns else "qa_label"


def _decision() -> str:
    return f"CASE WHEN {_NEW} IS NULL THEN c.field WHEN {_OLD} IS NULL THEN 'decided' ELSE 'decision_changed' END"


def _status(fields: Fields, *, is_stop_told: bool) -> str:
    """Return SQL for the kind of a change of state; where the history tells of the clock itself, waiting is a state."""
    old, new = (word_of(fields.profile, "status", text) for text in (_OLD, _NEW))
    closed, own = words(fields.profile.closed), words(fields.closed) or "NULL"
    was, now = (
        f"coalesce({word} IN ({closed}), lower({text}) IN ({own}), false)" for word, text in ((old, _OLD), (new, _NEW))
    )
    waits = "" if is_stop_told else f"WHEN {new} = 'waiting' THEN 'paused' WHEN {old} = 'waiting' THEN 'resumed' "
    return (
        f"CASE WHEN {now} AND NOT {was} THEN 'closed' WHEN {was} AND NOT {now} THEN 'reopened' "
        f"WHEN {new} = 'escalated' THEN 'escalated' {waits}ELSE 'status_changed' END"
    )
