"""Five lines for a chat or a mail: the answer, what moved, how good the data is, and where the report lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.export.html.blocks import text
from tskit.export.html.reading import bundles
from tskit.export.sharing import to_share
from tskit.model import FINDING_MIME, INPUTS_MIME
from tskit.text import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["brief", "write"]

_MOST_FINDINGS = 2
_ORDER = ("change", "incident", "target", "limit", "steady")


def write(notebook: Any, path: Path, *, run: str = "") -> Path:  # noqa: ANN401  # nbformat has no types
    """Write the brief of an executed notebook to `path` and return it."""
    path.write_text(brief(notebook, run=run), encoding="utf-8", newline="\n")
    return path


def brief(notebook: Any, *, run: str = "") -> str:  # noqa: ANN401  # nbformat has no types
    """Return at most five lines of Markdown that also read as plain text; no link in them works, no case is named.

    Counts below the casebook's smallest cell are covered: these lines are there to be sent.
    """
    data = bundles(to_share(notebook))
    answer: Mapping[str, Any] = next((d[FINDING_MIME] for d in reversed(data) if FINDING_MIME in d), {})
    inputs: Mapping[str, Any] = next((d[INPUTS_MIME] for d in data if INPUTS_MIME in d), {})
    return "".join(f"{line}\n" for line in _lines(answer, inputs, run))


def _lines(answer: Mapping[str, Any], inputs: Mapping[str, Any], run: str) -> Iterator[str]:
    sample = "SAMPLE DATA: " if inputs.get("casebook", {}).get("is_sample") else ""
    title = text(answer, "title") or "This run recorded no finding."
    yield f"**{markdown(sample + title)}**"
    for finding in _leading(answer):
        sure = f" ({markdown(text(finding, 'certainty'))} certainty)" if finding.get("kind") == "change" else ""
        yield f"- {markdown(text(finding, 'claim'))}{sure}"
    if inputs:
        yield f"- {_account(inputs)}"
    if run:
        yield f"Run {markdown(run)}: the figures, the evidence and the limits are in its report.html."


def _leading(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    title = text(answer, "title")
    new = [finding for finding in answer.get("findings", []) if text(finding, "claim") not in {"", title}]
    weight = {kind: n for n, kind in enumerate(_ORDER)}
    leading = sorted(new, key=lambda finding: weight.get(text(finding, "kind"), len(_ORDER)))
    # The title names the causes already: the strongest with its figures, then the cases that need somebody today.
    first, grave = leading[:1], [finding for finding in leading[1:] if text(finding, "kind") == "incident"]
    rest = [finding for finding in leading[1:] if all(finding is not other for other in grave)]
    return [*first, *grave, *rest][:_MOST_FINDINGS]


def _account(inputs: Mapping[str, Any]) -> str:
    quality: Mapping[str, Any] = inputs.get("quality", {})
    period = f"{text(inputs, 'start')} to {text(inputs, 'last_day')} ({text(inputs, 'zone')})"
    counts = f"{quality.get('read', 0):,} rows read, {quality.get('rejected', 0):,} kept apart, {quality.get('flagged', 0):,} doubtful"
    return f"Data: {markdown(period)}; {counts}."
