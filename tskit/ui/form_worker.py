"""The process that a form's run is done in; it tells of its progress in lines of JSON.

A process of its own: the notebook stays free for other work, a run is stopped at once, and it ends with the notebook's
kernel. What is asked comes by standard input, since arguments can be read by everybody on the machine; when that is
closed, the run stops.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.model import Casebook
    from tskit.runs import Setting, Template
    from tskit.runs.execute import Kernel
    from tskit.runs.warm import WarmPlace

__all__ = ["main"]

_ROOT = Path(__file__).parents[2]


def main() -> None:
    """Run what standard input asks for, and tell of it on standard output."""
    # Whatever else prints, be it a library written in C, must not come between the lines.
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_stop_when_closed, args=(sys.stdin,), daemon=True).start()
    _tell(told, **_answer(request, partial(_progress, told)))


def _answer(request: Mapping[str, Any], progress: Callable[[str, int, int], None]) -> dict[str, str]:
    from tskit.errors import TskitError  # noqa: PLC0415  # a run that is stopped while it imports must be told, too

    try:
        return {"kind": "done", "folder": str(_run(request, progress))}
    except TskitError as error:
        return {"kind": "failed", "message": str(error)}
    except Exception as error:  # noqa: BLE001  # the last door: the text of a foreign exception can quote a row
        kind = type(error).__name__
        return {"kind": "failed", "message": f"Something went wrong inside tskit ({kind}). The run is kept as failed."}


def _run(request: Mapping[str, Any], progress: Callable[[str, int, int], None]) -> Path:
    from tskit.cases import open_casebook  # noqa: PLC0415  # as above
    from tskit.export import write_all  # noqa: PLC0415  # as above
    from tskit.runs import Template, execute, without_address_parser  # noqa: PLC0415  # as above

    without_address_parser()
    book = open_casebook(request["casebook"])
    template = Template.from_file(Path(request["template"]))
    setting = _setting(template, book)
    chromium = os.environ.get("TSKIT_CHROMIUM", "")
    after = partial(write_all, formats=request["formats"], record_url=book.record_url, chromium=chromium)
    root = Path(request["root"])
    return execute(template, request["given"], root=root, setting=setting, progress=progress, after=after).folder


def _setting(template: Template, book: Casebook) -> Setting:
    """Return the setting of a run that is sealed as one from the terminal is, but not signed: a notebook has no keys."""
    from tskit.metrics import choices  # noqa: PLC0415  # as above
    from tskit.runs import Setting  # noqa: PLC0415  # as above
    from tskit.runs.facts import with_facts  # noqa: PLC0415  # as above
    from tskit.sources import pseudonym_key  # noqa: PLC0415  # as above

    kernel, place = _kernel(os.environ)
    setting = Setting(
        kernel=kernel,
        warm=place,
        clock=lambda: datetime.now(UTC),
        casebook=book.root,
        home=Path.home(),
        zone=book.zone,
        choices=choices(parameter.name for parameter in template.parameters),
    )
    return with_facts(setting, book, key=pseudonym_key(book.name), environment=os.environ, now=datetime.now(UTC))


def _kernel(environment: Mapping[str, str]) -> tuple[Kernel, WarmPlace | None]:
    """Return the kernel of the run, and where forks come from: a fork where the notebook itself is one."""
    from tskit.runs.warm import is_live  # noqa: PLC0415  # as above
    from tskit.runs.warm.specs import ENVIRONMENT, place_in  # noqa: PLC0415  # as above

    place = place_in(environment)
    is_warm = place is not None and is_live(place, {**environment, **ENVIRONMENT})
    return ("warm", place) if is_warm else ("cold", None)


def _progress(told: TextIO, section: str, done: int, total: int) -> None:
    _tell(told, kind="section", section=section, done=done, total=total)


def _tell(told: TextIO, **event: object) -> None:
    told.write(json.dumps(event) + "\n")
    told.flush()


def _stop_when_closed(asked: TextIO) -> None:
    asked.read()
    from tskit.runs.kernel import stop  # noqa: PLC0415  # as above

    stop()


if __name__ == "__main__":
    # The run's own package, also from a clone that is not installed; behind everything that is.
    if str(_ROOT) not in sys.path:
        sys.path.append(str(_ROOT))
    main()
