"""tskit alert and --alert: a finished run is held against the rules, its result stands, and nothing of a case goes out."""

import json
import sys

import nbformat
import pytest
from nbformat import v4

from tests.support.notebooks import trend_report
from tskit.cli.alarms import alarms, ring
from tskit.cli.main import main
from tskit.errors import NoDataError, RunError, SourceError
from tskit.model import FINDING_MIME, INPUTS_MIME, Casebook

CANARY = "canary7f3a"
TAKE = f"{sys.executable!r}, '-c', 'import sys; open(\"got\", \"ab\").write(sys.stdin.buffer.read())'"
FAIL = f"{sys.executable!r}, '-c', 'raise SystemExit(3)'"
ALERTS = """
[alerting]
attempts = 1
[[alerts]]
name = "pager"
on = ["failure", "no_data", "spike", "sla_breach"]
to = "command"
command = [{command}]
certainty = "low"
"""


def casebook(folder, *, command=TAKE):
    folder.mkdir(exist_ok=True)
    (folder / "casebook.toml").write_text(ALERTS.format(command=command), encoding="utf-8")
    return Casebook.read(folder)


def sealed(root, notebook=None, *, status="ok", name="run-1", failure=None):
    folder = root / name
    folder.mkdir(parents=True)
    nbformat.write(notebook or trend_report(), folder / "notebook.ipynb")
    manifest = {"id": name, "template": {"name": "trend_report"}, "status": status, "failure": failure}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def spiking(**finding):
    evidence = [{"kind": "metric", "ref": "M00", "text": ""}]
    one = {
        "claim": "Scam cases: 3 cases against 1 expected",
        "tone": "worse",
        "certainty": "high",
        "evidence": evidence,
    }
    answer = {"title": "Scam rose to 3 cases", "lead": "", "findings": [one | {"values": {}} | finding]}
    data = {INPUTS_MIME: {"casebook": {"smallest_cell": 5}}}
    outputs = [v4.new_output("display_data", data=data), v4.new_output("display_data", data={FINDING_MIME: answer})]
    return v4.new_notebook(cells=[v4.new_code_cell("record(look)", outputs=outputs)])


def got(book):
    return [json.loads(line) for line in (book.root / "got").read_text(encoding="utf-8").splitlines()]


def call(*arguments):
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code


def test_a_finished_run_is_told_by_what_its_copy_to_share_says(tmp_path):
    book = casebook(tmp_path / "book")
    sealed(book.root / "runs", spiking())
    assert call("alert", "run-1", "--casebook", book.root) == 0
    text = got(book)[0]["text"]
    assert "Scam cases: fewer than 5 cases" in text
    assert "3 cases" not in text


@pytest.mark.parametrize("asked", ["latest", "trend_report-ab12cd", "20261101T0000"])
def test_a_run_is_called_as_by_every_other_verb(tmp_path, asked):
    book = casebook(tmp_path / "book")
    sealed(book.root / "runs", spiking(), name="20261101T000000Z-trend_report-ab12cd")
    assert call("alert", asked, "--casebook", book.root) == 0
    assert got(book)[0]["runs"][0]["run"] == "20261101T000000Z-trend_report-ab12cd"


def test_of_a_finding_of_single_cases_nothing_but_its_signal_is_told(tmp_path):
    book = casebook(tmp_path / "book")
    sealed(book.root / "runs", spiking(of_single_cases=True, claim=CANARY, detail=CANARY, next_step=CANARY))
    assert call("alert", "run-1", "--casebook", book.root) == 0
    assert CANARY not in json.dumps(got(book)) + (book.root / "runs" / "alerts.jsonl").read_text(encoding="utf-8")
    assert got(book)[0]["runs"][0]["only_in_the_report"] == 1


def test_a_dry_run_prints_and_neither_sends_nor_logs(tmp_path, capfdbinary):
    book = casebook(tmp_path / "book")
    sealed(book.root / "runs", spiking())
    assert call("alert", "run-1", "--dry-run", "--casebook", book.root) == 0
    assert json.loads(capfdbinary.readouterr().out)["on"] == ["spike"]
    assert not (book.root / "got").exists()
    assert not (book.root / "runs" / "alerts.jsonl").exists()


def test_an_alert_that_does_not_arrive_is_17_and_goes_again_later(tmp_path, capsys):
    book = casebook(tmp_path / "book", command=FAIL)
    sealed(book.root / "runs", spiking())
    assert call("alert", "run-1", "--casebook", book.root) == 17
    assert "Alert pager did not arrive" in capsys.readouterr().err
    casebook(tmp_path / "book")
    assert call("alert", "--again", "--casebook", book.root) == 0
    assert len(got(book)) == 1


def test_a_run_on_which_nothing_fires_says_so(tmp_path, capsys):
    book = casebook(tmp_path / "book")
    sealed(book.root / "runs", spiking(tone="better"))
    assert call("alert", "run-1", "--casebook", book.root) == 0
    assert "No alert fires" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("run-1", "--again"), ("no-such-run",)])
def test_what_cannot_be_asked_is_refused(tmp_path, arguments):
    book = casebook(tmp_path / "book")
    assert call("alert", *arguments, "--casebook", book.root) == 12


def test_a_damaged_run_is_named(tmp_path, capsys):
    book = casebook(tmp_path / "book")
    folder = sealed(book.root / "runs", spiking())
    (folder / "notebook.ipynb").write_text("{}", encoding="utf-8")
    assert call("alert", "run-1", "--casebook", book.root) == 12
    assert "holds no run that can be read" in capsys.readouterr().err


def test_a_casebook_without_rules_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "casebook.toml").write_text("", encoding="utf-8")
    assert call("alert", "run-1", "--casebook", tmp_path) == 12


def test_nothing_rings_unless_it_is_asked_for(tmp_path):
    book = casebook(tmp_path / "book")
    with alarms(book, "trend_report", root=tmp_path, is_asked=False) as note:
        note(sealed(tmp_path, spiking()))
    assert not (book.root / "got").exists()


@pytest.mark.parametrize(
    ("status", "error", "signal", "failure"),
    [
        ("failed", RunError(CANARY), "failure", {"section": "Load", "cell": 2, "kind": "KeyError"}),
        ("no_data", NoDataError(CANARY), "no_data", {"section": "Load", "cell": 2, "kind": "NoDataError"}),
        ("failed", KeyboardInterrupt(), "failure", {"section": "", "cell": 0, "kind": "KeyboardInterrupt"}),
    ],
)
def test_what_ended_a_run_is_told_and_raised_again_as_it_was(tmp_path, status, error, signal, failure):
    book = casebook(tmp_path / "book")
    folder = sealed(tmp_path / "runs", status=status, failure=failure)
    with pytest.raises(type(error), check=lambda raised: raised is error):  # noqa: SIM117, PT012  # the run is within
        with alarms(book, "t", root=tmp_path / "runs", is_asked=True) as note:
            note(folder)
            raise error
    assert got(book)[0]["on"] == [signal]
    assert CANARY not in json.dumps(got(book))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SourceError(CANARY), "did not begin: a source of cases cannot be read"),
        (ValueError(CANARY), "did not begin: tskit itself failed (ValueError)"),
    ],
)
def test_a_run_that_never_began_is_a_failure_told_without_its_words(tmp_path, error, told):
    book = casebook(tmp_path / "book")
    with pytest.raises(type(error)), alarms(book, "trend_report", root=tmp_path / "runs", is_asked=True):
        raise error
    assert got(book)[0]["runs"][0]["failure"] == told
    assert CANARY not in json.dumps(got(book))


def test_an_alert_that_fails_changes_nothing_of_the_run(tmp_path, capsys):
    book = casebook(tmp_path / "book", command=FAIL)
    with alarms(book, "trend_report", root=tmp_path / "runs", is_asked=True) as note:
        note(sealed(tmp_path / "runs", spiking()))
    assert "tskit alert --again" in capsys.readouterr().err


def test_a_run_that_cannot_be_read_any_more_is_said_and_raises_nothing(tmp_path, capsys):
    book = casebook(tmp_path / "book")
    ring(book, [tmp_path / "gone"], root=tmp_path)
    assert "its result stands" in capsys.readouterr().err


def test_a_batch_is_told_in_one_message(tmp_path):
    book = casebook(tmp_path / "book")
    folders = [sealed(tmp_path / "runs", spiking(), name=f"run-{n}") for n in range(3)]
    ring(book, folders, root=tmp_path / "runs", about="batch-1")
    assert [(body["batch"], body["runs_that_fire"]) for body in got(book)] == [("batch-1", 3)]
