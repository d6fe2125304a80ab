"""Drafts for the tests of records."""

from datetime import UTC, datetime, timedelta

from tskit.records import Draft

START = datetime(2026, 10, 5, 1, 30, tzinfo=UTC)


def draft(key, *, supersedes="", kind="tag", subject="case-1", author="aisyah", minutes=0, body=None):
    at = START + timedelta(minutes=minutes)
    return Draft(kind, subject, author, at, key, supersedes, {"cause": "RC2.1"} if body is None else body)
