"""What `docs/how-to/set-deadlines.md` shows is a casebook that can be read."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tskit.model import Casebook, Deadline

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "set-deadlines.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_each_example_is_read(tmp_path, block):
    (tmp_path / "casebook.toml").write_text(block, encoding="utf-8")
    assert len(Casebook.read(tmp_path).deadlines) == 2


def test_the_page_explains_every_setting():
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))))
    assert explained == {field.name for field in fields(Deadline)}
