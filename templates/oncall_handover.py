# %% [markdown]
# # On-call handover
#
# What the next person on duty must know: what is open and due, what is unusual, who has what, and what to do first.

# %% tags=["parameters"]
casebook: str = ""  # the casebook's folder; empty for TSKIT_CASEBOOK, then the working folder, then the sample
source: str = ""  # a source named in the casebook, or a file; empty for the first
site: str = ""  # a site of the casebook; empty for the first that has shifts
shift: str = ""  # the shift that takes over; empty for the one that begins next
until: str = ""  # the moment to look from, as 2026-11-01T20:45; empty for the end of the data
zone: str = ""  # the zone that times are told in, as Asia/Singapore; empty for the site's
log_until: str = ""  # as of when the logs are read, or #12/#30 for so many entries of each; empty for until, or all

# %%
from tskit import Scope, charts, load
from tskit.findings import handover

case_set = load(Scope.from_parameters(source=source), casebook=casebook)
look = handover.handover(case_set, site=site, shift=shift, until=until, zone=zone, log_until=log_until)

# %% [markdown]
# ## At a glance
#
# What is due, late and open, which escalations are in flight, and what is to come.

# %%
handover.tiles(look)

# %% [markdown]
# ## Severity S3
#
# The gravest cases one by one, whatever their deadline.

# %%
handover.gravest_table(look)

# %% [markdown]
# ## Due by law or contract
#
# Each deadline on its own clock, around the clock; apart from targets that the team has set itself.

# %%
handover.binding_table(look)

# %% [markdown]
# ## Already late
#
# The gravest first, then the longest ago.

# %%
handover.late_table(look)

# %% [markdown]
# ## Targets that pass next
#
# What passes its target within 4, 12 and 24 hours.

# %%
handover.own_table(look)

# %% [markdown]
# ## Spikes and silence
#
# Arrivals since the last handover against the same hours of earlier weeks: more than chance makes, fewer, or none.

# %%
handover.spikes_table(look)

# %% [markdown]
# ## Escalations in flight
#
# Who has each, what must be decided next and by when. Those that nobody has, or whose deadline has passed, come first.

# %%
handover.escalations_table(look)

# %% [markdown]
# ## Promised by earlier shifts
#
# What is late first, then what is open, then what was done since the last handover.

# %%
handover.promises_table(look)

# %% [markdown]
# ## Checklist
#
# What to do first, by its deadline, and then what every shift asks itself.

# %%
handover.checklist_table(look)

# %% [markdown]
# ## Open by urgency
#
# Everything that the shift answers for, by severity and by when its next deadline passes.

# %%
handover.open_table(look)

# %% [markdown]
# ## Work ahead
#
# How many cases are expected during the shift, with the range that past weeks leave, against what its people can do.

# %%
handover.work_table(look)

# %% [markdown]
# ## Arrivals by the hour
#
# The last day, and what to expect of each hour until the shift ends.

# %%
hours = handover.hours_of(look)
about = charts.About("arrivals", hours.title, "Cases", "cases", subtitle=hours.subtitle)
charts.hourly(hours.frame, about=about, zone=hours.zone)

# %% [markdown]
# ## Limits and data
#
# What this handover cannot tell, and what it was read from.

# %%
handover.limits_table(look)

# %%
handover.inputs(look)

# %%
look.duty.state

# %%
handover.record(look)
