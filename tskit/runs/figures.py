"""The figures that a report led with, read back from `data/headlines.csv`."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, cast

from tskit.model.run_row import Headline
from tskit.runs.kept import listed, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model.finding import Tone

__all__ = ["headlines"]

_FILE = "data/headlines.csv"
_LARGEST = 1_000_000
_MOST = 40
_TONES: Mapping[str, Tone] = {"worse": "worse", "better": "better"}


def headlines(folder: Path) -> tuple[Headline, ...]:
    """Return the headline figures of the run in `folder`; none where it has none that can be read."""
    path = folder / _FILE
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return ()
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, csv.Error):
        return ()
    return tuple(_headline(cast("Mapping[str, object]", row)) for row in rows[:_MOST] if row.get("label"))


def _headline(row: Mapping[str, object]) -> Headline:
    words = {name: plain(_said(row.get(name))) for name in ("label", "unit", "text", "change", "verdict", "target")}
    return Headline(
        metric=plain(_said(row.get("metric"))) or words["label"],
        value=_number(row.get("value")),
        tone=_TONES.get(str(row.get("tone")), "neutral"),
        low=_number(row.get("low")),
        high=_number(row.get("high")),
        spark=_spark(row.get("spark")),
        **words,
    )


def _said(value: object) -> str:
    """Return a cell as it was before it was made safe for spreadsheets."""
    text = value if isinstance(value, str) else ""
    return text.removeprefix("'")


def _number(value: object) -> float | None:
    try:
        return number(float(str(value)))
    except ValueError:
        return None


def _spark(value: object) -> tuple[float | None, ...]:
    try:
        return tuple(number(one) for one in listed(json.loads(str(value))))
    except (ValueError, RecursionError):
        return ()
