from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import tskit.cli.app
from tskit import errors
from tskit.cli import main, reference

ROOT = Path(__file__).parents[3]
CANARY = "canary-7f3a"


@pytest.fixture
def failing(monkeypatch):
    """Return a function that makes the only verb raise, calls it with the arguments, and returns the exit code."""

    def call(error, *arguments):
        app = typer.Typer(pretty_exceptions_enable=False)

        @app.callback()
        def options():
            pass

        @app.command("break")
        def break_():
            raise error

        monkeypatch.setattr(tskit.cli.app, "app", app)
        with pytest.raises(SystemExit) as caught:
            main([*arguments, "break"])
        return caught.value.code

    return call


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.SourceError, 10),
        (errors.DataError, 11),
        (errors.ParameterError, 12),
        (errors.PrivacyError, 13),
        (errors.RunError, 14),
        (errors.VerifyError, 15),
        (errors.NoDataError, 16),
    ],
)
def test_an_error_of_ours_is_its_message_and_its_exit_code(failing, capsys, kind, code):
    assert failing(kind("Name the fix.")) == code
    assert capsys.readouterr() == ("", "Name the fix.\n")


def test_an_unexpected_error_says_where_and_not_what(failing, capsys):
    assert failing(ValueError(CANARY)) == 1
    shown = capsys.readouterr().err
    assert CANARY not in shown
    assert "ValueError in cli/main.py:" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/runs"),
            "/srv/runs cannot be used: Permission denied",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on the disk"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(failing, capsys, error, part):
    assert failing(error) == 1
    assert part in capsys.readouterr().err


def test_debug_shows_where_an_error_comes_from(failing, capsys):
    assert failing(ValueError(CANARY), "--debug") == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert CANARY in shown


def test_ctrl_c_is_no_error_of_ours(failing, capsys):
    assert failing(KeyboardInterrupt()) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_an_unknown_verb_is_exit_code_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["rnu"])
    assert caught.value.code == 2
    assert "rnu" in capsys.readouterr().err


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"tskit {tskit.__version__}\n"


def test_help_starts_at_once_and_loads_nothing_slow():
    code = (
        "import sys; from tskit.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "slow = {'papermill', 'nbformat', 'pandas', 'ibis', 'duckdb', 'altair', 'jupytext'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert spent < 0.5  # seconds of CPU, which a busy machine does not stretch; Windows counts none


def test_the_reference_lists_every_verb_and_every_exit_code():
    page = reference.page()
    for verb in ("init", "run", "template list", "template show", "template new", "template build", "template adopt"):
        assert f"## `tskit {verb}" in page
    for code in (0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 130):
        assert f"| {code} |" in page


def test_the_reference_page_is_what_the_verbs_say():
    written = ROOT / "docs" / "reference" / "cli.md"
    assert written.read_text(encoding="utf-8") == reference.page(), "Run: make docs"
