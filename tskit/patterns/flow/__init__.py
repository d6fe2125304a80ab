"""How cases flow between queues, from events: paths, a map, dwell, loops, bottlenecks, and what late cases share."""

from tskit.patterns.flow.bottlenecks import bottlenecks
from tskit.patterns.flow.breaches import breaches
from tskit.patterns.flow.dwell import dwell
from tskit.patterns.flow.flow_map import FlowMap, flow_map
from tskit.patterns.flow.loops import loops
from tskit.patterns.flow.paths import paths

__all__ = ["FlowMap", "bottlenecks", "breaches", "dwell", "flow_map", "loops", "paths"]
