"""A handover, a brief and the order of a queue for files that nobody of this project wrote, by casebooks of an older day."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.template_cells import displayed
from tskit import Scope, load
from tskit.cli.app import app
from tskit.findings.tables import Table
from tskit.model import Findings

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FILES = {
    "nyc311": ("nyc311/311_Animals_short.csv", "America/New_York"),
    "servicenow": ("servicenow/incident_event_log.csv", "UTC"),
    "salesforce": ("salesforce/gen-ai-demo_Case.csv", "Asia/Singapore"),
    "salesforce, old": ("salesforce/data-cloud-workshop_Case.csv", "Asia/Singapore"),
}
"""None has shifts, deadlines, severity or reach; only ServiceNow's tells of events."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not here"),
]


@pytest.fixture(params=FILES)
def asked(request, tmp_path, monkeypatch):
    """Return the parameters that name the source and a casebook that says nothing but its name and its zone."""
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
    location, zone = FILES[request.param]
    (tmp_path / "casebook.toml").write_text(f'name = "real"\nzone = "{zone}"\n', encoding="utf-8")
    return {"source": str(DATA / location), "casebook": str(tmp_path)}


def newest(asked):
    case_set = load(Scope.from_parameters(source=asked["source"]), casebook=asked["casebook"])
    cases = case_set.cases.order_by([case_set.cases.created_at.desc(), case_set.cases.case_id]).limit(2)
    return cases.case_id.to_pyarrow().to_pylist()


def records_of(asked):
    return sorted(path.name for path in Path(asked["casebook"]).iterdir() if path.name.startswith("records"))


def tables(shown):
    return {value.key: value for value in shown if isinstance(value, Table)}


def test_a_handover_says_what_cannot_be_told_and_makes_no_records(asked):
    shown = displayed(ROOT / "templates" / "oncall_handover.py", **asked)
    found, made = shown[-1], tables(shown)
    assert isinstance(found, Findings)
    number = int(made["glance"].frame.set_index("label").loc["Open", "value"])
    if number:
        assert found.title == f"{number} open, neither severity nor deadlines are known"
        assert made["gravest"].caption == "Severity is not known."
        assert made["late"].caption == made["own"].caption == made["binding"].caption == "No deadline is known."
        assert made["glance"].frame["text"].head(2).tolist() == ["not known", "not known"]
    else:
        assert found.title == "Quiet: 0 open, nothing with a deadline ahead"
    limits = made["limits"].frame.set_index("about")["limit"]
    assert "names no site and no shifts" in limits["Shifts"]
    assert records_of(asked) == []


@pytest.mark.parametrize("is_cluster", [False, True])
def test_a_brief_says_not_known_and_makes_no_records(asked, is_cluster):
    cases = newest(asked)[: 2 if is_cluster else 1]
    shown = displayed(ROOT / "templates" / "escalation_brief.py", **asked, case_id=cases, linked=is_cluster)
    made = tables(shown)
    answers = made["answers"].frame.set_index("question")
    said = {question: " ".join(row["answer"]) for question, row in answers.iterrows()}
    assert said["Who is affected, and how many?"].startswith("How many met it is not known")
    assert said["Which rule, and was its version in force?"].startswith("Not known")
    assert said["What is the appeal route?"].startswith("Not known")
    assert "the source does not tell of appeals" in said["What went wrong?"]
    assert answers.loc["What went wrong?", "tone"] != "better"
    assert "The source does not say the reach of the content" in said["What is not known?"]
    assert "not on record" in shown[-1].title
    assert made["decision_log"].caption.startswith("Nothing was written about these cases yet")
    assert len(shown[-1].statements) == 5
    assert records_of(asked) == []


def test_the_queue_is_put_in_an_order_that_claims_nothing(asked):
    told = CliRunner().invoke(app, ["triage", "--casebook", asked["casebook"], "--source", asked["source"]])
    assert told.exit_code == 0, told.output
    if "Nothing is open." not in told.output:
        assert "severity not known, no deadline known" in " ".join(told.output.split())
        assert "by when any is due is not known." in told.output
        assert "0 overdue" not in told.output
    assert records_of(asked) == []
