"""One run as a row of the catalogue, without what only the report itself may say."""

from __future__ import annotations

import json
import re
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, cast, get_args

from tskit.model.finding import Certainty, Kind, Tone
from tskit.model.run_row import Claim, RunRow
from tskit.runs.at_work import is_at_work
from tskit.runs.covered import asked, cover_of, is_of_single_cases, series_values
from tskit.runs.figures import headlines
from tskit.runs.kept import UNFINISHED, listed, mapped, open_run, plain, utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from tskit.model.run_row import RowStatus
    from tskit.runs.kept import Kept

__all__ = ["UNTITLED", "claim_of", "kind_of", "open_claims", "row_of", "row_of_kept", "series_of"]

UNTITLED = "A report of single cases; the report itself names them"
_MOST_TOLD = 5
_FILES = re.compile(r"report(-to-share)?\.[a-z0-9]{1,8}|brief\.md|manifest\.(json|sig)|notebook\.ipynb")
_STATUSES: tuple[str, ...] = ("ok", "no_data", "failed")
_BROKEN = "Its manifest cannot be read, so nobody can tell what it was."
_CUT_OFF = "It was not finished: it was killed, or another machine is at work on it."
_CAUSES = {"Stopped": "It was stopped from outside.", "NoDataError": "Nothing falls into its scope."}


def row_of(folder: Path, *, root: Path) -> RunRow | None:
    """Return the run in `folder` as a row, its path as seen from `root`; None when the folder is no run's."""
    run = open_run(folder)
    return None if run is None else row_of_kept(run, root=root)


def row_of_kept(run: Kept, *, root: Path) -> RunRow:
    """Return a run that was read as a row."""
    status, failure = _outcome(run)
    title, lead = _answer(run)
    first = next(iter(run.inputs), {})
    finished = utc(run.manifest.get("finished"))
    place = run.folder.relative_to(root) if run.folder.is_relative_to(root) else run.folder
    book = mapped(first.get("casebook"))
    return RunRow(
        id=run.id,
        template=run.template,
        kind=kind_of(run.template),
        status=status,
        title=title,
        lead=lead,
        started=run.started,
        finished=finished,
        seconds=_seconds(run.started, finished),
        asked=asked(run),
        markets=_markets(run, first),
        start=plain(first.get("start")),
        last_day=plain(first.get("last_day")),
        zone=plain(run.manifest.get("zone")),
        headlines=headlines(run.folder),
        findings=len(run.claims),
        told=open_claims(run)[:_MOST_TOLD],
        failure=failure,
        folder=place.as_posix(),
        files=_files(run.folder),
        batch=place.parts[0] if len(place.parts) > 1 else "",
        series=series_of(run),
        band=plain(book.get("band")),
        is_sample=book.get("is_sample") is True,
        is_of_single_cases=is_of_single_cases(run),
    )


def kind_of(template: str) -> str:
    """Return the name of a template in words.

    >>> kind_of("trend_report")
    'Trend report'
    """
    words = template.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def series_of(run: Kept) -> str:
    """Return the key that runs of one template and the same parameters share, whatever days they look at."""
    if not run.is_sealed:
        return ""
    values = series_values(mapped(run.manifest.get("parameters")))
    text = json.dumps([run.template, values], sort_keys=True, default=str)
    return sha256(text.encode(errors="replace")).hexdigest()[:12]


def _outcome(run: Kept) -> tuple[RowStatus, str]:
    """Return how a run ended, and in words why it has no report."""
    if run.folder.name.endswith(UNFINISHED):
        return "unfinished", "It is being made." if is_at_work(run.folder) else _CUT_OFF
    status = run.manifest.get("status")
    if status not in _STATUSES:
        return "failed", _BROKEN
    return cast("RowStatus", status), "" if status == "ok" else _failure(mapped(run.manifest.get("failure")))


def _failure(failure: Mapping[str, Any]) -> str:
    kind, section, cell = plain(failure.get("kind")), plain(failure.get("section")), failure.get("cell")
    if kind in _CAUSES:
        return _CAUSES[kind]
    where = f" in {section!r}, code cell {cell}" if section and isinstance(cell, int) and cell > 0 else ""
    return f"It stopped{where}: {kind or 'nobody knows why'}."


def _answer(run: Kept) -> tuple[str, str]:
    """Return title and lead; those that a copy to share has where the report's own tell of single cases."""
    cover = cover_of(run)
    title, lead = (cover(plain(run.findings.get(name))) for name in ("title", "lead"))
    if not is_of_single_cases(run):
        return title, lead
    shared = cover(plain(run.findings.get("title_to_share")))
    return (title, lead) if shared and shared == title else (shared or UNTITLED, "")


def open_claims(run: Kept) -> tuple[Claim, ...]:
    """Return the findings that tell of no single case, in the order of their weight."""
    cover = cover_of(run)
    return tuple(claim_of(one, cover) for one in run.claims if not one.get("of_single_cases"))


def claim_of(told: Mapping[str, Any], cover: Callable[[str], str]) -> Claim:
    """Return a finding of findings.json as a row tells it, with what `cover` leaves of its claim."""
    return Claim(
        kind=cast("Kind", _one_of(told.get("kind"), get_args(Kind), "fact")),
        tone=cast("Tone", _one_of(told.get("tone"), get_args(Tone), "neutral")),
        certainty=cast("Certainty", _one_of(told.get("certainty"), get_args(Certainty), "")),
        claim=cover(plain(told.get("claim"))),
    )


def _one_of(value: object, known: Iterable[str], other: str) -> str:
    return value if isinstance(value, str) and value in known else other


def _markets(run: Kept, first: Mapping[str, Any]) -> tuple[str, ...]:
    given = mapped(run.manifest.get("parameters")).get("market") or mapped(first.get("filters")).get("market")
    found = [given] if isinstance(given, str) else listed(given)
    return tuple(filter(None, map(plain, found)))


def _seconds(started: str, finished: str) -> float | None:
    if not started or not finished:
        return None
    return max((datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds(), 0.0)


def _files(folder: Path) -> tuple[str, ...]:
    try:
        names = [path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    except OSError:
        return ()
    return tuple(sorted(name for name in names if _FILES.fullmatch(name)))
