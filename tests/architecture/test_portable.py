"""The main path runs on Windows and macOS, too: what only POSIX has, or does otherwise, stays where it is looked after."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tskit"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each has one home, which says what happens where the system does not have it; a folder ends with a slash.
FORKS = "runs/warm/"
HOMES = {
    "fcntl": ("cases/locks.py", "runs/engine/line.py", "sources/store/durable.py", FORKS),
    "grp": "",
    "pwd": "",
    "resource": FORKS,
    "os.chmod": ("cases/outputs.py", "sources/store/durable.py", FORKS),
    "os.fchmod": "",
    "os.fork": FORKS,
    "os.geteuid": "export/pdf.py",
    "os.getuid": FORKS,
    "os.kill": ("runs/kernel.py", FORKS),
    "os.killpg": FORKS,
    "os.link": "sources/credentials.py",
    "os.rename": "",  # Path.replace does the same everywhere
    "os.setsid": FORKS,
    "os.symlink": "",
    "os.umask": FORKS,
    "os.uname": "",
    "signal.SIGHUP": FORKS,
    "signal.SIGKILL": FORKS,
    "signal.SIGTERM": ("runs/kernel.py", FORKS),
    "asyncio.set_event_loop_policy": "runs/kernel.py",
}
UNIX = {"/proc": ("records/shares.py", "runs/warm/standing.py", "runs/warm/strays.py")}
TEXT = ("read_text", "write_text")


def _names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)
            if node.attr == "chmod":
                yield "os.chmod"


def _is_bare_text(call):
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if any(keyword.arg == "encoding" for keyword in call.keywords):
        return False
    given = [node for part in [*call.args, *call.keywords] for node in ast.walk(part)]
    modes = [node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    is_binary = any("b" in mode and len(mode) <= 3 for mode in modes)
    if named == "open" and isinstance(call.func, ast.Attribute):
        owner = ast.unparse(call.func.value)
        # Only a file is text by default: archives, streams and the low level of os are bytes.
        return not is_binary and owner not in ("os", "book", "archive", "gzip")
    if named == "read_text" and call.args:
        return False  # the encoding comes first; or a distribution's own file, which is UTF-8
    return (named in TEXT and isinstance(call.func, ast.Attribute)) or (named in ("open", "fdopen") and not is_binary)


def _is_home(place, homes):
    known = (homes,) if isinstance(homes, str) else homes
    return any(place == home or (home.endswith("/") and place.startswith(home)) for home in known)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_what_only_some_systems_have_stays_in_its_home(path):
    place = path.relative_to(PACKAGE).as_posix()
    used = set(_names(ast.parse(path.read_text(encoding="utf-8"))))
    strangers = {name for name in used if name in HOMES and not _is_home(place, HOMES[name])}
    assert strangers == set(), f"{place} uses {strangers}; their homes are in HOMES above"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_text_file_names_its_encoding(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    bare = [f"{path.name}:{call.lineno}" for call in calls if _is_bare_text(call)]
    assert bare == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_goes_through_a_shell_or_to_a_folder_of_unix(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    shells = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg == "shell"]
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    place = path.relative_to(PACKAGE).as_posix()
    known = [start for start, homes in UNIX.items() if place in homes]
    unix = [start for start in ("/tmp", "/dev/", "/proc", "/var/") if start not in known]
    folders = [n.lineno for n in texts if n.value.startswith(tuple(unix))]
    assert shells + folders == []
