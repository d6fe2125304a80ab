"""Starts the command line, and turns whatever goes wrong into one message and an exit code."""

from __future__ import annotations

import errno
import io
import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING

from tskit.cli.screen import say
from tskit.errors import TskitError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with the exit code of what happened."""
    from tskit.cli.app import app

    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    _tolerate_narrow_screens()
    try:
        app(args=[argument for argument in given if argument != "--debug"], prog_name="tskit")
    except TskitError as error:
        _say(str(error), error, debug=debug)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001  # the last door: nothing leaves with a traceback
        _say(_unexpected(error), error, debug=debug)
        sys.exit(1)


def _tolerate_narrow_screens() -> None:
    # A Windows console or LANG=C cannot show every sign; a question mark is better than a crash.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _say(message: str, error: BaseException, *, debug: bool) -> None:
    if debug:
        say("".join(traceback.format_exception(error)).rstrip(), err=True)
    say(message, err=True)


def _unexpected(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "There is no space left on the disk. Make room, and do it again."
    if isinstance(error, OSError) and isinstance(error.filename, str) and error.strerror:
        return f"{error.filename} cannot be used: {error.strerror}. Check the path, and who may read and write there."
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "tskit" in PurePath(frame.filename).parts]
    where = (ours or frames or [None])[-1]
    place = "/".join(PurePath(where.filename).parts[-2:]) + f":{where.lineno}" if where else "an unknown place"
    # The text of a foreign exception can quote a row, so it is only shown to somebody who asks for it.
    return f"Something went wrong inside tskit ({type(error).__name__} in {place}); run again with --debug to see it."
