"""Runs any template; knows nothing of Trust & Safety."""

from tskit.runs.catalogue import Entry, runs
from tskit.runs.execute import Setting, execute
from tskit.runs.kernel_process import without_address_parser
from tskit.runs.named import Named, named, place
from tskit.runs.parameters import Parameter, ParameterValue, check, read_file, read_pairs
from tskit.runs.rules import rules
from tskit.runs.starter import starter
from tskit.runs.template import Template, adopt, build, find, folders, stale, templates

__all__ = [
    "Entry",
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
    "folders",
    "named",
    "place",
    "read_file",
    "read_pairs",
    "rules",
    "runs",
    "stale",
    "starter",
    "templates",
    "without_address_parser",
]
