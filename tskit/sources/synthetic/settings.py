"""The casebook file of the sample."""

from __future__ import annotations

from tskit.sources.synthetic.children import APPEAL_HOURS
from tskit.sources.synthetic.world import MARKETS, SITES, SLA_HOURS

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
"""


def casebook_text() -> str:
    """Return the text of `casebook.toml`."""
    markets = ", ".join(f'"{market.code}"' for market in MARKETS)
    return "\n".join([_HEAD.format(markets=markets), *map(_site, range(len(SITES))), _TARGETS.lstrip(), _clocks()])


def _site(number: int) -> str:
    site = SITES[number]
    return (
        f'[sites.{site.name}]\ncountry = "{site.country}"\nzone = "{site.zone}"\n'
        'workdays = [1, 2, 3, 4, 5, 6, 7]\nopens = "07:00"\ncloses = "23:00"\n'
    )


def _clocks() -> str:
    # The first clock that fits holds: an appeal has a severity, too, so its clock stands first.
    appeal = f'[[clocks]]\nhours = {APPEAL_HOURS}\nwhere = {{ record_type = "appeal" }}\n'
    rest = [
        f'[[clocks]]\nhours = {hours}\nwhere = {{ severity = "S{number}" }}\n' for number, hours in enumerate(SLA_HOURS)
    ]
    return "\n".join([appeal, *reversed(rest)])
