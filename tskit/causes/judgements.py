"""The judgements that stand, as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.causes.entries import standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
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

    bodies: list[Mapping[str, Any]] = [entry.body for entry in found]
    carried = _carried(bodies, taxonomy)
    level1 = {cause: taxonomy.level1(cause) if cause else "" for cause in set(carried["cause"])}
    columns: dict[str, list[Any]] = {
        **{name: [body.get(name, "") for body in bodies] for name in ("confidence", "taxonomy_version", "round")},
        **carried,
        "case_id": [entry.subject for entry in found],
        "kind": [entry.kind for entry in found],
        "cause_l1": [level1[cause] for cause in carried["cause"]],
        "tagger": [entry.author for entry in found],
        "tagged_at": [entry.at for entry in found],
        "key": [entry.key for entry in found],
        "supersedes": [entry.supersedes for entry in found],
        "has_note": ["note" in body for body in bodies],
    }
    return pd.DataFrame({name: pd.Series(columns[name], dtype=_dtype(name)) for name in COLUMNS})


def _dtype(name: str) -> str:
    return {"contributing": "object", "tagged_at": "datetime64[us, UTC]", "has_note": "bool"}.get(name, "str")


def _carried(bodies: Sequence[Mapping[str, Any]], taxonomy: Taxonomy) -> dict[str, list[Any]]:
    """Return the columns that name causes, by their present ids."""
    causes = [body.get("cause", "") for body in bodies]
    triggers = [body.get("trigger", "") for body in bodies]
    contributing = [list(body.get("contributing", ())) for body in bodies]
    if taxonomy.renames:
        versions = [body.get("taxonomy_version", "") for body in bodies]
        causes, triggers = (
            [taxonomy.carry(cause, version) for cause, version in zip(named, versions, strict=True)]
            for named in (causes, triggers)
        )
        contributing = [
            _distinct([taxonomy.carry(other, version) for other in others], cause)
            for others, version, cause in zip(contributing, versions, causes, strict=True)
        ]
    return {"cause": causes, "trigger": triggers, "contributing": contributing}


def _distinct(others: Sequence[str], cause: str) -> list[str]:
    # Two causes may have become one, which would then contribute to itself, or twice.
    return [other for other in dict.fromkeys(others) if other != cause]
