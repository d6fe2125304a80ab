"""Rows of Salesforce objects, written by hand, and what a load makes of them."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.support.salesforce_export import id15, id18

if TYPE_CHECKING:
    from tskit.model import CaseSet

QUEUES = {"scam": id18(id15("00G", 1)), "hate": id18(id15("00G", 2))}
ANA, BEN, ROBOT = (id18(id15("005", number)) for number in (1, 2, 3))
CASE = id18(id15("500", 1))

USERS = [
    {"Id": ANA, "Username": "ana@example.invalid", "Name": "Ana", "CompanyName": "Lumen", "LanguageLocaleKey": "in", "UserType": "Standard"},
    {"Id": BEN, "Username": "ben@example.invalid", "Name": "Ben", "CompanyName": "", "LanguageLocaleKey": "zh_TW", "UserType": "Standard"},
    {"Id": ROBOT, "Username": "bot@example.invalid", "Name": "Bot", "CompanyName": "", "LanguageLocaleKey": "en_US", "UserType": "AutomatedProcess"},
]  # fmt: skip
GROUPS = [{"Id": short, "Name": name, "Type": "Queue"} for name, short in QUEUES.items()]


def at(minute: int) -> str:
    """Return a time of the day that all these cases are of, in minutes after nine."""
    return f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00.000Z"


def case(number: int = 1, **cells: str) -> dict[str, str]:
    """Return a row of Case; the defaults are an open case that Ana has."""
    common = {
        "Id": id18(id15("500", number)),
        "CaseNumber": f"{number:08}",
        "Status": "New",
        "CreatedDate": at(0),
        "ClosedDate": "",
        "OwnerId": ANA,
        "SystemModstamp": at(500),
    }
    return {**common, **cells}


def change(number: int, minute: int, field: str, *values: str, **cells: str) -> dict[str, str]:
    """Return a row of CaseHistory of the first case, of names or other plain values unless it says otherwise."""
    old, new = values or ("", "")
    common = {
        "Id": id18(id15("017", number)),
        "CaseId": CASE,
        "CreatedById": ANA,
        "CreatedDate": at(minute),
        "Field": field,
        "DataType": "Text",
        "OldValue": old,
        "NewValue": new,
    }
    return {**common, **cells}


def hop(
    number: int, minute: int, names: tuple[str, str], ids: tuple[str, str], *, field: str = "Owner", **cells: str
) -> list[dict[str, str]]:
    """Return the two rows of a change of owner."""
    return [
        change(number, minute, field, *names, **cells),
        change(number + 1, minute, field, *ids, DataType="EntityId", **cells),
    ]


def rows(table: object) -> list[dict[str, object]]:
    return table.to_pyarrow().to_pylist()


def told(found: CaseSet) -> list[tuple[object, ...]]:
    """Return the events that count, in order: what happened, from where, and where to."""
    events = found.events.filter(~found.events.is_paired_id_row).order_by("case_id", "occurred_at", "seq")
    return [(row["event_type"], row["from_queue"], row["to_queue"]) for row in rows(events)]


def only(found: CaseSet) -> dict[str, object]:
    (row,) = rows(found.cases)
    return row


def pseudonym(text: str) -> str:
    """Return what stands for a person under the key of these tests."""
    return "p" + hmac.new(b"a key of the tests, long enough", text.encode(), sha256).hexdigest()[:20]


SCAM, HATE = QUEUES["scam"], QUEUES["hate"]
OPENED = change(1, 0, "created", DataType="")
COMMON = {"Group": GROUPS, "User": USERS}
