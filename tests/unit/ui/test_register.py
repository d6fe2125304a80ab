"""Whys and actions are typed into forms: what does not hold up is said in place, and never half written."""

import shutil
from datetime import date

import pytest

from tests.support.samples import shared_sample
from tskit import causes
from tskit.cases import load
from tskit.model import Casebook, Scope
from tskit.ui import actions, whys

CANARY = "canary-51c0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register") / "casebook"
    shutil.copytree(shared_sample(tmp_path_factory, cases=3_000), folder)
    for path in (folder / "data").glob("*.jsonl"):
        path.unlink()
    return folder


@pytest.fixture
def book(folder):
    for path in folder.glob("records.sqlite*"):
        path.unlink()
    return Casebook.read(folder)


def said(widget):
    return [line["text"] for line in widget.told.lines]


def typed_into(widget):
    """Return the controls below a widget that text is typed into."""
    below = [control for child in getattr(widget, "children", ()) for control in typed_into(child)]
    return [widget, *below] if hasattr(widget, "continuous_update") else below


def test_what_was_typed_is_sent_before_the_press_that_saves_it(book):
    for form in (whys(book), actions(book)):
        controls = typed_into(form)
        assert len(controls) >= 2
        assert not any(control.continuous_update for control in controls)


def step(widget, number, text, shown, cause=""):
    for control, value in zip(widget.rows[number - 1], (text, shown, cause), strict=True):
        control.value = value


def fill(widget, **changed):
    given = {"what": "Replace the copies", "cause": "RC2.1", "owner": "Policy", "due": date(2099, 1, 1), "metric": "cases_opened"}  # fmt: skip
    for name, value in (given | changed).items():
        widget.fields[name].value = value


def test_whys_are_saved_with_where_they_end_and_come_back(book):
    form = whys(book, person="mei")
    form.cause.value = "RC2.1"
    step(form, 1, "The copy is old", "its date")
    step(form, 2, "Nobody replaces it", "the procedure", "RC2.1")
    form.save.click()
    assert said(form) == ["Saved. It ends at RC2.1 Guideline missing or outdated."]
    (chain,) = causes.whys(causes.open_log(book))
    assert (chain.subject, chain.author, len(chain.steps)) == ("cause:RC2.1", "mei", 2)
    again = whys(book, person="ben")
    again.cause.value = "RC2.1"
    assert again.steps == list(chain.steps)
    assert said(again) == ["Written by mei. Saving puts yours in its place; the log keeps both."]


def test_another_subject_does_not_show_the_whys_of_the_one_before(book):
    form = whys(book, person="mei")
    form.cause.value = "RC2.1"
    step(form, 1, "The copy is old", "its date")
    form.save.click()
    form.cause.value = "RC1.4"
    assert form.steps == []
    assert said(form) == []


def test_what_is_typed_stays_while_the_id_of_a_case_is_typed(book):
    form = whys(book, person="mei")
    step(form, 1, "The copy is old", "its date")
    form.case.value = "c1"
    form.save.click()
    assert [chain.subject for chain in causes.whys(causes.open_log(book))] == ["c1"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [([], "NOT SAVED. A chain has 1 to 7 whys"), ([(CANARY, "")], "NOT SAVED. Why 1 has no evidence")],
)
def test_whys_that_do_not_hold_up_stay_in_the_form_and_out_of_the_log(book, steps, message):
    form = whys(book, person="mei")
    form.save.click()
    assert said(form) == ["Choose a cause, or type the id of a case."]
    form.cause.value = "RC2.1"
    for number, (text, shown) in enumerate(steps, start=1):
        step(form, number, text, shown)
    form.save.click()
    assert said(form)[0].startswith(message)
    assert form.told.tone == "bad"
    assert CANARY not in said(form)[0]
    assert causes.whys(causes.open_log(book)) == []


def test_there_are_seven_rows_at_most_and_each_control_has_a_name_of_its_own(book):
    form = whys(book, person="mei")
    while not form.more.disabled:
        form.more.click()
    assert len(form.rows) == 7
    names = [control.description for row in form.rows for control in row]
    assert len(set(names)) == len(names)


def test_an_action_is_put_on_the_register_with_its_figure(book):
    form = actions(load(Scope.from_parameters(start="2025-06-01", end="2026-11-01"), casebook=book), person="mei")
    assert [line["text"] for line in form.listed.lines] == ["No action is on the register yet."]
    fill(form)
    form.where["market"].value = ("ID",)
    form.add.click()
    assert said(form) == ["A1 is on the register."]
    (action,) = causes.actions(causes.open_log(book))
    assert (action.where, action.partner, action.author) == ((("market", ("ID",)),), "policy", "mei")
    assert action.baseline.value > 0
    assert [line["text"] for line in form.listed.lines] == ["A1, due 2099-01-01: Replace the copies (Policy)"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cause": ""}, "NOT SAVED. Choose the cause that it is against."),
        ({"due": None}, "NOT SAVED. Choose a day by when."),
        ({"metric": ""}, "NOT SAVED. Choose the figure to move."),
        ({"owner": ""}, "NOT SAVED. The action has no owner"),
        ({"owner": f"{CANARY}\u202e"}, "NOT SAVED. The owner of an action is one line"),
    ],
)
def test_an_action_that_does_not_hold_up_is_refused_in_place(book, changed, message):
    form = actions(book, person="mei")
    fill(form, **changed)
    form.add.click()
    assert said(form)[0].startswith(message)
    assert CANARY not in said(form)[0]
    assert causes.actions(causes.open_log(book)) == []


def test_an_action_is_marked_as_done_from_a_day_that_has_come_or_given_up(book):
    form = actions(book, person="mei")
    form.done.click()
    assert said(form) == ["Choose the action first."]
    for _ in range(2):
        fill(form)
        form.add.click()
    form.chosen.value, form.since.value = "A1", date(2999, 1, 1)
    form.done.click()
    assert form.told.tone == "bad"
    form.since.value = date(2026, 11, 5)
    form.done.click()
    form.chosen.value = "A2"
    form.drop.click()
    assert [value for _, value in form.chosen.options] == [""]
    assert [(a.id, str(a.done_on), a.is_dropped) for a in causes.actions(causes.open_log(book))] == [
        ("A1", "2026-11-05", False),
        ("A2", "None", True),
    ]


def test_neither_shows_what_was_typed_in_a_repr(book):
    form = whys(book, person="mei")
    step(form, 1, CANARY, CANARY)
    register = actions(book, person="mei")
    fill(register, what=CANARY)
    assert (repr(form), repr(register)) == ("Whys()", "Actions()")
