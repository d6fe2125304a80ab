"""What people have said of the cases: their tags, the whys, the actions, and how similar cases were tagged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes import taxonomy_of
from tskit.causes.register import actions
from tskit.causes.similar import index_cases, texts_of
from tskit.causes.state import TagState, tag_state
from tskit.causes.whys import whys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.causes import TagLog, Taxonomy
    from tskit.causes.register import Action
    from tskit.causes.similar import CaseIndex
    from tskit.causes.whys import Chain
    from tskit.model import CaseSet

__all__ = ["Judged", "judged", "unjudged"]

_MOST_SIMILAR = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """People's judgements of the cases.

    `tags` holds the standing judgements and `settled` what they add up to, `similar` the most similar tagged cases of
    each case with their causes. Where the team keeps no records all of it is empty.
    """

    taxonomy: Taxonomy
    tags: pd.DataFrame = field(repr=False)
    settled: pd.DataFrame = field(repr=False)
    similar: pd.DataFrame = field(repr=False)
    chains: Mapping[str, Chain] = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)
    state: TagState | None = None
    """The place in the log that they were read from; None where the team keeps no records."""

    @property
    def has_records(self) -> bool:
        """Return whether the team keeps records at all."""
        return self.state is not None


def judged(case_set: CaseSet, case_ids: Sequence[str], *, until: str = "") -> Judged:
    """Return what people have said of the cases as of a moment; reading never makes a record where there is none.

    `until` is empty for now, a day to its end, a time, or "#412" for the first 412 entries of the log.
    """
    if not case_set.casebook.keeps_records:
        return unjudged(case_set)
    state = tag_state(case_set, until=until)
    with state.log.store:
        return _read(state, case_set, list(case_ids))


def unjudged(case_set: CaseSet) -> Judged:
    """Return that nobody has said anything, for a write-up that asks nobody's tags."""
    empty = pd.DataFrame(columns=["case_id", "cause", "cause_l1", "trigger", "how", "raters"])
    return Judged(taxonomy_of(case_set.casebook), empty, empty, _no_similar(), {}, (), None)


def _read(state: TagState, case_set: CaseSet, ids: list[str]) -> Judged:
    mine = state.settled[state.settled["case_id"].isin(ids)].reset_index(drop=True)
    # The whys and the actions have logs of their own: a number of entries of the tags says nothing of them.
    at = state.until if isinstance(state.until, datetime) else None
    chains = {chain.subject: chain for chain in whys(state.log, until=at) if chain.subject in set(ids)}
    return Judged(
        state.taxonomy,
        state.judgements[state.judgements["case_id"].isin(ids)].reset_index(drop=True),
        mine,
        _similar(case_set, ids, state.settled),
        chains,
        _about(state.log, mine, at),
        state,
    )


def _similar(case_set: CaseSet, case_ids: Sequence[str], whole: pd.DataFrame) -> pd.DataFrame:
    """Return the most similar tagged cases of each case: `case_id`, `similar_id`, `similarity`, `cause`, `how`."""
    tagged = whole[whole["cause"].notna() & whole["cause"].ne("")].set_index("case_id")[["cause", "trigger", "how"]]
    if tagged.empty:
        return _no_similar()
    index = index_cases(case_set, texts_of(case_set, list(dict.fromkeys([*case_ids, *tagged.index]))))
    parts = [_near(index, case_id, tagged) for case_id in case_ids if case_id in index.texts]
    return pd.concat([_no_similar(), *[part for part in parts if len(part)]], ignore_index=True)


def _near(index: CaseIndex, case_id: str, tagged: pd.DataFrame) -> pd.DataFrame:
    likeness = pd.Series(index.likeness(case_id), index=list(index.ids), name="similarity", dtype="float64")
    others = likeness[likeness.index.isin(tagged.index) & (likeness.index != case_id)]
    frame = others.rename_axis("similar_id").reset_index()
    first = frame.sort_values(["similarity", "similar_id"], ascending=[False, True]).head(_MOST_SIMILAR)
    return first.join(tagged, on="similar_id").assign(case_id=case_id)


def _no_similar() -> pd.DataFrame:
    return pd.DataFrame(columns=["case_id", "similar_id", "similarity", "cause", "trigger", "how"])


def _about(log: TagLog, mine: pd.DataFrame, until: datetime | None) -> tuple[Action, ...]:
    """Return the actions of the register that answer to the causes of these cases."""
    causes = set(mine["cause"].dropna()) - {""}
    levels = {cause.partition(".")[0] for cause in causes}
    return tuple(action for action in actions(log, until=until) if action.cause in causes | levels)
