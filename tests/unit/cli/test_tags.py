import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from tskit.causes import open_log, record, undo
from tskit.cli import main
from tskit.cli.reference import page
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
CANARY = "CANARY-note-7f3a"
FULL = "500D0000001abcDIAQ"


@pytest.fixture
def call(tmp_path, monkeypatch, capfdbinary):
    """Return a function that calls a verb in a casebook and returns exit code, output and errors."""
    (tmp_path / "casebook.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["tags", *arguments])
        shown = capfdbinary.readouterr()
        return caught.value.code or 0, shown.out.decode(), shown.err.decode()

    return run


@pytest.fixture
def log(tmp_path):
    """Return the casebook's log with three judgements, of which one was taken back."""
    log = open_log(Casebook(tmp_path, "book"))
    for n, (case_id, tagger, cause) in enumerate(
        [(FULL, "aisyah", "RC2.1"), (FULL, "ben", "RC2.1"), ("c2", "ben", "RC1.1")]
    ):
        at = MORNING + timedelta(minutes=n)
        record(
            log,
            Tag(
                case_id,
                cause,
                tagger,
                at,
                key=f"k{n}",
                note=CANARY,
                evidence=f"{CANARY} at minute {n}",
                trigger="RC7.2" * (n == 0),
            ),
        )
    undo(log, key="k2", tagger="ben", at=MORNING + timedelta(minutes=3))
    return log


def test_the_log_is_shown_in_words_and_without_notes(call, log):
    code, shown, _ = call("log")
    assert code == 0
    assert shown.splitlines() == [
        f"2026-10-05 09:00+08:00  aisyah  {FULL}  RC2.1 Guideline missing or outdated (medium), set off by RC7.2 Coordinated or inauthentic",
        f"2026-10-05 09:01+08:00  ben  {FULL}  RC2.1 Guideline missing or outdated (medium)",
        "2026-10-05 09:02+08:00  ben  c2  RC1.1 Policy gap (medium)",
        "2026-10-05 09:03+08:00  ben  c2  took back what was said before",
    ]


def test_the_log_is_cut_by_number_case_person_and_moment(call, log):
    lines = [
        call("log", *how)[1].splitlines()
        for how in (["-n1"], ["--case", "c2"], ["--person", "aisyah"], ["--until", "#2"])
    ]
    assert list(map(len, lines)) == [1, 2, 1, 2]
    assert "took back" in lines[0][0]


def test_the_log_shows_notes_only_when_they_are_asked_for(call, log):
    assert CANARY not in "".join(call("log")[1:])
    shown = call("log", "--with-notes")[1]
    assert shown.count(f"    {CANARY}\n") == 3
    assert f"    {CANARY} at minute 1\n" in shown


def test_an_empty_log_says_so(call):
    assert call("log")[1] == "Nothing was tagged yet.\n"
    assert call("log", "--person", "ben")[1] == "No entry fits.\n"


@pytest.mark.parametrize("name", ["tags.jsonl", "tags.csv"])
def test_what_is_exported_is_imported_into_another_casebook(call, log, tmp_path, name):
    code, shown, told = call("export", "-o", name, "--with-notes")
    assert (code, shown, told) == (0, "", f"Written to {name}\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "casebook.toml").touch()
    for said in ("4 entries are written.\n", "0 entries are written, 4 were in the log already.\n"):
        assert call("import", name, "--casebook", "other") == (0, said, f"Reading {name} ...\n")
    assert (
        call("export", "--to", "jsonl", "--casebook", "other", "--with-notes")[1] == call("export", "--with-notes")[1]
    )


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_leaves_notes_out_and_says_so(call, log, form):
    code, shown, told = call("export", "--to", form)
    assert code == 0
    assert CANARY not in shown + told
    assert told == "Notes, and evidence that is no address, are left out; --with-notes adds them.\n"


def test_an_exported_file_is_read_by_its_owner_alone(call, log, tmp_path):
    call("export", "-o", "tags.csv")
    assert (tmp_path / "tags.csv").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".tags")] == []


def test_a_file_for_data_loader_says_what_is_not_in_it(call, log):
    record(log, Tag("c3", "RC1.1", "aisyah", MORNING, key="k8"))
    code, shown, told = call("export", "--to", "data-loader")
    assert code == 0
    assert shown.splitlines()[1].startswith(f"{FULL},RC2.1,RC2,")
    assert told == "1 cases; 1 have an id that is none of Salesforce's, and are left out.\n"


def test_a_file_for_data_loader_without_a_case_is_no_success(call):
    assert call("export", "--to", "data-loader")[0] == 16


def test_an_import_is_all_or_nothing_and_names_the_line(call, log, tmp_path):
    line = json.dumps({"case_id": "c9", "tagger": "ben", "tagged_at": "2026-10-05T09:00:00Z", "cause": "RC1"})
    (tmp_path / "in.jsonl").write_text(f'{line}\n{{"note": "{CANARY}"}}\n', encoding="utf-8")
    code, shown, told = call("import", "in.jsonl")
    assert (code, shown, told) == (11, "", "Reading in.jsonl ...\nLine 2: there is no case_id.\n")
    assert log.store.head("tags")[0] == 4


def test_what_was_tagged_tomorrow_is_not_imported(call, tmp_path):
    (tmp_path / "in.csv").write_text("case_id,tagger,tagged_at,cause\nc9,ben,2999-01-01T00:00Z,RC1\n", encoding="utf-8")
    code, _, told = call("import", "in.csv")
    assert code == 11
    assert "Line 2: tagged_at lies in the future" in told


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["import", "none.csv"], 10, "none.csv cannot be read"),
        (["import", "none.txt"], 12, "none.txt is read by its ending"),
        (["export", "--to", "cvs"], 12, "There is no form 'cvs'. Did you mean 'csv'?"),
        (["export", "-o", "tags.xlsx"], 12, "There is no form 'xlsx'"),
        (["export", "--to", "data-loader", "--with-notes"], 12, "Notes are no field of data-loader"),
        (["export", "-o", "none/tags.csv"], 12, "none/tags.csv cannot be written"),
        (["export", "--until", "soon"], 12, "A moment is a day"),
        (["log", "--casebook", "none"], 10, "holds no casebook.toml"),
        (["agreement", "--by", "quue"], 12, "no way to divide agreement 'quue'"),
        (["verify", "--expect", "abc"], 12, "--expect takes what an earlier verify said"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_a_fix(call, arguments, code, said):
    found, _, told = call(*arguments)
    assert found == code
    assert said in told
    assert "Traceback" not in told


def test_agreement_is_a_table_with_its_doubts_below(call, log):
    record(log, Tag("c3", "RC1.1", "aisyah", MORNING, key="k8"))
    record(log, Tag("c3", "RC1.2", "ben", MORNING, key="k9"))
    code, shown, _ = call("agreement", "--level", "2")
    lines = shown.splitlines()
    assert code == 0
    assert lines[0].split() == ["group", "measure", "value", "low", "high", "items", "ratings", "left_out", "see"]
    assert next(line for line in lines if " raw " in line).split()[:3] == ["all", "raw", "0.50"]
    assert any(line.startswith("(1) ") for line in lines)


def test_agreement_of_nobody_is_no_success(call):
    assert call("agreement")[0] == 16


def test_a_whole_log_is_vouched_for_by_its_count_and_digest(call, log):
    count, digest = log.store.head("tags")
    code, shown, _ = call("verify")
    assert code == 0
    assert shown.splitlines()[0] == f"tags: 4 entries, all as they were written; {count}:{digest}"
    assert call("verify", "--expect", f"{count}:{digest}")[0] == 0


def test_an_empty_log_is_whole(call):
    assert call("verify")[:2] == (0, "tags: 0 entries, all as they were written\n")


def test_a_log_that_was_cut_off_is_found_by_what_was_kept_of_it(call, log):
    code, _, told = call("verify", "--expect", "9:abc")
    assert code == 15
    assert "tags: The log ends at entry 4, and had 9" in told


def test_an_edited_row_is_found(call, log, tmp_path):
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE tskit_entries SET author = 'someone' WHERE seq = 2")
    connection.close()
    code, _, told = call("verify")
    assert code == 15
    assert "tags: Entry 2 was changed after it was written." in told
    assert "someone" not in told


def test_a_log_is_copied_with_its_digests_and_goes_on_there(call, log, tmp_path):
    code, shown, told = call("copy", "team.sqlite")
    assert (code, shown) == (0, "tags: 4 entries are there\n")
    setting = f'records = "{tmp_path / "team.sqlite"}"'
    assert f"write {setting} into casebook.toml" in told
    before = call("verify")[1]
    (tmp_path / "casebook.toml").write_text(f"{setting}\n", encoding="utf-8")
    (tmp_path / "records.sqlite").unlink()
    assert call("verify")[1] == before
    assert call("log")[1].count("\n") == 4


def test_a_log_is_not_copied_over_another(call, log, tmp_path):
    (tmp_path / "other").mkdir()
    other = open_log(Casebook(tmp_path / "other", "other"))
    record(other, Tag("c9", "RC1.1", "aisyah", MORNING, key="k9"))
    code, _, told = call("copy", "other/records.sqlite")
    assert code == 11
    assert "holds other entries" in told


@pytest.mark.parametrize("verb", ["log", "import", "export", "agreement", "verify", "copy"])
def test_the_verb_is_in_the_reference(verb):
    assert f"## `tskit tags {verb}" in page()
