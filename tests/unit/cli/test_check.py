from __future__ import annotations

import json

import pytest

from tskit.cli import main

ROWS = "case_id,created_at,is_closed,market\n1,2026-03-01T00:00:00Z,false,ID\n2,2026-03-02T00:00:00Z,false,TH\n2b,never,false,TH\n"
CANARY = "canary-7f3a"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Return a function that checks a source in an empty folder and returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "k" * 32)
    (tmp_path / "cases.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "odd.csv").write_text(f"Ticket,Opened\n{CANARY},2026-03-01\n", encoding="utf-8")

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["check", *map(str, arguments)])
        shown = capsys.readouterr()
        return caught.value.code, shown.out, shown.err

    return run


def test_the_account_adds_up_and_metrics_are_listed_with_what_would_unlock_them(call):
    code, shown, _ = call("cases.csv")
    assert code == 0
    assert "2 kept" in shown
    assert "1 kept apart" in shown
    assert "Metrics that it can give" in shown
    assert "cases_opened" in shown
    assert "  with closed_at also: cases_closed" in shown


def test_the_report_as_json_has_the_promised_names(call, tmp_path):
    code, shown, _ = call("cases.csv", "--json", "--report", tmp_path / "report.json")
    body = json.loads(shown)
    assert code == 0
    assert {"read", "kept", "rejected", "flagged", "reasons", "profile"} <= set(body)
    assert (body["read"], body["kept"], body["rejected"]) == (3, 2, 1)
    assert "cases_opened" in body["answers"]
    assert "closed_at" in body["unlocks"]["cases_closed"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == body


def test_rows_that_are_kept_apart_are_written_where_asked(call, tmp_path):
    assert call("cases.csv", "--rejects", tmp_path / "apart.csv")[0] == 0
    assert "2b" in (tmp_path / "apart.csv").read_text(encoding="utf-8")


def test_an_unknown_layout_is_data_that_asks_for_a_profile(call):
    code, shown, errors = call("odd.csv")
    assert code == 11
    assert "--draft-profile" in shown
    assert "answer the questions" in errors
    assert CANARY not in shown + errors


def test_a_draft_needs_a_casebook_and_is_written_into_it(call, tmp_path):
    code, _, errors = call("odd.csv", "--draft-profile")
    assert (code, "tskit init" in errors) == (12, True)
    (tmp_path / "casebook.toml").write_text('name = "mine"\n', encoding="utf-8")
    code, _, errors = call("odd.csv", "--draft-profile")
    assert "profiles" in errors
    assert (tmp_path / "profiles" / "odd.toml").is_file()


def test_a_source_that_is_not_there_is_a_source_error(call):
    assert call("none.csv")[0] == 10


def test_the_report_is_kept_in_the_folder_checks_and_the_place_is_told(call, tmp_path):
    _, shown, errors = call("cases.csv")
    kept = tmp_path / "checks" / "cases-csv.txt"
    assert kept.read_text(encoding="utf-8") == shown
    assert str(kept) in errors
    call("cases.csv", "--json")
    assert json.loads((tmp_path / "checks" / "cases-csv.json").read_text(encoding="utf-8"))["kept"] == 2


def test_a_report_that_cannot_be_written_where_asked_is_one_message(call, tmp_path):
    code, _, errors = call("cases.csv", "--report", tmp_path / "none" / "r.txt")
    assert (code, "cannot be written" in errors) == (12, True)


def test_a_folder_that_nobody_may_write_to_does_not_stop_a_check(call, tmp_path):
    (tmp_path / "checks").write_text("in the way", encoding="utf-8")
    code, shown, errors = call("cases.csv")
    assert (code, "2 kept" in shown, "is kept in" in errors) == (0, True, False)


def test_a_path_typed_here_is_found_from_a_casebook_elsewhere(call, tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "casebook.toml").write_text('name = "mine"\n', encoding="utf-8")
    assert call("cases.csv", "--casebook", "book")[0] == 0
    assert call("c*es.csv", "--casebook", "book")[0] == 0
    (tmp_path / "book" / "inner.csv").write_text(ROWS, encoding="utf-8")
    assert call("inner.csv", "--casebook", "book")[0] == 0
    assert "inner.csv: 3 case rows" in call("book/inner.csv", "--casebook", "book")[1].splitlines()[0]


def test_the_same_answers_again_are_fine_and_other_ones_say_how_to_replace_the_profile(call, tmp_path):
    (tmp_path / "casebook.toml").write_text('name = "mine"\n', encoding="utf-8")
    asked = ("odd.csv", "--tz", "Asia/Singapore", "--dates", "dmy", "--draft-profile")
    first = call(*asked)
    assert "profiles" in first[2]
    before = (tmp_path / "profiles" / "odd.toml").read_bytes()
    assert call(*asked)[0] == 0
    assert (tmp_path / "profiles" / "odd.toml").read_bytes() == before
    code, _, errors = call("odd.csv", "--dates", "mdy", "--draft-profile")
    assert code == 12
    assert "delete it to draft it anew" in errors


def test_a_casebook_in_the_place_of_a_source_is_explained(call, tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "casebook.toml").write_text('[sources.main]\ncases = "x.csv"\n', encoding="utf-8")
    code, _, errors = call("book")
    assert (code, "tskit check main --casebook book" in errors) == (12, True)
