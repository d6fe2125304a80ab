"""A scan: every metric by every column with every detector, and what of it deserves a look."""

from tskit.findings.scan.sight import DETECTORS, Detector, Scan, Sight, SightKind
from tskit.findings.scan.sweep import BY, METRICS, scan

__all__ = ["BY", "DETECTORS", "METRICS", "Detector", "Scan", "Sight", "SightKind", "scan"]
