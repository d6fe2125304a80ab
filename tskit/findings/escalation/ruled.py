"""By which rule it was decided, by whom or what, who was told, how an appeal goes, and whether less would have done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Draft, capital
from tskit.findings.escalation.answer import Answer, answered, cases_of, moment, not_on_record
from tskit.findings.escalation.exposed import items
from tskit.findings.wording import listed, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.escalation.done import Done
    from tskit.findings.escalation.look import Escalation

__all__ = ["appealed", "automation", "notice", "proportion", "rule"]

_MOST_RULES = 3
_GRACE = timedelta(hours=24)
"""A decision made on the day of the change may have been begun before it."""
_STRENGTH = (
    *("account closed", "service ended", "payments ended", "account suspended", "service suspended"),
    *("payments suspended", "content removed", "content blocked"),
)
"""Measures that take something away altogether; all others leave it there, with a limit."""


def rule(escalation: Escalation, told: Done) -> Answer:
    """Return which rule was cited, in which version, and whether that version was in force."""
    draft, question = Draft(), "Which rule, and was its version in force?"
    cases = escalation.cases
    if "policy_id" not in cases:
        return not_on_record("rule", question, "the source does not say which rule was applied")
    decided = cases[cases["decided_at"].notna()] if "decided_at" in cases else cases.head(0)
    if decided.empty:
        return answered(
            "rule", question, draft, f"No rule was applied yet: {cases_of(draft, 'cases', told.cases)} not decided."
        )
    rules = decided["policy_id"].dropna().astype(str).value_counts().head(_MOST_RULES)
    lines = [_one_rule(escalation, draft, decided, str(name)) for name in rules.index]
    blank = int(decided["policy_id"].isna().sum())
    lines += [f"{cases_of(draft, 'decided_without_rule', blank)} decided without a rule on record."] if blank else []
    more = decided["policy_id"].nunique() - len(rules)
    lines += [f"{draft.number('more_rules', more)} further rules were applied."] if more else []
    return answered("rule", question, draft, *lines, ref="policy_versions")


def automation(told: Done) -> Answer:
    """Return what was found and what was decided by a machine, as far as the source says so."""
    draft, question = Draft(), "Was automation used?"
    found = "Who found it is not on record."
    if told.detected:
        among = draft.number("detection_known", sum(told.detected.values()))
        found = f"Found by automation: {draft.number('detected', told.detected[True])} of {among}."
    how = "How it was decided is not on record." if told.decided_cases else "Nothing is decided yet."
    if told.automated:
        among = draft.number("automation_known", sum(told.automated.values()))
        fully, partly = draft.number("fully", told.automated["fully"]), draft.number("partly", told.automated["partly"])
        how = f"Decided by automation: {fully} of {among} in full, {partly} in part; by people alone: {draft.number('by_people', told.automated['no'])}."
    return answered("automation", question, draft, found, how, ref="decided")


def notice(told: Done) -> Answer:
    """Return to how many of the decided cases' parties notice was given, and how long after the decision."""
    draft, question = Draft(), "Who was given notice?"
    if told.told_cases is None:
        return not_on_record("notice", question, "the source keeps no log of events")
    if not told.decided_cases:
        return answered("notice", question, draft, "Nothing is decided yet, so that nobody had to be told.")
    of = _decisions(draft, "decided", told.decided_cases)
    first = f"The parties were told of {draft.number('told', told.told_cases)} of {of}"
    if not told.told_cases:
        return answered("notice", question, draft, f"{first}, as far as the log says.", ref="story")
    after = _soon(draft, told)
    when = f"; half of them {after} of it" if told.told_cases > 1 else f", {after} of it"
    missing = told.decided_cases - told.told_cases
    open_ones = f"Of {draft.number('not_told', missing)} no notice is on record." if missing else ""
    return answered("notice", question, draft, f"{first}{when}.", open_ones, ref="story")


def appealed(escalation: Escalation, told: Done) -> Answer:
    """Return the appeals with what became of them, and until when an appeal is open."""
    draft, question = Draft(), "What is the appeal route?"
    if told.appeals is None:
        return not_on_record("appeal", question, "the source does not tell of appeals")
    results = [
        f"{draft.number(name, number)} {words}"
        for name, number, words in (
            ("overturned", told.overturned, "reversed in full or in part"),
            ("upheld", told.upheld, "upheld"),
            ("pending", told.appeals_pending, "not answered yet"),
        )
        if number
    ]
    of = f" of {_decisions(draft, 'decided', told.decided_cases)}" if told.decided_cases else ""
    none = f" against any{of}" if told.decided_cases != 1 else f" against the {of.removeprefix(' of ')}"
    made = (
        f"{draft.number('appeals', told.appeals)}{of} {'was' if told.appeals == 1 else 'were'} appealed: {listed(results)}."
        if told.appeals
        else f"Nobody appealed{none if of else ''} so far."
    )
    answer = answered("appeal", question, draft, made, _until(escalation, draft), ref="decided")
    return replace(answer, tone="worse" if told.overturned else "")


def proportion(escalation: Escalation, told: Done) -> Answer:
    """Return what was taken away and what was only limited, and whether somebody wrote down that less was considered."""
    draft, question = Draft(), "Was it necessary and proportionate?"
    hard = {name: number for name, number in told.by_action.items() if name in _STRENGTH}
    soft = {name: number for name, number in told.by_action.items() if name not in _STRENGTH}
    groups = (("taken away", hard), ("only limited", soft))
    parts = [f"{words}: {_in_cases(draft, some)}" for words, some in groups if some]
    what = (
        f"{capital('; '.join(parts))}."
        if parts
        else "No measure stands, so that nothing is restricted."
        if told.decided_cases
        else "Nothing is decided yet."
    )
    what = f"{what}{_less_first(escalation, draft)}"
    written = decisions_written(escalation)
    if written.empty:
        why = "Whether a less restrictive option was considered is not on record: nobody wrote it down."
        return answered("proportion", question, draft, what, why, ref="decision_log")
    first = written.iloc[0]
    at = moment(draft, "first_reason_at", first["at"], escalation)
    entries = draft.number("reasons", len(written), "items")
    why = f"The decision log gives reasons in {entries} {'entry' if len(written) == 1 else 'entries'}, the first from {at}; whether they weigh a less restrictive option is for the reader to judge."
    answer = answered("proportion", question, draft, what, why, ref="decision_log")
    quote = f"#{first['seq']}: \u201c{first['text']}\u201d"
    return replace(answer, quoting=(*answer.lines, quote), of_single_cases=True)


def decisions_written(escalation: Escalation) -> pd.DataFrame:
    """Return the entries of the decision log that say what was decided, as they stand, the first one first."""
    log = escalation.log
    return log[log["kind"].eq("decision") & log["state"].eq("stands") & log["text"].ne("")].sort_values(
        "at", kind="stable"
    )


def _in_cases(draft: Draft, actions: Mapping[str, int]) -> str:
    return listed([f"{words} in {draft.number(words.replace(' ', '_'), n)}" for words, n in actions.items()])


def _less_first(escalation: Escalation, draft: Draft) -> str:
    """Return on how many of the items that were taken away a limit came first, as the decisions themselves tell it."""
    found = items(escalation)
    gone = found[found["state"].eq("taken away")]
    if gone.empty:
        return ""
    first = draft.number("limited_first", int(gone["is_limited_first"].sum()))
    draft.number("items_gone", len(gone))
    return f" Of {plural(len(gone), 'item')} taken away, {first} had been limited first."


def _decisions(draft: Draft, name: str, number: int) -> str:
    return f"{draft.number(name, number)} {'decision' if number == 1 else 'decisions'}"


def _one_rule(escalation: Escalation, draft: Draft, decided: pd.DataFrame, name: str) -> str:
    mine = decided[decided["policy_id"].eq(name)]
    words = escalation.words(name)
    named = name if words == name else f"{words} ({draft.text(f'rule_{name}', name)})"
    of = draft.number(f"decided_{name}", len(mine))
    whole = f"{capital(named)} in {of} of {_decisions(draft, 'decided', len(decided))}"
    versions = escalation.versions.get(name)
    if "policy_version" not in mine or versions is None or versions.empty:
        return f"{whole}; which version is not on record."
    used = listed(
        [draft.text(f"version_{n}", v) for n, v in enumerate(sorted(set(mine["policy_version"].dropna().astype(str))))]
    )
    return f"{whole}, version {used}; {_in_force(draft, name, mine, versions)}."


def _in_force(draft: Draft, name: str, mine: pd.DataFrame, versions: pd.DataFrame) -> str:
    """Return whether the decisions were made on the version that was in force, a day of grace at a change."""
    used = mine.loc[mine["policy_version"].notna(), ["policy_version", "decided_at"]].sort_values("decided_at")
    starts = versions[["policy_version", "from_at"]].rename(columns={"policy_version": "right"})
    at = pd.merge_asof(used, starts.sort_values("from_at"), left_on="decided_at", right_on="from_at").dropna()
    if at.empty:
        return "nobody can tell whether it was in force"
    late = at[at["policy_version"].ne(at["right"]) & (at["decided_at"] - at["from_at"] > _GRACE)]
    if late.empty:
        return "in force when each was made, as all decisions of the source tell it"
    newer = draft.text(f"newer_{name}", str(late["right"].iloc[-1]))
    return f"{draft.number(f'superseded_{name}', len(late))} made on a version that {newer} had replaced"


def _soon(draft: Draft, told: Done) -> str:
    after = draft.number("told_hours", told.told_hours, "hours")
    return f"within {after}" if told.told_hours * 60 >= 1 else "within a minute"


def _until(escalation: Escalation, draft: Draft) -> str:
    """Return until when an appeal is open, where a deadline of the casebook says so."""
    names = [deadline.name for deadline in escalation.case_set.casebook.deadlines if deadline.met_by == "appealed_at"]
    due = escalation.deadlines.loc[escalation.deadlines["name"].isin(names), "due_at"].dropna()
    if due.empty:
        return "Until when an appeal is open is not on record: the casebook has no deadline for it."
    last = moment(draft, "appeal_until", due.max(), escalation)
    return f"Appeals are open until {last} at the latest; verify with legal."
