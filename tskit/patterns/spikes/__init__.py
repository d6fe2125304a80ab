"""Spikes, drops, silence and level shifts in counts and rates of many series at once."""

from tskit.patterns.spikes.around import Around, Limits
from tskit.patterns.spikes.lag import reported_shares
from tskit.patterns.spikes.shifts import shifts
from tskit.patterns.spikes.watch import spikes

__all__ = ["Around", "Limits", "reported_shares", "shifts", "spikes"]
