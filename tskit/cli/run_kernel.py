"""What executes the cells of a run: as asked for, or as this machine has it ready."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from tskit.cli.screen import say

if TYPE_CHECKING:
    from tskit.runs.execute import Kernel
    from tskit.runs.warm import WarmPlace

__all__ = ["Asked", "kernel_of"]

Asked = Literal["auto", "cold", "warm", "engine"]


def kernel_of(asked: Asked) -> tuple[Kernel, WarmPlace | None]:
    """Return the kernel of a run and where forks come from; `auto` takes a warm one where one is ready, cold otherwise.

    Where a fork is asked for and not to be had, it says why, and the run is cold.
    """
    if asked == "cold":
        return "cold", None
    from tskit.cli.warm import warm_place
    from tskit.runs.warm import is_live, why_not
    from tskit.runs.warm.specs import ENVIRONMENT

    place = warm_place()
    if asked == "auto":
        return ("warm", place) if is_live(place, {**os.environ, **ENVIRONMENT}) else ("cold", None)
    if reason := why_not(place):
        say(f"{reason} The cells run in a process of their own instead, with the same result.", err=True)
        return "cold", None
    return asked, place
