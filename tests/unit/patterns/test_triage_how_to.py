"""What `docs/how-to/triage-the-queue.md` shows as the weights without a section is what they are."""

import math
import re
from pathlib import Path

from tskit.model import Casebook, Triage

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "triage-the-queue.md").read_text(encoding="utf-8")


def test_the_weights_shown_are_those_of_a_casebook_without_the_section(tmp_path):
    [block] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "casebook.toml").write_text(block, encoding="utf-8")
    assert Casebook.read(tmp_path).triage == Triage()


def test_the_points_in_its_comments_are_right():
    weights = Triage()
    assert f"give {weights.reach * math.log10(18_400):.1f}" in PAGE
    assert f"14 give {weights.spread * math.log2(15):.1f}" in PAGE
