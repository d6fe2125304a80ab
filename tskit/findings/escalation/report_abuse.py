"""Signs that reports are not honest: few reporters, reporters nobody knew before, nearly the same words within hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Draft, capital, sentences
from tskit.findings.escalation.check import Check
from tskit.findings.escalation.counted import things
from tskit.findings.wording import listed
from tskit.stats import fisher_p

if TYPE_CHECKING:
    from tskit.findings.escalation.look import Escalation

__all__ = ["Reports", "abuse_check", "reports_of"]

_LEAST = 5
"""From fewer reports nothing is told of those who made them."""
_LEVEL = 0.01
_BEFORE = timedelta(days=28)
_HOUR = 3_600_000_000
_WITHIN_HOURS = 24
_MOST_READ = 400
_USER = "user_report"
_LABEL = "Report abuse (RC7.3)"


@dataclass(frozen=True, slots=True)
class Reports:
    """Who reported, as counts: reports by users, those whose reporter is known, and how many reporters made these.

    `new` of the reporters had no earlier case; `usual_new` of `usual` other reporters of the four weeks before had none
    before those, and `new_p` is the chance of such a difference. `same_words` reports say nearly what at least four
    others say that were made within a day of them.
    """

    reports: int
    named: int
    reporters: int
    new: int
    usual: int
    usual_new: int
    same_words: int | None

    @property
    def are_few(self) -> bool:
        """Return whether most reports come from people who made several."""
        return self.named >= _LEAST and self.reporters * 2 <= self.named

    @property
    def are_new(self) -> bool:
        """Return whether more reporters are new than chance makes of what is usual."""
        if self.reporters < _LEAST or not self.usual:
            return False
        p = fisher_p(self.new, self.reporters, self.usual_new, self.usual)
        return p <= _LEVEL and self.new * self.usual > self.usual_new * self.reporters

    @property
    def are_alike(self) -> bool:
        """Return whether at least half of them say nearly the same within hours."""
        return bool(self.same_words) and (self.same_words or 0) * 2 >= self.reports


def reports_of(escalation: Escalation) -> Reports | None:
    """Return who reported; None where fewer than five reports of users are among the cases."""
    cases = escalation.cases
    by_users = cases[cases["source_type"].eq(_USER)] if "source_type" in cases else cases
    if len(by_users) < _LEAST:
        return None
    said = by_users["source_identity"].dropna() if "source_identity" in by_users else pd.Series(dtype=object)
    names = sorted(set(said.astype(str)))
    new, usual_new, usual = _new(escalation, names) if names else (0, 0, 0)
    return Reports(len(by_users), len(said), len(names), new, usual, usual_new, _same_words(escalation, by_users))


def abuse_check(escalation: Escalation) -> Check:
    """Return whether the reports show signs of abuse; a sign is no proof, and is told with what else explains it."""
    told, draft = reports_of(escalation), Draft()
    if told is None:
        return Check("abuse", _LABEL, "too few", "Too few reports of users to tell.", quoted=draft.values)
    if not told.named and told.same_words is None:
        return Check("abuse", _LABEL, "not known", "The source names no reporters and keeps no text.")
    signs = [sign for sign in (_few(draft, told), _new_words(draft, told), _alike(draft, told)) if sign]
    if len(signs) == 1 and told.are_new:
        text = sentences(
            f"{capital(signs[0])}.", "By itself that is no sign of abuse: what spreads brings new reporters."
        )
        return Check("abuse", _LABEL, "not against", text, quoted=draft.values)
    if not signs:
        text = sentences(_who(draft, told), "Neither their number, nor their past, nor the wording is a sign of abuse.")
        return Check("abuse", _LABEL, "not against", text, quoted=draft.values)
    text = sentences(
        f"{capital(listed(signs))}.",
        "That is a sign, not proof: a template, a quotation or a news story can bring the same about.",
    )
    short = f"{'a sign' if len(signs) == 1 else 'signs'} of report abuse"
    return Check("abuse", _LABEL, "against", text, short, draft.values)


def _who(draft: Draft, told: Reports) -> str:
    reports = f"{things(draft, 'reports', told.reports, 'report')} by users"
    if not told.named:
        return f"{reports}, whose reporters the source does not name."
    return f"{reports}, {draft.number('named', told.named)} of them by {things(draft, 'reporters', told.reporters, 'known reporter')}."


def _few(draft: Draft, told: Reports) -> str:
    if not told.are_few:
        return ""
    return f"{draft.number('named', told.named)} reports come from {things(draft, 'reporters', told.reporters, 'reporter')}"


def _new_words(draft: Draft, told: Reports) -> str:
    if not told.are_new:
        return ""
    share = draft.number("usual_new", told.usual_new / told.usual, "share")
    return (
        f"{draft.number('new_reporters', told.new)} of {draft.number('reporters', told.reporters)} reporters had never "
        f"reported before, against {share} of other reporters in the four weeks before"
    )


def _alike(draft: Draft, told: Reports) -> str:
    if not told.are_alike or told.same_words is None:
        return ""
    alike, reports = draft.number("same_words", told.same_words), draft.number("reports", told.reports)
    return f"{alike} of {reports} reports use nearly the same words within a day of each other"


def _new(escalation: Escalation, names: list[str]) -> tuple[int, int, int]:
    """Return how many of these reporters are new, how many of others were, and how many others there were."""
    cases, first = escalation.case_set.cases, escalation.cases["created_at"].min()
    made = cases.drop_null(["source_identity"]).filter(cases.created_at < first)
    before = made.filter(made.source_identity.isin(names)).select("source_identity").distinct()
    known_before = set(before.to_pyarrow().column("source_identity").to_pylist())
    by_name = made.group_by("source_identity").aggregate(began=made.created_at.min(), last=made.created_at.max())
    recent = by_name.filter(by_name.last >= first - _BEFORE, ~by_name.source_identity.isin(names))
    row = recent.aggregate(
        usual=recent.count(), usual_new=(recent.began >= first - _BEFORE).sum().fill_null(0)
    ).to_pyarrow()
    return len(set(names) - known_before), int(row["usual_new"][0].as_py()), int(row["usual"][0].as_py())


def _same_words(escalation: Escalation, reports: pd.DataFrame) -> int | None:
    """Return how many reports say nearly what at least four others of them say; None where there is no text."""
    texts = escalation.texts
    if texts is None:
        return None
    ids = [case_id for case_id in reports.sort_values(["created_at", "case_id"])["case_id"] if case_id in texts.places]
    wanted = set(ids)
    company = texts.company(ids[:_MOST_READ], within=_WITHIN_HOURS * _HOUR)
    return sum(len(wanted.intersection(others)) >= _LEAST - 1 for others in company)
