"""An organisation on this machine, and somebody who syncs it."""

import pytest

from tests.support.salesforce_cases import Desk, small_org
from tests.support.salesforce_server import running_org


@pytest.fixture
def org(tmp_path, monkeypatch):
    served = small_org()
    (tmp_path / "server").mkdir()
    monkeypatch.setenv("NO_PROXY", "localhost")
    with running_org(served, tmp_path / "server") as certificate:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))  # as one names the certificates of a company's proxy
        yield served


@pytest.fixture
def desk(org, tmp_path):
    return Desk(org, tmp_path / "book" / "sources" / "org")
