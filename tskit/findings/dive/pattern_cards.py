"""The cards of what reaches beyond one case: cases that keep company by more than chance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.cards import Card, Draft, sentences
from tskit.findings.dive.company import companies
from tskit.findings.places import country
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding
from tskit.patterns import DAYS

if TYPE_CHECKING:
    from tskit.findings.dive.company import Company
    from tskit.findings.dive.look import Dive
    from tskit.model import Certainty

__all__ = ["company_cards"]

_SUREST = 1e-4
_SHARE = {
    "wording": "share nearly the same wording",
    "account": "are about one account",
    "item": "are about one item",
    "reporter": "come from one reporter",
}
_NEXT = {
    "wording": "Open the linked cases together; look for one actor behind the accounts, and give the wording to detection.",
    "account": "Review the account as a whole, with all its items, before the next case about it is decided alone.",
    "item": "Decide the item once and tie the other reports to it; check whether the reports are honest.",
    "reporter": "Read a sample of this reporter's cases together; unfounded reports in numbers are abuse of reporting.",
}
_LIMIT = {
    "wording": "Alike wording does not prove one actor: a template, a quotation or a news story can be behind it, too.",
    "account": "A pseudonym stands for one account of the source; several accounts of one person are not seen.",
    "item": "Many people may honestly report the same item at once.",
    "reporter": "A trusted flagger may report in bulk, and honestly.",
}


def company_cards(dive: Dive) -> list[Card]:
    """Return a card for each crowd that chance does not explain, the largest first."""
    return [_card(dive, company, nth) for nth, company in enumerate(companies(dive))]


def _card(dive: Dive, company: Company, nth: int) -> Card:
    draft, crowd = Draft(), company.crowd
    size = draft.number("cases", len(company.members))
    days = f"{draft.number('days', company.days)} {'day' if company.days == 1 else 'days'}"
    accounts = draft.number("accounts", company.accounts)
    of_accounts = f" from {accounts} accounts" if crowd.why != "account" and company.accounts else ""
    claim = f"{size} cases{of_accounts} {_SHARE[crowd.why]} within {days}"
    finding = Finding(
        claim,
        (Evidence("table", "links", "What ties them"), Evidence("cases", "linked_cases", "One by one")),
        {},
        _certainty(crowd.p),
        _why_sure(draft, company),
        sentences(_where(draft, company), _among(draft, dive, company), _outcomes(draft, company)),
        _LIMIT[crowd.why],
        _NEXT[crowd.why],
        kind="pattern",
        tone="worse",
    )
    short = f"one of {size} cases that {_SHARE[crowd.why]}" if dive.is_one else f"{size} cases {_SHARE[crowd.why]}"
    return Card(replace(finding, values=draft.values), short, 120 - nth)


def _certainty(p: float) -> Certainty:
    return "very high" if p <= _SUREST else "high"


def _why_sure(draft: Draft, company: Company) -> str:
    crowd = company.crowd
    size, days = draft.number("company", crowd.size), draft.number("window_days", DAYS)
    usual, most = draft.number("usual", crowd.usual, "mean"), draft.number("most", crowd.most)
    reference = draft.number("reference", crowd.reference)
    return (
        f"{size} others lie within {days} days of the case, where {usual} are usual and {most} the most among {reference} "
        "cases of the same policy and language; corrected for every reason and case looked at."
    )


def _where(draft: Draft, company: Company) -> str:
    first, last = draft.day("first", company.first.date()), draft.day("last", company.last.date())
    markets = f" in {listed([country(market) for market in company.markets])}" if company.markets else ""
    items = draft.number("items", company.items)
    about = f" about {items} items" if company.items and company.crowd.why != "item" else ""
    return f"They were opened from {first} to {last}{markets}{about}."


def _among(draft: Draft, dive: Dive, company: Company) -> str:
    if dive.is_one:
        return "This case is one of them."
    own = draft.number("cases_of_these", len(company.case_ids))
    return f"{own} of the cases named here {'is' if len(company.case_ids) == 1 else 'are'} among them."


def _outcomes(draft: Draft, company: Company) -> str:
    if not company.decisions or len(company.decisions) == 1:
        return ""
    told = [
        f"{draft.number(f'decided_{name}', number)} {name.replace('_', ' ')}"
        for name, number in company.decisions.items()
    ]
    return f"They were not decided alike: {listed(told)}."
