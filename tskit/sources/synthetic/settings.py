"""The casebook file of the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.calendars import deadline_presets
from tskit.sources.synthetic.children import APPEAL_HOURS
from tskit.sources.synthetic.rota import rota_text
from tskit.sources.synthetic.world import LANGUAGE_SITE, LANGUAGES, MARKETS, QUEUE_SITE, QUEUES, SITES, SLA_HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["casebook_text"]

_HEAD = """\
# A synthetic casebook: nobody in it exists. Written by `tskit init --sample`.
name = "Sample: music and podcasts, JAPAC"
zone = "Asia/Singapore"
band = "SAMPLE DATA · SYNTHETIC"
is_sample = true
smallest_cell = 5
record_url = "https://example.invalid/cases/{{case_id}}"
markets = [{markets}]

[sources.main]
cases = "data/cases.parquet"
events = "data/events.parquet"
reviews = "data/reviews.parquet"
"""

_TARGETS = """
[[targets]]
metric = "sla_attainment"
at_least = 0.95

[[targets]]
metric = "accuracy"
at_least = 0.95

[[targets]]
metric = "overturn_rate"
at_most = 0.25

[[targets]]
metric = "hours_to_first_touch"
at_most = 1.5
where = { queue = "urgent-safety" }

[[targets]]
metric = "hours_to_first_touch"
at_most = 10.0

[[targets]]
metric = "reopen_rate"
at_most = 0.03

[[withheld]]
where = { policy_id = "DAN-CHILD-SAFETY" }
route = "Work on this case in the authorised child-safety workflow. Its content is not handled here."
"""

_OWN_RULE = """\
# The invented team's own rule, beside the presets above.
[[deadlines]]
name = "Orders of an authority: answered within 24 h"
hours = 24
kind = "internal"
where = { source_type = ["government_order", "court_order", "law_enforcement"] }
basis = "Rule of the sample's team"
as_of = 2026-11-01
"""

_MARKET_WORDS = {
    "SG": "Singapore",
    "MY": "Malaysia",
    "ID": "Indonesia",
    "TH": "Thailand",
    "VN": "Vietnam",
    "PH": "the Philippines",
    "TW": "Taiwan",
    "HK": "Hong Kong",
}
_POLICY_WORDS = {
    "DEC-SCAM": "scam",
    "DEC-IMPERSONATION": "impersonation",
    "DEC-SPAM": "spam and artificial streaming",
    "IP-COPYRIGHT": "copyright",
    "DAN-HARASSMENT": "harassment",
    "DAN-HATE": "hate",
    "SEN-EXPLICIT": "explicit content",
    "ILL-GOODS": "restricted goods",
    "DAN-SELF-HARM": "self-harm",
    "DAN-THREATS": "threats",
    "DAN-CHILD-SAFETY": "child safety",
}
_LANGUAGE_WORDS = {
    "en": "English",
    "ms": "Malay",
    "id": "Indonesian",
    "th": "Thai",
    "vi": "Vietnamese",
    "tl": "Tagalog",
    "zh": "Chinese",
}
_QUEUE_WORDS = {
    "ip-apac": "copyright queue",
    "urgent-safety": "urgent safety queue",
    "legal-orders": "legal orders queue",
    "escalations-t2": "escalations queue",
    "appeals-apac": "appeals queue",
    "automated": "automated decisions",
}


def casebook_text(cases: int) -> str:
    """Return the text of `casebook.toml` of a sample of so many cases."""
    markets = ", ".join(f'"{market.code}"' for market in MARKETS)
    sites = map(_site, range(len(SITES)))
    return "\n".join(
        [
            _HEAD.format(markets=markets),
            *sites,
            _TARGETS.lstrip(),
            _clocks(),
            deadline_presets(),
            rota_text(cases),
            _labels(),
        ]
    )


def _site(number: int) -> str:
    site = SITES[number]
    return (
        f'[sites.{site.name}]\ncountry = "{site.country}"\nzone = "{site.zone}"\n'
        'workdays = [1, 2, 3, 4, 5, 6, 7]\nopens = "07:00"\ncloses = "23:00"\n'
        f"markets = [{_quoted(_markets_of(number))}]\n"
        f"queues = [{_quoted(queue for queue, at in zip(QUEUES, QUEUE_SITE, strict=True) if at == number)}]\n"
    )


def _markets_of(number: int) -> list[str]:
    """Return the markets whose main language is reviewed at the site."""
    sites = [LANGUAGE_SITE[LANGUAGES[market.languages.index(max(market.languages))]] for market in MARKETS]
    return [market.code for market, site in zip(MARKETS, sites, strict=True) if site == number]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _clocks() -> str:
    # The first clock that fits holds: an appeal has a severity, too, so its clock stands first.
    appeal = f'[[clocks]]\nhours = {APPEAL_HOURS}\nwhere = {{ record_type = "appeal" }}\n'
    rest = [
        f'[[clocks]]\nhours = {hours}\nwhere = {{ severity = "S{number}" }}\n' for number, hours in enumerate(SLA_HOURS)
    ]
    return "\n".join([appeal, *reversed(rest)])


def _labels() -> str:
    queues = {queue: _queue_words(queue) for queue in QUEUES}
    words = {**_MARKET_WORDS, **_POLICY_WORDS, **queues, **{site.name: site.label for site in SITES}}
    return "[labels]\n" + "\n".join(f'"{value}" = "{word}"' for value, word in words.items()) + "\n"


def _queue_words(queue: str) -> str:
    family, _, language = queue.rpartition("-")
    if language in _LANGUAGE_WORDS:
        return f"{_LANGUAGE_WORDS[language]} {family} queue"
    return _QUEUE_WORDS[queue]
