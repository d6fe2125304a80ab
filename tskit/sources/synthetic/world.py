"""The invented platform: its markets, languages, policies, queues, sites and vendors.

Shares and rates are of the order that such queues show; none of them is a figure of a real company.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AUTOMATED",
    "ENTITIES",
    "ESCALATIONS",
    "LANGUAGES",
    "LANGUAGE_SITE",
    "LEGAL",
    "MARKETS",
    "POLICIES",
    "QUEUES",
    "QUEUE_SITE",
    "SITES",
    "SLA_HOURS",
    "URGENT",
    "Bools",
    "Floats",
    "Ints",
    "Market",
    "Policy",
    "WorkSite",
    "language_shares",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LANGUAGES = ("en", "ms", "id", "th", "vi", "tl", "zh")
ENTITIES = ("track", "episode", "show", "playlist", "profile", "audiobook", "message", "other")
SLA_HOURS = (72, 48, 8, 1)
"""Hours to close by severity S0 to S3, around the clock."""


@dataclass(frozen=True, slots=True)
class Market:
    """A market: its share of all cases, hours ahead of UTC, arrivals by weekday and shares of languages."""

    code: str
    share: float
    utc_hours: int
    weekdays: tuple[float, ...]
    languages: tuple[float, ...]


_MARKETS = """
SG | .07 | 8 | 1.00 1.01 1.00 0.99 1.02 0.99 0.97 | .66 .09 0 0 0 0 .25
MY | .12 | 8 | 0.99 1.00 1.00 1.01 0.96 1.03 1.04 | .27 .53 0 0 0 0 .20
ID | .25 | 7 | 0.96 0.97 0.98 0.99 0.97 1.07 1.09 | .05 0 .95 0 0 0 0
TH | .14 | 7 | 0.98 0.99 0.99 1.00 1.00 1.04 1.03 | .06 0 0 .94 0 0 0
VN | .12 | 7 | 1.00 1.01 1.01 1.02 1.00 0.99 0.98 | .05 0 0 0 .95 0 0
PH | .17 | 8 | 0.95 0.96 0.98 0.99 1.01 1.07 1.09 | .44 0 0 0 0 .56 0
TW | .08 | 8 | 1.02 1.03 1.02 1.02 1.01 0.96 0.95 | .03 0 0 0 0 0 .97
HK | .05 | 8 | 1.03 1.03 1.03 1.02 1.01 0.95 0.93 | .18 0 0 0 0 0 .82
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of the platform: how often it is reported, and how cases under it end.

    `severities` are shares of S0 to S3; `entities` are shares in the order of `ENTITIES`.
    """

    code: str
    family: str
    share: float
    actioned: float
    appealed: float
    overturned: float
    handle_s: float
    severities: tuple[float, ...]
    entities: tuple[float, ...]
    dsa_category: str
    dsa_keyword: str


_POLICIES = """
DEC-SCAM           | deceptive | .205 | .62 | .050 | .10 | 210 | .10 .88 .02 0     | .04 .40 .30 .06 .17 .01 .01 .01 | SCAMS_AND_FRAUD | PHISHING
DEC-IMPERSONATION  | deceptive | .130 | .56 | .080 | .17 | 260 | .30 .69 .01 0     | .18 .12 .14 .04 .51 .01 0 0 | SCAMS_AND_FRAUD | IMPERSONATION_ACCOUNT_HIJACKING
DEC-SPAM           | deceptive | .200 | .72 | .045 | .05 | 95  | .82 .18 0 0       | .44 .14 .12 .20 .08 0 .01 .01 | OTHER_VIOLATION_TC | INAUTHENTIC_ACCOUNTS
IP-COPYRIGHT       | ip        | .150 | .60 | .105 | .20 | 340 | .35 .65 0 0       | .66 .14 .06 .05 .03 .06 0 0 | INTELLECTUAL_PROPERTY_INFRINGEMENTS | COPYRIGHT_INFRINGEMENT
DAN-HARASSMENT     | conduct   | .105 | .42 | .060 | .14 | 280 | .22 .72 .06 0     | .09 .34 .16 .11 .22 .01 .06 .01 | CYBER_VIOLENCE | CYBER_HARASSMENT
DAN-HATE           | conduct   | .060 | .42 | .060 | .16 | 310 | .08 .82 .10 0     | .26 .34 .17 .11 .10 .01 0 .01 | ILLEGAL_OR_HARMFUL_SPEECH | HATE_SPEECH
SEN-EXPLICIT       | conduct   | .085 | .54 | .050 | .12 | 170 | .55 .44 .01 0     | .28 .26 .16 .13 .14 .02 0 .01 | OTHER_VIOLATION_TC | ADULT_SEXUAL_MATERIAL
ILL-GOODS          | conduct   | .030 | .55 | .040 | .11 | 190 | .15 .78 .07 0     | .04 .40 .28 .08 .18 .01 0 .01 | UNSAFE_AND_PROHIBITED_PRODUCTS | PROHIBITED_PRODUCTS
DAN-SELF-HARM      | conduct   | .022 | .45 | .020 | .09 | 300 | 0 .42 .575 .005   | .30 .30 .14 .16 .08 .01 0 .01 | SELF_HARM | SUICIDE
DAN-THREATS        | conduct   | .011 | .48 | .030 | .10 | 330 | 0 .35 .62 .03     | .16 .40 .18 .06 .16 .01 .02 .01 | VIOLENCE | INCITEMENT_VIOLENCE_HATRED
DAN-CHILD-SAFETY   | conduct   | .002 | .50 | .010 | .08 | 360 | 0 0 .82 .18       | .10 .30 .14 .12 .32 .01 0 .01 | PROTECTION_OF_MINORS | AGE_SPECIFIC_RESTRICTIONS_MINORS
"""


@dataclass(frozen=True, slots=True)
class WorkSite:
    """A place where reviewers work; `vendor` is internal for our own."""

    name: str
    label: str
    country: str
    zone: str
    utc_hours: int
    vendor: str
    prefix: str
    staff: float
    weekend: float


SITES = (
    WorkSite("singapore", "Singapore", "SG", "Asia/Singapore", 8, "internal", "SG", 0.22, 0.45),
    WorkSite("kuala_lumpur", "Kuala Lumpur", "MY", "Asia/Kuala_Lumpur", 8, "Northwind", "NW", 0.30, 0.85),
    WorkSite("manila", "Manila", "PH", "Asia/Manila", 8, "Lumen", "LM", 0.22, 0.90),
    WorkSite("bangkok", "Bangkok", "TH", "Asia/Bangkok", 7, "Saffron", "SF", 0.13, 0.85),
    WorkSite("ho_chi_minh_city", "Ho Chi Minh City", "VN", "Asia/Ho_Chi_Minh", 7, "Banyan", "BY", 0.13, 0.85),
)

LANGUAGE_SITE = {"en": 2, "ms": 1, "id": 1, "th": 3, "vi": 4, "tl": 2, "zh": 1}
_REVIEW = tuple(f"{family}-{language}" for family in ("deceptive", "conduct") for language in LANGUAGES)
QUEUES = (*_REVIEW, "ip-apac", "urgent-safety", "legal-orders", "escalations-t2", "appeals-apac", "automated")
QUEUE_SITE = (*(LANGUAGE_SITE[name.split("-")[1]] for name in _REVIEW), 0, 0, 0, 0, 0, 0)
"""The site of each queue, as a position in `SITES`."""

URGENT, LEGAL, ESCALATIONS, AUTOMATED = (
    QUEUES.index(name) for name in ("urgent-safety", "legal-orders", "escalations-t2", "automated")
)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(float(word) for word in cell.split())


def _market(line: str) -> Market:
    code, share, hours, weekdays, languages = _cells(line)
    return Market(code, float(share), int(hours), _numbers(weekdays), _numbers(languages))


def _policy(line: str) -> Policy:
    code, family, share, actioned, appealed, overturned, handle, severities, entities, category, keyword = _cells(line)
    return Policy(
        code,
        family,
        float(share),
        float(actioned),
        float(appealed),
        float(overturned),
        float(handle),
        _numbers(severities),
        _numbers(entities),
        f"STATEMENT_CATEGORY_{category}",
        f"KEYWORD_{keyword}",
    )


MARKETS = tuple(_market(line) for line in _MARKETS.strip().splitlines())
POLICIES = tuple(_policy(line) for line in _POLICIES.strip().splitlines())


def language_shares() -> Floats:
    """Return the shares of languages: one row a market, one column a language."""
    return np.array([market.languages for market in MARKETS])
