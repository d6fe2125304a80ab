from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from tskit.cli import lab, warm
from tskit.cli.lab_setup import KernelHere, offer_kernel, settings
from tskit.runs.warm import NotWarmError, kernels, specs


@pytest.fixture
def book(tmp_path):
    from tskit.model import Casebook  # noqa: PLC0415  # of this fixture

    return Casebook(tmp_path, "small")


def test_what_is_preloaded_ends_with_the_connection_of_duckdb_closed():
    assert warm.PRELOAD[: len(kernels.PRELOAD)] == kernels.PRELOAD
    assert warm.PRELOAD[-1] == "duckdb:close"
    # A widget library looks for its kernel when it is imported, and there is none yet.
    assert not any(name.startswith(("ipywidgets", "anywidget", "tskit.ui")) for name in warm.PRELOAD)


def test_preheating_says_why_there_is_no_warm_process(monkeypatch, tmp_path):
    heard = []
    for error, told in ((NotWarmError("It is so."), "It is so."), (PermissionError(13, "no"), "PermissionError")):

        def fail(place, *, environment, error=error):
            assert environment["PYTHONHASHSEED"] == "0"
            raise error

        monkeypatch.setattr(warm, "begin", fail)
        warm.preheat(warm.warm_place(), trouble=heard.append)
        assert heard.pop() == told


def test_the_kernel_of_the_lab_is_warm_where_it_can_be_and_keeps_no_history_either_way(book, monkeypatch):
    place = warm.warm_place()
    for given, is_registered, is_warm in ((place, True, True), (place, False, False), (None, True, False)):
        monkeypatch.setattr("tskit.cli.lab_setup.is_registered", lambda answer=is_registered: answer)
        config = settings(book, port=None, is_shown=False, warm=given)
        found = KernelHere(config=config).get_kernel_spec("python3")
        assert ("kernel_provisioner" in found.metadata) == is_warm
        assert "--HistoryManager.enabled=False" in found.argv
        assert found.metadata["supported_encryption"] == "curve"
        assert found.env.items() >= specs.ENVIRONMENT.items()
        # A form in such a notebook finds the warm process by it.
        assert specs.place_in(found.env) == (place if is_warm else None)


def test_the_kernelspec_is_offered_to_other_programs_or_it_is_said_why_not(tmp_path, monkeypatch):
    monkeypatch.setattr("tskit.cli.lab_setup.is_registered", lambda: True)
    monkeypatch.setattr("tskit.cli.lab_setup.standing_folder", lambda: tmp_path / "kernels")
    assert offer_kernel(warm.warm_place()) == ""
    assert (tmp_path / "kernels" / "tskit-warm" / "kernel.json").is_file()
    (tmp_path / "file").touch()
    monkeypatch.setattr("tskit.cli.lab_setup.standing_folder", lambda: tmp_path / "file")
    assert "tskit-warm for other programs cannot be written" in offer_kernel(warm.warm_place())


@pytest.mark.parametrize(("asked", "told"), [(None, "On macOS warm processes are off"), (False, ""), (True, "")])
def test_the_lab_says_where_kernels_are_not_warm(monkeypatch, capsys, asked, told):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("tskit.cli.lab_setup.offer_kernel", lambda place: "")
    monkeypatch.setattr("tskit.cli.warm.preheat", lambda place, trouble: None)
    place = lab._warm(asked)
    assert (place is not None) == bool(asked)
    assert told in capsys.readouterr().err
    assert (capsys.readouterr().err == "") or told


def test_the_option_is_told():
    from tskit.cli.app import app  # noqa: PLC0415  # of this test

    said = CliRunner().invoke(app, ["lab", "--help"], env={"COLUMNS": "200"}).output
    assert "--no-warm" in said
