from __future__ import annotations

from pathlib import Path
from string import Template

import pytest

from tskit.runs.warm import WarmPlace, own_folder, specs


@pytest.mark.parametrize("folder", ["/run/user/7/tskit", "/a folder/with $HOME, ${x} and $$"])
def test_a_kernel_finds_the_place_that_it_was_forked_from(folder):
    place = WarmPlace(Path(folder), ("altair", "tskit.findings:look"), 12.5, is_forced=True)
    # As jupyter_client hands the variables of a kernelspec on.
    given = {
        name: Template(value).safe_substitute({"HOME": "x"}) for name, value in specs.environment_of(place).items()
    }
    assert specs.place_in(given) == place


def test_a_shared_kernelspec_leaves_the_folder_to_each_user(tmp_path):
    place = WarmPlace(tmp_path, ("altair",), 900.0)
    told = specs.spec(place)["env"]
    assert str(tmp_path) not in told["TSKIT_WARM"]
    found = specs.place_in({**told, "XDG_RUNTIME_DIR": str(tmp_path)})
    assert found == WarmPlace(own_folder({"XDG_RUNTIME_DIR": str(tmp_path)}), ("altair",), 900.0)


@pytest.mark.parametrize("told", ["", "{", "3", "[]", "{}", '{"folder": "x"}', '{"folder": 3, "preload": null}'])
def test_what_tells_of_no_place_is_none(told):
    assert specs.place_in({"TSKIT_WARM": told}) is None
    assert specs.place_in({}) is None
