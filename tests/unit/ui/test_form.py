from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import ipywidgets
import pytest

from tests.support.samples import shared_sample
from tskit.errors import ParameterError, SourceError
from tskit.model import Casebook, Source
from tskit.runs import Template
from tskit.runs.parameters import read
from tskit.ui import form, start
from tskit.ui.form import Form
from tskit.ui.form_fields import Field, label_of
from tskit.ui.form_memory import recall, remember
from tskit.ui.form_offers import offers
from tskit.ui.told import Told, address

CANARY = "canary-7f3a"
TEXT = """\
# %% [markdown]
# # All kinds
#
# What it answers.

# %% tags=["parameters"]
casebook: str = ""  # the casebook
source: str = ""  # a source
start: str = "2026-10-01"  # first day
end: str = ""  # last day
market: list[str] = []  # markets to keep
queue: str = ""  # one queue
metric: list[str] = ["sla_attainment", "cases_opened"]  # in this order
case_id: list[str] = []  # cases, as in a, b
note: str = "x"  # <b>a note</b>
size: int = 5  # how many
share: float = 0.5  # how much
is_strict: bool = True  # whether
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a casebook of its own with one template with every kind of parameter."""
    sample = shared_sample(tmp_path_factory, cases=1000, stories="none")
    own = tmp_path_factory.mktemp("forms")
    shutil.copytree(sample / "data", own / "data")
    shutil.copy(sample / "casebook.toml", own)
    (own / "templates").mkdir()
    (own / "templates" / "all_kinds.py").write_text(TEXT, encoding="utf-8")
    return own


@pytest.fixture
def book(folder):
    """Return that casebook as if nobody had asked anything yet."""
    for left in (folder / ".cache" / "forms", folder / "runs"):
        shutil.rmtree(left, ignore_errors=True)
    return Casebook.read(folder)


@pytest.fixture
def begun(monkeypatch):
    """Return what forms asked to be run; nothing is run, and `followed` tells a form of an end."""
    calls = []

    def begin(asked, followed):
        calls.append(SimpleNamespace(asked=asked, followed=followed, stopped=0))

        def stop():
            calls[-1].stopped += 1

        return SimpleNamespace(stop=stop)

    monkeypatch.setattr(sys.modules["tskit.ui.form"], "begin", begin)
    return calls


def opened(book):
    return form("all_kinds", casebook=book.root)


def said(shown):
    return [line["text"] for line in shown.told.lines]


def test_each_kind_of_parameter_has_its_control(book):
    kinds = {name: type(field.control) for name, field in opened(book).fields.items()}
    assert kinds == {
        "source": ipywidgets.Combobox,
        "start": ipywidgets.DatePicker,
        "end": ipywidgets.DatePicker,
        "market": ipywidgets.SelectMultiple,
        "queue": ipywidgets.Dropdown,
        "metric": ipywidgets.SelectMultiple,
        "case_id": ipywidgets.Text,
        "note": ipywidgets.Text,
        "size": ipywidgets.IntText,
        "share": ipywidgets.FloatText,
        "is_strict": ipywidgets.Checkbox,
    }


def test_what_was_typed_is_sent_before_the_press_that_runs_it(book):
    controls = [field.control for field in opened(book).fields.values() if hasattr(field.control, "continuous_update")]
    assert controls
    assert not any(one.continuous_update for one in controls)


def test_a_form_that_nobody_touched_holds_the_defaults(book):
    template = Template.from_file(book.root / "templates" / "all_kinds.py")
    defaults = {parameter.name: parameter.default for parameter in template.parameters if parameter.name != "casebook"}
    assert opened(book).values == defaults


def test_values_of_the_data_are_offered_and_the_order_of_a_default_is_kept(book):
    shown = opened(book)
    assert {value for _, value in shown.fields["market"].control.options} >= {"ID", "TH"}
    assert [value for _, value in shown.fields["metric"].control.options[:2]] == ["sla_attainment", "cases_opened"]
    assert shown.fields["metric"].control.options[1][0] == "Cases opened"
    assert shown.fields["source"].control.options == ("main",)


def test_a_value_that_is_not_in_the_data_stays_chosen_since_without_it_all_would_be_asked(book):
    shown = opened(book)
    for name, value in (("market", ["ZZ", "ID"]), ("queue", "gone-queue")):
        shown.fields[name].set(value)
        found = shown.fields[name].value
        assert sorted(found) == sorted(value)
    shown.fields["market"].offer(["ID", "TH"])
    assert sorted(shown.fields["market"].value) == ["ID", "ZZ"]
    shown.fields["market"].set([])
    assert shown.values["market"] == []


def test_a_form_works_where_the_data_cannot_be_read(book):
    template = Template.from_file(book.root / "templates" / "all_kinds.py")
    shown = Form(template, replace(book, sources=(Source("main", "gone.parquet"),)))
    assert type(shown.fields["market"].control) is ipywidgets.Text
    shown.fields["market"].set("ID, TH")
    assert shown.values["market"] == ["ID", "TH"]
    assert "could not be read" in " ".join(line["text"] for line in shown.children[0].lines)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [("note", "password=abc", "keyring"), ("end", "2026-09-01", "swap them"), ("case_id", "token: x", "keyring")],
)
def test_what_does_not_fit_is_said_as_it_is_typed_and_cannot_be_run(book, begun, name, value, part):
    shown = opened(book)
    shown.fields[name].set(value)
    assert part in " ".join(said(shown))
    shown.run()
    assert begun == []
    shown.fill({name: "" if name != "case_id" else []})
    assert said(shown) == []


def test_help_is_text_and_no_markup(book):
    assert "&lt;b&gt;a note&lt;/b&gt;" in opened(book).fields["note"].box.children[1].value


def test_a_run_gets_what_differs_from_the_defaults(book, begun):
    shown = opened(book)
    shown.fields["market"].set(["TH", "ID"])
    shown.fields["size"].set(7)
    shown.run()
    (call,) = begun
    assert {name: sorted(value) if name == "market" else value for name, value in call.asked.given.items()} == {
        "market": ["ID", "TH"],
        "size": 7,
    }
    assert call.asked.root == book.root / "runs"
    assert call.asked.casebook == book.root


def test_while_a_run_goes_on_nothing_can_be_changed_and_it_can_be_stopped(book, begun):
    shown = opened(book)
    shown.run()
    assert all(field.control.disabled for field in shown.fields.values())
    shown.run()
    assert len(begun) == 1
    begun[0].followed.section("Headline figures", 2, 11)
    assert said(shown) == ["Section 3 of 11: Headline figures"]
    shown.stop()
    assert begun[0].stopped == 1
    begun[0].followed.failed("It was stopped from outside.", True)
    assert said(shown) == ["It was stopped from outside."]
    assert not any(field.control.disabled for field in shown.fields.values())
    shown.run()
    assert len(begun) == 2


def test_the_end_of_a_run_links_its_report(book, begun, monkeypatch):
    monkeypatch.setenv("TSKIT_LAB_ROOT", str(book.root))
    shown = opened(book)
    shown.run()
    folder = book.root / "runs" / "a b"
    folder.mkdir(parents=True)
    (folder / "report-to-share.html").touch()
    begun[0].followed.done(folder)
    assert [line.get("path") for line in shown.told.lines] == [
        None,
        "runs/a%20b/report.html",
        "runs/a%20b/report-to-share.html",
    ]
    assert shown.told.tone == "good"


def test_the_values_of_the_last_run_are_filled_in(book, begun):
    first = opened(book)
    first.fields["queue"].set(first.fields["queue"].control.options[1][1])
    first.fields["start"].set("2026-09-01")
    first.run()
    again = opened(book)
    assert again.values == first.values
    again._usual.click()
    assert again.values["start"] == "2026-10-01"


def test_what_is_remembered_and_does_not_fit_any_more_is_passed_over(book):
    template = Template.from_file(book.root / "templates" / "all_kinds.py")
    remember(template, {"size": 9, "note": "y"}, root=book.root)
    path = next((book.root / ".cache" / "forms").iterdir())
    path.write_text(json.dumps({"size": "many", "gone": 1, "note": "z"}), encoding="utf-8")
    assert recall(template, root=book.root) == {"note": "z"}
    for broken in ("", "[]", "{"):
        path.write_text(broken, encoding="utf-8")
        assert recall(template, root=book.root) == {}


def test_a_form_writes_nothing_that_was_typed_into_a_notebook(book):
    shown = opened(book)
    shown.fields["note"].set(CANARY)
    assert CANARY not in repr(shown)
    assert CANARY not in json.dumps(shown._repr_mimebundle_(), default=str)


def test_an_unknown_template_and_a_missing_casebook_are_refused(book, tmp_path):
    with pytest.raises(ParameterError, match="all_kinds"):
        form("all_kindz", casebook=book.root)
    with pytest.raises(SourceError):
        start(casebook=tmp_path / "nowhere")


def test_the_picker_lists_templates_and_keeps_a_form_as_it_was_left(book):
    shown = start(casebook=book.root)
    assert ("All kinds (all_kinds)", "all_kinds") in shown.picker.options
    shown.picker.value = "all_kinds"
    shown.form.fields["note"].set("mine")
    shown.picker.value = ""
    assert shown.form is None
    shown.picker.value = "all_kinds"
    assert shown.form.values["note"] == "mine"


def test_a_template_that_cannot_be_read_is_left_out_and_named(book):
    half = book.root / "templates" / "half.py"
    half.write_text('# %% tags=["parameters"]\nmarket = "ID"\n', encoding="utf-8")
    shown = start(casebook=book.root)
    half.unlink()
    assert "half" not in [name for _, name in shown.picker.options]
    assert "half is left out" in shown.children[2].lines[0]["text"]


def test_a_file_is_linked_only_where_the_server_serves_it(tmp_path):
    inside = tmp_path / "runs" / "x.html"
    assert address(inside, environment={"TSKIT_LAB_ROOT": str(tmp_path)}) == "runs/x.html"
    assert address(inside, environment={}) == ""
    assert address(inside, environment={"TSKIT_LAB_ROOT": str(tmp_path / "other")}) == ""


def test_a_told_line_is_no_part_of_a_repr():
    told = Told()
    told.say(CANARY)
    assert CANARY not in repr(told)


def test_a_column_with_a_name_for_every_case_is_no_list(book):
    assert offers(["case_id", "market"], casebook=book).of("case_id") == ()


def test_who_hands_over_or_briefs_chooses_audience_site_and_shift_from_lists(book):
    found = offers(["audience", "site", "shift", "until"], casebook=book)
    assert found.of("audience") == ("executive", "policy", "legal", "communications", "vendor")
    assert found.of("site")[0] == "singapore"
    assert "weekend night" in found.of("shift")
    assert len(set(found.of("shift"))) == len(found.of("shift"))
    assert found.of("until") == ()


@pytest.mark.parametrize(("names", "is_told"), [(["until"], False), (["start", "end"], True)])
def test_the_usual_period_is_told_only_where_a_period_is_asked_for(book, names, is_told):
    assert ("Without dates" in offers(names, casebook=book).note) is is_told


@pytest.mark.parametrize(
    ("default", "chosen"), [("executive", ["executive", "legal"]), ("", ["", "executive", "legal"])]
)
def test_a_list_holds_nothing_that_its_template_would_refuse(default, chosen):
    (parameter,) = read(f'audience: str = "{default}"  # who reads it')
    field = Field(parameter, offered=("executive", "legal"), changed=lambda: None)
    assert [value for _, value in field.control.options] == chosen
    field.set("board")
    assert [value for _, value in field.control.options] == [*chosen, "board"]


def test_labels_are_words():
    assert label_of("policy_id") == "Policies"
    assert label_of("smallest_change") == "Smallest change"


def test_a_field_tells_of_its_changes():
    (parameter,) = read("size: int = 1  # x")
    heard = []
    field = Field(parameter, offered=(), changed=lambda: heard.append(field.value))
    field.set(2)
    assert heard == [2]
