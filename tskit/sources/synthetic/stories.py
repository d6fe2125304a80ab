"""What is planted in the sample, where and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tskit.calendars import public_holidays
from tskit.errors import ParameterError
from tskit.sources.synthetic.world import QUEUE_SITE, QUEUES, SITES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STORIES", "Story", "told"]

STORIES = (
    "scam_spike",
    "guideline_drift",
    "mix_shift",
    "holiday_backlog",
    "impersonation_cluster",
    "inverted_field",
    "incident",
)
"""The names of all stories."""

_FOUR_WEEKS = 28
_RECOVERY_DAYS = 4


@dataclass(frozen=True, slots=True)
class Story:
    """One planted story; both days are included."""

    name: str
    what: str
    where: Mapping[str, tuple[str, ...]]
    first: date
    last: date
    size: Mapping[str, float | str] = field(default_factory=dict[str, float | str])


def told(stories: str, *, until: date) -> Mapping[str, Story]:
    """Return the stories that `stories` asks for, by name.

    Raises:
        ParameterError: `stories` is neither all, none nor the name of a story.
    """
    if stories not in ("all", "none", *STORIES):
        raise ParameterError.unknown(stories, ("all", "none", *STORIES), what="story")
    makers = (_spike, _drift, _mix, _backlog, _cluster, _inverted, _incident)
    every = {name: make(until) for name, make in zip(STORIES, makers, strict=True)}
    return {name: story for name, story in every.items() if stories in ("all", name)}


def _spike(until: date) -> Story:
    return Story(
        "scam_spike",
        "Reports of scam podcasts rise to several times their usual number in Indonesia and stay high.",
        {"market": ("ID",), "policy_id": ("DEC-SCAM",), "entity_type": ("show", "episode")},
        until - timedelta(days=12),
        until,
        {"times_usual": 4.5},
    )


def _drift(until: date) -> Story:
    return Story(
        "guideline_drift",
        "After a change of the guideline on impersonation and scams the accuracy of one vendor falls.",
        {"decided_vendor": ("Lumen",), "policy_id": ("DEC-IMPERSONATION", "DEC-SCAM"), "error_type": ("WS",)},
        until - timedelta(days=69),
        until,
        {"accuracy_before": 0.968, "accuracy_after": 0.65, "root_cause_l2": "RC1.4 and RC2.1"},
    )


def _mix(until: date) -> Story:
    return Story(
        "mix_shift",
        "The overturn rate falls over all, since a distributor appeals in bulk against old decisions under a policy "
        "that is seldom overturned; the rate of no policy moves.",
        {"policy_id": ("DEC-SPAM",), "ingestion_route": ("distributor",)},
        until - timedelta(days=_FOUR_WEEKS - 1),
        until,
        {"compare_with_days_before": _FOUR_WEEKS},
    )


def _backlog(until: date) -> Story:
    site, first, last, name = _long_weekend(until)
    queues = tuple(queue for queue, at in zip(QUEUES[:14], QUEUE_SITE[:14], strict=True) if SITES[at].name == site)
    return Story(
        "holiday_backlog",
        f"The site {site} is closed over the long weekend of {name} without cover; its queues grow several-fold, miss "
        f"their targets and recover within {_RECOVERY_DAYS} days.",
        {"queue": queues, "site": (site,)},
        first,
        last,
        {"recovered_by": (last + timedelta(days=_RECOVERY_DAYS)).isoformat(), "holiday": name},
    )


def _cluster(until: date) -> Story:
    return Story(
        "impersonation_cluster",
        "One actor imitates a payout service from many accounts: near-duplicate texts with changed words, spacing and "
        "look-alike letters, uploaded through a few routes.",
        {"market": ("SG", "MY", "PH"), "policy_id": ("DEC-IMPERSONATION",), "content_language": ("en",)},
        until - timedelta(days=100),
        until - timedelta(days=89),
    )


def _inverted(until: date) -> Story:
    last = date(until.year - 1, until.month, 1) - timedelta(days=1)
    first = date(last.year, last.month, 1)
    first = date(first.year, first.month - 1, 1) if first.month > 1 else date(first.year - 1, 12, 1)
    return Story(
        "inverted_field",
        "The export wrote true for false and false for true in automated_detection for cases opened in two months.",
        {"automated_detection": ("true", "false")},
        first,
        last,
    )


def _incident(until: date) -> Story:
    return Story(
        "incident",
        "From late morning on, reports of threats climb within hours in two markets, over one episode and what others "
        "upload of it again; a news episode is wrongly taken down and restored, and one case is handed over to nobody.",
        {"market": ("SG", "MY"), "policy_id": ("DAN-THREATS",), "severity": ("S2",), "queue": ("urgent-safety",)},
        until,
        until,
    )


def _long_weekend(until: date) -> tuple[str, date, date, str]:
    """Return the site, the first and last day and the name of the latest long weekend that had time to recover."""
    latest = until - timedelta(days=_RECOVERY_DAYS)
    found: list[tuple[date, str, date, str]] = []
    for site in SITES[1:]:
        frame = public_holidays(site.country, (until.year - 1, until.year))
        for day, name in zip(frame["day"], frame["name"], strict=True):
            first, last = _stretch(day)
            if first is not None and last <= latest:
                found.append((last, site.name, first, str(name)))
    last, site_name, first, name = max(found)
    return site_name, first, last, name


def _stretch(day: date) -> tuple[date | None, date]:
    if day.isoweekday() == 5:
        return day, day + timedelta(days=2)
    if day.isoweekday() == 1:
        return day - timedelta(days=2), day
    return None, day
