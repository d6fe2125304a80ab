"""What people disagree on: which cases somebody has to settle, the worst first, and who may see what meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.causes.judgements import judgements
from tskit.causes.outside import in_order
from tskit.causes.rounds import round_of
from tskit.causes.sampling import hashed
from tskit.causes.settled import ADJUDICATION, DOUBTS, is_final, is_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
    from tskit.causes.rounds import Round

__all__ = ["adjudication_of", "disputed", "people_tags", "progress", "visible"]

_SEVERITY = ("S0", "S1", "S2", "S3")
_COLUMNS = ["case_id", "level", "causes", "taggers", "severity", "confidence"]


def adjudication_of(round: str) -> str:  # noqa: A002  # the word of the domain
    """Return the round that judgements carry which settle the disputes of a blind round; without a name, those of all.

    >>> adjudication_of("2026-11")
    'adjudication:2026-11'
    """
    return f"{ADJUDICATION}:{round}" if round else ADJUDICATION


def disputed(
    log: TagLog,
    round: str = "",  # noqa: A002  # as above
    *,
    cases: pd.DataFrame | None = None,
    until: Moment = None,
) -> pd.DataFrame:
    """Return the cases that people tagged differently and nobody has settled yet, one row each, the worst first.

    Worst is: another cause at level 1 (`level` 1), then the gravest `severity`, then how many of the people were
    unsure (`confidence` is the lowest). `causes` and `taggers` are lists. Rules never count; who skipped has no say.

    Args:
        log: where people's judgements are.
        round: a blind round; empty for all that people tagged.
        cases: a frame with `case_id` and, where it is to count, `severity`.
        until: as of when; a number counts entries of the log.
    """
    found = judgements(log, until=until)
    final = found["case_id"][(found["kind"] == "tag") & is_final(found["round"])]
    tags = people_tags(found, round)
    left = tags[~tags["case_id"].isin(final)]
    apart = left.groupby("case_id")["cause"].nunique()
    left = left[left["case_id"].isin(apart.index[apart > 1])]
    rows = [_row(str(case), group) for case, group in left.groupby("case_id", sort=False)]
    return _ranked(rows, cases)


def visible(log: TagLog, round_: Round, *, person: str, case_id: str, adjudicates: bool = False) -> pd.DataFrame:
    """Return the judgements of a case that a person may see, as `judgements` has them.

    In a blind round these are their own alone, from this round; once they have decided, nothing more, since a changed
    mind must be their own, too. Whoever adjudicates sees all judgements of the round. Outside of a blind round everybody
    sees everything.
    """
    found = judgements(log, subject=case_id)
    if adjudicates:
        return found[found["round"].isin([round_.name, adjudication_of(round_.name)])]
    if round_.is_blind:
        return found[(found["round"] == round_.name) & (found["tagger"] == person)]
    return found


def progress(log: TagLog, round: str) -> pd.DataFrame:  # noqa: A002  # as above
    """Return how far a round is: one row a person, in the order of their names: it is no ranking.

    Columns: `person`, `assigned`, `tagged`, `skipped`, `flagged` (for later, not decided), `left`.

    Raises:
        ParameterError: there is no such round.
    """
    import pandas as pd  # noqa: PLC0415  # slow to import, and the review of a case does without

    planned = round_of(log, round)
    found = judgements(log, round=round)
    rows = [_done(found, person, planned.cases_of(person)) for person in planned.people]
    return pd.DataFrame(rows, columns=["person", "assigned", "tagged", "skipped", "flagged", "left"])


def people_tags(found: pd.DataFrame, round: str = "") -> pd.DataFrame:  # noqa: A002  # as above
    """Return people's own tags: each person's latest of a case, without rules and without what settled a dispute."""
    tags = found[(found["kind"] == "tag") & ~is_rule(found["tagger"])]
    tags = tags[tags["round"] == round] if round else tags[~is_final(tags["round"])]
    return tags.drop_duplicates(["case_id", "tagger"], keep="last")


def _row(case: str, group: pd.DataFrame) -> dict[str, object]:
    doubts = sorted(group["confidence"], key=lambda word: -DOUBTS.get(word, 0))
    return {
        "case_id": case,
        "level": 1 if len(set(group["cause_l1"])) > 1 else 2,
        "causes": in_order(set(group["cause"])),
        "taggers": sorted(group["tagger"]),
        "confidence": doubts[0],
        "_unsure": sum(DOUBTS.get(word, 0) for word in group["confidence"]) / len(group),
    }


def _ranked(rows: Sequence[dict[str, object]], cases: pd.DataFrame | None) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  # as above

    frame = pd.DataFrame(rows, columns=[*(name for name in _COLUMNS if name != "severity"), "_unsure"])
    frame["severity"] = pd.Series(pd.NA, index=frame.index, dtype="str")
    if cases is not None and "severity" in cases.columns:
        known = cases.drop_duplicates("case_id").set_index("case_id")["severity"].astype("str")
        frame["severity"] = frame["case_id"].map(known).astype("str")
    # Which of two equal cases comes first must not follow their ids, which follow the day they were opened.
    lots = frame["case_id"].map(lambda case: hashed(str(case), key="adjudicate"))
    grave = frame["severity"].map({name: n for n, name in enumerate(_SEVERITY)}).astype("float64").fillna(-1)
    order = frame.assign(_grave=-grave, _unsure=-frame["_unsure"].astype("float64"), _lot=lots.astype("float64"))
    return order.sort_values(["level", "_grave", "_unsure", "_lot"], ignore_index=True)[_COLUMNS]


def _done(found: pd.DataFrame, person: str, planned: Sequence[str]) -> tuple[str, int, int, int, int, int]:
    mine = found[(found["tagger"] == person) & found["case_id"].isin(planned)]
    tagged, skipped, flagged = (set(mine["case_id"][mine["kind"] == kind]) for kind in ("tag", "skip", "flag"))
    skipped -= tagged
    left = len(planned) - len(tagged | skipped)
    return person, len(planned), len(tagged), len(skipped), len(flagged), left
