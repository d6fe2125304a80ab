"""A plugin of pytest that counts how many kernels of a suite were forked, and how many were started anew instead."""

import json
import os
from pathlib import Path

from tskit.runs.warm import ForkedProcess
from tskit.runs.warm.provisioner import WarmProvisioner

_counts = {"warm": 0, "cold": 0}
_launch = WarmProvisioner.launch_kernel


async def _counted(self, cmd, **given):
    told = await _launch(self, cmd, **given)
    _counts["warm" if isinstance(self.process, ForkedProcess) else "cold"] += 1
    return told


WarmProvisioner.launch_kernel = _counted


def pytest_sessionfinish():
    """Write the counts where whoever started the suite looks for them."""
    Path(os.environ["TSKIT_COUNTED"]).write_text(json.dumps(_counts), encoding="utf-8")
