# %% [markdown]
# # Deep dive
#
# What happened to these cases, who held them and for how long, what ties them to others, and why they went wrong.

# %% tags=["parameters"]
casebook: str = ""  # the casebook's folder; empty for TSKIT_CASEBOOK, then the working folder, then the sample
case_id: list[str] = []  # one case or several, by id or by case number
source: str = ""  # a source named in the casebook, or a file; empty for the first
until: str = ""  # the moment to look from, as 2026-10-20 or 2026-10-20T09:00; empty for the end of the data
tags_until: str = ""  # as of when tags are read, or #412 for the first 412 of the log; empty for the same

# %%
from tskit import Scope, charts, load
from tskit.findings import dive

scope = Scope.from_parameters(source=source)
case_set = load(scope, casebook=casebook)
look = dive.dive(case_set, case_id, until=until, tags_until=tags_until)

# %% [markdown]
# ## At a glance
#
# How long it took, how it stood to its target, how often it moved, how long it stood still, and its company.

# %%
dive.glance(look)

# %% [markdown]
# ## What is on record
#
# The facts of the source; for several cases a comparison first. What was said stands in no table of this report: the
# review widget shows it to whoever may see it.

# %%
dive.first_facts(look)

# %%
dive.more_facts(look)

# %% [markdown]
# ## What happened
#
# Each queue that held the case is a lane, each stay in it a bar. Dashed stretches are those in which nobody touched the
# case for four hours or more.

# %%
drawn = dive.course(look)
about = charts.About("case_timeline", drawn.title, "Course", "hours", subtitle=drawn.subtitle)
charts.case_timeline(drawn.frame, about=about, zone=drawn.zone)

# %%
dive.moves_table(look)

# %%
dive.gaps_table(look)

# %%
dive.events_table(look)

# %% [markdown]
# ## Was it in time?
#
# When it was due, how long the clock ran without its pauses, and when the target passed.

# %%
dive.clock_table(look)

# %% [markdown]
# ## How it was decided
#
# The decision and what became of it, and whether it was made on the text that was in force.

# %%
dive.decisions_table(look)

# %%
dive.versions_table(look)

# %% [markdown]
# ## Linked cases
#
# Cases of the same account, item or reporter, and cases that say nearly the same, held against how much company other
# cases have: a tie is a finding only where chance does not explain it.

# %%
dive.company_table(look)

# %%
dive.linked_table(look)

# %% [markdown]
# ## Why it went wrong
#
# What people tagged, how similar cases were tagged, and the whys down to the earliest cause that can be controlled.

# %%
dive.tags_table(look)

# %%
dive.similar_table(look)

# %%
dive.whys_table(look)

# %%
dive.actions_table(look)

# %% [markdown]
# ## Limits
#
# What this report cannot tell.

# %%
dive.limits_table(look)

# %% [markdown]
# ## Data
#
# What the cases were read from, and how far the logs of tags; every record is accounted for.

# %%
dive.inputs(look)

# %%
look.judged.state

# %% [markdown]
# ## What to do next
#
# The next steps of the findings, the most pressing first.

# %%
found = dive.record(look)
dive.next_steps(found)

# %%
found
