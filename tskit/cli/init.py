"""tskit init: makes a casebook."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tskit.cli.screen import counting, say
from tskit.cli.whole import whole_folder
from tskit.errors import ParameterError

__all__ = ["init"]

_CASEBOOK = """\
# What this casebook is called, and where its days begin and end.
name = "{name}"
zone = "Asia/Singapore"

# Stands on every write-up; say who may read it.
band = "INTERNAL · CONTAINS CASE AGGREGATES"

# Counts below this are not shown in files that are meant to be shared.
smallest_cell = 5

# Links a case id to the system of record on this machine; {{case_id}} is filled in. Empty for no link.
record_url = ""

# Where tags and logs are kept: empty for records.sqlite beside this file. A team shares them in PostgreSQL, as in
# "postgresql://tskit@db.example.com/tskit"; the password comes from TSKIT_RECORDS_PASSWORD or the system keyring.
records = ""

# Where cases come from. A path is relative to this folder; it may be a file, a folder or a glob. The profile says how
# its columns map: leave it empty to recognise it, or draft one with: tskit check exports/cases.csv --draft-profile
#
# [sources.main]
# cases = "exports/cases*.csv"
# profile = ""

# Where reviewers work, for the holidays and hours of the SLA clock.
#
# [sites.singapore]
# country = "SG"
# zone = "Asia/Singapore"

# What is to be reached, by metric; the first that fits a segment holds.
#
# [[targets]]
# metric = "sla_attainment"
# at_least = 0.95

# Content that may not be handled here: it is not kept, shown, indexed or used; each case points to the route instead.
#
# [[withheld]]
# where = {{ policy_id = "child-safety" }}
# route = "Work on this case in the authorised child-safety workflow."

# When a case is due.
#
# [[clocks]]
# hours = 24
"""

_IGNORED = "# What holds cases stays on this machine.\n/.cache/\n/checks/\n/runs/\n/data/\n/exports/\n*.sqlite*\n*.csv\n*.parquet\n"


def init(
    *,
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="The folder; it may hold exports already. For the sample it must be new or empty."
        ),
    ],
    sample: Annotated[bool, typer.Option("--sample", help="Fill it with a synthetic sample of two years.")] = False,
    cases: Annotated[int, typer.Option(min=1_000, max=10_000_000, help="With --sample: how many cases.")] = 200_000,
    seed: Annotated[int, typer.Option(help="With --sample: another number gives other cases.")] = 7,
    until: Annotated[str, typer.Option(help="With --sample: the last day.")] = "2026-11-01",
    stories: Annotated[str, typer.Option(help="With --sample: planted stories: all, none or the name of one.")] = "all",
) -> None:
    """Make a casebook: the folder that a team works in."""
    if sample:
        _write_sample(directory, cases=cases, seed=seed, until=_day(until), stories=stories)
    else:
        _require_room(directory)
        directory.mkdir(parents=True, exist_ok=True)
        _furnish(directory)
        _write_empty(directory)
    say(f"The casebook is {directory.resolve()}")
    say(_next_step(directory, sample=sample))


def _require_room(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise ParameterError(f"{directory} is a file; name a folder.")
    if (directory / "casebook.toml").exists():
        raise ParameterError(f"{directory} is a casebook already; edit its casebook.toml.")


def _furnish(directory: Path) -> None:
    for name in ("profiles", "queries", "templates"):
        (directory / name).mkdir(exist_ok=True)
    _write_new(directory / ".gitignore", _IGNORED)


def _write_sample(directory: Path, *, cases: int, seed: int, until: date, stories: str) -> None:
    from tskit.sources.synthetic import write_sample

    _require_room(directory)
    with counting(f"Writing {cases:,} synthetic cases") as progress, whole_folder(directory) as draft:
        write_sample(draft, cases=cases, seed=seed, until=until, stories=stories, progress=progress)
        _furnish(draft)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ParameterError("--until is not a date; write it as 2026-11-01.") from None


def _write_empty(directory: Path) -> None:
    from tskit.calendars import deadline_presets

    name = re.sub(r'["\\\x00-\x1f\x7f]', "", directory.resolve().name) or "casebook"
    _write_new(directory / "casebook.toml", f"{_CASEBOOK.format(name=name)}\n{deadline_presets()}")


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8", newline="\n")


def _next_step(directory: Path, *, sample: bool) -> str:
    if sample:
        return f"Next: tskit run trend_report --casebook {directory}"
    if directory.resolve() == Path.cwd().resolve():
        return "Next: tskit check FILE, then name the file in casebook.toml"
    return f"Next: tskit check FILE --casebook {directory}, then name the file in {directory / 'casebook.toml'}"
