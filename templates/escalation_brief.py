# %% [markdown]
# # Escalation brief
#
# For whoever is asked right now: what happened, who is affected, what was done and when, what went wrong, and what has to
# be decided next.

# %% tags=["parameters"]
case_id: list[str] = []  # one case or several, by id or by case number
where: str = ""  # or a query: columns with their values, and since or before when; the how-to on briefs shows some
audience: str = "executive"  # who reads it: executive, policy, legal, communications or vendor
deadline: str = ""  # by when it must be answered, as 2026-11-02T09:00; empty where nobody said so
linked: bool = False  # the whole cluster: what has the same item or account, or nearly the same wording
until: str = ""  # the moment to look from, as 2026-11-01 or 2026-11-01T21:30; empty for the end of the data
zone: str = ""  # the zone that times are told in, as Asia/Singapore; empty for the casebook's
log_until: str = ""  # as of when the log is read, or #12 for its first 12 entries; empty for until, or all of it
source: str = ""  # a source named in the casebook, or a file; empty for the first
casebook: str = ""  # the casebook's folder; empty for TSKIT_CASEBOOK, then the working folder, then the sample

# %%
from tskit import Scope, charts, load
from tskit.findings import escalation

case_set = load(Scope.from_parameters(source=source), casebook=casebook)
reader = escalation.Reader(audience, deadline, zone, log_until)
look = escalation.escalate(case_set, case_id, where=where, linked=linked, reader=reader, until=until)
told = escalation.told(look)

# %% [markdown]
# ## First page
#
# What somebody who is asked right now has to know. What nobody knows is said.

# %%
escalation.first_page(look)

# %% [markdown]
# ## Deadlines
#
# Everything that has to be done by a moment. Those of the law and of contracts are presets: verify them with legal.

# %%
escalation.deadlines_table(look)

# %% [markdown]
# ## Timeline
#
# How it came in, what happened step by step, from hand to hand, and when nobody touched it.

# %%
by_hour = escalation.hours(look)
about = charts.About("hours", by_hour.title, "Cases opened", "cases")
charts.hourly(by_hour.frame, about=about, zone=by_hour.zone)

# %%
drawn = escalation.course(look)
about = charts.About("case_timeline", drawn.title, "Course", "hours", subtitle=drawn.subtitle)
charts.case_timeline(drawn.frame, about=about, zone=drawn.zone)

# %%
escalation.mishaps_table(look)

# %%
escalation.story_table(look)

# %%
escalation.handoffs_table(look)

# %%
escalation.gaps_table(look)

# %% [markdown]
# ## What it is about
#
# How far each item reached, what stands against it, and where it was reported.

# %%
escalation.items_table(look)

# %%
escalation.markets_table(look)

# %%
escalation.cases_table(look)

# %% [markdown]
# ## How it was decided
#
# The decisions that stand, and the versions of the rule that they were made on.

# %%
escalation.decided_table(look)

# %%
escalation.versions_table(look)

# %% [markdown]
# ## Precedents
#
# The past cases that are most like these, how they were decided, and how they differ.

# %%
escalation.precedents_table(told)

# %%
escalation.base_rate_table(told)

# %% [markdown]
# ## What speaks against this view
#
# What is on record that does not fit the view that these decisions express.

# %%
escalation.against_table(told)

# %% [markdown]
# ## Decision log
#
# What was decided, by whom, and what comes next. Entries are added, never changed: `tskit log CASE "..."`.

# %%
escalation.log_table(look)

# %% [markdown]
# ## Limits
#
# What this brief cannot tell, and what it took for granted.

# %%
escalation.limits_table(look)

# %% [markdown]
# ## Data
#
# What the cases were read from; every record is accounted for.

# %%
escalation.inputs(look)

# %%
look.logs

# %% [markdown]
# ## What it adds up to
#
# The findings, and what each audience may be told, all from the same values.

# %%
escalation.record(told)
