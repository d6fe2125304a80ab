"""Public formats on files that nobody of this project wrote, held against plain pandas."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pandas as pd
import pytest

from tskit.cases import load
from tskit.metrics import measure
from tskit.model import Casebook, Scope

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not here")
COUNTS = DATA / "dsa" / "soundcloud_daily_to_2025-06.csv"
LOG = DATA / "servicenow" / "incident_event_log.csv"
_KEY = b"a key of the tests, long enough"


@pytest.mark.slow
@pytest.mark.acceptance
def test_daily_counts_give_the_figures_of_plain_pandas_by_day_and_category(tmp_path):
    """4,889,711 statements: every day and category has its own count, and every row that was read is accounted for."""
    scope = Scope.from_parameters(source=str(COUNTS), start="2025-06-02", end="2025-06-29")
    case_set = load(scope, casebook=Casebook(tmp_path, "dsa", zone="UTC"), user_cache=tmp_path, key=_KEY)
    rows = pd.read_csv(COUNTS, dtype=str, keep_default_na=False)
    rows["count"] = rows["count"].astype(int)
    of_category = rows[rows["column"].eq("category") & rows["entity"].eq("")]
    assert case_set.quality.cases == 4_889_711 == rows.loc[rows["column"].eq("rows"), "count"].sum()
    assert case_set.quality.kept == len(of_category)
    assert case_set.quality.read == len(rows)
    june = of_category[of_category["start_date"].between("2025-06-02", "2025-06-29")]
    expected = june.groupby("variant")["count"].sum()
    expected.index = expected.index.str.replace("SCOPE_OF_PLATFORM_SERVICE", "OTHER_VIOLATION_TC").str.replace(
        "UNSAFE_AND_ILLEGAL_PRODUCTS", "UNSAFE_AND_PROHIBITED_PRODUCTS"
    )
    found = measure(case_set, "cases_opened", window=case_set.scope.window, by=["dsa_category"]).set_index(
        "dsa_category"
    )["value"]
    assert found.astype(int).to_dict() == expected[expected > 0].to_dict()


def _as_xes(frame):
    """Return a real audit log as XES: a trace for each incident, an event for each update."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?><log xmlns="http://www.xes-standard.org/">']
    for number, rows in frame.groupby("number", sort=False):
        parts.append(f'<trace><string key="concept:name" value={quoteattr(number)}/>')
        for row in rows.itertuples():
            at = pd.to_datetime(row.sys_updated_at, format="%d-%m-%Y %H:%M").isoformat() + ".000+00:00"
            cells = {
                "concept:name": row.incident_state,
                "org:group": row.assignment_group,
                "org:resource": row.sys_updated_by,
            }
            texts = "".join(f"<string key={quoteattr(key)} value={quoteattr(text)}/>" for key, text in cells.items())
            parts.append(f'<event>{texts}<date key="time:timestamp" value="{at}"/></event>')
        parts.append("</trace>")
    return "".join([*parts, "</log>"])


_PROFILE = """
like = "xes_event_log"
name = "incidents"
recognise = ["case:concept:name", "concept:name", "time:timestamp"]
null = ["?"]

[activities]
"New" = "created"
"Active" = "accepted"
"Awaiting User Info" = "paused"
"Awaiting Problem" = "paused"
"Awaiting Vendor" = "paused"
"Awaiting Evidence" = "paused"
"Resolved" = "decided"
"Closed" = "closed"
"""


def test_a_real_log_says_the_same_in_xes_as_in_csv(tmp_path):
    frame = pd.read_csv(LOG, dtype=str, keep_default_na=False)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "incidents.toml").write_text(_PROFILE, encoding="utf-8")
    (tmp_path / "log.xes").write_text(_as_xes(frame), encoding="utf-8")
    book = Casebook(tmp_path, "xes", zone="UTC")
    of_xes = load(Scope("log.xes"), casebook=book, user_cache=tmp_path, key=_KEY)
    of_csv = load(Scope(str(LOG)), casebook=book, user_cache=tmp_path, key=_KEY)
    assert of_xes.quality.read == len(frame) == 1504
    assert of_xes.quality.cases == of_csv.quality.cases == 230
    assert _queues(of_xes) == _queues(of_csv)
    assert _moves(of_xes) == _moves(of_csv)
    first = (
        frame.assign(at=pd.to_datetime(frame["sys_updated_at"], format="%d-%m-%Y %H:%M", utc=True))
        .groupby("number")["at"]
        .min()
    )
    opened = of_xes.cases.select("case_id", "created_at").to_pyarrow().to_pandas().set_index("case_id")["created_at"]
    assert (opened.sort_index() == first.sort_index()).all()
    assert of_xes.cases.is_closed.sum().to_pyarrow().as_py() == 230


def _queues(case_set):
    rows = case_set.cases.select("case_id", "queue").to_pyarrow().to_pylist()
    return {row["case_id"]: row["queue"] for row in rows if row["queue"]}


def _moves(case_set):
    events = case_set.events
    rows = events.filter(events.event_type == "queue_moved").select("case_id", "from_queue", "to_queue").to_pyarrow()
    return sorted(tuple(row.values()) for row in rows.to_pylist())


def test_zendesk_history_of_tickets_that_are_not_in_the_file_is_kept_apart(tmp_path):
    (tmp_path / "casebook.toml").write_text(
        f'[sources.z]\ncases = "{DATA}/zendesk/ticket_data.csv"\nevents = "{DATA}/zendesk/ticket_field_history_data.csv"\n',
        encoding="utf-8",
    )
    case_set = load(Scope("z"), casebook=Casebook.read(tmp_path), user_cache=tmp_path, key=_KEY)
    tickets = pd.read_csv(DATA / "zendesk" / "ticket_data.csv", dtype=str)["id"]
    history = pd.read_csv(DATA / "zendesk" / "ticket_field_history_data.csv", dtype=str)
    assert case_set.quality.tables["events"].read == len(history)
    kept = case_set.events.case_id.to_pyarrow().to_pylist()
    assert set(kept) == set(history["ticket_id"]) & set(tickets)
    assert case_set.quality.reasons["no_such_case"] > 0
