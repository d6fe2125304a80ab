"""Writes the user's home folder as `~`, so that what is shared does not name who ran it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path, PurePath

__all__ = ["names_of", "without_home"]


def names_of(home: Path | None) -> tuple[Path, ...]:
    """Return the paths by which the folder `home` may be named: as given, and where its links lead."""
    return () if home is None else tuple(dict.fromkeys((home, home.resolve())))


def without_home(text: str, homes: Iterable[PurePath]) -> str:
    """Return `text`, be it plain, code or JSON, with each of the folders `homes` written as `~` where a path begins.

    >>> from pathlib import PurePosixPath, PureWindowsPath
    >>> without_home("/home/jane/x.csv /home/janet", [PurePosixPath("/home/jane")])
    '~/x.csv /home/janet'
    >>> without_home("C:/Users/Jane/x.csv", [PureWindowsPath("C:/Users/Jane")])
    '~/x.csv'
    """
    for home in homes:
        if home == home.parent:
            continue  # nobody lives in the root of a disk
        if re.fullmatch(r"\w+", home.name, re.ASCII) and home.name.lower() not in text.lower():
            continue  # a plain name is spelled in one way only, and looking for it is quick
        pattern = "".join(map(_spelled, str(home)))
        text = re.sub(rf"{pattern}(?![\w.-])", "~", text, flags=re.IGNORECASE if home.drive else 0)
    return text


def _spelled(sign: str) -> str:
    r"""Return a pattern for one sign of a path, plain or as a program and JSON quote it, once or several times over."""
    if sign in "\\/":
        return r"(?:\\{1,16}|\\{0,16}/)"
    code = ord(sign)
    if code < 128:
        return rf"\\{{0,16}}{re.escape(sign)}"
    units = sign.encode("utf-16-be").hex()
    in_json = "".join(rf"\\{{1,16}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return rf"(?:{re.escape(sign)}|{in_json}|\\{{1,16}}x{code:02x}|\\{{1,16}}U{code:08x})"
