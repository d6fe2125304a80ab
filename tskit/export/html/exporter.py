"""The exporter: an executed notebook in, one page out that answers first, calls nobody and runs nothing from the data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
from nbconvert.exporters import Exporter
from traitlets import Bool, Unicode

from tskit.export.html.answer import cards, tiles
from tskit.export.html.blocks import text
from tskit.export.html.compact import below_answers, compacted, settled, sources
from tskit.export.html.policy import content_policy
from tskit.export.html.provenance import provenance
from tskit.export.html.reading import Reading, read
from tskit.export.html.scope import chips, weeks
from tskit.export.html.setting import Setting
from tskit.export.html.tokens import theme_css
from tskit.export.html.told import answers, said
from tskit.export.sharing import to_share
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tskit.export.html.blocks import Code, Section

__all__ = ["ReportExporter", "page", "write"]

_BAND = "INTERNAL · CONTAINS CASE AGGREGATES"


class ReportExporter(Exporter):
    """Export an executed notebook as tskit's report: `jupyter nbconvert --to tskit-report run.ipynb`."""

    export_from_notebook = "tskit report"
    output_mimetype = "text/html"

    run = Unicode("", help="The id of the run that the page shows.").tag(config=True)
    record_url = Unicode("", help="Where a case lies in the system of record, with {case_id}.").tag(config=True)
    is_shared = Bool(default_value=False, help="Whether ids and links of cases are left out.").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, Any]:  # noqa: ANN401  # nbconvert's own signature
        """Return the page and nbconvert's resources."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        setting = Setting(run=self.run, record_url=self.record_url, is_shared=self.is_shared)
        return page(notebook, setting), resources


def write(notebook: Any, path: Path, *, setting: Setting = Setting()) -> Path:  # noqa: ANN401, B008  # nbformat has no types; a frozen value
    """Write an executed notebook as a page to `path` and return it."""
    path.write_text(page(notebook, setting), encoding="utf-8", newline="\n")
    return path


def page(notebook: Any, setting: Setting) -> str:  # noqa: ANN401  # nbformat has no types
    """Return an executed notebook as one HTML page; the same notebook gives the same bytes.

    A copy to share is made from what may leave the team: see `to_share`.
    """
    notebook = to_share(notebook) if setting.is_shared else notebook
    found = read(notebook, setting)
    inputs = found.inputs[0] if found.inputs else None
    style, script = _style(), _script()
    is_compact = bool(found.answer.get("is_compact"))
    title = neutralise(text(found.answer, "title") or found.title or "Report")
    sections, code = _arranged(found, is_compact=is_compact)
    return _template().render(
        policy=content_policy(style=style, script=script),
        style=style,
        script=script,
        band=_band(found, inputs, setting),
        is_sample=_is_sample(inputs),
        title=title,
        lead=neutralise(text(found.answer, "lead")),
        intro=found.intro,
        chips=chips(found, title=found.title if found.title != title else ""),
        tiles=tiles(found.headlines, recent=weeks(inputs)),
        tiles_caption=neutralise(text(found.headlines or {}, "caption")),
        answers=answers(found.answers, found.places, found.clock),
        cards=cards(found.findings, found.places),
        statements=said(found.answer),
        sections=sections,
        is_compact=is_compact,
        sources=code,
        clock=found.clock,
        provenance=provenance(notebook, found, setting),
        names_cases=found.names_cases,
        is_shared=setting.is_shared,
    )


def _arranged(found: Reading, *, is_compact: bool) -> tuple[Sequence[Section], Code | None]:
    """Return the sections as they stand on the page, and the code that has its place at the end."""
    if is_compact:
        return compacted(found.sections), sources(found.sections)
    return below_answers(found.sections) if found.answers else settled(found.sections)


def _band(reading: Reading, inputs: Mapping[str, Any] | None, setting: Setting) -> str:
    words = neutralise(text((inputs or {}).get("casebook", {}), "band") or _BAND)
    if _is_sample(inputs):
        words = words if words.startswith("SAMPLE DATA") else f"SAMPLE DATA · {words}"
    if reading.names_cases and not setting.is_shared:
        words += " · NAMES CASES"
    return words


def _is_sample(inputs: Mapping[str, Any] | None) -> bool:
    return bool((inputs or {}).get("casebook", {}).get("is_sample"))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html.j2")


@cache
def _style() -> str:
    return theme_css() + _text("report.css") + _text("told.css")


@cache
def _script() -> str:
    return _text("runtime.js") + _text("told.js")


@cache
def _text(name: str) -> str:
    # Line ends are part of what the policy's hashes cover, whatever the checkout made of them.
    return files("tskit.export.html").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")
