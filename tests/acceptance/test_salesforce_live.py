"""The sample in an organisation of Salesforce: `tskit sync` brings it, and the load is that of its Data Export.

That a Data Export of the sample loads as the sample itself is held in test_salesforce_files.py.
"""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.support.salesforce_export import Export, profile_text, write_zip
from tests.support.salesforce_server import Fault, Org, Table, at, error, running_org
from tests.support.samples import shared_sample
from tskit.cases import load, open_casebook
from tskit.cli.app import app
from tskit.model import Scope

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

KEY = "a key of the tests, long enough"
STAMPED = "2026-01-01T00:00:00.000Z"


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    """Return the rows of each object, one for each id as an organisation has them, and the profile that reads them."""
    export = Export(shared_sample(tmp_path_factory, cases=1_000) / "data")
    found = export.objects()
    for table, rows in found.items():
        if table in ("Case", "User", "CaseMilestone", "MilestoneType", "RecordType"):
            rows.sort(key=lambda row: row.get("SystemModstamp", ""))
            found[table] = list(
                {row["Id"]: {**row, "SystemModstamp": row.get("SystemModstamp") or STAMPED} for row in rows}.values()
            )
    return found, profile_text(export)


@pytest.fixture
def book(tmp_path, objects, monkeypatch):
    """Make a casebook with the organisation as a source beside its Data Export, and serve the organisation."""
    rows, profile = objects
    org = Org({name: as_table(each) for name, each in rows.items()}, looks=0, now=datetime.now(UTC))
    (tmp_path / "profiles").mkdir()
    (tmp_path / "server").mkdir()
    (tmp_path / "profiles" / "our_salesforce.toml").write_text(profile, encoding="utf-8")
    write_zip(rows, tmp_path / "export.zip")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", KEY)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TSKIT_SOURCE_ORG_CLIENT_SECRET", org.client_secret)
    with running_org(org, tmp_path / "server") as certificate:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        (tmp_path / "casebook.toml").write_text(
            'name = "organisation"\nzone = "Asia/Singapore"\n'
            '[sources.export]\ncases = "export.zip"\nprofile = "our_salesforce"\n'
            f'[sources.org]\nurl = "salesforce://localhost:{org.port}"\nprofile = "our_salesforce"\n'
            f'[sources.org.settings]\nclient_id = "{org.client_id}"\npage_rows = 400\nrange_rows = 500\n',
            encoding="utf-8",
        )
        yield tmp_path, org


def as_table(rows):
    names = rows[0]
    kinds = {name: "boolean" if {row[name] for row in rows} <= {"true", "false"} else "string" for name in names}
    return Table(
        {**kinds, "Id": "id"}, [{name: str(cell) if cell != "" else None for name, cell in row.items()} for row in rows]
    )


def sync(root):
    found = CliRunner().invoke(app, ["sync", "org", "--casebook", str(root)])
    return found, found.output


def read(root, source):
    return load(Scope(source=source), casebook=open_casebook(root))


def frame(table, *keys):
    rows = pd.DataFrame(table.to_pyarrow().to_pylist())
    kept = [name for name in rows.columns if not name.startswith("_source") and name != "_loaded_at"]
    return rows[kept].sort_values(list(keys), kind="stable").reset_index(drop=True)


def same(root, one, other):
    ours, theirs = read(root, one), read(root, other)
    pd.testing.assert_frame_equal(frame(ours.cases, "case_id"), frame(theirs.cases, "case_id"))
    keys = ("case_id", "occurred_at", "event_type", "from_queue", "to_queue", "actor_id")
    pd.testing.assert_frame_equal(frame(ours.events, *keys), frame(theirs.events, *keys))
    return ours


def test_a_synced_organisation_is_its_data_export_after_cuts_and_without_duplicates(book, objects):
    root, org = book
    org.faults = [
        Fault(r"/results", lambda answer: error(403, "REQUEST_LIMIT_EXCEEDED"), nth=3),
        Fault(r"/results", before=lambda org: org.expire(), nth=7),
        Fault(r"/results", before=lambda org: org.lose_jobs(), nth=9),
    ]
    cut, told = sync(root)
    assert cut.exception is not None
    assert "no more API calls" in f"{told}{cut.exception}"
    whole, told = sync(root)
    assert whole.exception is None, told
    assert "snapshot 1 is sealed" in told
    ours = same(root, "org", "export")
    assert len(objects[0]["Case"]) in {one.read for one in ours.quality.tables.values()}
    again, told = sync(root)
    assert again.exception is None
    assert "nothing is new" in told


def test_what_changes_and_what_is_deleted_arrives_with_the_next_sync_and_the_old_snapshot_stays(book):
    root, org = book
    assert sync(root)[0].exception is None
    before = frame(read(root, "org").cases, "case_id")
    org.now = datetime.now(UTC) + timedelta(hours=2)
    changed, gone = org.tables["Case"].rows[0], org.tables["Case"].rows[1]
    changed.update(Priority="Critical", SystemModstamp=at(org.now))
    gone.update(IsDeleted="true", SystemModstamp=at(org.now))
    found, told = sync(root)
    assert found.exception is None, told
    assert "1 deleted" in told
    after = read(root, "org")
    assert after.cases.to_pyarrow().num_rows == len(before) - 1
    pd.testing.assert_frame_equal(frame(read(root, "org@1").cases, "case_id"), before)


def test_no_secret_is_in_the_casebook_its_notebooks_or_what_was_said(book):
    root, org = book
    org.faults = [Fault(r"/results", before=lambda org: org.expire(), nth=2)]
    _, told = sync(root)
    days = ["-p", "start=2026-10-05", "-p", "end=2026-11-01"]
    ran = CliRunner().invoke(app, ["run", "trend_report", "-p", "source=org", *days, "--casebook", str(root)])
    assert ran.exception is None, ran.output
    assert list(root.rglob("notebook.ipynb"))
    files = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file() and "server" not in path.parts)
    for secret in ("CANARY-client-secret", "CANARY-token"):
        assert secret not in told + ran.output
        assert secret.encode() not in files
