from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.runs.warm import frames

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()) | st.just("\udcff"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def ends():
    ours, its = socket.socketpair()
    yield ours, its
    ours.close()
    its.close()


@given(messages=st.lists(VALUES, max_size=5), step=st.integers(1, 50))
def test_messages_arrive_as_they_were_sent_however_they_are_cut(messages, step):
    ours, its = socket.socketpair()
    with ours, its:
        for message in messages:
            frames.send(ours, [message])
        ours.close()
        whole = b"".join(iter(lambda: its.recv(65536), b""))
    inbox, found = frames.Inbox(), []
    for start in range(0, len(whole), step):
        inbox.data += whole[start : start + step]
        while (message := inbox.message()) is not None:
            found += message
    assert found == messages


def test_open_files_come_along_and_are_kept_from_programs_that_are_started(ends):
    ours, its = ends
    read, write = os.pipe()
    frames.send(ours, {}, descriptors=(write,))
    os.close(write)
    inbox = frames.Inbox()
    assert inbox.read(its)
    assert inbox.message() == {}
    (found,) = inbox.descriptors
    assert not os.get_inheritable(found)
    os.write(found, b"here")
    assert os.read(read, 4) == b"here"
    inbox.close()
    assert os.read(read, 1) == b""
    os.close(read)


def test_an_answer_that_is_quicker_than_the_end_of_sending_is_no_failure(ends):
    ours, its = ends

    class Quick:
        """Sends, and has the other end gone by then."""

        def sendmsg(self, *given):
            sent = ours.sendmsg(*given)
            its.close()
            return sent

        def sendall(self, data):
            ours.sendall(data)

    with Path(os.devnull).open("rb") as file:
        frames.send(Quick(), {"call": "once"}, descriptors=[file.fileno()])


def test_the_other_end_is_seen_to_close(ends):
    ours, its = ends
    ours.close()
    assert not frames.Inbox().read(its)


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01{"])
def test_what_is_no_message_is_refused_without_its_text(data):
    with pytest.raises(frames.FrameError) as caught:
        frames.Inbox(bytearray(data)).message()
    assert "{" not in str(caught.value)


def test_both_ends_of_our_own_are_ours(ends, monkeypatch):
    assert frames.is_ours(ends[0])
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert not frames.is_ours(ends[0])
