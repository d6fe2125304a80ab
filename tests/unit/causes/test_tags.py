from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tskit.causes import history, judgements, notes, open_log, record, undo
from tskit.errors import ParameterError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
CANARY = "CANARY-note-7f3a"


@pytest.fixture
def log(tmp_path):
    """Return the log of an empty casebook."""
    return open_log(Casebook(tmp_path, "book"))


def tag(case_id="c1", cause="RC2.1", tagger="aisyah", **rest):
    """Return a tag whose key and time follow from the number of minutes since the morning."""
    minutes = rest.pop("minutes", 0)
    rest.setdefault("key", f"k{case_id}{tagger}{minutes}")
    return Tag(case_id, cause, tagger, MORNING + timedelta(minutes=minutes), **rest)


def stands(log, **how):
    return list(judgements(log, **how)[["case_id", "cause", "tagger"]].itertuples(index=False, name=None))


def test_a_tag_is_filled_in_where_it_says_nothing(log):
    written = record(log, tag())
    assert written.taxonomy_version == log.taxonomy.version
    assert written.evidence == "case:c1"
    assert replace(written, taxonomy_version="", evidence="") == tag()


def test_a_judgement_comes_back_as_it_was_made(log):
    made = tag(
        contributing=("RC1.2", "RC4.1"), trigger="RC7.2", confidence="low", note="minute 42\nand 43", evidence="minute 42",
        taxonomy_version="an older one", round="2026-10",
    )  # fmt: skip
    assert record(log, made) == made


def test_writing_a_key_twice_is_the_same_as_once(log):
    first = record(log, tag(minutes=1))
    record(log, tag(cause="RC1.1", minutes=2))
    assert record(log, tag(minutes=1)) == first
    assert stands(log) == [("c1", "RC1.1", "aisyah")]


def test_a_key_stands_for_one_judgement(log):
    record(log, tag())
    with pytest.raises(ParameterError, match="key was used for another judgement"):
        record(log, tag(cause="RC1.1"))


def test_a_second_thought_takes_the_place_of_the_first(log):
    record(log, tag(minutes=1))
    assert record(log, tag(cause="RC1.1", minutes=2)).supersedes == "kc1aisyah1"
    assert stands(log) == [("c1", "RC1.1", "aisyah")]


@pytest.mark.parametrize("other", [{"case_id": "c2"}, {"tagger": "ben"}, {"round": "2026-10"}])
def test_another_case_person_or_round_is_another_judgement(log, other):
    record(log, tag())
    assert record(log, tag(minutes=1, **other)).supersedes == ""
    assert len(judgements(log)) == 2


def test_a_tag_takes_the_place_of_a_skip_and_a_skip_of_a_tag(log):
    for minutes, kind in enumerate(["skip", "tag", "skip"]):
        record(log, tag(cause="RC2.1" if kind == "tag" else "", kind=kind, minutes=minutes))
        assert list(judgements(log)["kind"]) == [kind]


@pytest.mark.parametrize("kind", ["tag", "skip"])
def test_a_flag_stands_beside_the_answer_whichever_comes_first(log, kind):
    record(log, tag(cause="", kind="flag", minutes=1))
    record(log, tag(cause="RC2.1" if kind == "tag" else "", kind=kind, minutes=2))
    record(log, tag(cause="", kind="flag", minutes=3))
    assert list(judgements(log)["key"]) == ["kc1aisyah2", "kc1aisyah3"]


def test_undo_brings_back_what_was_superseded(log):
    record(log, tag(minutes=1))
    record(log, tag(cause="RC1.1", minutes=2))
    assert undo(log, key="kc1aisyah2", tagger="aisyah", at=MORNING + timedelta(minutes=3)).cause == "RC1.1"
    assert stands(log) == [("c1", "RC2.1", "aisyah")]


def test_undoing_twice_is_the_same_as_once(log):
    record(log, tag())
    for minutes in (1, 1, 2):
        undo(log, key="kc1aisyah0", tagger="aisyah", at=MORNING + timedelta(minutes=minutes))
    assert stands(log) == []
    assert len(history(log, "c1")) == 2


def test_what_was_replaced_is_not_taken_back_before_what_replaced_it(log):
    for minutes, cause in enumerate(["RC1", "RC2", "RC4"]):
        record(log, tag(cause=cause, minutes=minutes))
    with pytest.raises(ParameterError, match=r"replaced since\. Take back the newer one first"):
        undo(log, key="kc1aisyah1", tagger="aisyah", at=MORNING)
    for minutes, left in ((2, "RC2"), (1, "RC1")):
        undo(log, key=f"kc1aisyah{minutes}", tagger="aisyah", at=MORNING, case_id="c1")
        assert list(judgements(log)["cause"]) == [left]


@pytest.mark.parametrize("asked", [{"key": "another", "tagger": "aisyah"}, {"key": "kc1aisyah0", "tagger": "ben"}])
def test_nobody_takes_back_what_is_not_theirs(log, asked):
    record(log, tag())
    with pytest.raises(ParameterError, match="nothing of that key"):
        undo(log, **asked, at=MORNING)


def test_an_undo_cannot_be_undone(log):
    record(log, tag())
    undo(log, key="kc1aisyah0", tagger="aisyah", at=MORNING)
    with pytest.raises(ParameterError, match="nothing of that key"):
        undo(log, key="undo:kc1aisyah0", tagger="aisyah", at=MORNING)


def test_a_past_moment_is_seen_by_its_time_or_by_its_number(log):
    record(log, tag(minutes=1))
    record(log, tag(cause="RC1.1", minutes=2))
    undo(log, key="kc1aisyah2", tagger="aisyah", at=MORNING + timedelta(minutes=3))
    by_number = [[cause for _, cause, _ in stands(log, until=number)] for number in range(4)]
    by_time = [[cause for _, cause, _ in stands(log, until=MORNING + timedelta(minutes=n))] for n in range(4)]
    assert by_number == by_time == [[], ["RC2.1"], ["RC1.1"], ["RC2.1"]]


def test_judgements_are_found_by_round_person_and_case(log):
    record(log, tag())
    record(log, tag("c2", "RC1.1", "ben", round="2026-10"))
    assert (
        stands(log, round="")
        == stands(log, tagger="aisyah")
        == stands(log, subject="c1")
        == [("c1", "RC2.1", "aisyah")]
    )
    assert stands(log, round="2026-10") == [("c2", "RC1.1", "ben")]


def test_the_columns_are_there_without_a_row(log):
    empty = judgements(log)
    record(log, tag())
    assert dict(judgements(log).dtypes) == dict(empty.dtypes)


def test_a_renamed_cause_is_carried_on_and_a_level_follows_it(tmp_path):
    record(open_log(Casebook(tmp_path, "book")), tag(contributing=("RC2.2", "RC1.1"), trigger="RC7.1"))
    renamed = '[renamed]\n"RC2.1" = "RC1.2"\n"RC2.2" = "RC1.2"\n"RC7.1" = "RC7.2"\n'
    (tmp_path / "taxonomy.toml").write_text(renamed, encoding="utf-8")
    row = judgements(open_log(Casebook(tmp_path, "book"))).iloc[0]
    assert (row["cause"], row["cause_l1"], row["contributing"], row["trigger"]) == ("RC1.2", "RC1", ["RC1.1"], "RC7.2")
    assert row["taxonomy_version"] != open_log(Casebook(tmp_path, "book")).taxonomy.version


def test_a_moment_of_any_zone_is_kept_as_the_same_moment(log):
    singapore = timezone(timedelta(hours=8))
    record(log, replace(tag(), tagged_at=MORNING.astimezone(singapore)))
    assert judgements(log)["tagged_at"].iloc[0] == MORNING


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cause": "RC2.l"}, "no cause 'RC2.l'. Did you mean"),
        ({"cause": "RC3.4"}, "RC3.4 is retired. Choose one"),
        ({"cause": "RC2.3"}, "RC2.3 is retired. Use RC2.1"),
        ({"cause": "RC2.9"}, "RC2.9 is now called RC2.1"),
        ({"cause": "RC7.1"}, "RC7.1 is outside our control. Tag it as the trigger"),
        ({"cause": "RC10"}, "RC10 is outside our control"),
        ({"contributing": ("RC10.3",)}, "RC10.3 is outside our control"),
        ({"trigger": "RC1.1"}, "RC1.1 is no trigger"),
        ({"contributing": ("RC1.1", "RC1.2", "RC1.3")}, "At most 2 causes contribute"),
        ({"contributing": ("RC2.1",)}, "are different ones"),
        ({"contributing": ("RC1.1", "RC1.1")}, "are different ones"),
        ({"contributing": ("",)}, "are different ones"),
        ({"cause": ""}, "A tag needs a cause"),
        ({"kind": "skip"}, "skipped or flagged has no cause"),
        ({"kind": "flag", "cause": "", "trigger": "RC7"}, "skipped or flagged has no cause"),
        ({"kind": "maybe"}, "one of tag, skip, flag"),
        ({"confidence": "sure"}, "one of low, medium, high"),
        ({"case_id": " "}, "needs a case id"),
        ({"tagger": ""}, "needs a tagger"),
        ({"key": ""}, "needs a key"),
        ({"case_id": "c\n1"}, "case id of a judgement is one line"),
        ({"tagger": "ben "}, "tagger of a judgement is one line"),
        ({"round": "x" * 121}, "round of a judgement has at most 120"),
        ({"evidence": "x" * 401}, "evidence of a judgement has at most 400"),
        ({"note": "x" * 4001}, "at most 4,000 characters; this one has 4,001"),
        ({"tagged_at": datetime(2026, 10, 5)}, "needs a zone"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_judgement_that_does_not_hold_up_is_refused_and_not_written(tmp_path, change, said):
    text = '[causes."RC3.4"]\nis_retired = true\n[renamed]\n"RC2.9" = "RC2.1"\n"RC2.3" = "RC2.1"\n'
    (tmp_path / "taxonomy.toml").write_text(text, encoding="utf-8")
    log = open_log(Casebook(tmp_path, "book"))
    with pytest.raises(ParameterError, match=said):
        record(log, replace(tag(), **change))
    assert len(judgements(log)) == 0


@pytest.mark.parametrize(
    "why", [{"note": "No training for the new rule."}, {"contributing": ("RC2.2",)}, {"evidence": "QA form 4711"}]
)
def test_what_a_reviewer_did_is_a_cause_once_it_is_said_what_let_it_happen(log, why):
    assert record(log, tag(cause="RC3.1", **why)).cause == "RC3.1"


@pytest.mark.parametrize("why", [{}, {"note": "  "}, {"contributing": ("RC3.2",)}, {"evidence": "case:c1"}])
def test_what_a_reviewer_did_is_only_half_an_answer(log, why):
    with pytest.raises(ParameterError, match=r"RC3\.1 is only half an answer: say what let it happen"):
        record(log, tag(cause="RC3.1", **why))


def test_a_note_becomes_plain_text(log):
    assert record(log, tag(note="a\r\nb\rc\td\x00\ud800")).note == "a\nb\nc\td\ufffd\ufffd"


def test_the_history_of_a_case_holds_every_row(log):
    record(log, tag(minutes=1, note=CANARY))
    record(log, tag("c2"))
    undo(log, key="kc1aisyah1", tagger="aisyah", at=MORNING + timedelta(minutes=2))
    found = history(log, "c1")
    assert list(found["kind"]) == ["tag", "undo"]
    assert list(found["has_note"]) == [True, False]


def test_a_note_is_shown_by_notes_alone(log):
    written = record(log, tag(note=CANARY, evidence=f"{CANARY}-e"))
    assert notes(log, "c1")[["note", "evidence"]].to_numpy().tolist() == [[CANARY, f"{CANARY}-e"]]
    shown = [repr(thing) for thing in (written, log, log.store.entries("tags"))]
    shown += [frame.to_csv() for frame in (judgements(log), history(log, "c1"))]
    assert CANARY not in "".join(shown)


def test_no_refusal_quotes_a_note_or_what_stands_in_evidence(log):
    record(log, tag(note=CANARY))
    for change in (
        {"note": CANARY * 300},
        {"evidence": CANARY * 30},
        {"note": f"{CANARY}2"},
        {"evidence": f"{CANARY}\n"},
    ):
        with pytest.raises(ParameterError) as caught:
            record(log, tag(**change))
        assert CANARY not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
