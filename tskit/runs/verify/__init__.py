"""Whether a finished run still holds: its seal, its pages, its template and inputs, and a fresh run beside it."""

from tskit.runs.verify.means import LogNow, Means, Records
from tskit.runs.verify.sealed import Sealed, open_sealed
from tskit.runs.verify.steps import verify
from tskit.runs.verify.verdict import Check, Verdict

__all__ = ["Check", "LogNow", "Means", "Records", "Sealed", "Verdict", "open_sealed", "verify"]
