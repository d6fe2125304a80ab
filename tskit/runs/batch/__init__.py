"""One template run for each line of a grid, by several processes, so that a kill at any moment costs one run at most."""

from tskit.runs.batch.cluster import ClusterCrew
from tskit.runs.batch.course import Conduct, Ended, carry_out, left_to_do
from tskit.runs.batch.crew import Crew, LocalCrew
from tskit.runs.batch.grid import Grid, read_grid
from tskit.runs.batch.plan import Plan, Planned, latest, make, read_plan, reserve, write_plan
from tskit.runs.batch.points import Point, points
from tskit.runs.batch.standing import Standing, standings
from tskit.runs.batch.summary import summary, write_csv
from tskit.runs.batch.supervise import Told
from tskit.runs.batch.work import Work

__all__ = [
    "ClusterCrew",
    "Conduct",
    "Crew",
    "Ended",
    "Grid",
    "LocalCrew",
    "Plan",
    "Planned",
    "Point",
    "Standing",
    "Told",
    "Work",
    "carry_out",
    "latest",
    "left_to_do",
    "make",
    "points",
    "read_grid",
    "read_plan",
    "reserve",
    "standings",
    "summary",
    "write_csv",
    "write_plan",
]
