"""One rule, one message, and a way to send that leaves no trace but in the test's folder."""

from datetime import UTC, datetime

import pytest

from tskit.model import Alert, Alerting, Said, SaidFinding
from tskit.runs.alerts import Way

NOW = datetime(2026, 11, 2, 1, 4, tzinfo=UTC)
SPIKE = SaidFinding(("spike",), "Scam cases in Indonesia: 967 against 333 expected", "", "Open a sample.", "very high")
LATE = SaidFinding(("sla_breach",), "", "", "", "", is_covered=True)
STEADY = SaidFinding((), "Nothing else moved beyond noise", certainty="high")
TREND = Said("run-1", "trend_report", "ok", "Scam rose", "8,354 cases were opened.", (SPIKE, LATE, STEADY))
FAILED = Said("run-2", "trend_report", "failed", failure="stopped in the section 'Load', code cell 2 (KeyError)")


@pytest.fixture
def pager():
    return Alert("pager", ("spike",), "command", command=("page",))


@pytest.fixture
def alerting():
    return Alerting(("127.0.0.1",), timeout_seconds=1.0, attempts=3)


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def way(tmp_path, pauses):
    return Way(
        log=tmp_path / "runs" / "alerts.jsonl",
        clock=lambda: NOW,
        pause=pauses.append,
        secret={"chat": "sesame/7f3a", "bearer": "Bearer abc"}.get,
        folder=tmp_path,
        environ={"PATH": "/usr/bin:/bin", "TSKIT_PSEUDONYM_KEY": "hush", "LANG": "C.UTF-8"},
    )
