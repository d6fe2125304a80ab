"""Effects of a change: coverage, false alarms and power of the 95 % intervals on series whose effect is known.

Every series has a level, a trend, weekdays, and noise that remembers itself with a given correlation from one day to the
next: daily means (with and without white noise on top) and daily counts (Poisson around a level that wanders by 15 %). Of
half of them the change has no effect, of the other half one of a fifth of the level. Beside tskit: Welch's t-test of the days
before and after, statsmodels' regression of the same columns without any correction (OLS, or Poisson with its dispersion),
and with its Newey-West covariance (HAC, automatic bandwidth 4 (T / 100)^(2/9)). Each has a process of its own and the same
series. Then, with tskit alone: ranks among earlier dates where nothing was changed (they should be even), and how often the
effect that `power_before` names is found (it should be 80 %).

    python benchmarks/impact.py [--quick] [--json FILE] [--rows SERIES ...] [--only VARIANT ...]
"""

from __future__ import annotations

import sys
import warnings
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import arguments, machine, measure, ratio, show, spent, table, versions, write_json

BEFORE = 80
MEMORIES = (0.0, 0.6, 0.9)
KINDS = ("mean", "noisy mean", "count")
LENGTHS = (28,)
ON = date(2026, 6, 1)
EFFECT = 0.2
SEED = 20_261_123


def main() -> None:
    """Run all variants on the same series and print coverage, false alarms, power and CPU."""
    parsed = arguments(__doc__.splitlines()[0], sizes=(1_000,), quick=(20,))
    if parsed.variant:
        return show(VARIANTS[parsed.variant](int(parsed.path.name)))
    costs, ratios = {}, {}
    for size in parsed.sizes:
        names = parsed.only or VARIANTS
        made = [measure(__file__, "--path", str(size), variant=name, timeout=7200) for name in names]
        costs[str(size)], ratios[str(size)] = made, _report(size, made)
    write_json(parsed.json, name="impact", costs=costs, ratios=ratios)
    return None


def _report(size, made):
    for cost in made:
        if cost.code:
            raise SystemExit(f"{cost.variant} failed: {cost.error}")
    by = {cost.variant: cost.result for cost in made}
    print(f"\n{size:,} series a row   {versions('statsmodels', 'numpy', 'pandas')}   {machine()}")
    contests = [name for name in by if name in CONTESTS]
    for figure in ("coverage", "false alarms", "found", "width"):
        rows = (
            [[where, *(by[name][where][figure] for name in contests)] for where in by[contests[0]] if "," in where]
            if contests
            else []
        )
        if rows:
            print(f"\n{figure}\n" + table(_thirds(rows), head=["series", *contests]))
    for name in ("ranks", "power"):
        if name in by:
            print(f"\n{name}\n" + "\n".join(f"  {key}: {value}" for key, value in by[name].items()))
    found = {
        f"tskit / {name}, CPU": ratio(by["tskit"]["cpu"], by[name]["cpu"])
        for name in contests
        if name != "tskit" and "tskit" in by
    }
    print("\n" + "  ".join(f"{name}: {value:.1f}" for name, value in found.items() if value))
    return found


def _thirds(rows):
    return [[row[0], *(f"{value:.3f}" for value in row[1:])] for row in rows]


def scenarios():
    """Return every kind, correlation and length with a name."""
    return [
        (f"{kind}, correlation {memory}, {after} days after", kind, memory, after)
        for kind in KINDS
        for memory in MEMORIES
        for after in LENGTHS
    ]


def drawn(kind, memory, after, effect, *, seed, before=BEFORE):
    """Return the values of one series and its columns: level, trend, weekdays, change."""
    import numpy as np  # noqa: PLC0415  # each variant pays for its own imports only

    chance = np.random.default_rng(seed)
    days = before + after
    noise, shocks = np.empty(days), chance.standard_normal(days)
    noise[0] = shocks[0]
    for t in range(1, days):
        noise[t] = memory * noise[t - 1] + np.sqrt(1 - memory**2) * shocks[t]
    if kind == "noisy mean":
        noise = (noise + chance.standard_normal(days)) / np.sqrt(2)
    weekday = np.array([1.1, 1.05, 1.0, 1.0, 0.95, 0.6, 0.55])[np.arange(days) % 7]
    line = np.log(weekday) + 0.001 * np.arange(days) + np.log1p(effect) * (np.arange(days) >= before)
    if kind == "count":
        return chance.poisson(100 * np.exp(line + 0.15 * noise - 0.15**2 / 2)).astype(float)
    return 10 * weekday + 0.01 * np.arange(days) + 10 * effect * (np.arange(days) >= before) + 2.5 * noise


def _over_all(size, estimate):
    """Return coverage, false alarms, share found and mean width of every scenario, for `estimate(kind, y, after)`."""
    started, found = spent(), {}
    for n, (name, kind, memory, after) in enumerate(scenarios()):
        counts = {"covered": 0, "false": 0, "seen": 0, "width": 0.0}
        for i in range(size):
            effect = EFFECT if i % 2 else 0.0
            low, high = estimate(kind, drawn(kind, memory, after, effect, seed=(SEED, n, i)), after)
            truth = effect if kind == "count" else 10 * effect
            counts["covered"] += low <= truth <= high
            counts["seen" if effect else "false"] += not low <= 0 <= high
            counts["width"] += high - low
        half = size / 2
        found[name] = {
            "coverage": counts["covered"] / size, "false alarms": counts["false"] / half,
            "found": counts["seen"] / half, "width": counts["width"] / size,
        }  # fmt: skip
        print(name, found[name], file=sys.stderr, flush=True)
    return {**found, "cpu": spent(started).cpu}


def _frame(kind, series, *, before=BEFORE):
    import pandas as pd  # noqa: PLC0415  # as above

    start = pd.Timestamp(ON) - pd.Timedelta(days=before)
    name = "k" if kind == "count" else "value"
    return pd.DataFrame({"period_start": pd.date_range(start, periods=len(series)), name: series})


def tskit(size):
    """Estimate with tskit: a level change, trend and weekdays held still."""
    from tskit.patterns.impact import Change, Outcome  # noqa: PLC0415  # as above
    from tskit.patterns.impact.effect import effect_of  # noqa: PLC0415  # as above
    from tskit.patterns.impact.study import study_of  # noqa: PLC0415  # as above

    def estimate(kind, series, after):  # noqa: ARG001  # the frame tells
        outcome = Outcome("the outcome", "count" if kind == "count" else "value")
        study = study_of(_frame(kind, series), Change(ON), outcome=outcome, shape="level")
        effect = effect_of(study.fitted(), study.judged)
        return (effect.ratio[1] - 1, effect.ratio[2] - 1) if kind == "count" else (effect.low, effect.high)

    return _over_all(size, estimate)


def welch(size):
    """Compare the days before with the days after by Welch's t-test, of counts on their logarithms."""
    import numpy as np  # noqa: PLC0415  # as above
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW  # noqa: PLC0415  # as above

    def estimate(kind, series, after):
        values = np.log(np.maximum(series, 0.5)) if kind == "count" else series
        pair = CompareMeans(DescrStatsW(values[-after:]), DescrStatsW(values[:-after]))
        low, high = pair.tconfint_diff(usevar="unequal")
        return (np.expm1(low), np.expm1(high)) if kind == "count" else (low, high)

    return _over_all(size, estimate)


def plain(size):
    """Fit the same columns with statsmodels and no correction for correlation."""
    return _over_all(size, _regression({"use_t": True}))


def newey_west(size):
    """Fit the same columns with statsmodels and its Newey-West covariance."""
    return _over_all(
        size, _regression({"use_t": True, "cov_type": "HAC", "cov_kwds": {"maxlags": 0, "use_correction": True}})
    )


def _regression(settings):
    import numpy as np  # noqa: PLC0415  # as above
    from statsmodels.genmod.families import Poisson  # noqa: PLC0415  # as above
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415  # as above
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415  # as above

    def estimate(kind, series, after):
        days = np.arange(len(series))
        weekdays = [(days % 7 == day).astype(float) for day in range(1, 7)]
        columns = np.column_stack([np.ones(len(days)), days, *weekdays, days >= len(days) - after])
        asked = dict(settings)
        if "cov_kwds" in asked:
            asked["cov_kwds"] = {**asked["cov_kwds"], "maxlags": int(4 * (len(days) / 100) ** (2 / 9))}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind == "count":
                scale = {} if "cov_type" in asked else {"scale": "X2"}
                found = GLM(series, columns, family=Poisson()).fit(**asked, **scale)
            else:
                found = OLS(series, columns).fit(**asked)
        low, high = found.conf_int()[-1]
        return (np.expm1(low), np.expm1(high)) if kind == "count" else (low, high)

    return estimate


def ranks(size):
    """Rank the real date among earlier ones where nothing was changed: shares at or below 5, 10, 25, 50 and 75 %."""
    import numpy as np  # noqa: PLC0415  # as above

    from tskit.patterns.impact import Change, Outcome, before_and_after  # noqa: PLC0415  # as above

    found = {}
    for memory in (0.0, 0.6, 0.9):
        p = []
        for i in range(max(size // 4, 10)):
            frame = _frame(
                "mean", drawn("mean", memory, 28, 0.0, seed=(SEED, 99, int(memory * 10), i), before=112), before=112
            )
            pattern = before_and_after(frame, Change(ON), outcome=Outcome("the outcome", "value"), shape="level")
            p.append(pattern.settings["placebo_p"])
        shares = {limit: round(float(np.mean(np.array(p) <= limit)), 3) for limit in (0.05, 0.1, 0.25, 0.5, 0.75)}
        found[f"correlation {memory}, {len(p)} series"] = str(shares)
    return found


def power(size):
    """Plant the effect that `power_before` names from the days before, and count how often it is found."""
    from tskit.patterns.impact import Change, Outcome, power_before  # noqa: PLC0415  # as above
    from tskit.patterns.impact.effect import effect_of  # noqa: PLC0415  # as above
    from tskit.patterns.impact.study import study_of  # noqa: PLC0415  # as above

    found, outcome = {}, Outcome("the outcome", "value")
    for memory in (0.0, 0.6, 0.9):
        seen = 0
        series = max(size // 4, 10)
        for i in range(series):
            values = drawn("mean", memory, 28, 0.0, seed=(SEED, 98, int(memory * 10), i))
            frame = _frame("mean", values)
            named = power_before(frame[:BEFORE], outcome=outcome, after=(28,), shape="level")
            frame.loc[BEFORE:, "value"] += float(named.table["smallest"].iloc[0])
            study = study_of(frame, Change(ON), outcome=outcome, shape="level")
            seen += effect_of(study.fitted(), study.judged).is_beyond_noise
        found[f"correlation {memory}, {series} series"] = round(seen / series, 3)
    return found


CONTESTS = {"tskit": tskit, "welch": welch, "plain": plain, "newey_west": newey_west}
VARIANTS = {**CONTESTS, "ranks": ranks, "power": power}


if __name__ == "__main__":
    main()
