"""What holds for every test."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Machines differ in speed, so no example has a deadline. In CI every run looks at the same examples: a change must not
# fail for what it did not touch. At the desk the examples are new each time.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

_GROUPS = {"acceptance", "browser", "conformance", "kill", "packaging", "postgres", "spark"}


def pytest_collection_modifyitems(items):
    """Refuse a slow test without a group: nothing would ever run it."""
    lost = [item.nodeid for item in items if "slow" in item.keywords and _GROUPS.isdisjoint(item.keywords)]
    if lost:
        raise pytest.UsageError(f"A slow test belongs to one of the groups {', '.join(sorted(_GROUPS))}: {lost}")
