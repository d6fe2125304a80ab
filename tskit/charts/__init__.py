"""Tidy frame in, figure out; no arithmetic beyond layout."""

from tskit.charts.ageing_bars import ageing
from tskit.charts.case_timeline import case_timeline
from tskit.charts.cause_segments import cause_segments
from tskit.charts.cause_trend import cause_trend
from tskit.charts.cluster_graph import cluster_graph
from tskit.charts.confusion import confusion
from tskit.charts.driver_lattice import driver_lattice
from tskit.charts.effect import effect_over_time
from tskit.charts.figure import FIGURE_MIME, About, Figure, TableColumn
from tskit.charts.fishbone import fishbone
from tskit.charts.flow_map import flow_map
from tskit.charts.funnel_plot import funnel
from tskit.charts.heat import weekday_hour
from tskit.charts.hourly import hourly
from tskit.charts.multiples import small_multiples
from tskit.charts.over_time import over_time
from tskit.charts.pareto import pareto
from tskit.charts.ranked import ranked_change
from tskit.charts.share import share_over_time
from tskit.charts.spike_band import spike_band
from tskit.charts.waterfall import waterfall

__all__ = [
    "FIGURE_MIME",
    "About",
    "Figure",
    "TableColumn",
    "ageing",
    "case_timeline",
    "cause_segments",
    "cause_trend",
    "cluster_graph",
    "confusion",
    "driver_lattice",
    "effect_over_time",
    "fishbone",
    "flow_map",
    "funnel",
    "hourly",
    "over_time",
    "pareto",
    "ranked_change",
    "share_over_time",
    "small_multiples",
    "spike_band",
    "waterfall",
    "weekday_hour",
]
