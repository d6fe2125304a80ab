"""The bundled profiles of other systems' exports, on small files in their shape."""

from __future__ import annotations

import json

import pytest

from tskit.cases import check, load
from tskit.errors import DataError
from tskit.model import Casebook, Scope


@pytest.fixture
def book(tmp_path, key):
    (tmp_path / "profiles").mkdir()
    return Casebook(tmp_path, "t", zone="UTC")


def _decisions(folder, name, jobs):
    """Write a download of Coop with one decision for each job."""
    lines = ['"Decisions","Policies","Reviewer","Queue","Decision Time","Decision Reason","Link"']
    for job, (decisions, policies) in jobs.items():
        cells = [
            json.dumps(decisions),
            json.dumps(policies),
            "Ana B",
            "EN",
            f"03/{job:02d}/26 05:34:07 PM",
            "",
            f"?jobId={job}",
        ]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


_JOBS = {
    1: (["Ignore"], []),
    2: (["Report to NCMEC"], ["Child Safety"]),
    3: (["Warn user", "Remove"], ["Spam", "Hate"]),
    4: (["Closed Automatically"], []),
}


def test_capped_downloads_of_coop_are_stitched_and_their_overlap_counted_once(book, tmp_path):
    _decisions(tmp_path / "coop", "a.csv", {k: v for k, v in _JOBS.items() if k < 4})
    _decisions(tmp_path / "coop", "b.csv", {k: v for k, v in _JOBS.items() if k > 1})
    case_set = load(Scope("coop"), casebook=book)
    assert case_set.quality.cases == 4
    assert case_set.quality.reasons == {"exact_duplicate": 2}
    rows = case_set.cases.order_by("decided_at").select("decision", "policy_id", "queue", "decided_at").to_pyarrow()
    assert [row["decision"] for row in rows.to_pylist()] == ["no_action", "action", None, "invalid"]
    assert [row["policy_id"] for row in rows.to_pylist()] == [None, "Child Safety", "Hate + Spam", None]
    assert rows.to_pylist()[0]["decided_at"].isoformat() == "2026-03-01T17:34:07+00:00"


def test_own_actions_of_coop_are_asked_about_by_the_text_that_the_profile_needs(book, tmp_path):
    _decisions(tmp_path / "coop", "a.csv", _JOBS)
    (question,) = [text for text in check("coop", casebook=book).questions if "Decisions" in text]
    assert question.endswith("under [values.decision]: 'Remove + Warn user'.")


def test_a_download_of_coop_at_its_cap_says_so(book, tmp_path):
    head = "Decisions,Policies,Reviewer,Queue,Decision Time,Decision Reason,Link\n"
    rows = (f'"[""Ignore""]",[],A,EN,03/01/26 05:34:07 PM,,?jobId={n}\n' for n in range(10_000))
    (tmp_path / "coop.csv").write_text(head + "".join(rows), encoding="utf-8")
    notes = load(Scope("coop.csv"), casebook=book).quality.notes
    assert sum("10,000" in note and "Rows may be missing" in note for note in notes) == 1


def test_counts_of_osprey_take_their_day_from_the_name_of_the_file(book, tmp_path):
    folder = tmp_path / "osprey"
    folder.mkdir()
    for day, posts in ((1, 3), (2, 4)):
        name = f"osprey-2026-03-0{day}T00_00_00.000Z-2026-03-0{day + 1}T00_00_00.000Z.csv"
        (folder / name).write_text(f"ActionName,current_count\ncreate_post,{posts}\n", encoding="utf-8")
    case_set = load(Scope("osprey"), casebook=book)
    days = case_set.cases.group_by(case_set.cases.created_at.date().name("day")).aggregate(n=case_set.cases.count())
    assert {str(row["day"]): row["n"] for row in days.to_pyarrow().to_pylist()} == {"2026-03-01": 3, "2026-03-02": 4}


def test_counts_of_osprey_under_another_name_are_kept_apart(book, tmp_path):
    (tmp_path / "counts.csv").write_text("ActionName,current_count\ncreate_post,3\n", encoding="utf-8")
    report = check("counts.csv", casebook=book)
    assert not report.has_cases
    assert report.account.quality.reasons == {"missing_value": 1}


_TICKETS = (
    "id,status,via_channel,requester_id,group_id,ticket_form_id,updated_at,created_at\n"
    "1,closed,web,7,9,1,2020-02-20 01:00:00,2020-02-19 01:00:00\n"
)
_HISTORY = (
    "field_name,ticket_id,updated,user_id,value\n"
    "status,1,2020-02-19 02:00:00,5,open\n"
    "assignee_id,1,2020-02-19 02:00:00,5,77\n"
    "group_id,1,2020-02-19 03:00:00,5,9\n"
    "status,1,2020-02-19 04:00:00,5,solved\n"
    "custom_123,1,2020-02-19 04:00:00,5,x\n"
)


def test_changes_of_zendesk_fields_become_events_each_of_its_kind(book, tmp_path):
    (tmp_path / "tickets.csv").write_text(_TICKETS, encoding="utf-8")
    (tmp_path / "history.csv").write_text(_HISTORY, encoding="utf-8")
    (tmp_path / "casebook.toml").write_text(
        '[sources.z]\ncases = "tickets.csv"\nevents = "history.csv"\n', encoding="utf-8"
    )
    case_set = load(Scope("z"), casebook=Casebook.read(tmp_path))
    events = case_set.events.order_by("occurred_at", "seq").select("event_type", "to_queue").to_pyarrow().to_pylist()
    assert [(event["event_type"], event["to_queue"]) for event in events] == [
        ("status_changed", None),
        ("assigned", None),
        ("queue_moved", "9"),
        ("closed", None),
    ]
    assert case_set.quality.reasons == {"unknown_value": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('table = "events"\n[fields]\nevent_type = "*status"\n', r"\[fields\] needs \[changes\]"),
        ('joined = ["policy_id"]\n', "unknown mapped column"),
        ('case_id = "number"\n', "or a list of columns"),
        ('table = "events"\ncount = "n"\n', "count is for tables of cases"),
    ],
)
def test_a_profile_with_half_a_rule_is_refused(book, tmp_path, text, words):
    (tmp_path / "profiles" / "half.toml").write_text(f'name = "half"\n{text}', encoding="utf-8")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=words):
        check("x.csv", casebook=book)
