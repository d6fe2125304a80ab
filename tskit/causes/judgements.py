"""The judgements that stand, as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.causes.entries import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from tskit.causes.entries import Moment, TagLog
    from tskit.causes.taxonomy import Taxonomy
    from tskit.records import Entry

__all__ = ["COLUMNS", "frame_of", "judgements"]

COLUMNS = (
    "case_id",
    "kind",
    "cause",
    "cause_l1",
    "contributing",
    "trigger",
    "confidence",
    "tagger",
    "tagged_at",
    "taxonomy_version",
    "round",
    "key",
    "supersedes",
    "has_note",
)


def judgements(
    log: TagLog,
    *,
    until: Moment = None,
    round: str | None = None,  # noqa: A002  # the domain's word, and the name of the column
    tagger: str = "",
    subject: str = "",
) -> pd.DataFrame:
    """Return one row for each judgement that stands, in the order in which they were made, without the notes' text.

    Causes are carried to the present taxonomy. `cause`, `cause_l1` and `trigger` are empty texts where there is none,
    `contributing` is a list.

    Args:
        log: where to read.
        until: as of when; a number counts entries of the log.
        round: one blind round, or "" for what was tagged outside of any; None for all.
        tagger: one person or rule.
        subject: one case.
    """
    found = standing(log, until=until, subject=subject, author=tagger)
    if round is not None:
        found = [entry for entry in found if entry.body.get("round", "") == round]
    return frame_of(found, log.taxonomy)


def frame_of(found: Sequence[Entry], taxonomy: Taxonomy) -> pd.DataFrame:
    """Return entries of the log as a frame with the columns of `judgements`."""
    import pandas as pd  # noqa: PLC0415  # slow to import, and the review of a case does without

    carry = _carrier(taxonomy)
    bodies: list[Mapping[str, Any]] = [entry.body for entry in found]
    versions = [body.get("taxonomy_version", "") for body in bodies]
    causes = [carry(body.get("cause", ""), v) for body, v in zip(bodies, versions, strict=True)]
    level1 = {cause: taxonomy.level1(cause) if cause else "" for cause in set(causes)}
    contributing = [_carried(body, v, c, carry) for body, v, c in zip(bodies, versions, causes, strict=True)]
    columns: dict[str, list[Any]] = {
        "case_id": [entry.subject for entry in found],
        "kind": [entry.kind for entry in found],
        "cause": causes,
        "cause_l1": [level1[cause] for cause in causes],
        "contributing": contributing,
        "trigger": [carry(body.get("trigger", ""), v) for body, v in zip(bodies, versions, strict=True)],
        "confidence": [body.get("confidence", "") for body in bodies],
        "tagger": [entry.author for entry in found],
        "tagged_at": [entry.at for entry in found],
        "taxonomy_version": versions,
        "round": [body.get("round", "") for body in bodies],
        "key": [entry.key for entry in found],
        "supersedes": [entry.supersedes for entry in found],
        "has_note": ["note" in body for body in bodies],
    }
    return pd.DataFrame({name: pd.Series(columns[name], dtype=_dtype(name)) for name in COLUMNS})


def _dtype(name: str) -> str:
    return {"contributing": "object", "tagged_at": "datetime64[us, UTC]", "has_note": "bool"}.get(name, "str")


def _carrier(taxonomy: Taxonomy) -> Callable[[str, str], str]:
    """Return a function that carries an id on, and looks up each pair of id and version once."""
    known: dict[tuple[str, str], str] = {}

    def carry(cause: str, version: str) -> str:
        pair = (cause, version)
        if pair not in known:
            known[pair] = taxonomy.carry(cause, version)
        return known[pair]

    return carry


def _carried(body: Mapping[str, Any], version: str, cause: str, carry: Callable[[str, str], str]) -> list[str]:
    # Two causes may have become one, which then contributes to itself or twice.
    found = dict.fromkeys(carry(other, version) for other in body.get("contributing", ()))
    return [other for other in found if other != cause]
