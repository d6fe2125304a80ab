"""tskit tags round: opens a blind round over a problem set, lists rounds, and says how far one is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from tskit.cli.asked import own_name
from tskit.cli.casebook import casebook_of
from tskit.cli.screen import say
from tskit.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.causes import Design, Round, TagLog
    from tskit.model import Casebook, CaseSet

__all__ = ["app"]

app = typer.Typer(help="Open blind rounds, list them, and say how far one is.", no_args_is_help=True)

_Casebook = Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")]
_People = Annotated[str, typer.Option("--people", help="Who judges, with commas between: aisyah,ben,chloe.")]
_Size = Annotated[int, typer.Option("--size", "-n", min=1, help="How many cases to draw.")]
_Problem = Annotated[str, typer.Option("--problem", help="Which cases, with commas between.")]
_By = Annotated[str, typer.Option("--by", help="Columns that make strata, with commas between.")]
_Equal = Annotated[bool, typer.Option("--equal", help="As many cases of each stratum, not in proportion.")]
_PerCase = Annotated[int, typer.Option("--per-case", min=1, help="How many people judge a case.")]
_Overlap = Annotated[
    float, typer.Option("--overlap", min=0, max=1, help="The share of cases that so many judge; one the rest.")
]
_Seed = Annotated[int | None, typer.Option("--seed", help="The seed of the draw; today's date otherwise.")]
_Source = Annotated[str, typer.Option("--source", help="The source of the cases; the casebook's first otherwise.")]
_Start = Annotated[str, typer.Option("--start", help="The first day, as in 2026-10-05.")]
_End = Annotated[str, typer.Option("--end", help="The last day, included.")]
_Question = Annotated[str, typer.Option("--question", help="What the round is to answer.")]
_NotBlind = Annotated[bool, typer.Option("--not-blind", help="Let people see earlier tags and suggestions.")]
_Author = Annotated[
    str, typer.Option("--author", help="Who opens it; TSKIT_PERSON or the name of the login otherwise.")
]
_PROBLEMS = "overturned,qa_incorrect"
_WORST = 10


@app.command("open")
def open_(
    *,
    name: Annotated[str, typer.Argument(help="What the round is called; a name is used once.")],
    people: _People,
    size: _Size = 100,
    problem: _Problem = _PROBLEMS,
    by: _By = "",
    equal: _Equal = False,
    per_case: _PerCase = 2,
    overlap: _Overlap = 1.0,
    seed: _Seed = None,
    source: _Source = "",
    start: _Start = "",
    end: _End = "",
    question: _Question = "",
    not_blind: _NotBlind = False,
    author: _Author = "",
    casebook: _Casebook = None,
) -> None:
    """Draw a sample of cases with a problem, give each to several people, and keep the round."""
    from tskit.cases import load
    from tskit.causes import assign, draw, open_log, open_round
    from tskit.model import Scope

    book, now = casebook_of(casebook), datetime.now(UTC)
    drawn_by = int(now.astimezone(ZoneInfo(book.zone)).strftime("%Y%m%d")) if seed is None else seed
    case_set = load(Scope.from_parameters(source=source, start=start, end=end), casebook=book)
    pool = _pool(case_set, _listed(problem), _listed(by))
    sample = draw(pool, design=_design(by, is_equal=equal), size=size, by=_listed(by), seed=drawn_by)
    if sample.empty:
        raise NoDataError("No case of the period has such a problem; name a longer period or another problem.")
    assigned = assign(sample, people=_listed(people), per_case=per_case, overlap=overlap, seed=drawn_by)
    who = author or own_name()
    opened = open_round(open_log(book), name, assigned, author=who, at=now, is_blind=not not_blind, question=question)
    _say_opened(opened, case_set, of=len(pool))


@app.command("list")
def list_(*, casebook: _Casebook = None) -> None:
    """List the rounds, the latest first."""
    from tskit.causes import open_log, rounds

    book = casebook_of(casebook)
    found = rounds(open_log(book))
    if found.empty:
        say("No round was opened yet: tskit tags round open NAME --people aisyah,ben")
    for row in found.itertuples(index=False):
        at: Any = row.opened_at
        how = "blind" if row.is_blind else "not blind"
        day = at.astimezone(ZoneInfo(book.zone)).date().isoformat()
        say(f"{day}  {row.name}  {row.cases:,} cases, {how}, {row.design or 'by hand'}: {row.people}")


@app.command()
def show(
    *,
    name: Annotated[str, typer.Argument(help="The round.")],
    source: Annotated[str, typer.Option("--source", help="Where the severity of cases is looked up.")] = "",
    casebook: _Casebook = None,
) -> None:
    """Say how far a round is, what is left to whom, and which disputes to settle first."""
    from tskit.causes import disputed, open_log, progress, round_of

    book = casebook_of(casebook)
    log = open_log(book)
    found = round_of(log, name)
    say(_described(found, book.zone))
    for row in progress(log, name).itertuples(index=False):
        more = [f"{n:,} {what}" for n, what in ((row.skipped, "skipped"), (row.flagged, "flagged for later")) if n]
        say(f"  {row.person}: {row.tagged:,} of {row.assigned:,} tagged, {', '.join([*more, f'{row.left:,} left'])}")
    left = disputed(log, name)
    if left.empty:
        say("Nothing waits to be settled.")
        return
    _settle(log, found, left, _severities(book, source, left))


def _settle(log: TagLog, found: Round, left: pd.DataFrame, severities: pd.DataFrame | None) -> None:
    from tskit.causes import disputed

    ranked = left if severities is None else disputed(log, found.name, cases=severities)
    say(f"{len(ranked):,} {'case waits' if len(ranked) == 1 else 'cases wait'} to be settled; the worst first:")
    for row in ranked.head(_WORST).itertuples(index=False):
        causes: Any = row.causes
        severity = f"  {row.severity}" if isinstance(row.severity, str) else ""
        say(f"  {row.case_id}{severity}  {' or '.join(causes)}  (least sure: {row.confidence})")


def _say_opened(opened: Round, case_set: CaseSet, *, of: int) -> None:
    period = f"{case_set.scope.start} to {case_set.scope.last_day}"
    drawn = f"{len(opened.cases):,} of {of:,} cases, {period}, {opened.design} with seed {opened.seed}"
    say(f"{opened.name!r} is open: {drawn}.")
    for person in opened.people:
        say(f"  {person}: {len(opened.cases_of(person)):,} cases")


def _pool(case_set: CaseSet, problems: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    from tskit.causes import problem_set

    missing = case_set.lacks(*columns)
    if missing:
        raise ParameterError(f"The source has no column {missing[0]!r} to make strata of; leave it out of --by.")
    members = problem_set(case_set, problems).select("case_id")
    pool = case_set.cases.select("case_id", *columns).semi_join(members, "case_id")
    frame: pd.DataFrame = pool.to_pyarrow().to_pandas()
    return frame


def _severities(book: Casebook, source: str, left: pd.DataFrame) -> pd.DataFrame | None:
    from tskit.cases import load, require_copy
    from tskit.model import Scope

    case_set = load(Scope(source=source), casebook=book)
    require_copy(case_set)
    if not case_set.has("severity"):
        return None
    cases = case_set.cases.select("case_id", "severity")
    found: pd.DataFrame = cases.filter(cases.case_id.isin(left["case_id"].tolist())).to_pyarrow().to_pandas()
    return found


def _described(found: Round, zone: str) -> str:
    day = found.opened_at.astimezone(ZoneInfo(zone)).date().isoformat()
    seed = "" if found.seed is None else f" with seed {found.seed}"
    how = f"{found.design}{seed}" if found.design else "chosen by hand"
    asked = f" {found.question}" if found.question else ""
    blind = "blind" if found.is_blind else "not blind"
    return f"{found.name}, opened {day} by {found.author}: {len(found.cases):,} cases, {blind}, {how}.{asked}"


def _design(by: str, *, is_equal: bool) -> Design:
    if is_equal and not by:
        raise ParameterError("--equal needs strata; name their columns with --by.")
    return "random" if not by else "stratified_equal" if is_equal else "stratified"


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
