import pandas as pd
import pytest

from tskit.charts import About, fishbone
from tskit.charts.wording import width

ABOUT = About("fishbone", "Fishbone", "wrong decisions", "cases")
BRANCHES = ["Method", "People", "Machine", "Material", "Measurement", "Environment"]


def _frame(causes):
    rows = []
    for branch in BRANCHES:
        mine = causes.get(branch, [])
        total = sum(k for _, k in mine)
        rows += [{"branch": branch, "cause": name, "name": name, "k": k, "branch_k": total} for name, k in mine]
        rows += [] if mine else [{"branch": branch, "cause": "", "name": "", "k": 0, "branch_k": 0}]
    return pd.DataFrame(rows)


SOME = _frame({"Method": [("Guideline missing or outdated", 25), ("Policy gap", 3)], "Material": [("Slang", 4)]})


@pytest.mark.parametrize("layout", ["spec", "narrow"])
def test_every_branch_is_a_rib_with_its_cases_and_an_empty_one_is_pale(layout):
    names = getattr(fishbone(SOME, about=ABOUT), layout)["datasets"]["names"]
    assert [(name["t"], name["c"]) for name in names] == [
        ("Method 28", "some"), ("People –", "none"), ("Machine –", "none"),
        ("Material 4", "some"), ("Measurement –", "none"), ("Environment –", "none"),
    ]  # fmt: skip


@pytest.mark.parametrize("layout", ["spec", "narrow"])
def test_nothing_leaves_the_sheet(layout):
    spec = getattr(fishbone(SOME, about=ABOUT), layout)
    for bone in spec["datasets"]["bones"]:
        assert all(-8 <= bone[x] <= spec["width"] + 8 for x in ("x1", "x2"))
        assert all(-30 <= bone[y] <= spec["height"] + 30 for y in ("y1", "y2"))


def test_the_problem_stands_in_the_head():
    assert " ".join(row["t"] for row in fishbone(SOME, about=ABOUT).spec["datasets"]["problem"]) == "Wrong decisions"


def test_causes_that_have_no_room_are_counted():
    crowded = _frame({"Machine": [(f"Cause {n}", 9 - n) for n in range(6)]})
    words = [row["t"] for row in fishbone(crowded, about=ABOUT).spec["datasets"]["words"]]
    assert words == ["Cause 0 9", "Cause 1 8", "Cause 2 7", "3 more"]
    assert len(fishbone(crowded, about=ABOUT).table) == 11


def test_the_alt_text_says_what_the_bones_say():
    alt = fishbone(SOME, about=ABOUT).alt
    assert "leads to wrong decisions" in alt
    assert "Method 28 and Material 4" in alt
    assert "Guideline missing or outdated 25" in alt


def test_no_cause_draws_a_notice():
    assert "Nothing to draw" in fishbone(_frame({}), about=ABOUT).caption


LONG = _frame(
    {
        name: [("Threshold or rule configuration", 5), ("Policy conflict or legal divergence", 4), ("Misapplication", 3),
               ("A cause of a team's own taxonomy that has a great many words in its name", 2)]
        for name in BRANCHES
    }
)  # fmt: skip


def test_words_keep_clear_of_every_rib():
    """Where words would touch a bone they are broken earlier: eight pixels of air on both sides."""
    data = fishbone(LONG, about=ABOUT).spec["datasets"]
    ribs = [bone for bone in data["bones"] if bone["w"] == 2.6]
    assert len(ribs) == 6
    for word in data["words"]:
        right, left = word["px"], word["px"] - width(word["t"], size=12)
        for y in (word["py"] - 6, word["py"] + 6):
            for rib in (rib for rib in ribs if min(rib["y1"], rib["y2"]) <= y <= max(rib["y1"], rib["y2"])):
                x = rib["x1"] + (rib["x2"] - rib["x1"]) * (y - rib["y1"]) / (rib["y2"] - rib["y1"])
                assert x - right >= 8 or left - x >= 8, word["t"]


def test_a_number_never_stands_alone_and_survives_a_name_that_is_cut():
    words = [row["t"] for row in fishbone(LONG, about=ABOUT).spec["datasets"]["words"]]
    assert not any(word.isdecimal() for word in words)
    assert sum(word.endswith("… 2") for word in words) == 6
