"""Keys, the count of openings, who sits at the desk, and what the widget lets a notebook keep."""

import json
import os
import shutil
import stat
import subprocess
from datetime import date
from importlib import resources

import pytest

from tskit.causes import Cause, Taxonomy, taxonomy_of
from tskit.errors import ParameterError
from tskit.model import Casebook
from tskit.ui.review import Review, person_at_desk
from tskit.ui.review.exposure import BREAK_AFTER, Exposure
from tskit.ui.review.keys import key_plan
from tskit.ui.review.page import script, style

DAY = date(2026, 11, 3)


def cause(name, parent="", **more):
    return Cause(name, 2 if parent else 1, parent, name, "", **more)


def test_each_cause_has_the_key_of_its_own_number(tmp_path):
    plan = key_plan(taxonomy_of(Casebook(tmp_path, "t")))
    assert {top["id"]: top["key"] for top in plan} == {
        **{f"RC{number}": str(number) for number in range(1, 10)},
        "RC10": "-",
        "RC0": "0",
    }
    for top in plan:
        assert [below["key"] for below in top["children"]] == [
            below["id"].partition(".")[2] for below in top["children"]
        ]


def test_a_casebooks_own_causes_find_free_keys_and_no_two_share_one():
    tops = [cause(name) for name in ("A1", "B1", "C", *(f"X{n}" for n in range(20)))]
    keys = [top["key"] for top in key_plan(Taxonomy("v", tuple(tops)))]
    given = [key for key in keys if key]
    assert keys[0] == "1"
    assert len(set(given)) == len(given)


def test_a_retired_cause_is_not_offered():
    assert key_plan(Taxonomy("v", (cause("A1", is_retired=True), cause("A2")))) == [
        {**dict.fromkeys(("definition", "example"), ""), "id": "A2", "key": "2", "name": "A2", "is_trigger": False}
        | {"needs_why": False, "children": []}
    ]


def test_the_count_of_openings_is_for_this_person_on_this_day(tmp_path):
    assert Exposure(tmp_path / "own", DAY).add(DAY) == 1
    again = Exposure(tmp_path / "own", DAY)
    assert again.count == 1
    assert again.add(DAY) == 2
    assert Exposure(tmp_path / "own", date(2026, 11, 4)).count == 0
    assert again.add(date(2026, 11, 4)) == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_the_count_is_a_file_that_only_its_person_can_read_and_it_names_no_case(tmp_path):
    Exposure(tmp_path / "own", DAY).add(DAY)
    path = tmp_path / "own" / "exposure.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text(encoding="utf-8")) == {"day": "2026-11-03", "opened": 1}
    assert [found.name for found in path.parent.iterdir()] == ["exposure.json"]


@pytest.mark.parametrize("held", ["", "[]", '{"day": "2026-11-03"}', '{"day": "2026-11-03", "opened": "x"}', "\udcff"])
def test_a_damaged_count_begins_again(tmp_path, held):
    (tmp_path / "exposure.json").write_bytes(held.encode("utf-8", "surrogateescape"))
    assert Exposure(tmp_path, DAY).count == 0


def test_a_folder_that_cannot_be_written_leaves_the_count_in_memory(tmp_path):
    (tmp_path / "own").write_text("a file where the folder would be", encoding="utf-8")
    exposure = Exposure(tmp_path / "own", DAY)
    assert [exposure.add(DAY), exposure.add(DAY)] == [1, 2]


def test_a_pause_is_offered_after_every_twenty_openings(tmp_path):
    exposure = Exposure(tmp_path / "own", DAY)
    offered = []
    for _ in range(2 * BREAK_AFTER):
        count = exposure.add(DAY)
        offered += [count] if exposure.asks_for_a_break else []
    assert offered == [20, 40]


def test_the_person_is_the_one_named_else_the_one_who_is_logged_in(monkeypatch):
    assert person_at_desk({"TSKIT_PERSON": " aisyah "}) == "aisyah"
    monkeypatch.setattr("getpass.getuser", lambda: "login")
    assert person_at_desk({}) == "login"


def test_a_machine_that_knows_nobody_asks_for_a_name(monkeypatch):
    def unknown():
        raise OSError

    monkeypatch.setattr("getpass.getuser", unknown)
    with pytest.raises(ParameterError, match="TSKIT_PERSON"):
        person_at_desk({})


class NoSession:
    """A session that fails as told, with a secret in its mouth."""

    taxonomy = Taxonomy("v", (cause("A1"),))

    def __init__(self, error):
        self.error = error

    def answer(self, _):
        raise self.error

    def look_ahead(self):
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [(ParameterError("Do this."), "Do this."), (ValueError("SECRET"), "Something went wrong that should not have.")],
)
def test_a_failure_is_told_without_a_value_and_nobody_thinks_it_was_saved(error, said, monkeypatch):
    widget, sent = Review(NoSession(error)), []
    monkeypatch.setattr(widget, "send", sent.append)
    widget._heard(None, {"type": "judge", "key": "k"}, [])
    assert len(sent) == 1
    assert sent[0]["key"] == "k"
    assert sent[0]["refused"].startswith(said)
    assert "SECRET" not in repr(sent)


def test_the_widget_keeps_labels_alone_in_step_with_the_page():
    widget = Review(NoSession(ValueError()))
    state = {name: value for name, value in widget.get_state().items() if not name.startswith("_")}
    assert set(state) <= {"causes", "ack_ms", "is_new", "layout", "tabbable", "tooltip"}
    assert repr(widget) == "Review queue. To open it, run this cell again."
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == repr(widget)


def test_the_page_never_makes_markup_of_text_and_never_looks_beyond_itself():
    page = script()
    for forbidden in (
        "innerHTML",
        "insertAdjacentHTML",
        "outerHTML",
        "eval(",
        "document.querySelector",
        "fetch(",
        "http:",
    ):
        assert forbidden not in page
    assert "@import" not in style()
    assert "url(" not in style()


def test_the_page_is_one_module_that_parses(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    path = tmp_path / "page.mjs"
    path.write_text(script(), encoding="utf-8")
    done = subprocess.run([node, "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_every_part_of_the_page_fits_a_few_screens():
    for part in (resources.files("tskit.ui.review") / "page").iterdir():
        assert part.read_text(encoding="utf-8").count("\n") <= 300, part.name
