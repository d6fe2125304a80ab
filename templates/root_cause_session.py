# %% [markdown]
# # Root-cause session
#
# Why did these cases go wrong? Which causes lead, where they concentrate, how far people agree on it, and what is asked
# of whom.

# %% tags=["parameters"]
casebook: str = ""  # the casebook's folder; empty for TSKIT_CASEBOOK, then the working folder, then the sample
source: str = ""  # a source named in the casebook, or a file; empty for the first
start: str = ""  # first day, as in 2026-08-10; empty for so many weeks before the end
end: str = ""  # last day, included; empty for the end of the last complete week
weeks: int = 12  # how many weeks to look at where no first day is given
market: list[str] = []  # markets to keep, as in ID; empty for all
queue: list[str] = []  # queues to keep; empty for all
policy_id: list[str] = []  # policies to keep; empty for all
problem: list[str] = ["qa_incorrect", "overturned"]  # also: breached, bounced, reopened, escalated
tagging_round: str = ""  # a round of tagging; empty for the latest that was drawn by chance, "all" for every tag
level: int = 2  # level of the taxonomy: 1 or 2
until: str = ""  # tags as of a day, a moment with its zone, or "#412" for the first 412 entries; empty for now
by: list[str] = ["decided_vendor", "policy_id", "market"]  # columns whose values are compared; three at most
severity_weight: list[str] = ["S0:1", "S1:2", "S2:5", "S3:10"]  # what a case counts where severity does

# %%
from tskit import Scope, charts, findings, load
from tskit.findings import session

scope = Scope.from_parameters(source=source, start=start, end=end, market=market, queue=queue, policy_id=policy_id)
case_set = session.over_weeks(load(scope, casebook=casebook), start=start, weeks=weeks)

# %%
asked = session.asked(
    problem=problem, tagging_round=tagging_round, level=level, until=until, by=by, severity_weight=severity_weight
)
held = session.hold(case_set, asked)

# %% [markdown]
# ## The problem set
#
# Which cases this session is about. Every share below is a share of these cases, and of no others.

# %%
session.question_table(held)

# %%
session.problems_table(held)

# %% [markdown]
# ## The sample and its tags
#
# How the cases were drawn, how many each stands for, who tagged them, and what is settled.

# %%
session.sample_table(held)

# %%
session.taggers_table(held)

# %% [markdown]
# ## Do people agree?
#
# Two people who judge a case apart from each other should name the same cause. Where they do not, a share of that cause
# means little.

# %%
findings.agreement_table(held.log, round=held.round_name, until=held.until)

# %%
findings.agreement_by(held.log, "cause", round=held.round_name, level=level, until=held.until)

# %% [markdown]
# Causes that are taken for each other need a sharper line between them.

# %%
mixed = findings.mixed_up(held.log, round=held.round_name, level=level, until=held.until)
about = charts.About("mixed_up", mixed.title, "Pairs of judgements", "", subtitle=mixed.subtitle)
charts.confusion(mixed.frame, about=about, names=findings.cause_names(held.log))

# %%
findings.disputed_table(held.log, round=held.round_name, until=held.until)

# %% [markdown]
# ## Which causes lead
#
# Primary causes only, so that no case counts twice. What cannot be determined stands last and stays in the whole.

# %%
ranking = session.ranking(held)
about = charts.About("cause_pareto", ranking.title, "Share of settled cases", "share", subtitle=ranking.subtitle)
charts.pareto(ranking.frame, about=about)

# %% [markdown]
# What set cases off lies outside our control and is tagged beside the cause.

# %%
session.triggers_table(held)

# %% [markdown]
# ## Where causes concentrate
#
# Each cause in each segment against all others. A story that shows in several segments is told once, by the one that
# carries it.

# %%
grid = session.segment_grid(held)
about = charts.About("cause_segments", grid.title, "Share of a cause", "share", subtitle=grid.subtitle)
charts.cause_segments(grid.frame, about=about)

# %%
session.concentrations_table(held)

# %% [markdown]
# ## Causes over time
#
# By when a case went wrong. With fewer than eight whole periods nothing is said about a trend.

# %%
course = session.course(held)
about = charts.About("cause_trend", course.title, "Settled cases", "cases", subtitle=course.subtitle)
charts.cause_trend(course.frame, about=about, period=held.course.period)

# %% [markdown]
# ## Fishbone
#
# The same causes on Ishikawa's six branches.

# %%
bones = session.bones(held)
about = charts.About("fishbone", bones.title, session.problem_words(held), "cases", subtitle=bones.subtitle)
charts.fishbone(bones.frame, about=about)

# %% [markdown]
# ## Five whys
#
# From a cause down to the earliest one that can be controlled, each step with its evidence.

# %%
session.whys_table(held)

# %% [markdown]
# ## Actions and their effect
#
# Who does what until when, and whether the figure that was to move has moved by more than noise.

# %%
session.actions_table(held)

# %% [markdown]
# ## What is asked of each partner
#
# From the causes that were found and whom they concern.

# %%
session.partners_table(held)

# %% [markdown]
# ## Data quality
#
# Every record that was read is kept, or kept apart with a reason; the tags are those of one place in the log.

# %%
case_set

# %%
held.state

# %% [markdown]
# ## Limits
#
# What these figures cannot tell.

# %%
session.limits_table(held)

# %% [markdown]
# ## What to do next
#
# The next steps of the findings, the most pressing first.

# %%
found = session.record(held)
session.next_steps(found)

# %%
found
