"""Cells whose formula failed (#DIV/0!, #N/A ...), found in the workbook's own XML: calamine reads them as empty."""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["formula_errors"]

_BLOCK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)/?>")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SMALL = 16 << 20


def formula_errors(path: Path, *, sheet: str) -> dict[tuple[int, int], str]:
    """Return where formulas of a sheet failed: (row, column) from 0, with the place as people write it, such as C7."""
    with zipfile.ZipFile(path) as book:
        part = _part(book, sheet)
        return _errors(book, part) if part else {}


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the XML part that holds the sheet; empty when the workbook does not tell."""
    try:
        if any(book.getinfo(name).file_size > _SMALL for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")):
            return ""
        sheets = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - calamine has read it before
        links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    except (KeyError, ET.ParseError):
        return ""
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    wanted = (
        node.get(_RELATION) for node in sheets.iter() if node.tag.endswith("}sheet") and node.get("name") == sheet
    )
    target = targets.get(next(wanted, None), "")
    name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return name if target and name in book.namelist() else ""


def _errors(book: zipfile.ZipFile, part: str) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    rest = b""
    with book.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            end = text.rfind(b">") + 1  # a tag that is cut off is looked at with the next block
            for cell in _CELL.finditer(text, 0, end):
                place = _PLACE.search(cell[1]) if _ERROR.search(cell[1]) else None
                if place:
                    found[int(place[2]) - 1, _column(place[1])] = (place[1] + place[2]).decode()
            rest = text[end:][-4096:]
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
