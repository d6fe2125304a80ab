"""Values of the kernel as plain ones for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.cases import Content
    from tskit.causes import Taxonomy
    from tskit.ui.review.ledger import Ledger, Mark
    from tskit.ui.review.queue import Queue

__all__ = [
    "Advice",
    "advice_view",
    "content_view",
    "judged_view",
    "mark_view",
    "progress_view",
    "written_view",
]


class Advice(Protocol):
    """What a suggestion tells: a cause, the reason, and how often it was right on past tags."""

    @property
    def cause(self) -> str:
        """Return the id of the cause."""
        ...

    @property
    def reason(self) -> str:
        """Return which rule, or which tagged cases, speak for it; never case text."""
        ...

    @property
    def precision(self) -> float | None:
        """Return the share of past uses that people agreed with, None when it was never measured."""
        ...

    @property
    def precision_low(self) -> float | None:
        """Return the lower end of the interval of that share."""
        ...

    @property
    def precision_high(self) -> float | None:
        """Return the upper end of the interval of that share."""
        ...

    @property
    def n(self) -> int:
        """Return the number of past tags that it was measured on."""
        ...


def mark_view(mark: Mark, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return a judgement with the names of its causes."""
    return {
        "key": mark.key,
        "case_id": mark.case_id,
        "kind": mark.kind,
        "cause": mark.cause,
        "name": taxonomy.name(mark.cause) if mark.cause else "",
        "contributing": list(mark.contributing),
        "trigger": mark.trigger,
        "confidence": mark.confidence,
    }


def judged_view(mark: Mark, taxonomy: Taxonomy, written: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return another person's judgement in words, with what they wrote."""
    beside = [f"{cause} {taxonomy.name(cause)}" for cause in mark.contributing]
    trigger = f"{mark.trigger} {taxonomy.name(mark.trigger)}" if mark.trigger else ""
    return {
        **mark_view(mark, taxonomy),
        **written_view(written, mark),
        "tagger": mark.tagger,
        "beside": beside,
        "set_off_by": trigger,
    }


def written_view(written: Mapping[str, tuple[str, str]], mark: Mark) -> dict[str, str]:
    """Return note and evidence of a judgement; the case's own record goes without saying."""
    note, evidence = written.get(mark.key, ("", ""))
    return {"note": note, "evidence": "" if evidence == f"case:{mark.case_id}" else evidence}


def content_view(content: Content) -> dict[str, str]:
    """Return content for the one message that carries it; a withheld one has its route alone."""
    return {"subject": content.subject, "description": content.description, "route": content.route}


def progress_view(queue: Queue, ledger: Ledger) -> dict[str, int]:
    """Return where the person is and how far the queue is done."""
    skipped = sum(mark.kind == "skip" for mark in ledger.answers.values())
    return {
        "place": queue.place,
        "of": len(queue),
        "tagged": len(ledger.answers) - skipped,
        "skipped": skipped,
        "flagged": len(ledger.flags),
    }


def advice_view(advice: Advice, taxonomy: Taxonomy) -> dict[str, str]:
    """Return a suggestion in words, with its measured precision."""
    return {
        "cause": advice.cause,
        "name": taxonomy.name(advice.cause),
        "reason": advice.reason,
        "measured": _measured(advice),
    }


def _measured(advice: Advice) -> str:
    if advice.precision is None or not advice.n:
        return "Never measured on past tags."
    low, high = advice.precision_low, advice.precision_high
    range_ = f" ({low:.0%} to {high:.0%})" if low is not None and high is not None else ""
    return f"Right in {advice.precision:.0%}{range_} of {advice.n} past tags."
