"""Values of the kernel as plain ones for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tskit.cases import Content
    from tskit.causes import Taxonomy
    from tskit.model import Tag
    from tskit.ui.review.ledger import Ledger
    from tskit.ui.review.queue import Queue

__all__ = [
    "Advice",
    "advice_view",
    "content_view",
    "judged_view",
    "mark_view",
    "progress_view",
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


def mark_view(tag: Tag, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return a judgement with the name of its cause; that the case's own record is evidence goes without saying."""
    return {
        "key": tag.key,
        "case_id": tag.case_id,
        "kind": tag.kind,
        "cause": tag.cause,
        "name": taxonomy.name(tag.cause) if tag.cause else "",
        "contributing": list(tag.contributing),
        "trigger": tag.trigger,
        "confidence": tag.confidence,
        "note": tag.note,
        "evidence": "" if tag.evidence == f"case:{tag.case_id}" else tag.evidence,
    }


def judged_view(tag: Tag, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return another person's judgement in words."""
    beside = [f"{cause} {taxonomy.name(cause)}" for cause in tag.contributing]
    trigger = f"{tag.trigger} {taxonomy.name(tag.trigger)}" if tag.trigger else ""
    return {**mark_view(tag, taxonomy), "tagger": tag.tagger, "beside": beside, "set_off_by": trigger}


def content_view(content: Content) -> dict[str, str]:
    """Return content for the one message that carries it; a withheld one has its route alone."""
    return {"subject": content.subject, "description": content.description, "route": content.route}


def progress_view(queue: Queue, ledger: Ledger) -> dict[str, int]:
    """Return where the person is and how far the queue is done."""
    return {
        "place": queue.place,
        "of": len(queue),
        "tagged": len(ledger.answers) - ledger.skipped,
        "skipped": ledger.skipped,
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
    if advice.precision is None:
        return (
            f"Too few past tags to tell how often this is right ({advice.n})."
            if advice.n
            else "Never measured on past tags."
        )
    low, high = advice.precision_low, advice.precision_high
    range_ = f" ({low:.0%} to {high:.0%})" if low is not None and high is not None else ""
    return f"Right in {advice.precision:.0%}{range_} of {advice.n} past tags."
