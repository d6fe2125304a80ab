"""Student's t: tails and quantiles, for spreads that are read from few points."""

from __future__ import annotations

from scipy import special

__all__ = ["student_quantile", "student_tail"]


def student_tail(t: float, freedom: float) -> float:
    """Return the chance of a value above `t`.

    >>> round(student_tail(2.228, 10), 3)
    0.025
    """
    return float(special.stdtr(freedom, -t))


def student_quantile(chance: float, freedom: float) -> float:
    """Return the value that lies above the others with that chance.

    >>> round(student_quantile(0.975, 10), 3)
    2.228
    """
    return float(special.stdtrit(freedom, chance))
