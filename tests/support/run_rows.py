"""Rows of runs as the catalogue and the page of a batch get them: believable ones, and ones whose every text is an attack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.support.notebooks import PAYLOADS
from tskit.model import Claim, Headline, RunRow, Since
from tskit.model.batch import BatchSummary, Missing

__all__ = ["MADE", "MARKETS", "SHIFT", "TREND", "batch", "hostile_batch", "hostile_rows", "many", "trend", "weekly"]

MADE = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
MARKETS = ("ID", "TH", "VN", "PH", "MY", "SG", "JP", "KR", "TW", "HK")
TREND, SHIFT = "trend_report", "oncall_handover"
_FILES = ("report.html", "report-to-share.html", "manifest.json")
_METRICS = (
    ("cases_opened", "Cases opened", "cases", 835.0),
    ("sla_attainment", "SLA attainment", "share", 0.968),
    ("overturn_rate", "Overturn rate", "share", 0.07),
    ("hours_to_close", "Time to close, median", "hours", 5.6),
    ("backlog", "Backlog", "cases", 231.0),
)
_TEXTS = {"cases": "{:,.0f}", "share": "{:.1%}", "hours": "{:.1f} h"}


def trend(number: int = 0, *, market: str = "ID", at: datetime = MADE, **changes: object) -> RunRow:
    """Return a trend report of one market; `number` makes its figures and its id."""
    name = f"{at:%Y%m%dT%H%M%SZ}-trend_report-{market.lower()}{number:04x}"
    first = (at - timedelta(days=at.weekday() + 28)).date()
    row = RunRow(
        id=name,
        template=TREND,
        kind="Risk trends",
        status="ok",
        title=f"Scam cases in {market} rose to {2 + number % 7 / 10:.1f} times the usual",
        lead="8,354 cases were opened in 28 days, against 7,759 in the period before: as a whole within its ordinary ups "
        "and downs. SLA attainment was 96.8\u202f%; its target of at least 95\u202f% was met over all.",
        started=at.isoformat(timespec="seconds"),
        finished=(at + timedelta(seconds=18)).isoformat(timespec="seconds"),
        seconds=18.2,
        asked=(("market", market),),
        markets=(market,),
        start=first.isoformat(),
        last_day=(first + timedelta(days=27)).isoformat(),
        zone="Asia/Singapore",
        headlines=headlines(number, 0.4 + 0.3 * (MARKETS.index(market) if market in MARKETS else 1)),
        findings=4,
        told=(
            Claim("change", "worse", "very high", f"Scam cases in {market}: 967 against 333 expected (289 to 384)"),
            Claim(
                "target",
                "better",
                "very high",
                "SLA attainment was 96.8\u202f%; the target of at least 95\u202f% was met",
            ),
            Claim("steady", "neutral", "high", "Nothing else moved beyond noise in 1,830 comparisons"),
        ),
        folder=name,
        files=_FILES,
        series=f"trend-{market}",
        band="INTERNAL",
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # fields of a row


def headlines(number: int, size: float = 1.0) -> tuple[Headline, ...]:
    """Return five headline figures that wander with `number`."""
    return tuple(_headline(metric, number, place, size) for place, metric in enumerate(_METRICS))


def _headline(metric: tuple[str, str, str, float], number: int, place: int, size: float) -> Headline:
    name, label, unit, usual = metric
    usual = usual * size if unit == "cases" else usual
    weeks = tuple(usual / 4 * (1 + ((number * 7 + week * 5 + place * 3) % 11 - 5) / 40) for week in range(13))
    weeks = tuple(week * 4 for week in weeks) if unit != "cases" else weeks
    value = usual * (1 + ((number * 5 + place * 3) % 9 - 4) / 40)
    value = min(value, 0.995) if unit == "share" else value
    return Headline(
        metric=name,
        label=label,
        value=value,
        unit=unit,
        text=_TEXTS[unit].format(value).replace("%", "\u00a0%"),
        change="↑ 7.7\u202f% (+3.6\u202f% to +12\u202f%)"
        if place == 0
        else "+0.8 points (−0.2 to +1.4 points), within noise",
        tone="worse" if place == 0 else "neutral",
        verdict="target met" if place == 1 else "",
        target="at least 95\u202f%" if place == 1 else "",
        low=value * 0.95,
        high=min(value * 1.05, 1.0) if unit == "share" else value * 1.05,
        spark=weeks,
    )


def weekly() -> tuple[RunRow, ...]:
    """Return eight weeks of runs: two markets, a handover, one without data, one that failed, one unfinished, a batch."""
    rows: list[RunRow] = []
    for week in range(8):
        at = MADE - timedelta(weeks=week, hours=2)
        for place, market in enumerate(("ID", "TH")):
            before = trend(7 - week - 1 + place, market=market, at=at - timedelta(weeks=1)).id if week < 7 else ""
            rows.append(trend(7 - week + place, market=market, at=at, since=_since(before, week)))
    rows += [_handover(), *_troubled(), *_batched()]
    return tuple(sorted(rows, key=lambda row: row.id, reverse=True))


def _since(run: str, week: int) -> Since | None:
    if not run:
        return None
    if week % 3 == 2:
        return Since(run)
    return Since(
        run,
        appeared=("Scam cases in Indonesia: 967 against 333 expected (289 to 384)",),
        vanished=("Backlog in Thailand rose to 108 open cases on Sunday 25 October",) if week % 2 else (),
        changed=("SLA attainment was 96.8\u202f%, after 97.6\u202f%",),
        why="the data",
    )


def _handover() -> RunRow:
    return trend(
        at=MADE - timedelta(days=1),
        id="20261122T103000Z-oncall_handover-aa01",
        folder="20261122T103000Z-oncall_handover-aa01",
        template=SHIFT,
        kind="On-call handover",
        title="One case of severity S3 is open; the next deadline is in 9 h 1 min",
        lead="",
        asked=(("site", "Singapore"),),
        markets=(),
        start="",
        last_day="",
        series="handover",
        headlines=(Headline("open", "Open", 231, "cases", "231"), Headline("late", "Late", 4, "cases", "4")),
        told=(),
        is_of_single_cases=True,
    )


def _troubled() -> list[RunRow]:
    bare = {"headlines": (), "findings": 0, "told": (), "lead": ""}
    at = MADE - timedelta(days=9)
    return [
        trend(
            90, market="HK", at=at, status="no_data", title="", files=("manifest.json",),
            failure="No case falls into the scope: market HK, 5 Oct to 1 Nov 2026.", **bare,
        ),
        trend(
            91, market="TW", at=at, status="failed", title="", files=("manifest.json",),
            failure="The section “What moved, and where” stopped in cell 9 with a DataError.", **bare,
        ),
        trend(92, market="KR", at=at, status="unfinished", title="", files=(), seconds=None, finished="", **bare),
    ]  # fmt: skip


def _batched() -> list[RunRow]:
    at = MADE - timedelta(days=3)
    rows = [
        trend(n, market=market, at=at + timedelta(seconds=n), batch="batch-20261120")
        for n, market in enumerate(MARKETS)
    ]
    rows[3] = replace(
        rows[3],
        status="no_data",
        headlines=(),
        told=(),
        findings=0,
        title="",
        lead="",
        failure="No case falls into the scope.",
    )
    return [replace(row, folder=f"batch-20261120/{row.id}", series=f"batched {row.markets[0]}") for row in rows]


def many(number: int) -> tuple[RunRow, ...]:
    """Return so many runs of ten markets, a round of ten each day."""
    rows = [
        trend(n // 10, market=MARKETS[n % 10], at=MADE - timedelta(days=n // 10, minutes=n % 10)) for n in range(number)
    ]
    return tuple(
        replace(row, since=Since(rows[n + 10].id, appeared=("Scam rose",))) if n + 10 < number else row
        for n, row in enumerate(rows)
    )


def batch(number: int = 40) -> BatchSummary:
    """Return a batch over markets and months: mostly quiet, a few with findings, two without data, one failed, one not run."""
    rows = [_of_grid(n) for n in range(number - 1)]
    bare = {"headlines": (), "findings": 0, "told": (), "lead": "", "title": "", "files": ("manifest.json",)}
    failed = "The section “What moved, and where” stopped in cell 9 with a DataError."
    for place, status, why in (
        (5, "no_data", "No case falls into the scope."),
        (17, "no_data", "No case falls into the scope."),
        (23, "failed", failed),
    ):
        if place < len(rows):
            rows[place] = replace(rows[place], status=status, failure=why, **bare)
    missing = Missing((("market", "HK"), ("start", "2026-09-07")), "The batch was stopped before its turn came.")
    return BatchSummary(
        id="batch-20261123",
        name="Mondays",
        template=TREND,
        kind="Risk trends",
        started=MADE.isoformat(),
        finished=(MADE + timedelta(minutes=3)).isoformat(),
        grid=("market", "start"),
        rows=tuple(rows),
        missing=(missing,),
        command="tskit batch trend_report --grid mondays.toml --resume",
    )


def _of_grid(n: int) -> RunRow:
    market, month = MARKETS[n % 10], n // 10
    first = date(2026, 6, 1) + timedelta(weeks=4 * month)
    row = trend(
        n, market=market, at=MADE + timedelta(seconds=4 * n), asked=(("market", market), ("start", first.isoformat()))
    )
    told = row.told if n in {0, 12} else row.told[1:]
    if n == 8:
        told = (
            Claim("change", "worse", "moderate", "Overturn rate in Japan rose to 9.0\u202f% from 7.1\u202f%"),
            *told,
        )
    return replace(
        row,
        start=first.isoformat(),
        last_day=(first + timedelta(days=27)).isoformat(),
        told=told,
        findings=len(told),
        title=row.title if n in {0, 12} else "Nothing moved beyond noise",
        folder=f"batch-20261123/{row.id}",
        batch="batch-20261123",
    )


def hostile_rows() -> tuple[RunRow, ...]:
    """Return a run for each attack, which stands in every text that it has."""
    return tuple(_attacked(payload, number) for number, payload in enumerate(PAYLOADS))


def hostile_batch() -> BatchSummary:
    """Return a batch whose every text is an attack."""
    rows = hostile_rows()
    missing = tuple(Missing(((payload, payload),), payload) for payload in PAYLOADS)
    first = PAYLOADS[0]
    return replace(
        batch(),
        id=first,
        name=first,
        template=first,
        kind=first,
        grid=PAYLOADS[:3],
        rows=rows,
        missing=missing,
        command=first,
    )


def _attacked(payload: str, number: int) -> RunRow:
    states = ("ok", "ok", "failed", "no_data", "unfinished")
    figure = Headline(
        payload, payload, 4.0, payload, payload, payload, "worse", payload, payload, 1.0, 9.0, (1.0, None, 3.0, 2.0)
    )
    return RunRow(
        id=f"{payload}{number}",
        template=payload,
        kind=payload,
        status=states[number % 5],
        title=payload,
        lead=payload,
        started=(MADE - timedelta(hours=number)).isoformat() if number % 4 else payload,
        finished=payload,
        seconds=float("nan") if number % 2 else 1e300,
        asked=((payload, payload), ("case_id", payload)),
        markets=(payload, "x"),
        start=payload,
        last_day=payload,
        zone=payload,
        headlines=(figure,) * 5,
        findings=3,
        told=(Claim("change", "worse", "very high", payload),),
        failure=payload,
        folder=payload if number % 3 else f"../{payload}",
        files=(*_FILES, payload),
        batch=payload if number % 2 else "",
        series="one",
        since=Since(payload, (payload,), (payload,), (payload,), payload),
        band=payload,
        is_sample=bool(number % 2),
    )
