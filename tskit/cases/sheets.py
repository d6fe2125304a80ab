"""Sheets that join by case id: QA results and appeals that are kept elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.sql import name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tskit.cases.staging import Staged

__all__ = ["joined"]


def joined(staged: Staged, rows: str, sheets: Sequence[tuple[Staged, str]], *, connection: Any) -> tuple[Staged, str]:  # noqa: ANN401
    """Return the cases with the columns of the sheets; what a sheet says stands before what the cases say.

    Sheet rows without a case go to `rejects` under `no_such_case`.
    """
    raise NotImplementedError((name, connection, staged, rows, sheets))
