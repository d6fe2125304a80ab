"""The tables, figures, findings and accounts that the notebooks of the tests display."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from tskit.charts import About, over_time, ranked_change, weekday_hour
from tskit.findings.tables import table
from tskit.model import Evidence, Finding, Findings

__all__ = ["cases", "findings", "headlines", "hours", "inputs", "last_days", "question", "queues", "ranked", "spike"]


def last_days(count: int) -> list[date]:
    return [date(2026, 11, 1) - timedelta(days=count - 1 - n) for n in range(count)]


def spike() -> Any:
    rng = np.random.default_rng(7)
    days = last_days(56)
    values = 30 + rng.poisson(3, 56).astype(float) - 3 + np.array([2 * (d.weekday() < 5) for d in days])
    values[-6:] = [58, 112, 151, 172, 181, 140]
    frame = pd.DataFrame(
        {
            "period_start": days,
            "value": values,
            "expected": 33.0,
            "expected_low": 22.0,
            "expected_high": 46.0,
            "is_complete": [True] * 55 + [False],
        }
    )
    about = About("spike_by_day", "Impersonation cases opened per day, Indonesia", "Cases opened", "cases")
    return over_time(frame, about=about, events={date(2026, 10, 27): "spike starts"})


def ranked() -> Any:
    rows = [
        ("ID · impersonation", 4.2, 3.7, 4.8, True),
        ("TH · spam", 0.31, -0.02, 0.72, False),
        ("VN · scam", 0.12, -0.1, 0.38, False),
        ("PH · music piracy", -0.08, -0.2, 0.06, False),
        ("MY · harassment", -0.15, -0.38, 0.17, False),
    ]
    frame = pd.DataFrame(rows, columns=["segment", "change", "change_low", "change_high", "is_beyond_noise"])
    return ranked_change(
        frame, about=About("where", "Change in cases opened, by market and policy", "Change", "share"), by="segment"
    )


def hours() -> Any:
    frame = pd.DataFrame(
        [
            {"weekday": d, "hour": h, "value": 40 + 30 * np.sin((h - 6) / 24 * 6.28) - 12 * (d > 5)}
            for d in range(1, 8)
            for h in range(24)
        ]
    )
    return weekday_hour(frame, about=About("arrivals", "When cases arrive", "Cases opened", "cases"))


def headlines() -> Any:
    names = ["label", "value", "unit", "text", "change", "tone", "verdict", "target", "spark", "metric"]
    rows = [
        (
            "Cases opened",
            6912,
            "cases",
            "6,912",
            "▲ +18.4 % (15.1 to 21.8)",
            "worse",
            "",
            "",
            [5.8, 5.9, 5.7, 6.0, 5.8, 5.9, 5.8, 6.0, 6.9],
            "cases_opened",
        ),
        (
            "Closed within the SLA",
            0.913,
            "share",
            "91.3\u202f%",
            "▼ −2.1 points (−3.0 to −1.2)",
            "worse",
            "target missed",
            "at least 95 %",
            [95, 94.8, 94.9, 94.6, None, 94.8, 94.9, 94, 91.3],
            "sla_attainment",
        ),
        (
            "Decisions overturned",
            0.068,
            "share",
            "6.8\u202f%",
            "no change beyond noise (−0.2 points)",
            "neutral",
            "target met",
            "at most 8 %",
            [6.7, 6.9, 6.6, 6.8, 6.9, 6.7, 6.8, 6.9, 6.8],
            "overturn_rate",
        ),
        (
            "Median time to close",
            5.2,
            "hours",
            "5.2\u202fh",
            "no change beyond noise (+1.1 %)",
            "neutral",
            "",
            "",
            [5.1, 5.3, 5.2, 5.0, 5.3, 5.1, 5.2, 5.1, 5.2],
            "hours_to_close",
        ),
        (
            "Backlog",
            1204,
            "cases",
            "1,204",
            "▼ −6.2 % (−8.0 to −4.1)",
            "better",
            "",
            "",
            [1.4, 1.38, 1.35, 1.36, 1.3, 1.31, 1.28, 1.25, 1.2],
            "backlog",
        ),
    ]
    return table(
        pd.DataFrame(rows, columns=names),
        [(n, n) for n in names],
        key="headlines",
        title="Headline figures",
        caption="Change against the period before, with the range that holds it in 95 of 100 cases.",
        role="headlines",
    )


def question() -> Any:
    rows = [("Period", "26 October to 1 November 2026"), ("Compared with", "28 September to 4 October 2026")]
    columns = [("question", "Question"), ("answer", "Answer")]
    frame = pd.DataFrame(rows, columns=["question", "answer"])
    return table(frame, columns, key="question", title="What was asked of the data")


def queues() -> Any:
    markets = ("ID", "TH", "VN", "PH", "MY", "SG", "TW", "HK")
    policies = ("scam", "impersonation", "harassment")
    rows = [
        (f"{m.lower()}-{p}", m, 1200 // (n + 1) + 13, 0.9512 - 0.011 * n, 4.2 + n, "2026-11-01")
        for n, (m, p) in enumerate((m, p) for m in markets for p in policies)
    ]
    frame = pd.DataFrame(rows, columns=["queue", "market", "cases", "sla", "hours", "day"])
    return table(
        frame,
        [
            ("queue", "Queue"),
            ("market", "Market"),
            ("cases", "Open cases", "cases"),
            ("sla", "Within SLA", "share"),
            ("hours", "Median hours", "hours"),
            ("day", "Last arrival", "date"),
        ],
        key="queues",
        title="Queues, by open cases",
        caption="Open cases at the end of the period; the SLA counts cases due in it.",
    )


def cases() -> Any:
    frame = pd.DataFrame(
        [
            ({"case_id": "5003x0000Ab12"}, "ID", "impersonation", "2026-10-29T04:12:00+00:00", "open"),
            ({"case_id": "5003x0000Ab77"}, "TH", "minor safety", "2026-10-30T11:40:00+00:00", "closed"),
        ],
        columns=["case_id", "market", "policy", "opened_at", "status"],
    )
    return table(
        frame,
        [
            ("case_id", "Case"),
            ("market", "Market"),
            ("policy", "Policy"),
            ("opened_at", "Opened", "date"),
            ("status", "Status"),
        ],
        key="severe",
        title="Cases of severity S3",
        caption="Open each in the system of record before acting on it.",
        role="cases",
    )


def findings() -> Findings:
    figure = Evidence("figure", "spike_by_day", "daily cases")
    return Findings(
        "Impersonation podcasts in Indonesia rose fivefold; nothing else moved beyond noise",
        "Volume rose 18.4 % on the mean of the eight weeks before. Four fifths of the rise is one segment: impersonation podcasts reported in Indonesia. The SLA target was missed there and met everywhere else.",
        (
            Finding(
                "Impersonation podcasts in Indonesia: 1,104 cases against 212 expected (188 to 241)",
                (figure, Evidence("figure", "where")),
                {"cases": 1104},
                "very high",
                "outside the 99.9 % band on five days; one of 96 segments looked at",
                "It began on Tuesday 27 October and has not slowed. 71 % of the new cases share near-identical descriptions.",
                "Reports arrive up to two days late; Sunday is not complete.",
                "Open the largest cluster in a case deep dive; ask detection for the upload source.",
                "change",
                "worse",
            ),
            Finding(
                "Two cases of severity S3 are on record",
                (Evidence("table", "severe"),),
                {},
                "very high",
                "listed one by one",
                kind="incident",
                tone="worse",
                next_step="Check the open one today.",
            ),
            Finding(
                "The SLA in the Indonesian scam queue fell to 74 % (70 to 78)",
                (Evidence("table", "queues"),),
                {},
                "high",
                "402 cases due",
                "Arrivals exceeded closures on five of seven days.",
                kind="target",
                tone="worse",
            ),
            Finding(
                "The backlog shrank by 6.2 %",
                (Evidence("metric", "M19 backlog"),),
                {},
                "moderate",
                kind="change",
                tone="better",
            ),
            Finding(
                "Overturned decisions did not move beyond noise",
                (Evidence("metric", "M07 overturn rate"),),
                {},
                "moderate",
                "94 other segments were looked at; none stood out after correction",
                kind="steady",
            ),
            Finding(
                "Reports of the last two days are still arriving",
                (Evidence("metric", "M00 cases opened"),),
                {},
                "high",
                kind="limit",
            ),
        ),
    )


def inputs() -> dict[str, Any]:
    return {
        "source": "main",
        "profile": "canonical",
        "fingerprint": "8d20c0ffee8d20c0ffee",
        "zone": "Asia/Singapore",
        "start": "2026-10-26",
        "last_day": "2026-11-01",
        "filters": {"market": ["ID", "TH"]},
        "as_of": "2026-11-01T15:59:59+00:00",
        "inputs": [
            {"name": "cases.parquet", "sha256": "8d20" * 16, "bytes": 9120345, "rows": 53799},
            {"name": "events.parquet", "sha256": "1f0a" * 16, "bytes": 29120345, "rows": 412004},
        ],
        "quality": {
            "read": 53799,
            "kept": 53616,
            "rejected": 183,
            "flagged": 96,
            "cases": 53616,
            "reasons": {"bad_time": 120, "duplicate_key": 63},
            "flags": {"closed_before_opened": 96},
            "missing": ["handle_minutes"],
            "blank": {"language": 0.031, "vendor": 0.0},
            "notes": ["Reports arrive up to two days late."],
        },
        "casebook": {
            "name": "sample",
            "band": "INTERNAL · CONTAINS CASE AGGREGATES",
            "is_sample": True,
            "smallest_cell": 5,
        },
    }
