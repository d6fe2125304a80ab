"""The page of a batch: what became of its runs, which of them stand out, and all of them beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tskit.export.html.batch_drawing import Multiples, Panel, multiples
from tskit.export.html.batch_words import Findings, answer, name_of, outstanding
from tskit.export.html.site_page import rendered, write_whole
from tskit.export.html.site_rows import Figure, figure, links_of
from tskit.export.html.site_words import STATES, Moment, band_of, counted, moment, period, took
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tskit.model import BatchSummary, Headline, RunRow

__all__ = ["batch_page"]

_FILE, _ALL = "index.html", "../index.html"
_TABLES = {"summary.csv": "The table as CSV", "batch.json": "The plan"}
_MOST_PANELS, _MOST_METRICS, _FEW = 60, 6, 8
_WORDS, _LONGEST = 120, 400


@dataclass(frozen=True, slots=True)
class _Line:
    """A run in the table: its name, where its report lies, how it ended, and its figures by the table's columns."""

    name: str
    link: str
    state: str
    findings: int | None
    is_out: bool
    period: str
    figures: tuple[Figure | None, ...]
    values: tuple[float | None, ...]
    why: str
    links: tuple[tuple[str, str], ...]


def batch_page(summary: BatchSummary, folder: Path, *, band: str = "", made: datetime) -> Path:
    """Write the page of a batch as `index.html` into `folder` and return its path.

    Args:
        summary: of the batch, whose runs lie below `folder`.
        folder: of the batch; its name is what the folders of the runs begin with.
        band: the classification band of the casebook; that of the runs where it is empty.
        made: when the page is made.
    """
    return write_whole(rendered("batch_page.html.j2", _values(summary, folder, band, made)), folder / _FILE)


def _values(summary: BatchSummary, folder: Path, band: str, made: datetime) -> dict[str, object]:
    rows = summary.rows
    found = outstanding(rows, summary.grid)
    words, is_sample = band_of(rows, band)
    metrics = _metrics(rows)
    lines = _lines(summary, folder.name, metrics, {one.row.id for one in found.beyond})
    zone = rows[0].zone if rows else ""
    return {
        "band": words,
        "is_sample": is_sample,
        "title": counted({name: runs for name, _, runs in _states(lines)}) if lines else "No run yet",
        "lead": answer(found) if lines else "",
        "chips": _chips(summary, zone),
        "found": _shown(found, folder.name),
        "figures": _figures(rows, lines, metrics, found),
        "metrics": [neutralise(label, limit=_WORDS) for label in metrics.values()],
        "grid": neutralise(" · ".join(summary.grid) or "run", limit=_WORDS),
        "lines": lines,
        "states": _states(lines),
        "without": [line for line in lines if line.state != "ok"],
        "states_words": {name: state.word for name, state in STATES.items()},
        "is_long": len(lines) > _FEW,
        "is_large": False,
        "facts": _facts(summary, zone, made),
        "command": neutralise(summary.command, limit=_LONGEST),
        "files_beside": _files(folder),
    }


def _lines(summary: BatchSummary, below: str, metrics: Mapping[str, str], out: set[str]) -> list[_Line]:
    lines = [_line(row, summary.grid, below, metrics, is_out=row.id in out) for row in summary.rows]
    for one in summary.missing:
        name, why = name_of(one.asked, summary.grid, "a run"), neutralise(one.why, limit=_LONGEST)
        nothing = (None,) * len(metrics)
        lines.append(_Line(name, "", "missing", None, False, "", nothing, nothing, why, ()))  # noqa: FBT003  # a frozen value's field
    return lines


def _line(row: RunRow, grid: Sequence[str], below: str, metrics: Mapping[str, str], *, is_out: bool) -> _Line:
    own = {headline.metric: headline for headline in row.headlines}
    links = links_of(row, below)
    return _Line(
        name=name_of(row.asked, grid, row.id),
        link=next((address for label, address in links if label == "Report"), ""),
        state=row.status if row.status in STATES else "unfinished",
        findings=row.findings if row.status == "ok" else None,
        is_out=is_out,
        period=period(row),
        figures=tuple(figure(own[name], None) if name in own else None for name in metrics),
        values=tuple(own[name].value if name in own else None for name in metrics),
        why=neutralise(row.failure, limit=_LONGEST),
        links=links,
    )


def _metrics(rows: Sequence[RunRow]) -> dict[str, str]:
    """Return the headline figures of all runs, by name, in the order in which reports lead with them."""
    found = {headline.metric: headline.label for row in rows for headline in row.headlines}
    return dict(list(found.items())[:_MOST_METRICS])


def _figures(
    rows: Sequence[RunRow], lines: Sequence[_Line], metrics: Mapping[str, str], found: Findings
) -> list[tuple[Multiples, list[tuple[Panel, _Line]], int]]:
    """Return the panels of each figure with their lines, and how many there would be."""
    first = {one.row.id for one in (*found.beyond, *found.incidents)}
    names = [line.name for line in lines[: len(rows)]]
    drawn: list[tuple[Multiples, list[tuple[Panel, _Line]], int]] = []
    for metric in metrics:
        made = multiples([_headline(row, metric) for row in rows], names)
        if made:
            places = [n for n, panel in enumerate(made.panels) if panel]
            if len(places) > _MOST_PANELS:  # more are no comparison for an eye
                places.sort(key=lambda n: rows[n].id not in first)
            shown = [(panel, lines[n]) for n in places[:_MOST_PANELS] if (panel := made.panels[n])]
            drawn.append((made, shown, len(places)))
    return drawn


def _headline(row: RunRow, metric: str) -> Headline | None:
    return next((headline for headline in row.headlines if headline.metric == metric), None)


def _shown(found: Findings, below: str) -> list[dict[str, object]]:
    """Return the groups of runs that a reader of the batch should know, the surest first."""
    runs = f"{found.compared:,}"
    groups = (
        ("beyond", "Beyond noise", f"With all {runs} runs counted.", found.beyond),
        ("incident", "Incidents", "Listed whatever a test says.", found.incidents),
        ("missed", "Targets missed", "", found.missed),
        ("alone", "Beyond noise by one report alone", f"Among {runs} runs this may be chance.", found.alone),
    )
    return [
        {
            "kind": kind,
            "title": title,
            "note": note,
            "runs": [(one, dict(links_of(one.row, below)).get("Report", "")) for one in runs_of],
        }
        for kind, title, note, runs_of in groups
        if runs_of
    ]


def _states(lines: Sequence[_Line]) -> list[tuple[str, str, int]]:
    counts = {name: sum(line.state == name for line in lines) for name in STATES}
    return [(name, STATES[name].word, runs) for name, runs in counts.items() if runs]


def _chips(summary: BatchSummary, zone: str) -> list[str]:
    at = moment(summary.started, zone)
    named = summary.name if summary.name not in {summary.id, summary.template} else ""
    chips = [
        summary.kind or summary.template,
        f"Batch {named}".strip(),
        at.words,
        "" if summary.finished else "not finished yet",
    ]
    return [neutralise(chip, limit=_WORDS) for chip in chips if chip]


def _facts(summary: BatchSummary, zone: str, made: datetime) -> list[tuple[str, str]]:
    begun, ended = moment(summary.started, zone), moment(summary.finished, zone)
    facts = [
        ("Batch", summary.id),
        ("Template", summary.template),
        ("What varies", ", ".join(summary.grid)),
        ("Began", begun.words),
        ("Ended", ended.words),
        ("Took", took(_seconds(begun, ended))),
        ("Page made", moment(made.isoformat(), zone).words),
        ("Names", "no case. Small counts are shown: this page is for the team"),
    ]
    return [(name, neutralise(value, limit=_LONGEST)) for name, value in facts if value]


def _seconds(begun: Moment, ended: Moment) -> float | None:
    if not (begun.iso and ended.iso):
        return None
    return (datetime.fromisoformat(ended.iso) - datetime.fromisoformat(begun.iso)).total_seconds()


def _files(folder: Path) -> list[tuple[str, str]]:
    found = [(label, f"./{name}") for name, label in _TABLES.items() if (folder / name).is_file()]
    return [*found, *([("All runs", _ALL)] if (folder.parent / _FILE).is_file() else [])]
