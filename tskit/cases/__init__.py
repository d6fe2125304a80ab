"""Rows become canonical cases: mapped, validated, redacted, and kept in a cache."""

from tskit.cases.casebooks import open_casebook
from tskit.cases.check import CheckReport, check, save_draft
from tskit.cases.load import load
from tskit.cases.profile import Answers, Profile, read_profile

__all__ = ["Answers", "CheckReport", "Profile", "check", "load", "open_casebook", "read_profile", "save_draft"]
