"""Which case somebody means who names it on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.text import check_line

if TYPE_CHECKING:
    from tskit.duty import DutyLog
    from tskit.model import Casebook

__all__ = ["case_named"]

_LONGEST = 255


def case_named(duty: DutyLog, name: str, *, book: Casebook, source: str = "", hint: str) -> str:
    """Return the id of a case that has a log or is in the source, by its id or its number.

    Raises:
        ParameterError: it cannot be an id, or there is no such case; the message names the nearest, and then the `hint`.
        SourceError: the case has no log, and the source cannot be read.
    """
    from tskit.duty import case_log

    check_line(name, what="The id of a case", most=_LONGEST)
    # Nobody waits for the source where the log knows the case already.
    if not case_log(duty, [name], with_history=True).empty:
        return name
    from tskit.cases import load
    from tskit.model import Scope
    from tskit.patterns import named_ids

    try:
        return named_ids(load(Scope(source=source), casebook=book), [name])[0]
    except ParameterError as error:
        raise ParameterError(f"{error} {hint}") from None
