"""The account of the data as tables, and the limits that follow from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tskit.findings.redefined import redefined_limits
from tskit.findings.tables import table
from tskit.findings.wording import count, day, days, listed, plural, relative
from tskit.metrics import find
from tskit.model import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.look import Look
    from tskit.findings.tables import Table
    from tskit.model import CaseSet, Quality

__all__ = ["limits_of", "limits_table", "quality_table", "question_table"]

_GRACE = timedelta(hours=1)
"""The last hour of a day may hold no case."""
_MOST_BLANKS = 5
_MOST_REASONS = 8
_BLANKS_THAT_MATTER = (
    "market",
    "queue",
    "policy_id",
    "severity",
    "decision",
    "decided_at",
    "closed_at",
    "sla_met",
    "vendor",
)
_WORTH_SAYING = 0.05


def question_table(look: Look) -> Table:
    """Return what was asked, as rows of a question and its answer in words."""
    case_set = look.case_set
    scope = case_set.scope
    filters = "; ".join(f"{name}: {listed(values)}" for name, values in scope.filters) or "none: all cases"
    rows = [
        ("Source", scope.source or "the casebook's first source"),
        ("Period", f"{days(scope.window.start, scope.window.end)}, {scope.zone}, {plural(scope.window.days, 'day')}"),
        ("Compared with", days(scope.window.before().start, scope.window.before().end)),
        ("A year ago", days(scope.window.year_before().start, scope.window.year_before().end)),
        ("Only cases with", filters),
        ("Looked into by", listed(look.by) or "nothing: all cases together"),
        ("Columns that the source lacks", listed(look.absent) or "none of those asked for"),
        ("Metrics", listed([metric.label for metric in look.metrics], most=30)),
        ("Data known up to", f"{case_set.as_of.astimezone(ZoneInfo(scope.zone)):%Y-%m-%d %H:%M}"),
    ]
    frame = pd.DataFrame(rows, columns=["question", "answer"])
    return table(
        frame, [("question", "Question"), ("answer", "Answer")], key="question", title="What was asked of the data"
    )


def quality_table(case_set: CaseSet) -> Table:
    """Return the account of the load: read = kept + rejected, what is suspicious, and what is blank or missing."""
    quality = case_set.quality
    whole = quality.tables["cases"]
    rows = [row for name in quality.tables for row in _account_rows(name, quality)]
    if len(quality.tables) > 1:
        rows.append(("Kept apart in all tables", count(quality.rejected), _reasons(quality.reasons)))
        rows.append(("Doubtful in all tables", count(quality.flagged), _reasons(quality.flags)))
    told = [(name, share) for name, share in quality.blank.items() if name in _BLANKS_THAT_MATTER]
    blanks = sorted(told, key=lambda item: -item[1])[:_MOST_BLANKS]
    rows += [
        (f"Blank: {name}", relative(share).lstrip("+"), "of the cases kept") for name, share in blanks if share > 0
    ]
    if quality.missing:
        rows.append(("Columns missing", count(len(quality.missing)), listed(quality.missing, most=12)))
    rows += [("Note", "", note) for note in quality.notes]
    frame = pd.DataFrame(rows, columns=["what", "number", "detail"])
    return table(
        frame,
        [("what", "What"), ("number", "Number"), ("detail", "Detail")],
        key="data_quality",
        title="Every record that was read is accounted for",
        caption=(
            f"Of {plural(whole.read, 'case row')} {count(whole.kept)} were kept and {count(whole.rejected)} kept apart. "
            "Doubtful rows are kept, and left out of the figures that the doubt touches."
        ),
    )


def _account_rows(name: str, quality: Quality) -> list[tuple[str, str, str]]:
    """Return the rows of one table's account: the cases in full, any other table in one row."""
    part = quality.tables[name]
    if name != "cases":
        detail = f"{count(part.kept)} kept, {count(part.rejected)} kept apart, {count(part.flagged)} doubtful"
        return [(f"{name.removesuffix('s').capitalize()} rows read", count(part.read), detail)]
    alone = len(quality.tables) == 1
    return [
        ("Case rows read", count(part.read), ""),
        ("Kept", count(part.kept), plural(quality.cases, "case")),
        ("Kept apart", count(part.rejected), _reasons(quality.reasons) if alone else ""),
        ("Doubtful", count(part.flagged), _reasons(quality.flags) if alone else ""),
    ]


def limits_of(look: Look) -> list[tuple[str, str]]:
    """Return the limits of the whole report as pairs of what it is about and what to bear in mind."""
    case_set, window = look.case_set, look.window
    found: list[tuple[str, str]] = []
    if case_set.as_of + _GRACE < window.ends_at:
        known = case_set.as_of.astimezone(ZoneInfo(window.zone)).date()
        found.append(("Unfinished period", f"The data ends on {day(known)}; the last days are not complete."))
    lag = (case_set.as_of - window.ends_at).total_seconds() / 86400
    if -1 / 24 <= lag < 2:
        found.append(("Reporting lag", "The data ends with the period: reports that arrive late are not in it yet."))
    found.append(("History", _history(look)))
    found += redefined_limits(look)
    notes = {m.metric.label: m.now.note for m in look.measured.values() if m.now.note}
    found += [(label, note[:1].upper() + note[1:]) for label, note in notes.items()]
    found += [
        (find(metric).label, f"Not computed: it needs {listed([f'the column {name}' for name in lacks])}.")
        for metric, lacks in look.missing.items()
    ]
    if look.absent:
        found.append(("Segments", f"The source lacks {listed(look.absent)}; nothing was looked into by them."))
    if look.crowded:
        said = f"{listed(look.crowded)} hold too many different values to compare; nothing was looked into by them."
        found.append(("Crowded columns", said))
    if case_set.quality.flagged:
        rows = plural(case_set.quality.flagged, "row")
        found.append(("Doubtful rows", f"{rows} are doubtful and left out of the figures that the doubt touches."))
    blank = [name for name in look.by if case_set.quality.blank.get(name, 0.0) > _WORTH_SAYING]
    if blank:
        found.append(("Blank columns", f"Cases without a value in {listed(blank)} count in totals, in no segment."))
    return found


def limits_table(look: Look) -> Table:
    """Return the limits of the whole report as a table."""
    frame = pd.DataFrame(limits_of(look), columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def _history(look: Look) -> str:
    used = {move.verdict.yardstick for move in look.moves if np.isfinite(move.verdict.p)}
    reach = max(min((m.reach for m in look.measured.values()), default=0) - 1, 0)
    periods = plural(reach, "earlier period") if reach else "no earlier period"
    length = plural(look.window.days, "day")
    if not used:
        return f"The data holds {periods} of {length}, and too few cases or weeks to judge any change."
    if "days" in used:
        return (
            f"The data holds only {periods} of {length}: changes are judged by how much the days of both periods "
            "vary, which cannot tell a season from a trend; no finding is more than moderately certain."
        )
    if "weeks" in used:
        return f"The data holds only {periods} of {length}: changes are judged by those between weeks."
    return f"Changes are judged by those between {periods} of {length}."


def _reasons(counted: Mapping[str, int]) -> str:
    items = sorted(counted.items(), key=lambda item: -item[1])
    told = [f"{in_words(code)}: {count(number)}" for code, number in items[:_MOST_REASONS]]
    more = [f"{len(items) - _MOST_REASONS} more"] if len(items) > _MOST_REASONS else []
    # The words of a reason may hold a comma of their own.
    return "; ".join([*told, *more])
