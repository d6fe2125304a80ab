from __future__ import annotations

import os

import pytest

from tskit.cli.sealing import sealing
from tskit.model import Casebook
from tskit.runs import Template
from tskit.runs.starter import starter
from tskit.runs.warm import WarmPlace, specs
from tskit.ui import form_worker


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "queue_health.py"
    path.write_text(starter("queue_health"), encoding="utf-8")
    return Template.from_file(path)


def test_the_manifest_of_a_form_keeps_what_one_from_the_terminal_keeps(tmp_path, template, monkeypatch):
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a long enough key")
    (tmp_path / "casebook.toml").write_text('name = "mine"\n', encoding="utf-8")
    book = Casebook.read(tmp_path)
    found = form_worker._setting(template, book)
    expected = sealing(found, book=book)
    assert (found.code, found.facts) == (expected.code, expected.facts)
    assert found.code["digest"]
    assert "casebook.toml" in found.facts["settings"]


@pytest.mark.parametrize("is_live", [True, False])
def test_a_run_takes_a_fork_where_the_notebook_is_one_and_its_origin_is_still_there(tmp_path, monkeypatch, is_live):
    place = WarmPlace(tmp_path, ("tskit.findings",), 600.0)
    heard = []

    def look(place, environment):
        heard.append((place, environment["PYTHONHASHSEED"]))
        return is_live

    monkeypatch.setattr("tskit.runs.warm.is_live", look)
    told = {**os.environ, **specs.environment_of(place)}
    assert form_worker._kernel(told) == (("warm", place) if is_live else ("cold", None))
    assert heard == [(place, "0")]


def test_a_run_of_a_plain_notebook_is_cold(monkeypatch):
    monkeypatch.delenv("TSKIT_WARM", raising=False)
    assert form_worker._kernel(os.environ) == ("cold", None)
