"""Which version of a policy was in force, read off the decisions."""

import pandas as pd

from tests.support.tables import case_set_from
from tskit.patterns import in_force, policy_versions


def decided(*rows):
    lines = ["case_id | created_at | decided_at | policy_id | policy_version"]
    for number, (day, version) in enumerate(rows):
        lines.append(f"c{number} | 2026-03-01 | 2026-03-{day:02d} 12:00 | P | {version}")
    return policy_versions(case_set_from("\n".join(lines), as_of="2026-03-31"), "P")


def test_a_version_is_in_force_from_the_day_on_which_decisions_go_over_to_it():
    """Two decisions named the old text after the change on the 10th: they do not move it, and are counted as late."""
    old = [(day, "v1") for day in (2, 3, 4, 5, 6, 12, 13)]
    new = [(day, "v2") for day in (10, 11, 12, 13, 14, 15)]
    frame = decided(*old, *new)
    assert list(frame["policy_version"]) == ["v1", "v2"]
    assert frame["from_at"].dt.tz_convert("Asia/Singapore").dt.day.tolist() == [2, 10]
    assert frame["late"].tolist() == [2, 0]


def test_the_version_in_force_is_the_last_that_had_begun():
    frame = decided(*[(day, "v1") for day in (2, 3, 4)], *[(day, "v2") for day in (10, 11, 12)])
    assert in_force(frame, pd.Timestamp("2026-03-08", tz="UTC"))["policy_version"] == "v1"
    assert in_force(frame, pd.Timestamp("2026-03-20", tz="UTC"))["policy_version"] == "v2"
    assert in_force(frame, pd.Timestamp("2026-02-01", tz="UTC")) is None


def test_a_slip_of_the_pen_is_no_version():
    frame = decided(*[(day, "v1") for day in (2, 3, 4)], (5, "v7"))
    assert list(frame["policy_version"]) == ["v1"]


def test_a_source_without_versions_gives_no_row():
    cases = case_set_from("created_at | policy_id\n2026-03-02 | P")
    assert policy_versions(cases, "P").empty
