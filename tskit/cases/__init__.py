"""Rows become canonical cases: mapped, validated, redacted, and kept in a cache."""

from tskit.cases.casebooks import open_casebook
from tskit.cases.check import CheckReport, check, save_draft
from tskit.cases.content import Content, all_contents, contents, withheld_routes
from tskit.cases.copied import require_copy
from tskit.cases.crosswalk import Break, Fate, breaks, breaks_between
from tskit.cases.inputs import input_files
from tskit.cases.load import load
from tskit.cases.profile import Answers, Profile, read_profile

__all__ = [
    "Answers",
    "Break",
    "CheckReport",
    "Content",
    "Fate",
    "Profile",
    "all_contents",
    "breaks",
    "breaks_between",
    "check",
    "contents",
    "input_files",
    "load",
    "open_casebook",
    "read_profile",
    "require_copy",
    "save_draft",
    "withheld_routes",
]
