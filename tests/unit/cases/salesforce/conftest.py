"""A folder of Salesforce objects, loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.salesforce_export import csv_text
from tskit.cases import load
from tskit.model import Casebook, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tskit.model import CaseSet


@pytest.fixture
def organisation(tmp_path: Path, key: None) -> Callable[..., CaseSet]:
    """Return a function that loads these objects, each a list of rows by API name."""

    def loaded(*, source: str = "export", profile: str = "", **objects: list[dict[str, str]]) -> CaseSet:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, rows in objects.items():
            if rows:
                (folder / f"{name}.csv").write_text(csv_text(rows), encoding="utf-8", newline="")
        if profile:
            (tmp_path / "profiles").mkdir(exist_ok=True)
            (tmp_path / "profiles" / "own.toml").write_text(profile, encoding="utf-8")
        return load(Scope(source=source), casebook=Casebook(tmp_path, "tests"), user_cache=tmp_path / "user")

    return loaded
