"""Hands a message to a program of the team: no shell, the message on standard input, and nothing kept of what it prints."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from tskit.errors import AlertError
from tskit.runs.alerts.passing import PassingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model import Alert, Alerting
    from tskit.runs.alerts.message import Message

__all__ = ["call"]

_OURS = "TSKIT_"


def call(message: Message, alert: Alert, alerting: Alerting, *, folder: Path, environ: Mapping[str, str]) -> None:
    """Run the command of an alert once in `folder`, and return when it ended well.

    It gets `environ` without tskit's own variables, which hold keys, and the message as one line of JSON.

    Raises:
        AlertError: there is no such program.
        PassingError: it failed, or took too long and was ended.
    """
    program = alert.command[0]
    kept = {name: value for name, value in environ.items() if not name.startswith(_OURS)}
    try:
        done = subprocess.run(  # noqa: S603  # the program that the team wrote into its casebook, without a shell
            alert.command,
            input=json.dumps(message.body, ensure_ascii=False).encode() + b"\n",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=alerting.timeout_seconds,
            cwd=folder,
            env=kept,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PassingError(f"{program} took longer than {alerting.timeout_seconds:g} seconds and was ended") from None
    except OSError as error:
        raise AlertError(f"{program} cannot be run: {error.strerror or type(error).__name__}.") from None
    if done.returncode:
        raise PassingError(f"{program} ended with the code {done.returncode}")
