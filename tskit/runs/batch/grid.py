"""What varies in a batch: a grid in TOML or CSV, read into axes whose values know where they stand."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tskit.errors import ParameterError
from tskit.runs.parameters import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["Axis", "Cell", "Grid", "Row", "read_grid"]

_TABLES = ("title", "name", "fixed", "cross", "zip", "exclude", "sets")
_PLACE = re.compile(r"at line (\d+), column (\d+)")
_DELIMITERS = ",;\t"
_LISTED = "|"
"""What parts the texts of a list in a cell of a CSV, whose commas part the cells."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a grid as it was written, and where it stands in words; `separator` parts the texts of a list."""

    value: object = field(repr=False)
    place: str
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Values that belong together, by parameter, and where they stand in words."""

    cells: Mapping[str, Cell] = field(repr=False)
    place: str


Axis = tuple[Row, ...]
"""One direction of a grid: its runs take one row of each axis."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a grid file says: axes to be crossed, values for every run, and what is left out.

    `file` is the file's name, `pattern` how a run is called, as in `{market} {start}`; empty for the values that vary.
    """

    file: str
    axes: tuple[Axis, ...]
    fixed: Mapping[str, Cell] = field(default_factory=dict[str, Cell])
    excludes: tuple[Row, ...] = ()
    title: str = ""
    pattern: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the parameters that vary, in the order of the file."""
        return tuple(dict.fromkeys(name for axis in self.axes for row in axis for name in row.cells))


def read_grid(path: Path) -> Grid:
    """Return the grid in a TOML or CSV file.

    Raises:
        ParameterError: the file is missing or is not a grid; the message names the place and never a value.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ParameterError(f"{path.name} cannot hold a grid; name it .toml or .csv.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise ParameterError(f"There is no readable file {path}.") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path.name} is not UTF-8; save it so in an editor, in Excel as 'CSV UTF-8'.") from None
    return reader(text, path.name)


def _from_toml(text: str, file: str) -> Grid:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The rest of its message can quote what stands there.
        place = _PLACE.search(str(error))
        where = f"line {place[1]}, column {place[2]}" if place else "its end"
        raise ParameterError(f"{file}, {where}: this is not TOML; look for a missing quote or bracket.") from None
    for name in found:
        if name not in _TABLES:
            raise ParameterError(f"{file}: {ParameterError.unknown(name, _TABLES, what='part of a grid')}")
    sets = {name: _set(table, f"{file}, [sets.{name}]") for name, table in _table(found, "sets", file).items()}
    axes: list[Axis] = []
    for part in found:  # in the order of the file, which is the order of the runs
        if part == "cross":
            crossed = _table(found, part, file).items()
            axes += [_crossed(name, value, sets, f"{file}, [cross] {_shown(name)}") for name, value in crossed]
        elif part == "zip":
            axes += [_zipped(block, sets, place) for block, place in _blocks(found, part, file)]
    if not axes:
        raise ParameterError(f"{file} holds neither [cross] nor [[zip]], so nothing varies; `tskit run` runs one.")
    fixed = {n: Cell(v, f"{file}, [fixed] {_shown(n)}") for n, v in _table(found, "fixed", file).items()}
    excludes = tuple(
        Row({name: Cell(value, f"{place} {_shown(name)}") for name, value in block.items()}, place)
        for block, place in _blocks(found, "exclude", file)
    )
    return Grid(file, tuple(axes), fixed, excludes, _text(found, "title", file), _text(found, "name", file))


def _crossed(name: str, value: object, sets: Mapping[str, Axis], place: str) -> Axis:
    if isinstance(value, dict):
        return _of_set(name, cast("Mapping[str, object]", value), sets, place)
    if not isinstance(value, list) or not value:
        raise ParameterError(f"{place}: write a list of values, as in market = ['ID', 'TH'].")
    cells = [Cell(each, f"{place}, value {at}") for at, each in enumerate(cast("list[object]", value), start=1)]
    return tuple(Row({name: cell}, cell.place) for cell in cells)


def _of_set(name: str, asked: Mapping[str, object], sets: Mapping[str, Axis], place: str) -> Axis:
    """Return the values that a named set, or several one after the other, holds for a parameter."""
    named = asked.get("set")
    names = cast("list[object]", named) if isinstance(named, list) else [named]
    if set(asked) != {"set"} or not all(isinstance(each, str) for each in names):
        raise ParameterError(f"{place}: a set is named as in market = {{ set = 'apac' }}.")
    rows: list[Row] = []
    for each in cast("list[str]", names):
        found = _known(each, sets, place)
        if set(found[0].cells) != {name}:
            raise ParameterError(
                f"{place}: the set {each!r} holds {', '.join(map(_shown, found[0].cells))}. A cross takes sets of its "
                f"own parameter; several that go together are taken by [[zip]] with set = {each!r}."
            )
        rows += found
    return tuple(rows)


def _zipped(block: Mapping[str, object], sets: Mapping[str, Axis], place: str) -> Axis:
    if isinstance(named := block.get("set"), str):
        if len(block) > 1:
            raise ParameterError(f"{place}: name a set, or write lists; not both in one block.")
        return _known(named, sets, place)
    return _set(block, place)


def _known(name: str, sets: Mapping[str, Axis], place: str) -> Axis:
    if name not in sets:
        raise ParameterError(f"{place}: {ParameterError.unknown(name, sets, what='set')}")
    return sets[name]


def _set(block: object, place: str) -> Axis:
    """Return the rows of lists that go together: the first values, the second ones, and so on."""
    lists = cast("dict[str, object]", block) if isinstance(block, dict) else {}
    if not lists or not all(isinstance(value, list) and value for value in lists.values()):
        raise ParameterError(f"{place}: write parameters with lists, as in start = ['2026-03-01', '2026-04-01'].")
    columns = cast("dict[str, list[object]]", lists)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{_shown(name)} {length}" for name, length in lengths.items())
        raise ParameterError(f"{place}: its lists have to be equally long; there are {told}.")
    rows = zip(*columns.values(), strict=True)
    return tuple(
        Row({name: Cell(value, f"{place} {_shown(name)}, value {at}") for name, value in zip(columns, row, strict=True)},
            f"{place}, value {at}")
        for at, row in enumerate(rows, start=1)
    )  # fmt: skip


def _table(found: Mapping[str, Any], name: str, file: str) -> Mapping[str, object]:
    value: object = found.get(name, {})
    if not isinstance(value, dict):
        raise ParameterError(f"{file}: {name} is a table; begin it with a line [{name}].")
    return cast("Mapping[str, object]", value)


def _blocks(found: Mapping[str, Any], name: str, file: str) -> Sequence[tuple[Mapping[str, object], str]]:
    value: object = found.get(name, [])
    blocks = cast("list[object]", value) if isinstance(value, list) else [None]
    if not all(isinstance(block, dict) and block for block in blocks):
        raise ParameterError(f"{file}: {name} is a list of blocks; begin each with a line [[{name}]].")
    return [
        (cast("Mapping[str, object]", block), f"{file}, [[{name}]] {at}") for at, block in enumerate(blocks, start=1)
    ]


def _text(found: Mapping[str, Any], name: str, file: str) -> str:
    value: object = found.get(name, "")
    if not isinstance(value, str) or not value.isprintable():
        raise ParameterError(f"{file}: {name} is one line of text in quotes.")
    return value.strip()


def _shown(name: str) -> str:
    # A name can be a slip of the hand for a secret; what is no name is not repeated.
    return (
        name if name.isidentifier() and len(name) <= 30 and not is_secret_name(name) else "(a name that is not shown)"
    )


def _from_csv(text: str, file: str) -> Grid:
    head = text.partition("\n")[0]
    # Names of parameters hold none of these signs, so the most frequent one is what separates them.
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise ParameterError(f"{file} is not CSV; look for a quote that is not closed.") from None
    names = [name.strip() for name in table[0]] if table else []
    if not names or not all(names):
        raise ParameterError(f"{file}, row 1: name a parameter above each column, as in: market,start,end")
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ParameterError(f"{file}, row 1: the column {_shown(twice[0])} is there twice; take one out.")
    while len(table) > 1 and not _holds(table[-1]):
        table.pop()  # spreadsheets leave such rows below the last one
    rows = [_csv_row(cells, names, f"{file}, row {at}") for at, cells in enumerate(table[1:], start=2) if cells]
    if not rows:
        raise ParameterError(f"{file} holds no row below its names; write a row for each run.")
    return Grid(file, (tuple(rows),))


def _holds(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _csv_row(cells: Sequence[str], names: Sequence[str], place: str) -> Row:
    if not _holds(cells):
        raise ParameterError(
            f"{place}: every cell is empty. Take the row out; for a run that takes every default, write one of them."
        )
    if len(cells) != len(names):
        raise ParameterError(
            f"{place}: it has {len(cells)} cells and row 1 has {len(names)}; put a cell that holds the separator in quotes."
        )
    given = {
        name: Cell(text.strip(), f"{place}, column {_shown(name)}", _LISTED)
        for name, text in zip(names, cells, strict=True)
        if text.strip()
    }
    return Row(given, place)


_READERS: Mapping[str, Callable[[str, str], Grid]] = {".toml": _from_toml, ".csv": _from_csv}
