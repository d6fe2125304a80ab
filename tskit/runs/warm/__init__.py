"""Processes that are there at once: forked from one that has everything imported; knows nothing of notebooks."""

from tskit.runs.warm.client import begin, fork, is_live, retire
from tskit.runs.warm.key import key_of
from tskit.runs.warm.place import NotWarmError, WarmPlace, can_fork, own_folder, why_not
from tskit.runs.warm.process import ForkedProcess, Usage

__all__ = [
    "ForkedProcess",
    "NotWarmError",
    "Usage",
    "WarmPlace",
    "begin",
    "can_fork",
    "fork",
    "is_live",
    "key_of",
    "own_folder",
    "retire",
    "why_not",
]
