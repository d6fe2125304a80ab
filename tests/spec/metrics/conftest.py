"""Every worked example is counted twice: in held rows and by the engine."""

import pytest

from tests.support.both_ways import agreed
from tskit.metrics import measure


@pytest.fixture(autouse=True)
def _both_ways(request, monkeypatch):
    assert request.module.measure is measure, "a worked example asks `measure`, so that it is asked both ways"
    monkeypatch.setattr(request.module, "measure", agreed)
