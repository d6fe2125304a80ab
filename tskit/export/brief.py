"""Five lines for a chat or a mail: the answer, what moved, how good the data is, and where the report lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.export.html.blocks import text
from tskit.export.html.reading import bundles
from tskit.export.html.scope import period
from tskit.export.sharing import to_share
from tskit.model import FINDING_MIME, INPUTS_MIME
from tskit.text import chat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["brief", "write"]

_MOST_FINDINGS = 2
_ORDER = ("change", "incident", "target", "limit", "steady")


def write(notebook: Any, path: Path, *, run: str = "", share: str = "") -> Path:  # noqa: ANN401  # nbformat has no types
    """Write the brief of an executed notebook to `path` and return it."""
    path.write_text(brief(notebook, run=run, share=share), encoding="utf-8", newline="\n")
    return path


def brief(notebook: Any, *, run: str = "", share: str = "") -> str:  # noqa: ANN401  # nbformat has no types
    """Return at most five lines to paste into Slack or a mail: the answer, what leads with its next step, and the data.

    Slack and mails share no markup but stars around a title, so there is none other. No link in the lines works and no
    case is named; counts below the casebook's smallest cell are covered, for these lines are there to be sent.

    Args:
        notebook: executed.
        run: the run's id, which is the name of its folder.
        share: the file beside the report that names no case, where the report does.
    """
    data = bundles(to_share(notebook))
    answer: Mapping[str, Any] = next((d[FINDING_MIME] for d in reversed(data) if FINDING_MIME in d), {})
    inputs: Mapping[str, Any] = next((d[INPUTS_MIME] for d in data if INPUTS_MIME in d), {})
    lines = [_title(answer, inputs), *map(_finding, _leading(answer)), *_account(inputs), *_place(run, share)]
    return "".join(f"{line}\n" for line in lines)


def _title(answer: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    sample = "SAMPLE DATA: " if inputs.get("casebook", {}).get("is_sample") else ""
    return f"*{chat(sample + (text(answer, 'title') or 'This run recorded no finding.'))}*"


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


def _account(inputs: Mapping[str, Any]) -> Iterator[str]:
    if not inputs:
        return
    quality: Mapping[str, Any] = inputs.get("quality", {})
    cases = {**quality, **quality.get("tables", {}).get("cases", {})}
    scope = ", ".join(filter(None, [period(inputs), text(inputs, "zone")]))
    counts = f"{cases.get('read', 0):,} case rows read, {cases.get('rejected', 0):,} kept apart, {cases.get('flagged', 0):,} doubtful"
    yield f"Data: {chat(scope)}; {counts}."


def _place(run: str, share: str) -> Iterator[str]:
    if run:
        also = f"; to pass on, {share}, which names no case" if share else ""
        yield f"Report: report.html in the folder {chat(run)}{also}."
