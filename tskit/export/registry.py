"""Which files are written for a run, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["FORMATS", "write_all"]

FORMATS: tuple[str, ...] = ("pdf",)
"""What can be asked for beside `report.html` and `brief.md`, which every run has."""

_UNSEALED = ".partial"


def write_all(
    notebook: Any,  # noqa: ANN401  # nbformat has no types
    folder: Path,
    *,
    formats: Sequence[str] = (),
    record_url: str = "",
    chromium: str = "",
) -> tuple[Path, ...]:
    """Write the report, the brief and the `formats` asked for into `folder`, and return their paths.

    `report.html` stays with the team: it names severe cases and shows every count. Where that says more than may leave
    the team, `report-to-share.html` is the same page without cases and without counts below the casebook's smallest
    cell; brief and PDF are made from that in any case.

    Args:
        notebook: executed.
        folder: of the run; its name is the run's id.
        formats: of `FORMATS`.
        record_url: where a case lies in the system of record, with `{case_id}`.
        chromium: the browser that draws a PDF; found on the path when empty.

    Raises:
        ParameterError: a format is unknown.
        RunError: a PDF was asked for, and there is no browser to draw it.
    """
    # Imported late: a command that exports nothing must not wait for nbconvert and for a browser's driver.
    from tskit.export import brief, html, pdf  # noqa: PLC0415  # see above

    _check(formats)
    run = folder.name.removesuffix(_UNSEALED)
    written = [html.write(notebook, folder / "report.html", setting=html.Setting(run, record_url))]
    share = written[0]
    if _says_too_much(notebook):
        share = html.write(notebook, folder / "report-to-share.html", setting=html.Setting(run, is_shared=True))
        written.append(share)
    passed_on = "" if share is written[0] else share.name
    written.append(brief.write(notebook, folder / "brief.md", run=run, share=passed_on))
    if "pdf" in formats:
        written.append(pdf.write(share, folder / "report.pdf", chromium=chromium))
    return tuple(written)


def _check(formats: Sequence[str]) -> None:
    for name in formats:
        if name not in FORMATS:
            raise ParameterError.unknown(name, FORMATS, what="format")


def _says_too_much(notebook: Any) -> bool:  # noqa: ANN401  # nbformat has no types
    from tskit.export.sharing import covers  # noqa: PLC0415  # as above

    return covers(notebook)
