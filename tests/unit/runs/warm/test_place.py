from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from tskit.runs import warm
from tskit.runs.warm import client, place

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="This system cannot copy a running process.")


def _at(folder, **given):
    return warm.WarmPlace(folder, **given)


def test_the_folder_is_made_for_its_owner_alone(tmp_path):
    before = os.umask(0)
    try:
        folder = place.opened(_at(tmp_path / "a" / "warm"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert place.opened(_at(folder)) == folder


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o770, 0o755, 0o777])
def test_a_folder_that_others_may_enter_is_refused(tmp_path, mode):
    (tmp_path / "warm").mkdir()
    (tmp_path / "warm").chmod(mode)
    with pytest.raises(warm.NotWarmError, match="open to other users"):
        place.opened(_at(tmp_path / "warm"))


def test_a_link_or_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "warm").symlink_to(tmp_path / "real")
    with pytest.raises(warm.NotWarmError, match="is a link or a file"):
        place.opened(_at(tmp_path / "warm"))
    (tmp_path / "file").touch()
    with pytest.raises(warm.NotWarmError, match=r"cannot be made|is a link or a file"):
        place.opened(_at(tmp_path / "file"))


def test_the_folder_of_another_user_is_refused(tmp_path, monkeypatch):
    place.opened(_at(tmp_path / "warm"))
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(warm.NotWarmError, match="belongs to another user"):
        place.opened(_at(tmp_path / "warm"))


def test_a_folder_that_others_could_put_aside_is_refused(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(warm.NotWarmError, match="Others may rename"):
        place.opened(_at(tmp_path / "open" / "warm"))
    (tmp_path / "open").chmod(0o1777)  # as the system's own folder for such things
    assert place.opened(_at(tmp_path / "open" / "warm")).is_dir()


def test_what_is_no_socket_of_ours_is_not_knocked_at(tmp_path, monkeypatch):
    path = tmp_path / "x.sock"
    assert client._knock(path) is None
    path.touch()
    with pytest.raises(warm.NotWarmError, match="not a socket of ours"):
        client._knock(path)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(warm.NotWarmError, match="not a socket of ours"):
        client._knock(path)


def test_somebody_else_behind_a_socket_is_not_spoken_to(monkeypatch):
    import shutil  # noqa: PLC0415  # of this test
    import tempfile  # noqa: PLC0415  # as above

    folder = Path(tempfile.mkdtemp(prefix="tsk-"))
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "x.sock"))
        door.listen()
        monkeypatch.setattr(client, "is_ours", lambda channel: False)
        with pytest.raises(warm.NotWarmError, match="Somebody else answers"):
            client._knock(folder / "x.sock")
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("system", "is_forced", "told"),
    [
        ("linux", False, ""),
        ("darwin", False, "On macOS warm processes are off"),
        ("darwin", True, ""),
        ("win32", True, "cannot copy a running process"),
    ],
)
def test_each_system_says_why_it_has_none(monkeypatch, system, is_forced, told):
    monkeypatch.setattr(sys, "platform", system)
    reason = warm.why_not(_at(Path("/run/warm"), is_forced=is_forced))
    assert told in reason
    assert bool(reason) == bool(told)
    assert warm.can_fork(_at(Path("/run/warm"), is_forced=is_forced)) == (not told)


def test_a_folder_too_deep_for_a_socket_is_told_before_anything_is_tried(tmp_path):
    deep = _at(tmp_path / ("x" * 100))
    assert "too long for a socket" in warm.why_not(deep)
    assert not warm.is_live(deep, os.environ)
    with pytest.raises(warm.NotWarmError, match="too long"):
        warm.fork(deep, "tests.support.forked:ends", environment=os.environ, cwd=tmp_path)
    with pytest.raises(warm.NotWarmError, match="too long"):
        warm.begin(deep, environment=os.environ)
    assert warm.retire(deep) == 0


def test_the_folder_of_a_user_is_where_the_system_keeps_sockets_or_under_their_own_name(tmp_path):
    assert warm.own_folder({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "tskit" / "warm"
    for given in (
        {},
        {"XDG_RUNTIME_DIR": ""},
        {"XDG_RUNTIME_DIR": "here"},
        {"XDG_RUNTIME_DIR": str(tmp_path / "gone")},
    ):
        assert warm.own_folder(given).name == f"tskit-{os.getuid()}"
