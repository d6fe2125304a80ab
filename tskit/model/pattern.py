"""What a detector returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tskit.model.finding import Value

__all__ = ["Pattern"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in the data: its kind, one calibrated sentence, the table behind it, and how it was looked for."""

    kind: str
    statement: str
    table: pd.DataFrame = field(repr=False)
    interval: tuple[float, float] | None = None
    settings: Mapping[str, Value] = field(default_factory=dict["str", "Value"])
