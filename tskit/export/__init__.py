"""A finished run in, files for people out."""

from tskit.export.registry import FORMATS, write_all

__all__ = ["FORMATS", "write_all"]
