# %% [markdown]
# # Risk trends
#
# What moved in this period, whether it is more than noise, which segments it came from, and what to look at next.

# %% tags=["parameters"]
casebook: str = ""  # the casebook's folder; empty for TSKIT_CASEBOOK, then the working folder, then the sample
source: str = ""  # a source named in the casebook, or a file; empty for the first
start: str = ""  # first day, as in 2026-03-01; empty for four complete weeks
end: str = ""  # last day, included; empty for the end of the last complete week
market: list[str] = []  # markets to keep, as in ID; empty for all
queue: list[str] = []  # queues to keep; empty for all
policy_id: list[str] = []  # policies to keep; empty for all
metric: list[str] = [
    "cases_opened",
    "sla_attainment",
    "overturn_rate",
    "hours_to_close",
    "backlog",
    "cases_closed",
    "decisions",
    "action_rate",
    "accuracy",
    "appeal_rate",
    "automated_share",
    "reopen_rate",
]  # metrics to compare; the first five are the headlines
by: list[str] = ["market", "queue", "policy_id"]  # columns whose values are compared, alone and in pairs; three at most

# %%
from tskit import Scope, charts, findings, load

scope = Scope.from_parameters(source=source, start=start, end=end, market=market, queue=queue, policy_id=policy_id)
case_set = load(scope, casebook=casebook)
look = findings.look(case_set, metrics=metric, by=by)

# %% [markdown]
# ## What was asked
#
# The period, what it is compared with, and what the source allows to be asked.

# %%
findings.question_table(look)

# %% [markdown]
# ## Headline figures
#
# Each figure beside its target, the change since the period before with the range that noise leaves it, and the weeks
# before as a line. Below them every metric, also against the same ISO weeks a year ago.

# %%
findings.headlines(look)

# %%
findings.against_before_and_a_year_ago(look)

# %% [markdown]
# ## What moved, and where
#
# Every metric in every segment is held against how much it moved between earlier periods, and all verdicts are corrected
# for how many there are. Segments that moved for the same reason are told once, by the most specific one.

# %%
findings.changes_table(look)

# %% [markdown]
# Which combinations of attributes explain the most notable change: each is held against all other cases, in up to eight
# columns at once. Where the data cannot tell several apart, all are named.

# %%
findings.drivers_table(look)

# %% [markdown]
# Cases opened by day where most of the change lies, or of all cases when nothing stands out.

# %%
days = findings.spotlight(look)
about = charts.About("cases_opened_where", days.title, "Cases opened", "cases", days.subtitle, days.caption)
charts.spike_band(days.frame, about=about, holidays=days.holidays, events=days.events)

# %% [markdown]
# How much each market, queue and policy changed since the period before. Bars that cross the line are within noise.

# %%
ranked = findings.ranked_changes(look, "cases_opened")
about = charts.About("cases_opened_change", ranked.title, "Change", "share", subtitle=ranked.subtitle)
charts.ranked_change(ranked.frame, about=about, by="segment")

# %% [markdown]
# ## Queue health
#
# How many cases were open at the end of each day, how long they have waited, and whether they were closed in time.

# %%
open_cases = findings.backlog_days(look)
about = charts.About("backlog_by_day", open_cases.title, "Open cases", "cases", subtitle=open_cases.subtitle)
charts.over_time(open_cases.frame, about=about, holidays=open_cases.holidays, events=open_cases.events)

# %%
ages = findings.ageing(look)
charts.ageing(ages.frame, about=charts.About("ageing", ages.title, "Open cases", "cases", subtitle=ages.subtitle))

# %%
sla = findings.by_segment(look, "sla_attainment", column="queue")
about = charts.About("sla_by_queue", sla.title, "SLA attainment", "share", subtitle=sla.subtitle)
charts.small_multiples(sla.frame, about=about, by="queue", period="week")

# %% [markdown]
# Targets are met or missed on the exact value; an interval never excuses a miss.

# %%
findings.targets_table(look)

# %% [markdown]
# ## Decisions and appeals
#
# A rate has moved only if it also moved like for like: with the mix of policies, languages and severities held still.

# %%
findings.like_for_like_table(look)

# %% [markdown]
# What the most notable rate counts, now less before, taken apart: more or fewer cases, another mix of them, and the rates
# within groups. The three add up to the change.

# %%
parts = findings.rate_parts(look)
about = charts.About("rate_parts", parts.title, "What the rate counts", "cases", parts.subtitle, parts.caption)
charts.waterfall(parts.frame, about=about)

# %%
overturned = findings.by_week(look, "overturn_rate")
about = charts.About("overturn_rate_by_week", overturned.title, "Overturn rate", "share", subtitle=overturned.subtitle)
charts.over_time(overturned.frame, about=about, period="week")

# %%
accuracy = findings.by_week(look, "accuracy")
about = charts.About("accuracy_by_week", accuracy.title, "Decision accuracy", "share", subtitle=accuracy.subtitle)
charts.over_time(accuracy.frame, about=about, period="week")

# %% [markdown]
# ## Cases of the gravest severity
#
# Listed one by one, whatever the statistics say.

# %%
findings.gravest_cases(case_set)

# %% [markdown]
# ## Holidays
#
# Public holidays move arrivals and closures; a change beside one needs a second look before it is called a trend.

# %%
findings.holidays_table(look)

# %% [markdown]
# ## Data quality
#
# Every record that was read is kept, or kept apart with a reason; suspicious ones are flagged and left out where they
# would mislead.

# %%
case_set

# %%
findings.quality_table(case_set)

# %% [markdown]
# ## Limits
#
# What these figures cannot tell, and what this source cannot answer.

# %%
findings.limits_table(look)

# %% [markdown]
# ## What to look at next
#
# The next steps of the findings, the most pressing first.

# %%
found = findings.record(look)
findings.next_steps(found)

# %%
found
