"""Reads an executed notebook: its answer, and its sections with what each cell displayed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tskit.charts.figure import FIGURE_MIME
from tskit.export.html import prose
from tskit.export.html.answer import ANSWERS, Link
from tskit.export.html.blocks import Block, Code, Image, Note, Prose, Section, text
from tskit.export.html.due import Clock, clock_of
from tskit.export.html.grids import case_table, figure, frame, grid, quality
from tskit.model import FINDING_MIME, INPUTS_MIME, LOGS_MIME, TAGS_MIME
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.export.html.setting import Setting

__all__ = ["TABLE_MIME", "Reader", "Reading", "bundles", "read"]

TABLE_MIME = "application/vnd.tskit.table+json"
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
_PARAMETERS = {"parameters", "injected-parameters"}
_HIDDEN = {"remove-cell", "remove_cell"}
_LONGEST = 20_000
_ASKED, _COMPARED = "question", "Compared with"


@dataclass(slots=True)
class Reading:
    """What was read so far; findings and headline figures are kept for the top of the page."""

    title: str = ""
    intro: Markup = field(default_factory=Markup)
    headlines: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] | None = None
    clock: Clock = field(default_factory=Clock)
    findings: list[Mapping[str, Any]] = field(default_factory=list["Mapping[str, Any]"])
    answer: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inputs: list[Mapping[str, Any]] = field(default_factory=list["Mapping[str, Any]"])
    logs: list[Mapping[str, Any]] = field(default_factory=list["Mapping[str, Any]"])
    sections: list[Section] = field(default_factory=list[Section])
    places: dict[str, Link] = field(default_factory=dict[str, Link])
    names_cases: bool = False
    compared: str = ""


def read(notebook: Any, setting: Setting) -> Reading:  # noqa: ANN401  # nbformat has no types
    """Return what an executed notebook says, in its order, safe to be put on a page."""
    # Deadlines count from a moment that the last cell names, so it is read first.
    reader = Reader(setting, clock=clock_of(bundles(notebook)))
    for cell in notebook.cells:
        if not _HIDDEN & set(_tags(cell)):
            reader.take(cell)
    return reader.done()


def bundles(notebook: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401  # nbformat has no types
    """Return the data of every output of a notebook, in order."""
    return [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]


class Reader:
    """Reads cell by cell; the blocks since the last heading of level two become a section."""

    def __init__(self, setting: Setting, *, clock: Clock) -> None:
        self._setting = setting
        self._found = Reading(clock=clock)
        self._blocks: list[Block] = []
        self._code: list[tuple[str, Markup]] = []
        self._made = ""
        self._heading = ("", "")
        self._ids: dict[str, int] = {}
        self._numbers = {"Figure": 0, "Table": 0}

    def take(self, cell: Any) -> None:  # noqa: ANN401  # nbformat has no types
        """Add one cell."""
        if cell.cell_type == "markdown":
            self._take_markdown(cell.source)
        elif cell.cell_type == "code" and not _PARAMETERS & set(_tags(cell)):
            self._made = ""
            for output in cell.get("outputs", []):
                self._take_output(output)
            if cell.source.strip() and "hide-code" not in _tags(cell):
                self._code.append((self._made, Markup(prose.code(cell.source))))  # noqa: S704  # escaped by Pygments

    def done(self) -> Reading:
        """Return the reading with its last section."""
        self._close(is_last=True)
        return self._found

    def _take_markdown(self, source: str) -> None:
        html = prose.from_markdown(source)
        position = 0
        for match in _HEADING.finditer(html):
            self._add_prose(html[position : match.start()])
            position = match.end()
            self._take_heading(int(match[1]), prose.plain(match[2]))
        self._add_prose(html[position:])

    def _take_heading(self, level: int, title: str) -> None:
        if level == 1 and not self._found.title:
            self._found.title = title
        elif level <= 2:  # a section
            self._close()
            self._heading = (self._id(title), title)
        else:
            self._blocks.append(Prose(Markup("<h3>{}</h3>").format(title)))

    def _add_prose(self, html: str) -> None:
        if not html.strip():
            return
        held = Markup(html)  # noqa: S704  # prose.from_markdown lets nothing through that acts
        if not self._heading[1] and not self._blocks:
            self._found.intro += held
        else:
            self._blocks.append(Prose(held))

    def _close(self, *, is_last: bool = False) -> None:
        """End a section with its code; code before the first section, such as the load, opens that of the next."""
        identity, title = self._heading
        if self._code and (title or self._blocks or is_last):
            self._blocks.append(Code(tuple(self._code)))
            self._code = []
        if title or self._blocks:
            self._found.sections.append(Section(identity, title, tuple(self._blocks)))
        self._blocks, self._heading = [], ("", "")

    def _take_output(self, output: Any) -> None:  # noqa: ANN401  # nbformat has no types
        if output.output_type == "stream":
            if output.name == "stdout" and output.text.strip():
                self._blocks.append(Note(neutralise(_ANSI.sub("", output.text), limit=_LONGEST)))
        elif output.output_type == "error":
            self._blocks.append(Note(f"This step stopped: {neutralise(output.ename, limit=80)}.", is_failure=True))
        else:
            self._take_data(output)

    def _take_data(self, output: Any) -> None:  # noqa: ANN401  # nbformat has no types
        data: Mapping[str, Any] = output.get("data", {})
        if FIGURE_MIME in data:
            self._add_figure(data[FIGURE_MIME])
        elif TABLE_MIME in data:
            self._add_table(data[TABLE_MIME])
        elif FINDING_MIME in data:
            self._found.answer = data[FINDING_MIME]
            self._found.findings += data[FINDING_MIME].get("findings", [])
            self._blocks.append(_moved("The findings stand", "findings" if self._found.findings else "answer"))
        elif INPUTS_MIME in data:
            self._found.inputs.append(data[INPUTS_MIME])
            self._blocks.append(quality(data[INPUTS_MIME], identity=self._id("quality")))
        elif TAGS_MIME in data or LOGS_MIME in data:
            self._found.logs.append(data.get(LOGS_MIME) or _of_tags(data[TAGS_MIME]))
            said = neutralise(_joined(data.get("text/plain", "")), limit=_LONGEST)
            if said:  # a copy to share keeps the place alone
                self._blocks.append(Prose(Markup("<p>{}</p>").format(said)))
        else:
            self._blocks += _others(data, output.get("metadata", {}), self._id)

    def _add_figure(self, value: Mapping[str, Any]) -> None:
        if value.get("is_empty"):  # no number, so that those of the others go on without a gap
            self._blocks.append(figure(value, identity=self._id(f"Figure {text(value, 'key')}"), number=0))
            return
        identity, number = self._placed("Figure", text(value, "key"), text(value, "title"))
        self._blocks.append(figure(value, identity=identity, number=number))

    def _add_table(self, value: Mapping[str, Any]) -> None:
        role = text(value, "role")
        if role == "headlines" and self._found.headlines is None:
            self._found.headlines = value
            self._blocks.append(_moved("The headline figures stand", "answer"))
            return
        if role == "answers" and self._found.answers is None:
            self._found.answers = value
            self._found.names_cases = self._found.names_cases or bool(value.get("of_single_cases"))
            if value.get("rows"):
                self._found.places.setdefault(text(value, "key"), Link("The answers", ANSWERS))
            self._blocks.append(_moved("The answers stand", "answer"))
            return
        identity, number = self._placed("Table", text(value, "key"), text(value, "title"))
        self._found.compared = self._found.compared or _compared(value)
        clock = self._found.clock
        if role == "cases":
            self._found.names_cases = self._found.names_cases or bool(value.get("rows"))
            self._blocks.append(case_table(value, self._setting, identity=identity, number=number, clock=clock))
        else:
            self._blocks.append(grid(value, identity=identity, number=number, clock=clock))

    def _placed(self, kind: str, key: str, title: str) -> tuple[str, int]:
        self._numbers[kind] += 1
        identity = self._id(f"{kind} {key or title}")
        place = Link(f"{kind} {self._numbers[kind]}", f"#{identity}")
        self._made = f"{self._made}, {place.text}" if self._made else place.text
        self._found.places.setdefault(key, place)
        return identity, self._numbers[kind]

    def _id(self, name: str) -> str:
        stem = re.sub(r"[^\w]+", "-", neutralise(name).lower(), flags=re.ASCII).strip("-")[:48] or "part"
        self._ids[stem] = self._ids.get(stem, 0) + 1
        return f"s-{stem}" if self._ids[stem] == 1 else f"s-{stem}-{self._ids[stem]}"


def _compared(value: Mapping[str, Any]) -> str:
    """Return the period that a run compares with, as the table of what was asked says it."""
    rows = value.get("rows", []) if text(value, "key") == _ASKED else []
    return next((str(row[1]) for row in rows if len(row) > 1 and row[0] == _COMPARED), "")


def _of_tags(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return how far the log of tags was read, as the logs of duty say it."""
    return {"places": [state], "until": state.get("until", "")}


def _others(data: Mapping[str, Any], metadata: Mapping[str, Any], identify: Any) -> Sequence[Block]:  # noqa: ANN401  # a bound method
    if "text/html" in data:
        return [frame(_joined(data["text/html"]), identity=identify("frame"))]
    if "image/png" in data and _BASE64.fullmatch(picture := re.sub(r"\s", "", _joined(data["image/png"]))):
        alt = neutralise(str((metadata.get("image/png") or {}).get("alt") or "A picture without a description"))
        return [Image(f"data:image/png;base64,{picture}", alt)]
    if "text/markdown" in data:
        return [Prose(Markup(prose.from_markdown(_joined(data["text/markdown"]))))]  # noqa: S704  # made harmless there
    if "text/plain" in data and "application/vnd.jupyter.widget-view+json" not in data:
        return [Note(neutralise(_joined(data["text/plain"]), limit=_LONGEST))]
    return []


def _moved(what: str, place: str) -> Prose:
    return Prose(Markup('<p>{} <a href="#{}">at the top of this page</a>.</p>').format(what, place), is_pointer=True)


def _joined(value: object) -> str:
    return "".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _tags(cell: Any) -> list[str]:  # noqa: ANN401  # nbformat has no types
    return list(cell.metadata.get("tags", []))
