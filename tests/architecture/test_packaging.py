"""What is declared in one place is the same in the others."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?(?P<range>.*)$")
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "ibis-framework": "ibis-duckdb",
    "jupyter-client": "jupyter_client",
    "jupyterlab-templates": "jupyterlab_templates",
    "tzdata": "python-tzdata",
}


def _split(requirement: str) -> tuple[str, str]:
    match = REQUIREMENT.match(requirement.split("#", maxsplit=1)[0].strip())
    return match["name"], match["range"].strip()


def _constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    return {name.lower().replace("_", "-").replace(".", "-"): version for name, version in pins.items()}


def test_the_conda_environment_asks_for_the_same_ranges():
    expected = {CONDA_NAMES.get(name, name): wanted for name, wanted in map(_split, PROJECT["dependencies"])}
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = dict(_split(line[4:]) for line in text.splitlines() if re.match(r"  - [a-z]", line))
    listed = {name: wanted for name, wanted in listed.items() if name not in {"python", "pip", "conda-forge", "pip:"}}
    assert listed == expected


def test_the_conda_environment_asks_for_the_same_python():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert f"python{PROJECT['requires-python']}" in text


def test_constraints_hold_names_and_versions_only():
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


@pytest.mark.parametrize("extra", [None, *PROJECT["optional-dependencies"]])
def test_every_direct_dependency_is_pinned(extra):
    wanted = PROJECT["dependencies"] if extra is None else PROJECT["optional-dependencies"][extra]
    pins = _constraints()
    assert [name for name, _ in map(_split, wanted) if name.lower() not in pins] == []


def test_the_project_speaks_of_itself_alone():
    foreign = re.compile(r"/work/|/root/|/tmp/contract|pypi\.org/simple|registry\.npmjs", re.IGNORECASE)
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.suffix in {".py", ".md", ".toml", ".yml", ".txt", ".js", ".css", ".j2"} and parts[0] not in {
            ".venv",
            ".git",
        }:
            if path == Path(__file__):
                continue
            assert not foreign.search(path.read_text(encoding="utf-8", errors="replace")), path
