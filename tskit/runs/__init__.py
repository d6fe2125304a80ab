"""Runs any template; knows nothing of Trust & Safety."""

from tskit.runs.catalogue import find_run, newest, rows
from tskit.runs.covered import parameters_in_words
from tskit.runs.diff import ChangedFinding, MovedFigure, RunDiff, difference
from tskit.runs.execute import Setting, execute
from tskit.runs.kept import Kept, open_run
from tskit.runs.kernel_process import without_address_parser
from tskit.runs.named import Named, named, place
from tskit.runs.parameters import Parameter, ParameterValue, check, read_file, read_pairs
from tskit.runs.pins import pin, pins, unpin
from tskit.runs.prune import Pruning, prunable, remove, sweep
from tskit.runs.row import open_claims, row_of, row_of_kept
from tskit.runs.rules import rules
from tskit.runs.since import row_before, with_changes
from tskit.runs.starter import starter
from tskit.runs.template import Template, adopt, build, find, folders, stale, templates

__all__ = [
    "ChangedFinding",
    "Kept",
    "MovedFigure",
    "Named",
    "Parameter",
    "ParameterValue",
    "Pruning",
    "RunDiff",
    "Setting",
    "Template",
    "adopt",
    "build",
    "check",
    "difference",
    "execute",
    "find",
    "find_run",
    "folders",
    "named",
    "newest",
    "open_claims",
    "open_run",
    "parameters_in_words",
    "pin",
    "pins",
    "place",
    "prunable",
    "read_file",
    "read_pairs",
    "remove",
    "row_before",
    "row_of",
    "row_of_kept",
    "rows",
    "rules",
    "stale",
    "starter",
    "sweep",
    "templates",
    "unpin",
    "with_changes",
    "without_address_parser",
]
