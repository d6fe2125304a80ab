"""What people have said of the cases: their tags, the whys, the actions, and how similar cases were tagged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes import taxonomy_of
from tskit.causes.register import actions
from tskit.causes.similar import neighbours
from tskit.causes.whys import whys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tskit.causes import TagLog, Taxonomy
    from tskit.causes.register import Action
    from tskit.causes.whys import Chain
    from tskit.model import CaseSet

__all__ = ["Judged", "judged"]

_MOST_SIMILAR = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """People's judgements of the cases.

    `tags` holds the standing judgements and `settled` what they add up to, `similar` the most similar tagged cases of
    each case with their causes. `has_records` says whether the team keeps any; without, all of it is empty.
    """

    taxonomy: Taxonomy
    tags: pd.DataFrame = field(repr=False)
    settled: pd.DataFrame = field(repr=False)
    similar: pd.DataFrame = field(repr=False)
    chains: Mapping[str, Chain] = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)
    has_records: bool = True


def judged(case_set: CaseSet, case_ids: Sequence[str], *, until: datetime | None = None) -> Judged:
    """Return what people have said of the cases; reading never makes a record where there is none."""
    from tskit.causes import open_log  # noqa: PLC0415  # brings SQLAlchemy

    if not _keeps_records(case_set):
        empty = pd.DataFrame(columns=["case_id", "cause", "cause_l1", "trigger", "how", "raters"])
        return Judged(taxonomy_of(case_set.casebook), empty, empty, _no_similar(), {}, (), has_records=False)
    log = open_log(case_set.casebook)
    with log.store:
        return _read(log, case_set, list(case_ids), until)


def _read(log: TagLog, case_set: CaseSet, ids: list[str], until: datetime | None) -> Judged:
    from tskit.causes import judgements, settled  # noqa: PLC0415  # as above

    found, whole = judgements(log, until=until), settled(log, until=until)
    return Judged(
        log.taxonomy,
        found[found["case_id"].isin(ids)].reset_index(drop=True),
        whole[whole["case_id"].isin(ids)].reset_index(drop=True),
        _similar(case_set, ids, whole),
        {chain.subject: chain for chain in whys(log, until=until) if chain.subject in set(ids)},
        _about(log, whole[whole["case_id"].isin(ids)], until),
    )


def _keeps_records(case_set: CaseSet) -> bool:
    from tskit.causes.tags import location_of  # noqa: PLC0415  # as above

    place = location_of(case_set.casebook)
    return case_set.casebook.is_sample or not isinstance(place, Path) or place.exists()


def _similar(case_set: CaseSet, case_ids: Sequence[str], whole: pd.DataFrame) -> pd.DataFrame:
    """Return the most similar tagged cases of each case: `case_id`, `similar_id`, `similarity`, `cause`, `how`."""
    tagged = whole[whole["cause"].notna() & whole["cause"].ne("")]
    parts = [_near(case_set, case_id, tagged) for case_id in case_ids] if len(tagged) else []
    return pd.concat([_no_similar(), *[part for part in parts if len(part)]], ignore_index=True)


def _near(case_set: CaseSet, case_id: str, tagged: pd.DataFrame) -> pd.DataFrame:
    among = [other for other in tagged["case_id"] if other != case_id]
    if not among:
        return _no_similar()
    found = neighbours(case_set, case_id, among=among, limit=_MOST_SIMILAR).rename(columns={"case_id": "similar_id"})
    causes = tagged.set_index("case_id")[["cause", "trigger", "how"]]
    return found.join(causes, on="similar_id").assign(case_id=case_id)


def _no_similar() -> pd.DataFrame:
    return pd.DataFrame(columns=["case_id", "similar_id", "similarity", "cause", "trigger", "how"])


def _about(log: TagLog, mine: pd.DataFrame, until: datetime | None) -> tuple[Action, ...]:
    """Return the actions of the register that answer to the causes of these cases."""
    causes = set(mine["cause"].dropna()) - {""}
    levels = {cause.partition(".")[0] for cause in causes}
    return tuple(action for action in actions(log, until=until) if action.cause in causes | levels)
