"""The units of docs/how-to/schedule.md are ones that systemd takes, and the command in them does what the page says."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pages import fences, placed

SERVICE, TIMER = fences("how-to/schedule.md", "ini")


def read(unit):
    """Return section, name and value of each line; names stand more than once."""
    found, section = [], ""
    for line in filter(None, (line.strip() for line in unit.splitlines())):
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            found.append((section, *line.split("=", 1)))
    return found


def of(unit, name):
    return [value for _, key, value in read(unit) if key == name]


def analyze(*arguments):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_the_units_say_what_the_page_tells():
    assert {section for section, _, _ in read(SERVICE)} == {"Unit", "Service"}
    assert {section for section, _, _ in read(TIMER)} == {"Unit", "Timer", "Install"}
    assert of(SERVICE, "Type") == ["oneshot"]
    assert of(SERVICE, "SuccessExitStatus") == ["16"]
    assert of(TIMER, "Persistent") == ["true"]
    assert not [value for value in of(SERVICE, "Environment") if "SECRET" in value or "TSKIT_ALERT" in value]


def test_the_timer_goes_off_before_each_shift_on_every_day():
    for when in of(TIMER, "OnCalendar"):
        told = analyze("calendar", when, "--iterations=3")
        assert told.returncode == 0, told.stderr
    assert [when.split()[1] for when in of(TIMER, "OnCalendar")] == ["08:30:00", "20:30:00"]


def test_systemd_takes_the_units(tmp_path):
    places = {"/srv/tskit/bin/tskit": Path(sys.executable).parent / "tskit", "/srv/casebook": tmp_path}
    paths = [tmp_path / f"tskit-handover.{kind}" for kind in ("service", "timer")]
    for path, text in zip(paths, (placed(SERVICE, places), TIMER), strict=True):
        path.write_text(text, encoding="utf-8")
    told = analyze("verify", *map(str, paths))
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.conformance
def test_the_command_of_the_service_hands_the_shift_over(book, bare):
    unit = placed(SERVICE, {"/srv/tskit/bin": Path(sys.executable).parent, "/srv/casebook": book})
    given = dict(pair.split("=", 1) for value in of(unit, "Environment") for pair in shlex.split(value))
    environ = bare | given | {"HOME": bare["HOME"]}
    command = shlex.split(of(unit, "ExecStart")[0])
    done = subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("report.html")
    run = Path(done.stdout.splitlines()[-1]).parent
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["template"]["name"] == "oncall_handover"
    # All that it writes lies where ProtectSystem=strict lets it: in the casebook and in the home of its user.
    assert run.is_relative_to(book)
    assert of(unit, "ReadWritePaths") == [os.fspath(book)]
