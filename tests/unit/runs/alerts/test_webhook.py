"""A webhook is one POST to the host that the casebook names: no redirect, no secret in what is told, and it ends in time."""

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.unit.runs.alerts.conftest import NOW, TREND
from tskit.model import Alert, Alerting
from tskit.runs.alerts import deliver, messages

LOCAL = ("127.0.0.1",)


class _Host(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))
        status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def host(*answers):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Host) as server:
        server.got, server.answers = [], list(answers)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def hook(port, **settings):
    return Alert("chat", ("spike",), "webhook", url=f"http://127.0.0.1:{port}/hook/", **settings)


def send(alert, alerting, way):
    due = messages([alert], [TREND], at=NOW)
    return deliver(due, [alert], alerting, way=way)[0], due[0]


def test_the_message_is_posted_with_its_id(way, alerting):
    with host() as server:
        outcome, message = send(hook(server.server_port), alerting, way)
        path, headers, body = server.got[0]
    assert outcome.event == "sent"
    assert (path, headers["Idempotency-Key"], body) == ("/hook/", message.id, message.body)
    assert headers["Content-Type"].startswith("application/json")


def test_a_secret_goes_into_a_header(way, alerting):
    with host() as server:
        send(hook(server.server_port, secret="bearer", header="X-Key"), alerting, way)
        assert server.got[0][1]["X-Key"] == "Bearer abc"


def test_a_secret_ends_the_address_and_is_told_nowhere(way, alerting):
    with host((404, {})) as server:
        alert = hook(server.server_port, secret="chat", sent_in="url", text_only=True)
        outcome, message = send(alert, alerting, way)
        path, _, body = server.got[0]
    assert (path, body) == ("/hook/sesame/7f3a", {"text": message.body["text"]})
    assert outcome.event == "failed"
    assert "sesame" not in outcome.why + way.log.read_text(encoding="utf-8") + repr(outcome) + repr(alert)


def test_a_redirect_is_never_followed(way, alerting):
    with host() as other:
        for status in (301, 302, 303, 307, 308):
            elsewhere = {"Location": f"http://127.0.0.1:{other.server_port}/"}
            with host((status, elsewhere), (status, elsewhere)) as server:
                outcome, _ = send(hook(server.server_port, templates=(), certainty="low"), alerting, way)
                assert len(server.got) == 1
            assert outcome.event == "failed"
            assert "points elsewhere" in outcome.why
        assert other.got == []


def test_what_may_pass_is_tried_again_with_growing_pauses(way, alerting, pauses):
    with host((503, {}), (429, {"Retry-After": "7"})) as server:
        outcome, _ = send(hook(server.server_port), alerting, way)
        ids = {headers["Idempotency-Key"] for _, headers, _ in server.got}
    assert (outcome.event, len(server.got), len(ids)) == ("sent", 3, 1)
    assert pauses == [1.0, 7.0]


def test_a_host_that_asks_for_too_long_a_wait_does_not_get_it(way, alerting, pauses):
    with host((429, {"Retry-After": "86400"})) as server:
        send(hook(server.server_port), alerting, way)
    assert pauses == [30.0]


def test_what_stays_broken_is_told_and_kept(way, alerting, pauses):
    with host((500, {}), (502, {}), (503, {})) as server:
        outcome, _ = send(hook(server.server_port), alerting, way)
    assert outcome.why == "127.0.0.1 answered 503, tried 3 times."
    assert pauses == [1.0, 4.0]


def test_a_refusal_is_not_tried_again(way, alerting, pauses):
    with host((403, {})) as server:
        outcome, _ = send(hook(server.server_port), alerting, way)
        assert len(server.got) == 1
    assert "refused it (403)" in outcome.why
    assert pauses == []


def test_a_host_that_is_not_there_is_told(way, alerting):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome, _ = send(hook(port), alerting, way)
    assert "did not answer (ConnectionRefusedError)" in outcome.why


def test_a_name_that_no_host_can_have_keeps_no_other_alert_from_being_sent(way):
    def resolve(host, port):
        return (str(host.encode("idna"), "ascii"),)  # as the system's own resolver begins

    alert = Alert("chat", ("spike",), "webhook", url="https://hooks..example/x/")
    outcome, _ = send(alert, Alerting(("hooks..example",), attempts=1), replace(way, resolve=resolve))
    assert "hooks..example is not known" in outcome.why


def test_a_host_that_puts_off_its_answer_is_cut_off(way):
    stop = threading.Event()

    def put_off(server):
        taken, _ = server.accept()
        with taken:
            while not stop.wait(0.05):
                try:
                    taken.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=put_off, args=(server,))
        thread.start()
        quick = Alerting(LOCAL, timeout_seconds=0.4, attempts=1)
        outcome, _ = send(hook(server.getsockname()[1]), quick, way)
        stop.set()
        thread.join()
    assert outcome.event == "failed"


@pytest.mark.parametrize("text", ["a\r\nHost: evil", "a b", "ü", "@evil.example/"])
def test_a_secret_cannot_lead_elsewhere(way, alerting, text):
    alert = Alert("chat", ("spike",), "webhook", url="https://127.0.0.1/", secret="odd", sent_in="url")
    outcome, _ = send(alert, alerting, replace_secret(way, text))
    assert outcome.event == "failed"
    assert text not in outcome.why


def replace_secret(way, text):
    return replace(way, secret=lambda _: text)


def test_a_secret_that_is_not_there_is_named(way, alerting):
    alert = Alert("chat", ("spike",), "webhook", url="https://127.0.0.1/", secret="lost")
    outcome, _ = send(alert, alerting, way)
    assert outcome.why == "the secret 'lost' is neither in the environment nor in the keyring."


def test_what_cannot_prove_who_it_is_gets_nothing(way, alerting):
    with host() as server:
        alert = Alert("chat", ("spike",), "webhook", url=f"https://127.0.0.1:{server.server_port}/")
        outcome, _ = send(alert, alerting, way)
        assert server.got == []
    assert outcome.event == "failed"
