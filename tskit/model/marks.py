"""What the codes of rejected and doubtful rows mean, in words for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BAD_VALUE", "MARKS", "in_words"]

BAD_VALUE = "bad_value:"
"""A flag that begins so names a column whose value could not be read and counts as blank."""

MARKS: Mapping[str, str] = {
    "missing_key": "the id is blank",
    "missing_value": "a value that the row needs is blank",
    "not_a_time": "a time that cannot be read",
    "unknown_value": "a word that the profile does not know, where one is needed",
    "exact_duplicate": "the same row once more",
    "superseded": "an older state of a row that was kept",
    "deleted_at_source": "deleted at the source since",
    "merged_into_another": "merged into another case at the source",
    "no_such_case": "belongs to no case that was kept",
    "told_twice": "tells once more what another row of the same history tells",
    "told_by_case_history": "a state that CaseHistory tells, too",
    "told_by_another_object": "repeats what another object tells",
    "never_sent": "a draft that was never sent",
    "too_many_columns": "more cells than the header has columns",
    "too_few_columns": "fewer cells than the header has columns",
    "broken_quote": "a quotation mark out of place",
    "bad_encoding": "bytes that are no text in the file's encoding",
    "too_long": "longer than a row can be",
    "not_json": "not valid JSON",
    "not_an_object": "JSON, but no object with names and values",
    "broken_xml": "XML that is not well formed",
    "cut_off": "the file ends in it",
    "broken_attribute": "an attribute without a name",
    "key_twice": "two values of one name",
    "no_events": "a trace without any event",
    "other_breakdown": "counts the same cases again, by another column",
    "negative_count": "a count below zero",
    "closed_before_created": "closed before it was opened",
    "decided_before_created": "decided before it was opened",
    "decided_before_content": "decided before the content was there",
    "assigned_before_created": "assigned before it was opened",
    "appealed_before_decided": "appealed before it was decided",
    "ended_before_started": "ended before it began",
    "closed_without_time": "closed, but without a closing time",
    "close_time_on_open_case": "open, but with a closing time",
    "look_ahead": "open, but with a closing time that lies ahead",
    "closed_on_create": "closed in the moment it was opened",
    "duplicate_key": "the latest of several different rows with one id",
    "ambiguous_time": "a local time that the clocks showed twice",
    "nonexistent_time": "a local time that the clocks skipped",
    "wrong_id_checksum": "a Salesforce id whose last three characters do not fit the others",
}
"""What each reason and flag means, by code."""


def in_words(code: str) -> str:
    """Return what a reason or a flag means; a code that nobody described is shown with spaces.

    >>> in_words("not_a_time")
    'a time that cannot be read'
    >>> in_words("bad_value:closed_at")
    'closed_at cannot be read and counts as blank'
    """
    if code.startswith(BAD_VALUE):
        return f"{code.removeprefix(BAD_VALUE)} cannot be read and counts as blank"
    return MARKS.get(code, code.replace("_", " "))
