"""The sample casebook on disk, written batch by batch."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pyarrow.parquet as pq

from tskit.errors import ParameterError, SourceError
from tskit.model import CASES, EVENTS, REVIEWS
from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.actions import action_lines, why_lines
from tskit.sources.synthetic.arrivals import arrivals, batches
from tskit.sources.synthetic.chance import stream
from tskit.sources.synthetic.children import child_columns, child_events
from tskit.sources.synthetic.dirty import Soil, choose, soil
from tskit.sources.synthetic.duty import duty_lines
from tskit.sources.synthetic.events import event_columns, log
from tskit.sources.synthetic.incident import dressed, further_steps, happen
from tskit.sources.synthetic.incident_truth import incident_truth, named_ids
from tskit.sources.synthetic.intake import take_in
from tskit.sources.synthetic.ledger import Ledger
from tskit.sources.synthetic.outcome import decide
from tskit.sources.synthetic.plan import Plan, plan
from tskit.sources.synthetic.problems import Problems
from tskit.sources.synthetic.quality import review
from tskit.sources.synthetic.raters import round_lines, tag_lines
from tskit.sources.synthetic.ratings import calibration_columns, quality_columns
from tskit.sources.synthetic.rows import Cases, case_columns
from tskit.sources.synthetic.settings import casebook_text
from tskit.sources.synthetic.staff import Staff, hire
from tskit.sources.synthetic.texts import write_texts
from tskit.sources.synthetic.work import do_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tskit.model import Table
    from tskit.sources.synthetic.arrivals import Batch
    from tskit.sources.synthetic.arrow import Columns

__all__ = ["write_sample"]

_FEWEST = 1000


def write_sample(
    folder: Path,
    *,
    cases: int = 200_000,
    seed: int = 7,
    until: date = date(2026, 11, 1),
    stories: str = "all",
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a synthetic casebook of two years into the new or empty `folder`.

    The same arguments give the same bytes. The folder appears whole or not at all.

    Args:
        folder: where the casebook is to be.
        cases: the number of cases that arrive; appeal cases and doubled rows come on top.
        seed: the seed of all chance.
        until: the last day of data, included.
        stories: all, none, or the name of one of `STORIES`.
        progress: is called with the cases done and all cases after each batch.

    Raises:
        ParameterError: fewer than 1,000 cases, or no story of that name.
        SourceError: the folder holds something already.
    """
    if cases < _FEWEST:
        raise ParameterError(f"A sample of {cases} cases shows nothing; ask for {_FEWEST:,} or more.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SourceError(f"{folder} is not empty. Name a new folder for the sample.")
    settled = plan(cases=cases, seed=seed, until=until, stories=stories)
    folder.parent.mkdir(parents=True, exist_ok=True)
    whole = folder.resolve()
    draft = whole.with_name(f".{whole.name}.{uuid4().hex[:8]}.part")
    try:
        _write(draft, settled, progress)
        if whole.exists():
            whole.rmdir()  # it is empty; Windows does not move a folder onto one
        draft.rename(whole)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Files:
    cases: pq.ParquetWriter
    events: pq.ParquetWriter
    reviews: pq.ParquetWriter


def _write(draft: Path, settled: Plan, progress: Callable[[int, int], None] | None) -> None:
    data = draft / "data"
    data.mkdir(parents=True)
    staff, ledger, problems = hire(settled.cases), Ledger(), Problems()
    dirt = choose(settled.cases, stream(settled.seed, 2))
    with ExitStack() as stack:
        files = _Files(*(stack.enter_context(_writer(data, table)) for table in (CASES, EVENTS, REVIEWS)))
        for batch in batches(arrivals(settled)):
            _write_batch(files, batch, (settled, staff, dirt), ledger, problems)
            if progress is not None:
                progress(batch.first_case + len(batch.day), settled.cases)
        lines = _write_incident(files, settled, staff, ledger)
        calibration = calibration_columns(plan=settled, staff=staff, rng=stream(settled.seed, 3))
        files.reviews.write_table(arrow.table(REVIEWS, calibration))
        ledger.rows["reviews"] += len(calibration["item_id"])
    (data / "duty.jsonl").write_text(lines, encoding="utf-8", newline="\n")
    told = {"rounds": round_lines, "tags": tag_lines, "whys": why_lines, "actions": action_lines}
    for name, lines in told.items():
        (data / f"{name}.jsonl").write_text(lines(problems, plan=settled), encoding="utf-8", newline="\n")
    (draft / "casebook.toml").write_text(casebook_text(settled.cases), encoding="utf-8")
    text = json.dumps(ledger.told(settled, dirt), indent=2, ensure_ascii=False)
    (draft / "truth.json").write_text(text + "\n", encoding="utf-8")


def _writer(folder: Path, table: Table) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        folder / f"{table.name}.parquet",
        arrow.schema(table),
        compression="zstd",
        compression_level=1,
        store_schema=False,
    )


def _write_batch(
    files: _Files, batch: Batch, settled: tuple[Plan, Staff, Soil], ledger: Ledger, problems: Problems
) -> None:
    plan_, staff, dirt = settled
    cases = _draw(batch, plan_, staff)
    rng = stream(plan_.seed, 5, batch.number)
    columns = case_columns(cases, plan=plan_, staff=staff, rng=rng)
    case_ids = columns["case_id"]
    ledger.note(cases, case_ids, plan=plan_)
    last = batch.first_case + len(cases.intake)
    lost = dirt.within(batch.first_case, last).rejected()
    problems.note(cases, case_ids, plan=plan_, lost=lost)
    dirty = soil(columns, dirt.within(batch.first_case, last), cases.intake.created)
    children, parents = child_columns(cases, columns, plan=plan_)
    ledger.rows["appeal_cases"] += len(parents)
    _add(files.cases, CASES, (dirty, children), ledger)
    events = log(cases, plan=plan_, staff=staff, rng=rng)
    first = ledger.rows["events"]
    ledger.touched["events_of_rejected_cases"] += int(np.isin(events.case, lost).sum())
    own = event_columns(events, case_ids, first=first, staff=staff, end=plan_.end)
    theirs = child_events(cases, parents, children["case_id"], first=first + len(events.case), plan=plan_)
    _add(files.events, EVENTS, (own, theirs), ledger)
    ratings = quality_columns(cases, case_ids, plan=plan_, staff=staff, rng=rng)
    _add(files.reviews, REVIEWS, (ratings,), ledger)


def _write_incident(files: _Files, plan_: Plan, staff: Staff, ledger: Ledger) -> str:
    """Add the incident's cases after all others, and return the logs of duty as JSON lines."""
    incident = happen(plan_, staff)
    if incident is None:
        return duty_lines(None, plan=plan_)
    cases, rng = incident.cases, stream(plan_.seed, 32)
    columns = dressed(case_columns(cases, plan=plan_, staff=staff, rng=rng), incident)
    ledger.note(cases, columns["case_id"], plan=plan_)
    ledger.incident.update(incident_truth(incident, columns))
    children, parents = child_columns(cases, columns, plan=plan_)
    ledger.rows["appeal_cases"] += len(parents)
    _add(files.cases, CASES, (columns, children), ledger)
    events = log(cases, plan=plan_, staff=staff, rng=rng, further=further_steps(incident))
    first = ledger.rows["events"]
    own = event_columns(events, columns["case_id"], first=first, staff=staff, end=plan_.end)
    theirs = child_events(cases, parents, children["case_id"], first=first + len(events.case), plan=plan_)
    _add(files.events, EVENTS, (own, theirs), ledger)
    return duty_lines(named_ids(incident, columns["case_id"]), plan=plan_)


def _draw(batch: Batch, settled: Plan, staff: Staff) -> Cases:
    seed, number = settled.seed, batch.number
    intake = take_in(batch, plan=settled, rng=stream(seed, 10, number))
    work = do_work(intake, plan=settled, staff=staff, rng=stream(seed, 11, number))
    outcome = decide(intake, work, plan=settled, rng=stream(seed, 12, number))
    quality = review(intake, work, outcome, plan=settled, rng=stream(seed, 13, number))
    return Cases(intake, work, outcome, quality, write_texts(intake, stream(seed, 14, number)))


def _add(file: pq.ParquetWriter, columns: Table, parts: tuple[Columns, ...], ledger: Ledger) -> None:
    for part in parts:
        rows = arrow.table(columns, part)
        if rows.num_rows:
            file.write_table(rows)
        ledger.rows[columns.name] += rows.num_rows
