"""Suggested causes at the desk: made beside the work when somebody first asks for them, and anew as tags are added."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tskit import causes
from tskit.cases import load
from tskit.errors import RunError, TskitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tskit.causes import TagLog
    from tskit.model import CaseSet
    from tskit.ui.review.showing import Advice

    Made = Callable[[str], Sequence[Advice]]

__all__ = ["Adviser", "adviser"]

_LOG = "tags"
_NEWS = 50
"""So many more entries in the log are worth making suggestions anew for."""
_BROKEN = "Suggestions could not be made. The rest of the queue works as before."


class Adviser:
    """Suggestions for cases; None while they are being made, which nobody at the desk has to wait for.

    Args:
        make: makes what suggests causes; it is called in a thread of its own, and uses nothing that the caller uses.
        entries: how many entries the log has now.
    """

    def __init__(self, make: Callable[[], Made], entries: Callable[[], int]) -> None:
        self._make, self._entries = make, entries
        self._made: Made | None = None
        self._trouble: TskitError | None = None
        self._known = 0
        self._maker: threading.Thread | None = None

    def __call__(self, case_id: str) -> Sequence[Advice] | None:
        """Return suggestions for a case, the latest there are, or None for not yet.

        Raises:
            TskitError: suggestions cannot be made, such as when a rule of the casebook does not hold up.
        """
        if self._trouble is not None:
            # The next asking tries again: the rule may have been mended meanwhile.
            trouble, self._trouble = self._trouble, None
            raise trouble
        self._begin_where_needed()
        return None if self._made is None else self._made(case_id)

    def wait(self, seconds: float) -> bool:
        """Wait until what is being made is there, and return whether it is."""
        if self._maker is not None:
            self._maker.join(seconds)
        return self._made is not None

    def _begin_where_needed(self) -> None:
        if self._maker is not None and self._maker.is_alive():
            return
        count = self._entries()
        if self._made is None or count - self._known >= _NEWS:
            self._known = count
            self._maker = threading.Thread(target=self._work, daemon=True)
            self._maker.start()

    def _work(self) -> None:
        try:
            self._made = self._make()
        except TskitError as error:
            self._trouble = error
        except Exception:  # noqa: BLE001  # a thread that dies in silence would leave the person waiting
            self._trouble = RunError(_BROKEN)


def adviser(case_set: CaseSet, log: TagLog, *, leave_out: str = "") -> Adviser:
    """Return what suggests causes for the cases of `case_set`, from the casebook's rules and the tags in `log`.

    Nothing is made before somebody asks. `leave_out` is a round whose tags it must not know.
    """

    def make() -> Made:
        # A connection to the engine serves one thread, so this one opens the cases for itself.
        own = load(case_set.scope, casebook=case_set.casebook)
        return causes.suggester(own, log, leave_out=leave_out).suggest

    return Adviser(make, lambda: log.store.head(_LOG)[0])
