"""What a person has who installs the package and never sees its repository."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
BESIDE_CODE = (".toml", ".txt", ".css", ".js", ".j2")

pytestmark = [pytest.mark.slow, pytest.mark.packaging]


def run(*command, cwd, **variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "PYTHON"))}
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=kept | variables | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the wheel of this clone."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a function that calls a program of an environment that holds the wheel and what it needs, nothing else."""
    home = tmp_path_factory.mktemp("a home")
    venv.create(home / "env", with_pip=True)
    programs = home / "env" / SCRIPTS
    pins = ROOT / "constraints.txt"
    run(programs / "python", "-m", "pip", "install", "--quiet", "--no-compile", "--constraint", pins, wheel, cwd=home)

    def call(program, *arguments, cwd=home):
        return run(programs / program, *arguments, cwd=cwd, HOME=str(home), XDG_CACHE_HOME=str(home / "cache"))

    return call


def test_whatever_lies_beside_the_code_is_in_the_wheel(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    beside = {p.relative_to(ROOT).as_posix() for p in (ROOT / "tskit").rglob("*") if p.suffix in BESIDE_CODE}
    assert len(beside) > 10
    assert beside - packed == set()
    assert not any(name.startswith(("tests/", "docs/", "benchmarks/")) for name in packed)


def test_from_an_installed_wheel_to_a_report(installed):
    assert installed("tskit", "--version").startswith("tskit ")
    assert "trend_report" in installed("tskit", "template", "list")
    assert "notebook_templates" in installed("tskit", "template", "show", "trend_report")
    installed("tskit", "init", "a casebook ไทย", "--sample", "--cases", 5_000)
    shown = installed("tskit", "run", "trend_report", "--casebook", "a casebook ไทย")
    report = Path(shown.splitlines()[-1])
    assert report.is_file()
    installed("jupyter", "nbconvert", "--to", "tskit-report", "notebook.ipynb", "--output", "again", cwd=report.parent)
    assert (report.parent / "again.html").stat().st_size > 100_000
