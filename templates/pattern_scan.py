# %% [markdown]
# # Pattern scan
#
# Every metric by every dimension of a scope: what is unusual, what explains it, which cases belong together, where they
# wait, and since when; ranked by what deserves a look.

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
    "action_rate",
    "accuracy",
    "automated_share",
    "automated_detection_share",
    "escalation_rate",
    "reassignment_rate",
    "reopen_rate",
]  # metrics to sweep, counts and shares; the first four are headlines
by: list[str] = ["market", "queue", "policy_id", "vendor", "channel"]  # columns whose values are compared

# %%
from tskit import Scope, charts, findings, load
from tskit.findings.scan import page, scan

scope = Scope.from_parameters(source=source, start=start, end=end, market=market, queue=queue, policy_id=policy_id)
case_set = load(scope, casebook=casebook)
seen = scan(case_set, metric=metric, by=by)

# %% [markdown]
# ## What was asked
#
# The period, what it is compared with, how many things each detector looked at, and by how much it may err.

# %%
page.question_table(seen)

# %%
page.looked_table(seen)

# %%
page.tiles(seen)

# %% [markdown]
# ## What deserves a look
#
# What is more than chance, the weightiest first. What belongs to one story is told once.

# %%
page.ranked_table(seen)

# %% [markdown]
# ## What is unusual
#
# Days and weeks that lie outside what the past of the same series leads to expect of them.

# %%
spike = page.first_spike(seen)
about = charts.About("watched", spike.title, spike.label, spike.unit, caption=spike.caption)
charts.spike_band(spike.frame, about=about, period=spike.step, holidays=spike.holidays, events=spike.events)

# %%
page.found_table(seen, "spikes")

# %%
page.found_table(seen, "rates")

# %% [markdown]
# ## What explains the changes
#
# Which segments changed apart from all others since the period before, and what is only another mix of cases.

# %%
page.drivers_table(seen)

# %%
around = page.lattice(seen)
about = charts.About("lattice", around.title, around.label, around.unit, caption=around.caption)
charts.driver_lattice(around.frame, about=about)

# %%
page.mix_table(seen)

# %%
parts = page.parts(seen)
charts.waterfall(parts.frame, about=charts.About("parts", parts.title, parts.label, parts.unit, caption=parts.caption))

# %% [markdown]
# ## What belongs together
#
# Cases that share what few others share, opened close together.

# %%
page.clusters_table(seen)

# %%
drawn = page.drawn(seen)
about = charts.About("linked_cases_map", drawn.title, "Ties", "cases", subtitle=drawn.subtitle, caption=drawn.caption)
charts.cluster_graph(drawn.ties, about=about, clusters=drawn.clusters)

# %%
page.linked_table(seen)

# %% [markdown]
# ## Where cases wait
#
# How cases move between queues, which queues hold them up, and what those have in common that missed their target.

# %%
ways = page.ways(seen)
about = charts.About("flow_map", ways.title, "Moves", "cases", caption=ways.caption)
charts.flow_map(ways.nodes, ways.edges, about=about, slow=ways.slow)

# %%
page.waits_table(seen)

# %%
page.late_table(seen)

# %%
page.loops_table(seen)

# %% [markdown]
# ## Since when
#
# Levels that changed within the period and stayed changed, seen week by week.

# %%
page.found_table(seen, "shifts")

# %% [markdown]
# ## Data quality
#
# Every record that was read is kept, or kept apart with a reason.

# %%
case_set

# %%
findings.quality_table(case_set)

# %% [markdown]
# ## Limits
#
# What this scan cannot tell, and why.

# %%
page.limits_table(seen)

# %% [markdown]
# ## What to look at next
#
# The next steps of the findings, the most pressing first.

# %%
found = page.record(seen)
page.next_steps(found)

# %%
found
