"""What a team holds of each case, once its people's judgements are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.causes.judgements import judgements

if TYPE_CHECKING:
    import pandas as pd

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog

__all__ = ["ADJUDICATION", "DOUBTS", "HOW", "is_final", "is_rule", "settled", "settled_of"]

ADJUDICATION = "adjudication"
"""The round, or with a colon and a name the beginning of one, whose judgements settle what people disagree on."""

HOW = ("adjudicated", "agreed", "single", "disputed")

_RULE = "rule:"
_MOST_CONTRIBUTING = 2
DOUBTS = {"high": 0, "medium": 1, "low": 2}
"""How unsure somebody was, by the word for confidence; the larger, the more."""
_COLUMNS = (
    "case_id",
    "cause",
    "cause_l1",
    "contributing",
    "trigger",
    "confidence",
    "raters",
    "how",
    "round",
    "tagged_at",
)


def settled(log: TagLog, *, until: Moment = None) -> pd.DataFrame:
    """Return one row for each case that people tagged, ordered by case.

    An adjudication settles a case. Otherwise each person's latest tag counts: where all name the same cause the case is
    agreed, and single where only one person tagged it; else it is disputed and has no cause (NA), but keeps its
    `cause_l1` where that is the same for all. What more than half of the people name contributes or is the trigger;
    confidence is the lowest. `raters` counts the people but the adjudicator, `tagged_at` is the latest of the tags that
    count, and `round` is their blind round where they share one. Rules never count.
    """
    return settled_of(judgements(log, until=until))


def settled_of(found: pd.DataFrame) -> pd.DataFrame:
    """Return what `settled` returns for judgements that were read already."""
    import pandas as pd  # noqa: PLC0415  # slow to import, and the review of a case does without

    tags = found[(found["kind"] == "tag") & ~is_rule(found["tagger"])]
    settles = is_final(tags["round"])
    final = tags[settles].drop_duplicates("case_id", keep="last").assign(how="adjudicated")
    each = tags[~settles].drop_duplicates(["case_id", "tagger"], keep="last")
    rest = _together(each[~each["case_id"].isin(final["case_id"])])
    rows = pd.concat([final, rest], ignore_index=True)
    rows["raters"] = rows["case_id"].map(each.groupby("case_id").size()).fillna(0).astype("int64")
    return rows.sort_values("case_id", ignore_index=True)[list(_COLUMNS)]


def is_rule(taggers: pd.Series[str]) -> pd.Series[bool]:
    """Return which of the taggers are rules, whose suggestions nobody has confirmed."""
    return taggers.str.startswith(_RULE)


def is_final(rounds: pd.Series[str]) -> pd.Series[bool]:
    """Return which of the rounds settle what people disagree on: adjudications, of one blind round or of all."""
    return rounds.eq(ADJUDICATION) | rounds.str.startswith(f"{ADJUDICATION}:")


def _together(tags: pd.DataFrame) -> pd.DataFrame:
    """Return the people's tags of each case as one row."""
    cases = tags.assign(doubt=tags["confidence"].map(DOUBTS)).groupby("case_id", sort=False)
    firsts = {name: (name, "first") for name in ("cause", "cause_l1", "round")}
    kinds = {f"{name}_kinds": (name, "nunique") for name in firsts}
    rows = cases.agg(
        **firsts, **kinds, raters=("tagger", "size"), tagged_at=("tagged_at", "max"), doubt=("doubt", "max")
    )
    rows["how"] = "agreed"
    rows.loc[rows["raters"] == 1, "how"] = "single"
    rows.loc[rows["cause_kinds"] > 1, "how"] = "disputed"
    for name in ("cause", "cause_l1"):
        rows[name] = rows[name].where(rows[f"{name}_kinds"] == 1)
    rows["round"] = rows["round"].where(rows["round_kinds"] == 1, "")
    rows["confidence"] = rows["doubt"].map({doubt: word for word, doubt in DOUBTS.items()}).astype("str")
    triggers, contributing = (_by_most(tags, column) for column in ("trigger", "contributing"))
    rows = rows.reset_index()
    rows["trigger"] = _column(rows, [(triggers.get(case_id) or [""])[0] for case_id in rows["case_id"]], dtype="str")
    named = [contributing.get(case_id, [])[:_MOST_CONTRIBUTING] for case_id in rows["case_id"]]
    rows["contributing"] = _column(rows, named, dtype="object")
    return rows


def _column(rows: pd.DataFrame, values: list[Any], *, dtype: str) -> pd.Series[Any]:
    import pandas as pd  # noqa: PLC0415  # as above

    return pd.Series(values, index=rows.index, dtype=dtype)


def _by_most(tags: pd.DataFrame, column: str) -> dict[str, list[str]]:
    """Return by case what more than half of its people name, the most named first."""
    named = tags[["case_id", column]].explode(column)
    named = named[named[column].notna() & (named[column] != "")]
    counts = named.groupby(["case_id", column], sort=False).size().sort_values(ascending=False, kind="stable")
    people = tags.groupby("case_id").size().to_dict()
    found: dict[str, list[str]] = {}
    by_case, names = (counts.index.get_level_values(level) for level in (0, 1))
    for case_id, name, count in zip(by_case, names, counts, strict=True):
        if count * 2 > people[case_id]:
            found.setdefault(case_id, []).append(name)
    return found
