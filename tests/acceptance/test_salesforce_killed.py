"""A sync of an organisation that is killed at any request goes on with the next one, and no row comes twice."""

import os
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from tests.support.salesforce_cases import case_id, small_org
from tests.support.salesforce_server import Fault, running_org

pytestmark = [pytest.mark.slow, pytest.mark.kill]

MOMENTS = (3, 7, 8, 9, 10, 12, 14)
"""At which request after the sign-in the process is killed: among descriptions, jobs, looks and pages."""


@pytest.fixture
def book(tmp_path, monkeypatch):
    org = small_org(looks=0)
    (tmp_path / "server").mkdir()
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("TSKIT_SOURCE_ORG_CLIENT_SECRET", org.client_secret)
    with running_org(org, tmp_path / "server") as certificate:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        (tmp_path / "casebook.toml").write_text(
            f'name = "killed"\n[sources.org]\nurl = "salesforce://localhost:{org.port}"\n'
            f'[sources.org.settings]\nclient_id = "{org.client_id}"\npage_rows = 4\nrange_rows = 9\n',
            encoding="utf-8",
        )
        yield tmp_path, org


def begun(root):
    command = [sys.executable, "-m", "tskit.cli", "sync", "org", "--casebook", str(root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_killed_again_and_again_it_ends_complete(book):
    root, org = book
    for moment in MOMENTS:
        ours = {}

        def kill(_, ours=ours):
            os.kill(ours["pid"], signal.SIGKILL)

        org.faults = [Fault(r"^\w+ /services/data", before=kill, nth=moment)]
        process = begun(root)
        ours["pid"] = process.pid
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    org.faults = []
    process = begun(root)
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert "snapshot 1 is sealed" in told
    chunks = sorted((root / "sources" / "org" / "0001" / "Case").glob("0*.parquet"))
    assert sorted(one for path in chunks for one in pq.read_table(path).column("Id").to_pylist()) == [
        case_id(number) for number in range(25)
    ]
    assert not list((root / "sources" / "org").glob("*.partial"))
