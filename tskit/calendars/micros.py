"""Times as whole microseconds of UTC, in which clocks and deadlines reckon, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["HOUR", "MINUTE", "NAT", "micros", "times", "year_of"]

HOUR = 3_600_000_000
MINUTE = 60_000_000
NAT = int(np.iinfo(np.int64).min)
"""What stands for no time."""


def micros(series: pd.Series) -> NDArray[np.int64]:
    """Return the microseconds since 1970 of each time; `NAT` where there is none."""
    return pd.DatetimeIndex(pd.to_datetime(series, utc=True)).as_unit("us").asi8


def times(values: NDArray[np.int64], index: pd.Index) -> pd.Series:
    """Return UTC timestamps of microseconds since 1970."""
    return pd.Series(pd.DatetimeIndex(values.view("datetime64[us]")).tz_localize("UTC"), index=index)


def year_of(time: int) -> int:
    """Return the year in UTC of microseconds since 1970."""
    return int(np.datetime64(time, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
