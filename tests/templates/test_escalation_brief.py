"""The brief of an escalation: its text, and its cells run in this process on the sample with its incident."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

from tests.support.samples import shared_sample
from tests.support.template_cells import displayed
from tskit import Scope, load
from tskit.cases import contents
from tskit.charts import Figure
from tskit.errors import ParameterError
from tskit.findings import escalation
from tskit.findings.tables import Table
from tskit.model import Findings
from tskit.runs.rules import rules
from tskit.runs.template import build

TEMPLATE = Path(__file__).parents[2] / "templates" / "escalation_brief.py"
TEXT = TEMPLATE.read_text(encoding="utf-8")
DATA = Path(__file__).parents[2].parent / "shared" / "data"
run = partial(displayed, TEMPLATE)


def test_the_template_keeps_the_rules():
    assert rules(TEXT) == []


def test_the_built_notebook_is_what_the_text_builds():
    assert TEMPLATE.with_suffix(".ipynb").read_text(encoding="utf-8") == build(TEXT)


def test_three_inputs_come_first_and_all_others_have_a_default():
    """A case or a query, the audience, and the deadline."""
    parameters = next(part for part in re.split(r"(?m)^# %%", TEXT) if "parameters" in part.partition("\n")[0])
    names = re.findall(r"(?m)^(\w+): ", parameters)
    assert names[:4] == ["case_id", "where", "audience", "deadline"]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=12_000)


@pytest.fixture(scope="module")
def planted(told):
    truth = json.loads((told / "truth.json").read_text(encoding="utf-8"))
    return next(story for story in truth["stories"] if story["name"] == "incident")


@pytest.fixture(scope="module")
def of_the_incident(told, planted):
    return run(
        casebook=str(told),
        case_id=[planted["lead_case_id"]],
        linked=True,
        audience="legal",
        deadline="2026-11-02T09:00",
    )


@pytest.fixture(scope="module")
def look(told, planted):
    return escalation.escalate(load(Scope(), casebook=told), planted["lead_case_id"], linked=True)


def table(shown, key):
    return next(value for value in shown if isinstance(value, Table) and value.key == key)


def answer(shown, question):
    page = table(shown, "answers").frame
    row = page[page["question"].str.contains(question)].iloc[0]
    return " ".join(row["answer"])


def test_every_cell_shows_something_that_the_page_can_read(of_the_incident):
    shown = [value._repr_mimebundle_() for value in of_the_incident]
    assert all(any(name.startswith("application/vnd.tskit.") for name in bundle) for bundle in shown)
    assert isinstance(of_the_incident[-1], Findings)


def test_the_cluster_is_what_was_planted(look, planted):
    assert set(look.case_ids) == set(planted["case_ids"])
    assert look.case_ids[0] == planted["lead_case_id"]


def test_the_reach_is_the_planted_one_and_each_item_counts_once(look, planted, of_the_incident):
    assert look.exposure.contents == len(planted["content_ids"])
    assert look.exposure.reach_known == planted["reach"]["total"]
    assert f"{planted['reach']['total']:,}" in answer(of_the_incident, "affected")


def test_what_went_wrong_is_named_in_the_order_of_time(of_the_incident, planted):
    wrong, missed = planted["wrong_takedown"], planted["missed_handoff"]
    said = answer(of_the_incident, "went wrong")
    assert said.index(wrong["case_id"]) < said.index(missed["case_id"])
    rows = table(of_the_incident, "mishaps").frame
    assert rows["case_id"].tolist() == [wrong["case_id"], missed["case_id"]]
    assert rows["at"].tolist() == [text.replace("Z", "+00:00") for text in (wrong["decided_at"], missed["at"])]
    assert rows["then_at"].tolist() == [
        text.replace("Z", "+00:00") for text in (wrong["reversed_at"], missed["target_passed_at"])
    ]


def test_the_story_is_in_the_order_of_time_and_marks_what_went_wrong(of_the_incident, planted):
    story = table(of_the_incident, "story").frame
    assert story["at"].is_monotonic_increasing
    marks = story.set_index("mark")["case_id"]
    assert marks["first report"] == planted["lead_case_id"]
    assert marks["wrong takedown"] == planted["wrong_takedown"]["case_id"]
    assert marks["missed hand-off"] == planted["missed_handoff"]["case_id"]


def test_the_next_decision_has_its_deadline_and_its_owner(of_the_incident):
    """The reader's deadline comes before the log's next step at 09:30, and both are named."""
    page = table(of_the_incident, "answers").frame
    row = page[page["due"].notna()].iloc[0]
    assert page["due"].notna().sum() == 1
    assert row["due"] == "2026-11-02T01:00:00+00:00"
    assert "The answer for legal: due Monday 2 November, 09:00" in " ".join(row["answer"])
    assert "due Monday 2 November, 09:30" in " ".join(row["answer"])
    assert "owner aisyah" in " ".join(row["answer"])


def test_every_question_of_a_first_page_is_answered(of_the_incident):
    questions = table(of_the_incident, "answers").frame["question"].tolist()
    assert len(questions) == len(set(questions)) == 11
    assert all(" ".join(lines).strip() for lines in table(of_the_incident, "answers").frame["answer"])


def test_a_row_that_names_a_case_or_a_person_or_quotes_the_log_says_so(of_the_incident, look):
    page = table(of_the_incident, "answers")
    log = [text for text in look.log["text"] if text]
    people = set(look.log["author"]) | set(look.log["owner"]) - {""}
    for row in page.frame.to_dict("records"):
        said = " ".join(row["answer"])
        if not row["of_single_cases"]:
            assert "5005g" not in said
            assert not any(word in said for word in [*log, *people])


def test_everything_about_single_cases_says_so(of_the_incident):
    """A copy to share leaves out what says so, and nothing else names a case."""
    for value in of_the_incident:
        if isinstance(value, Table) and not value.of_single_cases and value.role not in {"cases", "people"}:
            assert "5005g" not in json.dumps(value.as_json(), default=str)
        if isinstance(value, Figure) and not value.of_single_cases:
            assert "5005g" not in f"{value.title} {value.subtitle} {value.caption} {value.alt}"
    found = of_the_incident[-1]
    assert all("5005g" not in item.claim + item.detail for item in found.items if not item.of_single_cases)


def test_no_word_of_a_case_is_in_anything_shown(of_the_incident, told, planted):
    said = contents(load(Scope(), casebook=told), planted["case_ids"])
    shown = json.dumps([value._repr_mimebundle_() for value in of_the_incident], default=str, ensure_ascii=False)
    assert not any(one.description in shown or one.subject in shown for one in said.values())


def test_a_query_finds_the_same_incident(told, planted):
    where = "policy_id=DAN-THREATS; market=SG,MY; severity=S2; since=2026-11-01T08:00"
    found = escalation.escalate(load(Scope(), casebook=told), where=where)
    assert set(found.case_ids) == set(planted["case_ids"])


def test_one_case_alone_says_that_others_are_tied_to_it_and_what_became_of_it(told, planted):
    shown = run(casebook=str(told), case_id=[planted["missed_handoff"]["case_id"]])
    assert "linked=true tells of the cluster" in answer(shown, "happened")
    assert "passed Sunday 1 November, 21:22" in answer(shown, "decided next")
    assert table(shown, "answers").frame["of_single_cases"].all()
    assert isinstance(shown[-1], Findings)


def test_at_an_earlier_moment_nothing_later_is_known(told, planted):
    """At 19:00 the wrong takedown was not reversed and nothing was handed over to nobody."""
    case_set = load(Scope(), casebook=told)
    past = escalation.escalate(case_set, planted["lead_case_id"], linked=True, until="2026-11-01T19:00")
    assert len(past.case_ids) < len(planted["case_ids"])
    assert past.cases["created_at"].max() <= past.until
    assert escalation.wrong_takedowns(past).empty
    assert escalation.missed_handoffs(past).empty
    assert past.log["at"].max() <= past.until
    assert escalation.done(past).overturned == 0


def test_times_are_told_in_the_readers_zone(told, planted):
    case_set = load(Scope(), casebook=told)
    reader = escalation.Reader("executive", "", "Europe/Stockholm")
    page = escalation.first_page(escalation.escalate(case_set, planted["lead_case_id"], reader=reader))
    assert "Sunday 1 November, 04:06" in " ".join(page.frame["answer"].iloc[0])
    assert "Europe/Stockholm" in page.caption


def test_more_cases_than_a_page_can_list_are_counted_and_the_most_telling_are_told(told):
    look = escalation.escalate(load(Scope(), casebook=told), where="policy_id=DEC-SCAM; since=2026-10-01")
    cases, page = escalation.cases_table(look), escalation.first_page(look)
    assert len(cases.frame) == 100 < len(look.case_ids)
    assert f"{len(look.case_ids) - 100} more are counted on the first page, and not listed" in cases.caption
    assert re.search(rf"{len(look.case_ids)} cases on [\d,]+ items", " ".join(page.frame["answer"].iloc[0]))


@pytest.mark.slow
@pytest.mark.acceptance
def test_thousands_of_cases_are_briefed_as_well(told):
    shown = run(casebook=str(told), where="policy_id=DEC-SCAM")
    assert len(table(shown, "cases").frame) == 100
    assert re.search(r"\d,\d{3} cases on \d,\d{3} items", answer(shown, "happened"))
    assert isinstance(shown[-1], Findings)


def test_a_case_whose_content_may_not_be_handled_here_says_where_to_work_on_it(told):
    case_set = load(Scope(), casebook=told)
    withheld = case_set.cases.filter(case_set.cases.policy_id == "DAN-CHILD-SAFETY").order_by("case_id").limit(1)
    page = escalation.first_page(escalation.escalate(case_set, withheld.case_id.to_pyarrow().to_pylist()))
    assert "in the authorised child-safety workflow" in " ".join(page.frame["answer"].iloc[0])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "Name a case with case_id, or ask with where"),
        ({"case_id": ["INC1"]}, "There is no case 'INC1'"),
        ({"where": "polcy_id=DEC-SCAM"}, "policy_id"),
        ({"where": "policy_id=NONE"}, "No case has 'NONE' in policy_id"),
        ({"where": "DEC-SCAM"}, "cannot be read"),
        ({"where": "policy_id=DEC-SCAM; since=yesterday"}, "is no moment"),
        ({"where": "policy_id=DEC-SCAM; since=2030-01-01"}, "No case fits the query"),
        ({"case_id": ["x"], "audience": "press"}, "press"),
        ({"case_id": ["x"], "zone": "Asia/Singapur"}, "There is no time zone"),
        ({"case_id": ["x"], "deadline": "soon"}, "'deadline' is no moment"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_fix(told, parameters, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        run(casebook=str(told), **parameters)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not here")
@pytest.mark.parametrize(
    "location",
    ["nyc311/311_Animals_short.csv", "salesforce/data-cloud-workshop_Case.csv", "servicenow/incident_event_log.csv"],
)
def test_real_files_are_briefed_as_far_as_they_tell(location, tmp_path, monkeypatch):
    """What the source lacks is said plainly on the first page."""
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
    (tmp_path / "casebook.toml").write_text('name = "real"\n', encoding="utf-8")
    case_set = load(Scope(source=str(DATA / location)), casebook=tmp_path)
    some = case_set.cases.order_by("case_id").limit(3).case_id.to_pyarrow().to_pylist()
    shown = run(casebook=str(tmp_path), source=str(DATA / location), case_id=some)
    assert "The source does not say" in answer(shown, "not known")
    assert isinstance(shown[-1], Findings)
    assert not (tmp_path / "records.sqlite").exists()
