"""The sample exported from Salesforce is the sample: whole as a Data Export, and stitched from capped exports."""

import hmac
import random
from dataclasses import replace
from hashlib import sha256
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.support.salesforce_export import Export, csv_text, id18, profile_text, write_zip
from tests.support.samples import shared_sample
from tskit.cases import load, open_casebook
from tskit.metrics import REGISTRY, measure
from tskit.metrics import Kind as MetricKind
from tskit.model import Scope, Window

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

KEY = "a key of the tests, long enough"
PEOPLE = ("owner_id", "decided_by")
NOT_CARRIED = {
    "owner_id": "an owner is the Id of a User: the same people, under other pseudonyms",
    "decided_by": "likewise",
    "paused_minutes": "StoppedTimeInMins of CaseMilestone counts whole minutes",
    "_source": "where the row stood",
    "_source_row": "where the row stood",
}
"""Columns of cases that Salesforce cannot carry as they are, and why."""

EVENTS_NOT_CARRIED = {
    "notified": "no history tells that a notice went out; where EmailMessage is exported, email_out does",
}
"""Events of the sample that have no row in any of the objects, and why; no metric reads them."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=2_000)


@pytest.fixture(scope="module")
def export(sample):
    return Export(sample / "data")


@pytest.fixture(scope="module")
def loaded(sample, export, tmp_path_factory):
    """Return a function that loads a source of a casebook that knows the organisation's profile, and the casebook."""
    root = tmp_path_factory.mktemp("organisation")
    (root / "profiles").mkdir()
    (root / "profiles" / "our_salesforce.toml").write_text(profile_text(export), encoding="utf-8")
    settings = open_casebook(sample)
    casebook = replace(settings, root=root, sources=())
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TSKIT_PSEUDONYM_KEY", KEY)
        yield lambda source, book=casebook: load(Scope(source=source), casebook=book, user_cache=root / "user"), root


@pytest.fixture(scope="module")
def original(sample, loaded):
    load_it, _ = loaded
    return load_it("", open_casebook(sample))


def frame(table):
    return rows_of(table).set_index("case_id").sort_index()


def rows_of(table):
    return pd.DataFrame(table.to_pyarrow().to_pylist())


def pseudonym(text):
    return "p" + hmac.new(KEY.encode(), text.encode(), sha256).hexdigest()[:20]


def renamed(export):
    """Return the pseudonym of each reviewer's User by that of the sample's own name for them."""
    return {pseudonym(who): pseudonym(id18(short)) for who, short in export.people.items()}


def same_cases(found, original, export):
    ours, theirs = frame(original.cases), frame(found.cases)
    assert list(ours.index) == list(theirs.index)
    assert set(ours.columns) == set(theirs.columns)
    for column in set(ours.columns) - set(NOT_CARRIED):
        pd.testing.assert_series_equal(ours[column], theirs[column], check_dtype=False)
    for column in PEOPLE:
        names = renamed(export)
        assert {case: names[who] for case, who in ours[column].dropna().items()} == theirs[column].dropna().to_dict()
    assert (ours["paused_minutes"] - theirs["paused_minutes"]).abs().max() <= 0.5


def told(case_set):
    """Return what happened to each case, in order: the events that metrics read, and who is a person in them."""
    rows = rows_of(case_set.events.filter(~case_set.events.is_paired_id_row))
    rows = rows[~rows.event_type.isin(list(EVENTS_NOT_CARRIED))].sort_values(["case_id", "occurred_at", "event_type"])
    return rows.reset_index(drop=True)


def same_events(found, original, export):
    ours, theirs = told(original), told(found)
    for column in ("case_id", "event_type", "occurred_at", "from_queue", "to_queue"):
        pd.testing.assert_series_equal(ours[column], theirs[column], check_dtype=False)
    # The sample does not say who of the desk answered an appeal; Salesforce always says who made a change.
    named = ours.actor_id.notna()
    names = renamed(export)
    assert [names[who] for who in ours.actor_id[named]] == list(theirs.actor_id[named])
    assert set(theirs.actor_id[~named].dropna()) <= {pseudonym(id18(export.desk))}
    # An employee of ours and one of a vendor differ by their company, which is the same for all of a person's time.
    machines = ours.actor_type == "automation"
    assert set(theirs.actor_type[machines]) == {"automation"}
    # Events of one instant come in the order of the sample: each case has the same course.
    assert (ours.groupby("case_id").event_type.first() == theirs.groupby("case_id").event_type.first()).all()


def questions():
    for metric in REGISTRY.values():
        yield metric.name, ()
        yield metric.name, ("queue",)
        yield metric.name, ("market", "severity")


def same_figures(found, original):
    day = original.cases.created_at.min().to_pyarrow().as_py().date()
    window = Window(day.replace(year=day.year + 1), original.as_of.date(), original.scope.zone)
    for name, by in questions():
        ours, theirs = (measure(one, name, window=window, by=by) for one in (original, found))
        assert len(ours) or REGISTRY[name].kind is MetricKind.AGEING
        pd.testing.assert_frame_equal(ours, theirs, obj=f"{name} by {by}", rtol=1e-12)


def same(found, original, export):
    same_cases(found, original, export)
    same_events(found, original, export)
    same_figures(found, original)
    assert found.as_of == original.as_of


def test_a_data_export_of_the_sample_is_the_sample(loaded, original, export):
    load_it, root = loaded
    write_zip(export.objects(), root / "export.zip")
    found = load_it("export.zip")
    same(found, original, export)
    pairs = found.events.filter(found.events.is_paired_id_row).count().to_pyarrow().as_py()
    hops = told(original).event_type.isin(["assigned", "queue_moved", "accepted"]).sum()
    assert pairs == hops, "each change of owner is there once more, by its ids, and counts nowhere"
    assert found.quality.reasons["exact_duplicate"] == original.quality.reasons["exact_duplicate"]


DIALECTS = ((",", "\n"), ("`", "\r\n"), ("^", "\n"), ("|", "\r\n"), (";", "\n"), ("\t", "\n"))


def test_capped_and_overlapping_exports_of_the_sample_are_the_sample(loaded, original, export):
    """Each file ends at its cap and begins within the one before, in every dialect there is."""
    load_it, root = loaded
    folder = root / "parts"
    folder.mkdir()
    chance = random.Random(3)
    for kind, rows in export.objects().items():
        cap, step = (500, 400) if len(rows) > 500 else (len(rows), len(rows))
        for n, start in enumerate(range(0, len(rows), step)):
            delimiter, end = chance.choice(DIALECTS)
            part = rows[start : start + cap]
            (folder / f"{kind}_{n:03}.csv").write_text(
                csv_text(part, delimiter=delimiter, end=end), encoding="utf-8", newline=""
            )
    found = load_it("parts")
    same(found, original, export)
    assert found.quality.reasons["exact_duplicate"] > original.quality.reasons["exact_duplicate"]
    assert all(one.read == one.kept + one.rejected for one in found.quality.tables.values())


REPORT = {
    "case_id": "Case Number",
    "status": "Status",
    "created_at": "Date/Time Opened",
    "closed_at": "Date/Time Closed",
    "channel": "Case Origin",
    "market": "Market",
    "queue": "Queue",
    "source_modified_at": "Case Last Modified Date/Time",
}
"""What a report shows of a case: labels, and times to the minute as the person who exported it has set them."""

FOOTER = '"Grand Totals ({n} records)"\n\n"Confidential Information - Do Not Distribute"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'


def report(cases):
    zone = ZoneInfo("Asia/Singapore")
    local = cases.assign(
        **{
            column: [f"{t.astimezone(zone):%d/%m/%Y %I:%M %p}" if not pd.isna(t) else "" for t in cases[column]]
            for column in ("created_at", "closed_at", "source_modified_at")
        }
    )
    return local.rename(columns=REPORT)[list(REPORT.values())].to_dict("records")


def test_capped_and_overlapping_reports_of_the_sample_are_its_cases_to_the_minute(loaded, original):
    load_it, root = loaded
    cases = frame(original.cases).reset_index().sort_values("created_at")
    rows = report(cases)
    folder = root / "reports"
    folder.mkdir()
    for n, start in enumerate((0, 1_900)):
        part = rows[start : start + 2_000]
        text = csv_text(part) + "\n" + FOOTER.format(n=len(part))
        (folder / f"report{n}.csv").write_text(text, encoding="utf-8", newline="")
    mine = 'name = "our_report"\nlike = "salesforce_report"\ndates = "dmy"\nzone = "Asia/Singapore"\n'
    (root / "profiles" / "our_report.toml").write_text(mine, encoding="utf-8")
    found = load_it("reports")
    ours, theirs = cases.set_index("case_id").sort_index(), frame(found.cases)
    assert list(ours.index) == list(theirs.index)
    for column in ("status", "channel", "market", "queue"):
        assert list(ours[column]) == list(theirs[column])
    for column in ("created_at", "closed_at"):
        assert [None if pd.isna(t) else t.floor("min") for t in pd.to_datetime(ours[column])] == [
            None if pd.isna(t) else t for t in pd.to_datetime(theirs[column])
        ]
    assert found.quality.reasons["exact_duplicate"] == 100
    assert any("another file goes on" in note for note in found.quality.notes)
    assert not any("Rows may be missing" in note for note in found.quality.notes)
