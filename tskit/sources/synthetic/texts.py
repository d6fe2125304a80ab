"""Subjects and reports: harmless templates in the language of the content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tskit.sources.synthetic.arrivals import CLUSTER
from tskit.sources.synthetic.arrow import pc
from tskit.sources.synthetic.world import LANGUAGES, POLICIES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Text
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.world import Ints

__all__ = ["Texts", "phrase_rows", "write_texts"]

_NUMBERS = 58
_UNSAID = [policy.code for policy in POLICIES].index("DAN-CHILD-SAFETY")
_LOOK_ALIKE = str.maketrans("aeoipcyx", "аеоірсух")


@dataclass(frozen=True, slots=True)
class Texts:
    """The subject and the description of each case, as Arrow text."""

    subject: Text
    description: Text


@dataclass(frozen=True, slots=True)
class _Template:
    """Texts cut at their slots: `pre`, a title or nothing, `mid`, a number or nothing, `post`."""

    pieces: tuple[Text, ...]
    slots: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Phrases:
    subjects: tuple[str, ...]
    bodies: tuple[str, ...]
    titles: tuple[tuple[str, ...], ...]
    openings: tuple[tuple[str, ...], ...]
    middles: tuple[tuple[str, ...], ...]
    around: tuple[tuple[str, ...], tuple[str, ...]]
    """What comes before and after a text: as many choices a language, joined in the order of languages."""


def write_texts(intake: Intake, rng: np.random.Generator) -> Texts:
    """Return the texts of every case; those of the coordinated cluster are variants of one."""
    phrases = _phrases()
    n = len(intake)
    cell = intake.language * len(POLICIES) + intake.policy
    titles = _title_ids(intake, rng)
    numbers = 2 + (rng.random(n) ** 2 * _NUMBERS).astype(np.int64)
    subject = _filled(phrases.subjects, cell, (titles, numbers))
    body = _filled(phrases.bodies, 2 * cell + rng.integers(0, 2, n), (titles, numbers))
    body = _surrounded(body, intake, rng)
    special = np.flatnonzero(intake.origin == CLUSTER)
    if len(special) == 0:
        return Texts(subject, body)
    mask = pa.array(intake.origin == CLUSTER)
    pairs = [_variant(phrases, rng) for _ in special]
    return Texts(
        pc.replace_with_mask(subject, mask, pa.array([pair[0] for pair in pairs], pa.string())),
        pc.replace_with_mask(body, mask, pa.array([pair[1] for pair in pairs], pa.string())),
    )


def _surrounded(body: Text, intake: Intake, rng: np.random.Generator) -> Text:
    """Return the texts with a sentence of the reporter's own before and after most of them.

    Without these, honest reports of one kind would look as alike as the texts of a campaign.
    """
    for place, words in enumerate(_phrases().around):
        choices = len(words) // len(LANGUAGES)
        chosen = intake.language * choices + rng.integers(0, choices, len(intake))
        spoken = (rng.random(len(intake)) < 0.8) & (intake.policy != _UNSAID)
        extra = pa.array(words).take(pa.array(chosen))
        pair = (extra, body) if place == 0 else (body, extra)
        body = pc.if_else(pa.array(spoken), pc.binary_join_element_wise(*pair, " "), body)
    return body


def _title_ids(intake: Intake, rng: np.random.Generator) -> Ints:
    """Return one title a case, as a position in the joined list of all languages' titles."""
    sizes = np.array([len(titles) for titles in _phrases().titles])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return starts[intake.language] + (rng.random(len(intake)) * sizes[intake.language]).astype(np.int64)


def _filled(templates: tuple[str, ...], which: Ints, values: tuple[Ints, Ints]) -> Text:
    titles = pa.array([title for language in _phrases().titles for title in language])
    shown = titles.take(pa.array(values[0]))
    number = pc.cast(pa.array(values[1]), pa.string())
    chosen = pa.array(which)
    pieces = [_cut(text) for text in templates]
    taken = [pa.array([piece[i] for piece in pieces]).take(chosen) for i in range(3)]
    orders = pa.array([piece[3] for piece in pieces]).take(chosen)
    has_title = pc.not_equal(orders, pa.scalar("n"))
    has_number = pc.not_equal(orders, pa.scalar("t"))
    swapped = pc.equal(orders, pa.scalar("nt"))
    one = pc.if_else(has_title, shown, "")
    two = pc.if_else(has_number, number, "")
    left, right = pc.if_else(swapped, two, one), pc.if_else(swapped, one, two)
    return pc.binary_join_element_wise(taken[0], left, taken[1], right, taken[2], "")


def _cut(text: str) -> tuple[str, str, str, str]:
    """Return the three pieces around the slots and the order of the slots: tn, nt, t or n."""
    title, number = text.find("{t}"), text.find("{n}")
    if title < 0 or number < 0:
        order = "t" if number < 0 else "n"
        before, _, after = text.partition("{t}" if number < 0 else "{n}")
        return (before, after, "", order) if order == "t" else (before, "", after, order)
    first, second = ("{t}", "{n}") if title < number else ("{n}", "{t}")
    before, _, rest = text.partition(first)
    middle, _, after = rest.partition(second)
    return before, middle, after, "tn" if title < number else "nt"


def _variant(phrases: _Phrases, rng: np.random.Generator) -> tuple[str, str]:
    opening, hold = (str(rng.choice(list(words))) for words in phrases.openings[:2])
    verb, when, why = (str(rng.choice(list(words))) for words in phrases.middles)
    body = f"{hold}. {phrases.openings[2][0]} Please {verb} {when} {why}. Support desk, ref {rng.integers(1000, 9999)}."
    words = body.split(" ")
    for i in rng.choice(len(words), size=int(rng.integers(1, 5)), replace=False):
        words[i] = words[i].translate(_LOOK_ALIKE) if rng.random() < 0.6 else " ".join(words[i])
    text = " ".join(words)
    return opening, text.replace(". ", ".  ") if rng.random() < 0.3 else text


@cache
def phrase_rows() -> dict[tuple[str, str], list[str]]:
    """Return the lines of the file of phrases by their first two cells."""
    text = files("tskit.sources.synthetic").joinpath("phrases.txt").read_text(encoding="utf-8")
    rows = [[c.strip() for c in line.split("|")] for line in text.splitlines() if line and line[0] != "#"]
    return {(row[0], row[1]): row[2:] for row in rows}


@cache
def _phrases() -> _Phrases:
    found = phrase_rows()
    cells = [found[language, policy.code] for language in LANGUAGES for policy in POLICIES]
    titles = tuple(
        _titles(*found[language, "titles"], space="" if language in ("th", "zh") else " ") for language in LANGUAGES
    )
    openings = tuple(tuple(words.split(";")) for words in found["cluster", "opening"])
    middles = tuple(tuple(words.split(";")) for words in found["cluster", "middle"])
    before, after = (
        tuple(words for language in LANGUAGES for words in found[language, "around"][place].split(";"))
        for place in (0, 1)
    )
    bodies = tuple(body for cell in cells for body in cell[1:3])
    return _Phrases(tuple(cell[0] for cell in cells), bodies, titles, openings, middles, (before, after))


def _titles(first: str, second: str, *, space: str) -> tuple[str, ...]:
    return tuple(f"{one}{space}{two}" for one in first.split(";") for two in second.split(";"))
