"""One realistic, hostile figure of each kind, and frames that hold nothing."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tskit.charts import (
    About,
    ageing,
    cause_segments,
    cause_trend,
    driver_lattice,
    fishbone,
    flow_map,
    funnel,
    hourly,
    over_time,
    pareto,
    ranked_change,
    share_over_time,
    small_multiples,
    spike_band,
    weekday_hour,
)

NAMES = [
    "scam podcasts",
    "สแกมพอดแคสต์ น้ำใจ กำลัง",
    "Lừa đảo tiền mã hoá",
    "冒充名人的播客诈骗内容审核",
    "</script><script>alert(1)</script>",
    "a.b[c]'\"\\{signal: x}",
    None,
    "a very long name that somebody typed without any thought of charts or of telephones",
]
MONDAY = date(2026, 8, 3)


def about(key, unit="cases"):
    return About(key, f"Title of {key}", "Cases opened" if unit == "cases" else "Overturn rate", unit)


def _daily(count=56):
    rng = np.random.default_rng(7)
    days = [MONDAY + timedelta(days=i) for i in range(count)]
    frame = pd.DataFrame({"period_start": days, "value": rng.poisson(30, count).astype(float)})
    frame["expected_low"], frame["expected_high"] = 18.0, 42.0
    frame["previous"] = rng.poisson(28, count)
    frame["is_complete"] = [True] * (count - 1) + [False]
    frame.loc[10:12, "value"] = np.nan
    frame.loc[50, "value"] = 180.0
    return frame


def _weekly():
    rows = [
        (name, MONDAY + timedelta(weeks=week), value, week < 9)
        for week in range(10)
        for name, value in zip(NAMES, np.random.default_rng(week).dirichlet([9, 7, 5, 4, 3, 2, 1, 1]), strict=True)
    ]
    return pd.DataFrame(rows, columns=["a.b['x']", "period_start", "value", "is_complete"])


def _changes():
    frame = pd.DataFrame({"a.b['x']": NAMES, "change": [4.2, 0.3, 0.1, 0.02, -0.01, -0.2, 0.0, -0.4]})
    spread = pd.Series([0.5, 0.1, 0.2, 9.0, 0.1, 0.1, 0.1, 0.2])
    return frame.assign(
        change_low=frame.change - spread, change_high=frame.change + spread, is_beyond_noise=frame.change.abs() > spread
    )


def _cells():
    return pd.DataFrame([(w, h, w * h) for w in range(1, 8) for h in range(24)], columns=["weekday", "hour", "value"])


def _ages():
    buckets = ["0-4 h", "4-24 h", "1-3 d", "3-7 d", "over 7 d"]
    rows = [(bucket, name, 10 * i + j, i > 3) for i, bucket in enumerate(buckets) for j, name in enumerate(NAMES)]
    return pd.DataFrame(rows, columns=["bucket", "a.b['x']", "value", "is_overdue"])


def _rates():
    return pd.DataFrame(
        {
            "a.b['x']": NAMES,
            "value": [0.07, 0.2, 0.06, 0.08, 0.3, 0.07, 0.0, 0.01],
            "n": [900, 640, 40, 200, 700, 60, 9, 800],
        }
    )


def _limits():
    n = np.array([5, 20, 50, 100, 300, 600, 1200])
    wide = np.sqrt(0.07 * 0.93 / n)
    bands = {
        f"{side}_{name}": np.clip(0.07 + sign * z * wide, 0, 1)
        for name, z in (("95", 1.96), ("998", 3.09))
        for side, sign in (("low", -1), ("high", 1))
    }
    return pd.DataFrame({"n": n, **bands})


def _causes():
    shares = pd.Series([0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.03, 0.02])
    frame = pd.DataFrame({"cause": NAMES, "name": NAMES, "k": (shares * 100).astype(int), "value": shares})
    sums = frame.assign(
        low=shares / 2, high=shares * 1.5, cumulative=shares.cumsum(), severity_value=shares[::-1].values
    )
    return sums.assign(is_vital=sums["cumulative"] < 0.9, is_undetermined=[*[False] * 7, True])


def _grid():
    rows = [
        (group, place, cause, cause, 3, 9, 0.1 * j, i + j == 4)
        for group in ("a.b['x']", "<b>By</b>")
        for i, place in enumerate(NAMES)
        for j, cause in enumerate(NAMES[:6])
    ]
    return pd.DataFrame(rows, columns=["group", "segment", "cause", "name", "k", "n", "value", "stands_out"])


def _courses():
    rows = [(MONDAY + timedelta(weeks=w), name, w + i, w < 9) for w in range(10) for i, name in enumerate(NAMES)]
    return pd.DataFrame(rows, columns=["period_start", "cause", "k", "is_complete"])


def _bones():
    branches = ["Method", "People", "Machine", "Material", "Measurement", "Environment"]
    rows = [(branch, str(name or ""), 9 - i, 44) for branch in branches[:5] for i, name in enumerate(NAMES)]
    return pd.DataFrame([*rows, ("Environment", "", 0, 0)], columns=["branch", "name", "k", "branch_k"])


def _by_hour():
    at = pd.date_range("2026-08-01", periods=72, freq="h", tz="UTC")
    cases = np.random.default_rng(5).poisson(6, 72).astype(float)
    cases[[40, 41]], cases[50], cases[60:] = 31.0, 0.0, np.nan
    frame = pd.DataFrame(
        {"at": at, "cases": cases, "expected": 6.0, "low": 1.0, "high": 12.0, "is_future": np.isnan(cases)}
    )
    marks = {40: "spike", 41: "spike", 50: "silence", 3: NAMES[4]}
    return frame.assign(mark=[marks.get(n, "") for n in range(72)])


def _alarms():
    frame = _daily().rename(columns={"period_start": "period", "value": "observed"})
    frame = frame.rename(columns={"expected_low": "lower", "expected_high": "upper"}).assign(expected=30.0)
    found = {50: ("more", True), 20: ("fewer", False), 30: ("silent", True)}
    sides = [found.get(n, ("", False)) for n in range(len(frame))]
    frame = frame.assign(side=[side for side, _ in sides], is_beyond_noise=[sure for _, sure in sides], strength=2.5)
    why = ["no data" if np.isnan(value) else "" for value in frame["observed"]]
    return frame.assign(alarm=frame["side"] != "", why_not=[*why[:-1], NAMES[4]], series=NAMES[4])


def _moves():
    pairs = [(a, b) for i, a in enumerate(NAMES) for b in NAMES[i + 1 :]]
    rows = [(a, b, float(40 - n), n % 3, 4.5) for n, (a, b) in enumerate([*pairs, *[(b, a) for a, b in pairs[:5]]])]
    return pd.DataFrame(rows, columns=["source", "target", "cases", "returns", "median_hours"])


def _queues():
    nodes = pd.DataFrame({"node": [*NAMES, "(opened)", "(closed)"], "kind": ["queue"] * 8 + ["opened", "closed"]})
    return nodes.assign(entries=range(10), median_hours=[7.25, np.nan] * 5, layer=[1, 1, 2, 2, 3, 3, 4, 5, 0, 6], y=0.5)


def _verdicts():
    return pd.DataFrame({"queue": NAMES[4:6], "verdict": ["slower", "slow"]})


def _lattice():
    roles = ["cause", "runner-up", "ripple", "ripple", "left", "wider", "ripple", "cause"]
    rows = [
        (name, role, 1 + i // 4, "across", 1 + i % 4, 90.0 * i, 40.0)
        for i, (name, role) in enumerate(zip(NAMES, roles, strict=True))
    ]
    return pd.DataFrame(rows, columns=["segment", "role", "number", "relation", "layer", "seen", "expected"])


FRAMES = {
    "driver_lattice": _lattice(),
    "flow_map": _moves(),
    "spike_band": _alarms(),
    "hourly": _by_hour(),
    "pareto": _causes(),
    "cause_segments": _grid(),
    "cause_trend": _courses(),
    "fishbone": _bones(),
    "over_time": _daily(),
    "small_multiples": _weekly(),
    "ranked_change": _changes(),
    "weekday_hour": _cells(),
    "share_over_time": _weekly(),
    "ageing": _ages(),
    "funnel": _rates(),
}
BY = "a.b['x']"
HOLIDAYS = pd.DataFrame({"day": [MONDAY + timedelta(days=8)] * 2, "name": ["<b>Day</b>"] * 2, "country": ["SG", "MY"]})
DRAW = {
    "driver_lattice": lambda f: driver_lattice(f, about=about("driver_lattice")),
    "flow_map": lambda f: flow_map(_queues().iloc[: 10 * bool(len(f))], f, about=about("flow_map"), slow=_verdicts()),
    "spike_band": lambda f: spike_band(
        f, about=about("spike_band"), holidays=HOLIDAYS, events={MONDAY + timedelta(days=30): "<b>begins</b>"}
    ),
    "hourly": lambda f: hourly(f, about=about("hourly"), zone="Asia/Kolkata"),
    "pareto": lambda f: pareto(f, about=about("pareto", "share")),
    "cause_segments": lambda f: cause_segments(f, about=about("cause_segments", "share")),
    "cause_trend": lambda f: cause_trend(f, about=about("cause_trend")),
    "fishbone": lambda f: fishbone(f, about=about("fishbone")),
    "over_time": lambda f: over_time(
        f, about=about("over_time"), target=60, holidays=HOLIDAYS, events={MONDAY: "<b>begins</b>"}
    ),
    "small_multiples": lambda f: small_multiples(
        f, about=about("small_multiples", "share"), by=BY, period="week", target=0.1
    ),
    "ranked_change": lambda f: ranked_change(f, about=about("ranked_change", "share"), by=BY),
    "weekday_hour": lambda f: weekday_hour(f, about=about("weekday_hour")),
    "share_over_time": lambda f: share_over_time(f, about=about("share_over_time", "share"), by=BY),
    "ageing": lambda f: ageing(f, about=about("ageing"), by=BY),
    "funnel": lambda f: funnel(f, about=about("funnel", "share"), by=BY, limits=_limits(), centre=0.07),
}


@pytest.fixture(params=sorted(DRAW))
def kind(request):
    return request.param


@pytest.fixture
def frame(kind):
    return FRAMES[kind].copy()


@pytest.fixture
def draw(kind):
    return DRAW[kind]


@pytest.fixture
def hostile():
    return [name for name in NAMES if name]
