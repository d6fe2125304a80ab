"""The handover: its text, and its cells run in this process on a weekend with an incident and on a quiet one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from tests.support.samples import own_sample
from tests.support.template_cells import displayed
from tskit.charts import Figure
from tskit.errors import ParameterError
from tskit.findings.tables import Table
from tskit.model import CaseSet, Findings
from tskit.runs.rules import rules
from tskit.runs.template import build

TEMPLATE = Path(__file__).parents[2] / "templates" / "oncall_handover.py"
TEXT = TEMPLATE.read_text(encoding="utf-8")
QUIET = "2026-09-20T21:00"
run = partial(displayed, TEMPLATE)


def test_the_template_keeps_the_rules():
    assert rules(TEXT) == []


def test_the_built_notebook_is_what_the_text_builds():
    assert TEMPLATE.with_suffix(".ipynb").read_text(encoding="utf-8") == build(TEXT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a casebook of its own, since the log of duty is filled on the first reading."""
    return own_sample(tmp_path_factory, cases=12_000)


@pytest.fixture(scope="module")
def planted(folder):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return next(story for story in truth["stories"] if story["name"] == "incident")


@pytest.fixture(scope="module")
def weekend(folder):
    return run(casebook=str(folder))


@pytest.fixture(scope="module")
def quiet(folder):
    return run(casebook=str(folder), until=QUIET)


def table(shown, key):
    return next(value for value in shown if isinstance(value, Table) and value.key == key)


def answer(shown) -> Findings:
    return next(value for value in shown if isinstance(value, Findings))


def card(shown, ref):
    return next(item for item in answer(shown).items if any(evidence.ref == ref for evidence in item.evidence))


def test_every_cell_shows_something_that_the_page_can_read(weekend):
    bundles = [value._repr_mimebundle_() for value in weekend]
    assert all(any(name.startswith("application/vnd.tskit.") for name in bundle) for bundle in bundles)
    assert sum(isinstance(value, Figure) for value in weekend) == 1
    assert sum(isinstance(value, CaseSet) for value in weekend) == 1
    assert isinstance(weekend[-1], Findings)


def test_the_incident_is_named_by_what_where_and_over_which_content(weekend, planted):
    found = card(weekend, "spikes")
    assert found.values["kind"] == "threats"
    assert found.values["content_id"] == planted["main_content_id"]
    assert "in Singapore and Malaysia" in found.claim or "in Malaysia and Singapore" in found.claim
    assert found.values["cases"] > 5 * found.values["bound"]
    assert "threats over one episode climb in" in answer(weekend).title


def test_the_missed_hand_off_is_told_first_and_its_promise_is_late(weekend, planted):
    missed = planted["missed_handoff"]["case_id"]
    assert answer(weekend).items[0].values["case"] == missed
    assert "Nobody has taken up" in answer(weekend).items[0].claim
    assert table(weekend, "escalations").frame.iloc[0]["case_id"] == missed
    promises = table(weekend, "promises").frame
    assert (promises.iloc[0]["state"], promises.iloc[0]["case_id"]) == ("late", missed)
    assert table(weekend, "checklist").frame.iloc[0]["text"].startswith(f"Take up case {missed}")


def test_what_is_told_stands_in_the_order_of_its_urgency(weekend):
    order = [item.evidence[0].ref for item in answer(weekend).items]
    wanted = ["escalations", "own", "late", "spikes", "promises", "escalations", "work"]
    assert [ref for ref in order if ref != "binding"] == [ref for ref in wanted if ref in order or ref == "escalations"]


def test_a_quiet_weekend_is_called_quiet_and_every_section_but_the_open_cases_is_one_line(quiet):
    assert answer(quiet).title.startswith("Quiet: ")
    assert "climb" not in answer(quiet).title
    for key in ("gravest", "binding", "spikes", "escalations", "promises"):
        empty = table(quiet, key)
        assert empty.rows == []
        assert empty.caption
    assert len(answer(quiet).brief) <= 5


def test_the_brief_has_at_most_ten_lines_with_those_of_the_page_and_begins_with_the_title(weekend):
    lines = answer(weekend).brief
    assert answer(weekend).is_brief_for_team
    assert lines[0] == answer(weekend).title
    assert len(lines) <= 8
    assert lines[1:] == tuple(item.claim for item in answer(weekend).items[:7])


def test_no_caption_names_a_case_and_no_finding_holds_what_people_wrote(weekend, quiet, folder):
    """A copy to share keeps captions, and findings leave the team's page."""
    for shown in (weekend, quiet):
        for value in shown:
            if isinstance(value, Table):
                assert "AAA" not in value.caption
    log = [json.loads(line) for line in (folder / "data" / "duty.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {row["body"]["text"] for row in log if len(row["body"].get("text", "")) > 20}
    told = json.dumps(answer(weekend).as_json(), ensure_ascii=False)
    assert texts
    assert not [text for text in texts if text in told]


def test_nothing_later_than_the_moment_is_known(folder, planted):
    before = run(casebook=str(folder), until="2026-11-01T09:00")
    told = json.dumps(answer(before).as_json()) + "".join(
        str(value.frame.to_dict()) for value in before if isinstance(value, Table)
    )
    assert not [case for case in planted["case_ids"] if case in told]
    assert "threats" not in answer(before).title


def test_the_shift_that_is_on_may_be_named_and_shows_what_it_has_checked(folder):
    shown = run(casebook=str(folder), shift="weekend night")
    items = table(shown, "checklist").frame
    assert items["done"].notna().any()
    assert "weekend night" in answer(shown).lead


def test_an_unknown_site_shift_moment_or_zone_is_refused(folder):
    for wrong in ({"site": "singapor"}, {"shift": "weekend dya"}, {"until": "soon"}, {"until": "#4"}, {"zone": "Mars"}):
        with pytest.raises(ParameterError):
            run(casebook=str(folder), **wrong)
