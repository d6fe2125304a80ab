"""Five whys: an ordered chain of answers, each with its evidence, down to the earliest cause that can be controlled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tskit.causes.outside import is_not_an_error, is_undetermined
from tskit.errors import ParameterError
from tskit.text import check_line, check_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.causes.entries import TagLog
    from tskit.causes.taxonomy import Taxonomy
    from tskit.records import Draft, Entry

__all__ = ["LOG", "MOST_WHYS", "Chain", "Root", "Why", "about_cause", "draft_of", "record_whys", "root_of", "whys"]

LOG = "whys"
_KIND = "whys"
MOST_WHYS = 7
"""Longer chains have left what one team can act on."""


@dataclass(frozen=True, slots=True)
class Why:
    """One answer: why the step before it happened, what shows that, and the cause of the taxonomy that it names."""

    text: str = field(repr=False)
    evidence: str = field(repr=False)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The whys of one subject: a case by its id, or a cause by `about_cause`."""

    subject: str
    steps: tuple[Why, ...]
    author: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Root:
    """Where a chain ends: the earliest controllable cause, its place among the steps (from 1), and what is left to ask.

    `cause` is empty and `step` 0 where no step names one.
    """

    cause: str
    step: int
    is_finished: bool
    left_to_ask: str = ""


def about_cause(cause: str) -> str:
    """Return the subject of a chain about a cause rather than a single case.

    >>> about_cause("RC2.1")
    'cause:RC2.1'
    """
    return f"cause:{cause}"


def record_whys(log: TagLog, subject: str, steps: Sequence[Why], *, author: str, at: datetime) -> Chain:
    """Write a chain, and return it; it takes the place of the one about the same subject, which stays in the history.

    Raises:
        ParameterError: there is no step or more than 7, a step has no answer or no evidence, or an unknown cause.
    """
    before = log.store.entries(LOG, subject=subject)
    standing = log.store.standing(LOG, subject=subject)
    draft = draft_of(Chain(subject, tuple(steps), author, at, f"{subject}:{len(before) + 1}"), taxonomy=log.taxonomy)
    draft = replace(draft, supersedes=standing[-1].key if standing else "")
    return _chain(log.store.append(LOG, [draft])[0], log.taxonomy)


def draft_of(chain: Chain, *, taxonomy: Taxonomy) -> Draft:
    """Return what is to be written for a chain.

    Raises:
        ParameterError: there is no step or more than 7, a step has no answer or no evidence, or an unknown cause.
    """
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading a taxonomy does not need

    _check(chain.steps, taxonomy)
    check_line(chain.subject, what="What a chain is about", most=300)
    check_line(chain.author, what="The name of who writes", most=120)
    body: dict[str, Any] = {
        "steps": [{"why": step.text, "evidence": step.evidence, "cause": step.cause} for step in chain.steps],
        "taxonomy_version": taxonomy.version,
    }
    return Draft(_KIND, chain.subject, chain.author, chain.at, chain.key, "", body)


def whys(log: TagLog, *, subject: str = "", until: datetime | None = None) -> list[Chain]:
    """Return the chains that stand, in the order of their writing; `until` as of an earlier moment."""
    return [_chain(entry, log.taxonomy) for entry in log.store.standing(LOG, until=until, subject=subject)]


def root_of(chain: Chain, *, taxonomy: Taxonomy) -> Root:
    """Return where the chain ends: its last step that names a cause which can be controlled.

    What is outside our control is a trigger and never the end, and nor is a reviewer's mistake: what let it happen has
    to be asked once more.
    """
    named = [(i, step.cause) for i, step in enumerate(chain.steps, start=1) if _is_ours(step.cause, taxonomy)]
    if not named:
        return Root("", 0, is_finished=False, left_to_ask="which part of it is in our hands")
    step, cause = named[-1]
    if taxonomy.get(cause).needs_why:
        return Root(cause, step, is_finished=False, left_to_ask="what let the mistake happen")
    return Root(cause, step, is_finished=True)


def _is_ours(cause: str, taxonomy: Taxonomy) -> bool:
    if not cause or cause not in taxonomy or is_undetermined(cause) or is_not_an_error(cause):
        return False
    return not taxonomy.get(cause).is_trigger


def _check(steps: Sequence[Why], taxonomy: Taxonomy) -> None:
    if not 1 <= len(steps) <= MOST_WHYS:
        raise ParameterError(f"A chain has 1 to {MOST_WHYS} whys, and this one has {len(steps)}.")
    for number, step in enumerate(steps, start=1):
        if not step.text.strip():
            raise ParameterError(f"Why {number} has no answer. Write what made the step before it happen.")
        if not step.evidence.strip():
            raise ParameterError(f"Why {number} has no evidence. Say what shows it: a case, a figure, a document.")
        check_words(step.text, what=f"The answer to why {number}")
        check_words(step.evidence, what=f"The evidence of why {number}")
        if step.cause:
            taxonomy.get(step.cause)


def _chain(entry: Entry, taxonomy: Taxonomy) -> Chain:
    version = entry.body.get("taxonomy_version", "")
    steps = tuple(
        Why(step["why"], step["evidence"], taxonomy.carry(step["cause"], version) if step["cause"] else "")
        for step in entry.body["steps"]
    )
    return Chain(entry.subject, steps, entry.author, entry.at, entry.key)
