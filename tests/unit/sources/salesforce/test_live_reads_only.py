"""Nothing is ever written to Salesforce: the client has no way to."""

import ast
from pathlib import Path

import pytest
import requests

from tests.support.salesforce_cases import Clock
from tskit.errors import SourceError
from tskit.sources.salesforce.live.transport import Transport, reading_session, require_reading

HOST = "acme.my.salesforce.com"
BASE = f"https://{HOST}/services/data/v62.0"
LIVE = Path(__file__).parents[4] / "tskit" / "sources" / "salesforce" / "live"

WRITES = [
    ("POST", f"{BASE}/sobjects/Case"),
    ("PATCH", f"{BASE}/sobjects/Case/500000000000001"),
    ("DELETE", f"{BASE}/sobjects/Case/500000000000001"),
    ("PUT", f"{BASE}/jobs/ingest/750/batches"),
    ("POST", f"{BASE}/jobs/ingest"),
    ("PATCH", f"{BASE}/jobs/query/750"),
    ("DELETE", f"{BASE}/jobs/query/750"),
    ("POST", f"{BASE}/composite"),
    ("POST", f"{BASE}/jobs/query/../ingest"),
    ("POST", f"https://{HOST}/services/Soap/u/62.0"),
    ("POST", f"https://{HOST}/services/apexrest/x"),
    ("POST", f"https://{HOST}/services/oauth2/revoke"),
    ("HEAD", f"{BASE}/limits"),
    ("GET", "https://evil.example/services/data/v62.0/limits"),
    ("GET", f"http://{HOST}/services/data/v62.0/limits"),
    ("GET", f"https://{HOST}:8443/services/data/v62.0/limits"),
    ("GET", f"https://{HOST}@evil.example/services/data/v62.0/limits"),
]

READS = [
    ("GET", f"{BASE}/limits"),
    ("GET", f"{BASE}/jobs/query/750/results?locator=x"),
    ("POST", f"{BASE}/jobs/query"),
    ("POST", f"https://{HOST}/services/oauth2/token"),
]


@pytest.mark.parametrize(("method", "url"), WRITES)
def test_what_could_write_or_goes_elsewhere_is_never_sent(method, url):
    def token():
        pytest.fail("a token was asked for")

    session = reading_session(Transport(HOST, pace=Clock().pace, renew=token, share=1))
    with session, pytest.raises(SourceError, match="only reads from Salesforce"):
        session.request(method, url)


@pytest.mark.parametrize(("method", "url"), READS)
def test_what_reads_is_sent(method, url):
    require_reading(requests.Request(method, url).prepare(), host=HOST)


def test_an_extract_sends_nothing_but_reads(desk):
    desk.sync()
    methods = {(line.split()[0], line.split()[1].partition("?")[0]) for line in desk.org.log}
    posts = {path for method, path in methods if method == "POST"}
    assert posts == {"/services/oauth2/token", "/services/data/v62.0/jobs/query"}
    assert {method for method, _ in methods} == {"GET", "POST"}


def test_there_is_one_way_out():
    """Nobody but the transport sends: no other module makes a session, or calls requests, or the library's writing half."""
    for path in LIVE.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert (
            attributes & {"post", "patch", "delete", "upsert", "insert", "bulk", "bulk2", "mdapi", "apexecute"} == set()
        )
        assert ("Session" in attributes) <= (path.name == "transport.py")
