"""Which objects of Salesforce tell something of cases, and how a file of one is recognised."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["OBJECTS", "named_object", "object_of"]

OBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CaseHistory2": ("CaseId", "OwnerId", "PreviousUpdate"),
        "CaseHistory": ("CaseId", "Field", "NewValue"),
        "CaseMilestone": ("CaseId", "TargetDate"),
        "CaseComment": ("ParentId", "CommentBody"),
        "CaseFeed": ("ParentId", "Type", "Body"),
        "Case": ("Id", "CaseNumber"),
        "EmailMessage": ("ParentId", "Incoming"),
        "MilestoneType": ("Id", "Name"),
        "CaseStatus": ("Id", "MasterLabel", "IsClosed"),
        "QueueSobject": ("QueueId", "SobjectType"),
        "RecordType": ("Id", "Name", "SobjectType"),
        "Group": ("Id", "Name", "Type"),
        "User": ("Id", "Username"),
    }
)
"""The objects by API name, and the columns without which a file is none of them."""

_TELLING = ("CaseHistory2", "CaseHistory", "CaseMilestone", "CaseComment", "EmailMessage", "QueueSobject", "Case")
"""Objects that a header alone tells from all others."""
_WORDS = re.compile("[^A-Za-z0-9]+")


def object_of(name: str, header: Iterable[str]) -> str:
    """Return the API name of the object that a file holds, or "" for another one; `name` may hold folders.

    The header decides, and the name only where several objects have such a header.

    >>> object_of("export/Group_1.csv", ["Id", "Name", "Type"])
    'Group'
    """
    columns = frozenset(header)
    fits = [known for known, needed in OBJECTS.items() if columns.issuperset(needed)]
    named = next((known for known in _named(name) if known in fits), "")
    return named or next((known for known in _TELLING if known in fits), "")


def named_object(name: str) -> str:
    """Return the object that a name speaks of, or "" for none: all that is known of a file that cannot be opened."""
    return next(iter(_named(name)), "")


def _named(name: str) -> list[str]:
    """Return the objects that a name speaks of: the file's own first, then its folders'."""
    known = {candidate.lower(): candidate for candidate in OBJECTS}
    steps = [_WORDS.split(step) for step in reversed(name.replace("\\", "/").split("/"))]
    # A part may be numbered without a sign between: Case1.csv.
    words = [word.lower() for step in steps for word in step]
    return [known[form] for word in words for form in (word, word.rstrip("0123456789")) if form in known]
