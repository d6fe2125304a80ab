"""Whether a scan finds each planted story of the sample, by the right pattern, and at which place.

Each sample is written with a seed of its own and scanned with all metrics and columns, for the days of each story: the last
four weeks hold three of them and the incident. "By its pattern" is the first place that a sight of the truth takes among
those of the patterns that fit the story, "in all" among all that the scan tells; a dash is a story that was not found. Other
stories that lie in the same days are as true, so that only the first of the two places may be asked to be 1 or 2.

    python benchmarks/stories.py [--cases N] [--seeds N [N ...]] [--quick]
"""

# ruff: noqa: PLC0415 - a benchmark pays for its own imports only

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import machine, spent, table, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tskit.findings.scan import Sight

_QUICK = 40_000


@dataclass(frozen=True, slots=True)
class Story:
    """A planted story: the days somebody would ask for, the patterns that fit it, and how to know it in a sight."""

    name: str
    days: tuple[str, str]
    kinds: tuple[str, ...]
    is_it: Callable[[Sight], bool]


def _in(column: str, *values: str) -> Callable[[Sight], bool]:
    return lambda sight: sight.segment.get(column) in values


def _of(metric: str, column: str, value: str) -> Callable[[Sight], bool]:
    return lambda sight: sight.metric == metric and sight.segment.get(column) == value


def _drifted(sight: Sight) -> bool:
    """Return whether it is the vendor's accuracy, or somewhere else that is told as the same story."""
    return sight.metric == "accuracy" and (sight.segment.get("vendor") == "Lumen" or "accuracy Lumen" in sight.also)


def _held_up(sight: Sight) -> bool:
    """Return whether it is a Thai queue, or cases that missed their targets of which such a queue is named."""
    told = any(other.endswith((" Thai deceptive queue", " Thai conduct queue")) for other in sight.also)
    return sight.segment.get("queue") in {"deceptive-th", "conduct-th"} or (sight.kind == "breach" and told)


def _threatened(sight: Sight) -> bool:
    return sight.segment.get("policy_id") == "DAN-THREATS" or any("threats" in other for other in sight.also)


LATELY = ("", "")
STORIES = (
    Story("scam_spike", LATELY, ("spike", "driver"), _in("policy_id", "DEC-SCAM")),
    Story("mix_shift", LATELY, ("mix",), _of("overturn_rate", "policy_id", "DEC-SPAM")),
    Story("holiday_backlog", LATELY, ("flow", "breach"), _held_up),
    Story("incident", LATELY, ("spike", "driver", "linked"), _threatened),
    Story("guideline_drift", ("2026-08-24", "2026-11-01"), ("shift",), _drifted),
    Story("impersonation_cluster", ("2026-07-24", "2026-08-04"), ("linked",), _in("policy_id", "DEC-IMPERSONATION")),
    Story(
        "inverted_field",
        ("2025-09-01", "2025-10-31"),
        ("shift", "spike", "drop"),
        lambda sight: sight.metric == "automated_detection_share",
    ),
)


def place(sights: tuple[Sight, ...], story: Story, *, of_its_kind: bool) -> int | None:
    """Return the place of the first sight of a story, from 1 on; None where there is none."""
    ranked = [sight for sight in sights if not of_its_kind or sight.kind in story.kinds]
    places = [n for n, sight in enumerate(ranked, start=1) if sight.kind in story.kinds and story.is_it(sight)]
    return places[0] if places else None


def told(cases: int, seed: int) -> Iterator[tuple[tuple[str, str], tuple[Sight, ...]]]:
    """Give for each of the days that a story is asked for what a scan of the sample tells."""
    from tskit import Scope, load
    from tskit.findings.scan import scan
    from tskit.sources.synthetic.write import write_sample

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "sample"
        write_sample(root, cases=cases, seed=seed, until=date(2026, 11, 1))
        for days in dict.fromkeys(story.days for story in STORIES):
            scope = Scope.from_parameters(start=days[0], end=days[1])
            yield days, scan(load(scope, casebook=str(root))).sights


def main() -> None:
    """Scan each sample for each story and print the places."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 31, 32])
    parser.add_argument("--quick", action="store_true", help=f"one sample of {_QUICK:,} cases")
    parser.add_argument("--json", help="taken and not used: there is no cost to keep")
    asked = parser.parse_args()
    cases, seeds = (_QUICK, asked.seeds[:1]) if asked.quick else (asked.cases, asked.seeds)
    print(machine(), versions("numpy", "pandas"))
    rows: list[list[object]] = []
    for seed in seeds:
        for days, sights in told(cases, seed):
            for story in (one for one in STORIES if one.days == days):
                places = [place(sights, story, of_its_kind=only) or "-" for only in (True, False)]
                rows.append([seed, story.name, ", ".join(story.kinds), *places, len(sights)])
                print(*rows[-1], sep="  ", flush=True)
    print(f"\n{cases:,} cases, {spent().cpu:,.0f} CPU s in all")
    print(table(rows, head=["seed", "story", "patterns", "by its pattern", "in all", "told"]))


if __name__ == "__main__":
    main()
