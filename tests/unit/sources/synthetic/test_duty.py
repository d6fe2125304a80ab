"""What people on duty wrote down fits the data, and stands where the story is told."""

from __future__ import annotations

import json
import tomllib
from datetime import date

import pytest

from tskit.model import Casebook, Triage
from tskit.sources.synthetic import write_sample
from tskit.sources.synthetic.quiet import quiet_weekend


def lines(folder):
    return [json.loads(line) for line in (folder / "data" / "duty.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def log(small):
    return lines(small.folder)


def of(log, name, kind):
    return [line for line in log if (line["log"], line["kind"]) == (name, kind)]


def test_entries_stand_in_order_have_keys_of_their_own_and_nothing_is_said_after_the_end(log):
    times = [line["at"] for line in log]
    assert times == sorted(times)
    assert times[-1] < "2026-11-01T16:00:00Z"
    assert len({line["key"] for line in log}) == len(log)


def test_the_escalation_has_an_owner_decisions_and_a_next_step_on_monday_morning(small, log):
    lead = small.story("incident")["lead_case_id"]
    own = [line for line in log if line["subject"] == lead]
    assert own[0]["kind"] == "opened"
    assert len([line for line in own if line["kind"] == "decision"]) >= 3
    first, step = (line for line in own if line["kind"] == "next")
    assert any(line["kind"] == "decision" and first["at"] < line["at"] < first["body"]["due_at"] for line in own)
    assert step["body"]["due_at"] == "2026-11-02T01:30:00Z"
    assert all(line["at"] < step["at"] for line in own if line["kind"] == "decision")
    assert [line["body"]["owner"] for line in own if "owner" in line["body"]][-1] == step["body"]["owner"] == "aisyah"


@pytest.mark.parametrize(
    ("kind", "name", "said"), [("decision", "restricted", "Restrict"), ("decision", "removed", "Remove")]
)
def test_a_decision_is_written_down_before_it_shows_in_the_data(small, log, kind, name, said):
    story = small.story("incident")
    at = {
        "removed": story["removed_at"],
        "restricted": small.value(f"SELECT decided_at FROM cases WHERE case_id = '{story['lead_case_id']}'"),
    }[name]
    (line,) = [line for line in of(log, "escalations", kind) if line["body"]["text"].startswith(said)]
    assert line["at"] < at
    assert line["at"][:13] == at[:13]


def test_what_was_handed_to_the_night_was_taken_up_but_for_one_case(small, log):
    missed = small.story("incident")["missed_handoff"]
    for move in of(log, "escalations", "handoff"):
        after = [line for line in log if line["subject"] == move["subject"] and line["at"] > move["at"]]
        assert bool(after) is (move["subject"] != missed["case_id"])
    (left,) = [line for line in of(log, "escalations", "handoff") if line["subject"] == missed["case_id"]]
    assert missed["at"] < left["at"] < "2026-11-01T13:00:00Z"


def test_of_three_promises_one_was_not_kept(small, log):
    weekend = [line for line in of(log, "shifts", "promise") if line["at"] > "2026-10-31"]
    done = {line["body"]["promise"] for line in of(log, "shifts", "done")}
    (broken,) = [line for line in weekend if line["key"] not in done]
    missed = small.story("incident")["missed_handoff"]
    assert len(weekend) == 3
    assert broken["body"]["case_id"] == missed["case_id"]
    assert broken["body"]["due_at"] < missed["target_passed_at"]
    assert broken["body"]["owner"] == broken["author"] == "ben"


def test_shifts_change_at_the_hours_of_the_casebook_and_whoever_comes_on_goes_off_next(small, log):
    book = Casebook.read(small.folder)
    ends = {shift.name: shift.ends for shift in book.shifts}
    for day in ("2026-09", "2026-10-31T13,2026-11-01"):
        moves = [line for line in of(log, "shifts", "handover") if line["at"].startswith(tuple(day.split(",")))]
        assert len(moves) == 3
        for line in moves:
            assert f"{(int(line['at'][11:13]) + 8) % 24:02d}:00" == ends[line["body"]["shift"]]
        assert [line["body"]["to"] for line in moves[:-1]] == [line["author"] for line in moves[1:]]


def test_the_logs_read_in_as_they_are_written(small, tmp_path):
    from shutil import copytree  # noqa: PLC0415  # beside its use

    from tskit.duty import escalations, handovers, open_duty, promises  # noqa: PLC0415  # beside its use

    book = tmp_path / "book"
    copytree(small.folder, book)
    opened = open_duty(Casebook.read(book))
    story = small.story("incident")
    found = escalations(opened).set_index("case_id")
    assert set(found.index) == {story["lead_case_id"], story["order_case_id"], story["missed_handoff"]["case_id"]}
    assert set(found["state"]) == {"open"}
    assert found.loc[story["missed_handoff"]["case_id"], "handed_to"] == "dao"
    assert found.loc[story["lead_case_id"], ["owner", "next_owner", "handed_to"]].tolist() == ["aisyah", "aisyah", ""]
    assert len(handovers(opened)) == 6
    assert promises(opened)["state"].tolist() == ["done", "done", "done", "open"]


def test_checks_are_of_the_checklist_and_the_night_of_the_incident_skipped_two(log):
    from tskit.duty import CHECKLIST  # noqa: PLC0415  # beside its use

    assert {line["body"]["item"] for line in of(log, "shifts", "check")} == set(CHECKLIST)
    night = [line["body"]["item"] for line in of(log, "shifts", "check") if line["at"] > "2026-11-01T13"]
    assert set(CHECKLIST) - set(night) == {"escalations", "promises"}


def test_without_the_story_the_logs_tell_of_the_quiet_weekend_alone(tmp_path):
    write_sample(tmp_path / "none", cases=1000, stories="none")
    assert {line["at"][:7] for line in lines(tmp_path / "none")} == {"2026-09"}
    assert not of(lines(tmp_path / "none"), "escalations", "opened")


def test_the_logs_follow_the_last_day(tmp_path):
    write_sample(tmp_path / "one", cases=1000, until=date(2026, 3, 31))  # a Tuesday
    last = [line for line in lines(tmp_path / "one") if line["at"] > "2026-03-29"]
    assert last[-1]["at"].startswith("2026-03-31")
    assert {line["body"]["shift"] for line in of(last, "shifts", "handover")} == {"weekday day", "weekday night"}


@pytest.mark.parametrize("until", [date(2026, 11, 1), date(2026, 3, 31), date(2024, 2, 14)])
def test_the_quiet_weekend_is_a_weekend_before_every_story(until):
    found = quiet_weekend(until)
    first, last = date.fromisoformat(found["from"]), date.fromisoformat(found["until"])
    assert (first.isoweekday(), last.isoweekday()) == (6, 7)
    assert (last - first).days == 1
    assert 35 <= (until - last).days < 89  # the impersonation lies 89 to 100 days before the end


def test_on_the_quiet_weekend_nothing_is_urgent_and_no_more_arrives_than_usual(full):
    days = full.truth["quiet_weekend"]
    assert days == {"from": "2026-09-19", "until": "2026-09-20"}
    a_day = dict(
        full.rows(
            "SELECT CAST(created_at + INTERVAL 8 HOUR AS DATE), count(*) FROM clean WHERE record_type <> 'appeal' GROUP BY 1"
        )
    )
    usual = sorted(a_day.values())
    for day in days.values():
        assert usual[len(usual) // 20] < a_day[date.fromisoformat(day)] < usual[-len(usual) // 20]
    weekend = "created_at BETWEEN TIMESTAMP '2026-09-18 16:00' AND TIMESTAMP '2026-09-20 16:00'"
    late = f"SELECT count(*) FROM clean WHERE severity IN ('S2', 'S3') AND sla_met = 'false' AND {weekend}"
    assert full.value(late) == 0


@pytest.mark.parametrize("cases", [1000, 40_000, 200_000, 10_000_000])
def test_a_rota_can_do_what_arrives(tmp_path, cases):
    from tskit.sources.synthetic.settings import casebook_text  # noqa: PLC0415  # beside its use

    (tmp_path / "casebook.toml").write_text(casebook_text(cases), encoding="utf-8")
    book = Casebook.read(tmp_path)
    a_day = cases / 735
    for shift in book.shifts:
        capacity = shift.people * shift.cases_per_hour * 12
        arrives = a_day * (0.6 if shift.name.endswith("day") else 0.35) if shift.queues == ("*",) else 0.1 * a_day
        assert capacity > 0.87 * arrives
        assert shift.people == 1 or capacity < 3 * arrives


def test_the_casebook_spells_out_what_triage_weighs(small):
    raw = tomllib.loads((small.folder / "casebook.toml").read_text(encoding="utf-8"))
    assert Casebook.read(small.folder).triage == Triage()
    assert set(raw["triage"]) >= {"harm", "reach", "spread", "deadline"}
    assert {shift["site"] for shift in raw["shifts"]} == {"singapore"}
    assert len(raw["deadlines"]) > 5
