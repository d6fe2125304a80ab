"""An administrator sees which checks an organisation passes; the exit code says whether all of them do."""

import pytest
from typer.testing import CliRunner

from tests.support.salesforce_cases import small_org
from tests.support.salesforce_server import Table, running_org
from tskit.cli.app import app
from tskit.errors import ParameterError, VerifyError


@pytest.fixture
def org(tmp_path, monkeypatch):
    served = small_org(looks=0)
    people = [{"Id": f"005D00000000{n:03d}AAA", "SystemModstamp": "2026-01-01T00:00:00.000Z"} for n in range(9)]
    served.tables["User"] = Table({"Id": "id", "SystemModstamp": "datetime"}, people)
    (tmp_path / "server").mkdir()
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("TSKIT_SOURCE_ORG_CLIENT_SECRET", served.client_secret)
    with running_org(served, tmp_path / "server") as certificate:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        (tmp_path / "casebook.toml").write_text(
            f'name = "test"\n[sources.org]\nurl = "salesforce://localhost:{served.port}"\n'
            f'[sources.org.settings]\nclient_id = "{served.client_id}"\n',
            encoding="utf-8",
        )
        yield served


def run(tmp_path, name="org"):
    return CliRunner().invoke(app, ["verify-org", name, "--casebook", str(tmp_path)])


@pytest.mark.usefixtures("org")
def test_an_organisation_that_holds_passes(tmp_path):
    found = run(tmp_path)
    assert found.exception is None, found.output
    assert found.stdout.count("\npass ") == 13
    assert "14 checks: 14 pass, 0 fail, 0 skip" in found.stdout
    assert "CANARY" not in found.output


def test_one_that_does_not_ends_with_what_failed(tmp_path, org):
    org.hidden.add("Case.Status")
    found = run(tmp_path)
    assert isinstance(found.exception, VerifyError)
    assert "fail  Cases can be read with the fields that are needed" in found.stdout


@pytest.mark.usefixtures("org")
def test_another_source_is_no_organisation(tmp_path):
    assert isinstance(run(tmp_path, "orgg").exception, ParameterError)


def test_a_draft_for_an_organisation_comes_from_its_description(tmp_path, org):
    def draft():
        return CliRunner().invoke(app, ["check", "org", "--draft-profile", "--casebook", str(tmp_path)])

    org.tables["Case"].labels["Reported_Market__c"] = "Country"
    found = draft()
    assert found.exception is None, found.output
    text = (tmp_path / "profiles" / "org.toml").read_text(encoding="utf-8")
    assert 'market = "Reported_Market__c"   # "Country", picklist; by its label' in text
    assert org.jobs == {}
    assert isinstance(draft().exception, ParameterError)
