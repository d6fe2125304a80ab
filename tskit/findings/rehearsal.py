"""A report on made-up cases that nobody reads: what follows in the same process, or in its forked children, is warm."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tskit.cases import load
from tskit.findings.changes import changes_table, like_for_like_table
from tskit.findings.headlines import against_before_and_a_year_ago, headlines
from tskit.findings.incidents import gravest_cases
from tskit.findings.look import look
from tskit.findings.quality import limits_table, quality_table, question_table
from tskit.findings.record import record
from tskit.findings.series import ageing, backlog_days, by_segment, by_week, holidays_table, ranked_changes
from tskit.findings.spotlight import spotlight
from tskit.findings.targets import targets_table
from tskit.metrics import REGISTRY, measure
from tskit.model import Casebook, CaseSet, Scope
from tskit.sources import import_keyrings
from tskit.sources.engine import spill_folder
from tskit.sources.synthetic import write_sample

__all__ = ["rehearse"]

_CASES = 1_000
_METRICS = ("cases_opened", "sla_attainment", "overturn_rate", "hours_to_close", "backlog", "accuracy")
_COLUMNS = ("market", "queue", "policy_id")
_KEY = b"a key for cases that nobody reported"


def rehearse() -> None:
    """Make a small trend report, so that libraries are imported and the queries of all metrics are known as text.

    It reads nothing of the user's, and leaves neither a file nor a connection nor a thread behind: a process that does
    this may be forked afterwards.
    """
    import_keyrings()
    with tempfile.TemporaryDirectory(prefix="tskit-") as folder:
        root = Path(folder) / "casebook"
        write_sample(root, cases=_CASES, stories="none")
        case_set = load(Scope(source=""), casebook=Casebook.read(root), key=_KEY)
        engine = case_set.cases.get_backend()
        place = spill_folder(engine)
        try:
            _look_at(case_set)
        finally:
            engine.disconnect()
            # It goes with the connection as well, but what was learned keeps hold of that.
            shutil.rmtree(place, ignore_errors=True)


def _look_at(case_set: CaseSet) -> None:
    seen = look(case_set, metrics=_METRICS, by=_COLUMNS)
    for metric in REGISTRY:
        measure(case_set, metric, window=seen.window)
    for shown in (question_table, headlines, against_before_and_a_year_ago, changes_table, targets_table):
        shown(seen)._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]  # as a notebook would show it
    for drawn in (spotlight, backlog_days, ageing):
        drawn(seen)
    for rest in (like_for_like_table, holidays_table, limits_table, record):
        rest(seen)._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]  # likewise
    ranked_changes(seen, "cases_opened")
    by_segment(seen, "sla_attainment", column="queue")
    by_week(seen, "accuracy")
    gravest_cases(case_set)
    quality_table(case_set)
