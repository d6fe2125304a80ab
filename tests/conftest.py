"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# Machines differ in speed, so no example has a deadline. In CI every run looks at the same examples: a change must not
# fail for what it did not touch. At the desk the examples are new each time.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
