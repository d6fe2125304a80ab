import tomllib

import pandas as pd
import pytest

from tskit.calendars import deadline_presets, is_in_force
from tskit.model import Casebook, Deadline

PRESETS = [Deadline(**row) for row in tomllib.loads(deadline_presets())["deadlines"]]


def test_every_preset_is_dated_says_what_it_rests_on_and_asks_to_be_verified():
    for preset in PRESETS:
        assert preset.as_of
        assert "verify" in preset.basis
        assert preset.kind == "statutory"
        assert not preset.pauses
        assert preset.zone


def test_the_hours_are_those_of_the_markets_reported_so_far():
    hours = sorted((preset.where["market"], preset.hours) for preset in PRESETS)
    assert hours == [("ID", 4), ("ID", 24), ("IN", 3), ("IN", 36), ("VN", 3), ("VN", 24)]


@pytest.mark.parametrize(
    ("day", "hours"), [("2025-06-01", 36), ("2026-02-19", 36), ("2026-02-20", 3), ("2026-11-01", 3)]
)
def test_of_a_law_that_changed_exactly_one_preset_holds_on_each_day(day, hours):
    noon = pd.Series([pd.Timestamp(f"{day}T12:00", tz="Asia/Kolkata").tz_convert("UTC")])
    india = [preset for preset in PRESETS if preset.where["market"] == "IN"]
    assert [preset.hours for preset in india if is_in_force(noon, preset)[0]] == [hours]


def test_what_has_no_number_has_no_preset_and_says_so():
    text = deadline_presets()
    assert "# Singapore: no preset." in text
    assert "# EU: no preset." in text
    assert {preset.where["market"] for preset in PRESETS}.isdisjoint({"SG", "EU"})


def test_the_text_stands_in_a_casebook_and_its_examples_are_settings_that_exist(tmp_path):
    text = "\n".join(
        line.removeprefix("# ") if line.startswith("# [[") or " = " in line else line
        for line in deadline_presets().splitlines()
    )
    (tmp_path / "casebook.toml").write_text(f'name = "x"\n\n{text}', encoding="utf-8")
    assert len(Casebook.read(tmp_path).deadlines) == len(PRESETS) + 1
    assert deadline_presets().endswith("\n")
    assert max(map(len, deadline_presets().splitlines())) <= 125
