"""How one run stands on the screen: its answer, what it rests on, what it found and where it lies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tskit.cli.runs_listed import STATUSES, clipped, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.model import RunRow
    from tskit.runs import Kept

__all__ = ["told"]

_WIDTH = 100
_FACTS = (("tskit", "tskit"), ("python", "Python"), ("platform", "system"), ("kernel", "kernel"))
_SHORT = 12


def told(run: Kept, row: RunRow, *, pinned: str | None = None) -> Iterator[str]:
    """Yield the lines that tell of a run, and why it is `pinned` where it is; cases that it names stay in its report."""
    yield row.title or row.failure or "It says nothing."
    if row.lead:
        yield row.lead
    for heading, lines in (
        ("Run", _outline(row, pinned)),
        ("Parameters", _parameters(run)),
        ("Inputs", _inputs(run)),
        ("Figures", (f"{one.label}: {one.text}; {one.change}".rstrip("; ") for one in row.headlines)),
        ("Findings", _findings(run, row)),
        ("Files", _files(run)),
        ("Made with", _made_with(run)),
    ):
        found = list(lines)
        if found:
            yield ""
            yield heading
            yield from (f"  {line}" for line in found)
    yield ""
    page = run.folder / "report.html"
    yield str(page if page.is_file() else run.folder)


def _outline(row: RunRow, pinned: str | None) -> Iterator[str]:
    yield f"{row.id}, {row.kind or 'of no known template'}: {STATUSES[row.status]}"
    if row.started:
        lasted = f", took {_length(row.seconds)}" if row.seconds is not None else ""
        yield f"begun {moment(row.started, row.zone)} {row.zone or 'UTC'}{lasted}"
    if row.failure:
        yield row.failure
    if row.batch:
        yield f"part of {row.batch}"
    if pinned is not None:
        yield f"pinned{f': {pinned}' if pinned else ''}"


def _length(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    whole = timedelta(seconds=round(seconds))
    return f"{whole.seconds // 60} min {whole.seconds % 60} s" if whole < timedelta(hours=1) else str(whole)


def _parameters(run: Kept) -> Iterator[str]:
    from tskit.runs import parameters_in_words

    for name, said, is_given in parameters_in_words(run):
        yield clipped(f"{name}: {said}{'' if is_given else ' (default)'}", _WIDTH)


def _inputs(run: Kept) -> Iterator[str]:
    from tskit.runs.kept import listed, mapped, plain

    for given in run.inputs:
        days = f"{plain(given.get('start'))} to {plain(given.get('last_day'))}"
        yield f"{plain(given.get('source')) or 'the first source'}, {days}, data up to {_as_of(given, run)}"
        for file in map(mapped, listed(given.get("inputs"))):
            digest = plain(file.get("sha256"))[:_SHORT]
            yield f"  {plain(file.get('name'))}: {_count(file, 'rows')} rows, {_count(file, 'bytes')} bytes, SHA-256 {digest}"
        quality = mapped(given.get("quality"))
        if quality:
            kept, apart = _count(quality, "kept"), _count(quality, "rejected")
            yield f"  {_count(quality, 'read')} rows read, {kept} kept, {apart} kept apart"
    for place in run.places:
        entries = "no entry" if place["entries"] == 0 else f"the first {_count(place, 'entries')} entries"
        yield f"{plain(place.get('log')) or 'tags'}: {entries} of the log"


def _as_of(given: Mapping[str, Any], run: Kept) -> str:
    from tskit.runs.kept import plain, utc

    at = utc(given.get("as_of"))
    return moment(at, plain(run.manifest.get("zone"))) if at else "an unknown moment"


def _count(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else "?"


def _findings(run: Kept, row: RunRow) -> Iterator[str]:
    from tskit.runs import open_claims

    found = open_claims(run)
    for one in found:
        sure = f" [{one.certainty} certainty]" if one.certainty else ""
        yield f"- {one.claim}{sure}"
    single = row.findings - len(found)
    if single:
        tells = "1 finding tells" if single == 1 else f"{single:,} findings tell"
        yield f"- {tells} of single cases: read the report"


def _files(run: Kept) -> Iterator[str]:
    from tskit.runs.kept import mapped, plain

    outputs = mapped(run.manifest.get("outputs"))
    for name, entry in outputs.items():
        yield f"{clipped(plain(name), 60)}, {_count(mapped(entry), 'bytes')} bytes"


def _made_with(run: Kept) -> Iterator[str]:
    from tskit.runs.kept import mapped, plain

    facts = [f"{said} {plain(run.manifest.get(name))}" for name, said in _FACTS if plain(run.manifest.get(name))]
    if facts:
        yield ", ".join(facts)
    code = mapped(run.manifest.get("code"))
    if code:
        dirty = ", with changes that were not committed" if code.get("is_dirty") is True else ""
        yield f"code {plain(code.get('digest'))[:_SHORT]}{dirty}"
    template = mapped(run.manifest.get("template"))
    if template:
        yield f"template {plain(template.get('name'))} {plain(template.get('sha256'))[:_SHORT]}"
    packages = mapped(run.manifest.get("packages"))
    if packages:
        yield f"{len(packages)} packages, whose versions are in manifest.json"
