"""A few lines for a chat or a mail: the answer, what moved, how good the data is, and where the report lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.export.html.blocks import text
from tskit.export.html.due import clock_of
from tskit.export.html.reading import bundles
from tskit.export.html.scope import period
from tskit.export.sharing import to_share
from tskit.model import FINDING_MIME, INPUTS_MIME
from tskit.text import chat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["brief", "write"]

_MOST_FINDINGS = 2
_ORDER = ("change", "pattern", "incident", "target", "limit", "steady")


def write(notebook: Any, path: Path, *, run: str = "", share: str = "") -> Path:  # noqa: ANN401  # nbformat has no types
    """Write the brief of an executed notebook to `path` and return it."""
    path.write_text(brief(notebook, run=run, share=share), encoding="utf-8", newline="\n")
    return path


def brief(notebook: Any, *, run: str = "", share: str = "") -> str:  # noqa: ANN401  # nbformat has no types
    """Return the lines to paste into Slack or a mail: the answer, what leads with its next step, and the data.

    What leads are two findings; where the run was made for an audience its statement; where a template chooses the
    lines itself, these. Slack and mails share no markup but stars around a title, so there is none other. No link in
    the lines works and no case is named; counts below the casebook's smallest cell are covered, for these lines are
    there to be sent. Only lines that are for the team, and say so, name cases and show every count.

    Args:
        notebook: executed.
        run: the run's id, which is the name of its folder.
        share: the file beside the report that names no case, where the report does.
    """
    data = bundles(notebook)
    answer = _said(data, FINDING_MIME)
    if not _is_for_team(answer):
        answer = _said(bundles(to_share(notebook)), FINDING_MIME)
    inputs = _said(data, INPUTS_MIME)
    title, told = _lines(answer)
    moment = clock_of(data).spoken if text(answer, "as_of") else ""
    lines = [_title(title, answer, inputs), *told, *_account(inputs, moment), *_place(run, share)]
    return "".join(f"{line}\n" for line in lines)


def _said(data: Sequence[Mapping[str, Any]], mime: str) -> Mapping[str, Any]:
    # The last word counts for the answer, and the first load for the data.
    order = reversed(data) if mime == FINDING_MIME else data
    return next((bundle[mime] for bundle in order if mime in bundle), {})


def _is_for_team(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("is_brief_for_team") and answer.get("brief"))


def _lines(answer: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the title, and the lines below it: those given, else the asked audience's words, else what leads."""
    title = text(answer, "title")
    given = [str(line) for line in answer.get("brief", [])]
    if given:
        return title, [_point(line) for line in given if line.strip() and line != title]
    asked = next((one for one in answer.get("statements", []) if one.get("is_asked")), None)
    if asked:
        paragraphs = [str(paragraph) for paragraph in asked.get("paragraphs", [])]
        return text(asked, "headline") or title, [_point(paragraph) for paragraph in paragraphs if paragraph.strip()]
    return title, [_finding(finding) for finding in _leading(answer)]


def _point(line: str) -> str:
    return f"\u2022 {chat(line)}"


def _title(title: str, answer: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    team = "For the team: " if _is_for_team(answer) else ""
    sample = "SAMPLE DATA: " if inputs.get("casebook", {}).get("is_sample") else ""
    return f"*{chat(sample + team + (title or 'This run recorded no finding.'))}*"


def _finding(finding: Mapping[str, Any]) -> str:
    claim, step = chat(text(finding, "claim")).rstrip("."), chat(text(finding, "next_step"))
    return f"\u2022 {claim}. Next: {step}" if step else f"\u2022 {claim}."


def _leading(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    title = text(answer, "title")
    new = [finding for finding in answer.get("findings", []) if text(finding, "claim") not in {"", title}]
    weight = {kind: n for n, kind in enumerate(_ORDER)}
    leading = sorted(new, key=lambda finding: weight.get(text(finding, "kind"), len(_ORDER)))
    # The title names the causes already: the strongest with its figures, then the cases that need somebody today.
    first, grave = leading[:1], [finding for finding in leading[1:] if text(finding, "kind") == "incident"]
    rest = [finding for finding in leading[1:] if all(finding is not other for other in grave)]
    return [*first, *grave, *rest][:_MOST_FINDINGS]


def _account(inputs: Mapping[str, Any], moment: str) -> Iterator[str]:
    if not inputs:
        return
    quality: Mapping[str, Any] = inputs.get("quality", {})
    cases = {**quality, **quality.get("tables", {}).get("cases", {})}
    scope = f"as of {moment}" if moment else ", ".join(filter(None, [period(inputs), text(inputs, "zone")]))
    counts = f"{cases.get('read', 0):,} case rows read, {cases.get('rejected', 0):,} kept apart, {cases.get('flagged', 0):,} doubtful"
    yield f"Data: {chat(scope)}; {counts}."


def _place(run: str, share: str) -> Iterator[str]:
    if run:
        also = f"; to pass on, {share}, which names no case" if share else ""
        yield f"Report: report.html in the folder {chat(run)}{also}."
