"""Drivers: which segments explain a change between two windows, and how much of it is volume, mix and rate."""

from tskit.patterns.drivers.cells import cells
from tskit.patterns.drivers.decompose import decompose
from tskit.patterns.drivers.explain import Cause, causes, explain
from tskit.patterns.drivers.view import lattice_view

__all__ = ["Cause", "causes", "cells", "decompose", "explain", "lattice_view"]
