"""Starts the child of an engine from a warm zygote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.runs.warm import fork

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.runs.engine.line import Process, Start
    from tskit.runs.warm import WarmPlace

__all__ = ["CALL", "starter"]

CALL = "tskit.runs.engine.child:main"


def starter(place: WarmPlace, *, environment: Mapping[str, str], cwd: str, is_scrubbed: bool) -> Start:
    """Return what starts a child with that environment and working folder; `is_scrubbed` keeps texts of errors inside."""

    def start(descriptors: tuple[int, ...], /) -> Process:
        arguments = {"is_scrubbed": is_scrubbed}
        return fork(
            place, CALL, environment=environment, cwd=cwd, descriptors=descriptors, arguments=arguments
        )  # fmt: skip

    return start
