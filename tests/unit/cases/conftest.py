"""A folder of one's own with a file and a profile in it, loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tskit.cases import load
from tskit.model import Casebook, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tskit.model import CaseSet

PROFILE = """
name = "small"
recognise = ["Number", "Opened"]
partial = true
dates = "dmy"
zone = "Asia/Singapore"
null = ["?"]

[columns]
case_id = "Number"
status = "State"
created_at = "Opened"
closed_at = "Closed"
owner_id = "Owner"
description = "Text"
reach = "Reach"
tags = "Tags"
source_modified_at = "Changed"
severity = "Severity"

[values.status]
"Parked" = "waiting"
"""


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory) -> None:
    """Keep what is loaded without a casebook out of the user's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def key(monkeypatch) -> None:
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")


@pytest.fixture
def small(tmp_path: Path, key: None) -> Callable[..., CaseSet]:
    """Return a function that loads CSV text by the profile above; more files may lie in the folder already."""

    def loaded(text: str, *, profile: str = PROFILE, scope: Scope | None = None, source: str = "cases.csv") -> CaseSet:
        (tmp_path / "profiles").mkdir(exist_ok=True)
        (tmp_path / "profiles" / "small.toml").write_text(profile, encoding="utf-8")
        (tmp_path / "cases.csv").write_text(text.strip() + "\n", encoding="utf-8")
        casebook = Casebook(tmp_path, "tests")
        return load(scope or Scope(source=source), casebook=casebook, user_cache=tmp_path / "user")

    return loaded
