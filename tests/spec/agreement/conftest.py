"""Rounds drawn as text: one line a case, one column a person, `.` where nobody looked and `-` where they skipped."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from tests.support.tables import rows_from
from tskit.causes import TagLog, open_round, taxonomy_of
from tskit.causes.entries import draft_of
from tskit.model import Casebook, Tag
from tskit.records import open_store

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
NAME = "2026-11"


@pytest.fixture
def judged(tmp_path):
    """Return a function that makes the log of a drawn round; `confidence` of all is medium unless a cause ends in ?."""
    with open_store(tmp_path / "records.sqlite") as store:
        log = TagLog(store, taxonomy_of(Casebook(tmp_path, "casebook")))

        def make(text):
            rows = [dict(row) for row in rows_from(text)]  # `times` gives the same row several times
            people = [name for name in rows[0] if name != "case"]
            times = Counter(row["case"] for row in rows)
            for n, row in enumerate(rows):
                row["case"] += str(n) if times[row["case"]] > 1 else ""
            raters = [[person for person in people if row[person] != "."] for row in rows]
            assigned = pd.DataFrame({"case_id": [row["case"] for row in rows], "raters": raters})
            open_round(log, NAME, assigned, author="mei", at=AT)
            tags = [_tag(row["case"], person, row[person]) for row in rows for person in people if row[person] != "."]
            log.store.append("tags", [draft_of(tag) for tag in tags])
            return log

        yield make


def _tag(case, person, text):
    cause, *others = text.rstrip("?").split("+")
    is_skipped = cause == "-"
    return Tag(
        case,
        "" if is_skipped else cause,
        person,
        AT + timedelta(minutes=1),
        kind="skip" if is_skipped else "tag",
        contributing=tuple(others),
        confidence="low" if text.endswith("?") else "medium",
        round=NAME,
        key=f"{case}:{person}",
    )
