"""Runs any template; knows nothing of Trust & Safety."""

from tskit.runs.catalogue import find_run, newest, rows
from tskit.runs.execute import Setting, execute
from tskit.runs.kernel_process import without_address_parser
from tskit.runs.named import Named, named, place
from tskit.runs.parameters import Parameter, ParameterValue, check, read_file, read_pairs
from tskit.runs.row import row_of
from tskit.runs.rules import rules
from tskit.runs.starter import starter
from tskit.runs.template import Template, adopt, build, find, folders, stale, templates

__all__ = [
    "Named",
    "Parameter",
    "ParameterValue",
    "Setting",
    "Template",
    "adopt",
    "build",
    "check",
    "execute",
    "find",
    "find_run",
    "folders",
    "named",
    "newest",
    "place",
    "read_file",
    "read_pairs",
    "row_of",
    "rows",
    "rules",
    "stale",
    "starter",
    "templates",
    "without_address_parser",
]
