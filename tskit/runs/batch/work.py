"""One run of a batch, done in whatever process it was sent to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tskit.errors import NoDataError, RunError
from tskit.runs.batch.standing import Standing, standing
from tskit.runs.execute import execute
from tskit.runs.kernel_process import without_address_parser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tskit.runs.batch.plan import Planned
    from tskit.runs.execute import Setting
    from tskit.runs.template import Template

__all__ = ["Work"]


def _nothing(notebook: Any, folder: Path) -> Sequence[Path]:  # noqa: ANN401, ARG001  # nbformat has no types
    """Export nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Work:
    """What all runs of a batch have in common. It is sent to other processes, so its callables are names of modules.

    `after` is called as by `execute`, before a run is sealed.
    """

    template: Template
    setting: Setting
    after: Callable[[Any, Path], Sequence[Path]] = field(default=_nothing)

    def __call__(self, run: Planned, place: Path) -> Standing:
        """Make the run below `place`, a folder of this attempt alone, and return how it ended."""
        without_address_parser()
        clock = self.setting.clock
        begun = clock()
        # A run that is killed on the way is made anew, and its folder is cleared away: nobody looks into it.
        setting = replace(self.setting, id=run.id, is_seen_underway=False)
        kind = ""
        try:
            execute(self.template, run.given, root=place, setting=setting, after=self.after)
        except (NoDataError, RunError):
            pass  # its folder says it
        except Exception as error:  # noqa: BLE001  # one run that fails, in whatever way, does not end the others
            kind = type(error).__name__
        seconds = round((clock() - begun).total_seconds(), 3)
        ended = standing(place / run.id) or Standing("failed", kind or "NoFolder", has_notebook=False)
        return replace(ended, seconds=seconds)
