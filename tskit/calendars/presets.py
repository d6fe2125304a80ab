"""The deadlines that a new casebook starts with, to be edited there and verified with legal."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["deadline_presets"]


def deadline_presets() -> str:
    """Return the presets as TOML: `[[deadlines]]` tables with comments, to stand at the end of a `casebook.toml`.

    >>> deadline_presets().count("[[deadlines]]") >= 6
    True
    """
    return (files("tskit.calendars") / "presets.toml").read_text(encoding="utf-8")
