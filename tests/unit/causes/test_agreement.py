"""Agreement on causes, from tags as people leave them: skips, changed minds, rules, disputes already settled."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.causes.adjudicate import adjudication_of, disputed, people_tags, progress, visible
from tskit.causes.agreement import FEW, MEASURES, agreement, confusion
from tskit.causes.entries import TagLog
from tskit.causes.entries import draft_of as tag_draft
from tskit.causes.judgements import judgements
from tskit.causes.rounds import open_round, round_of
from tskit.causes.taxonomy_file import taxonomy_of
from tskit.errors import ParameterError
from tskit.model import Casebook, Tag
from tskit.records import open_store
from tskit.stats import krippendorff_alpha

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
ROUND = "2026-11"


@pytest.fixture
def log(tmp_path):
    with open_store(tmp_path / "records.sqlite") as store:
        yield TagLog(store, taxonomy_of(Casebook(tmp_path, "casebook")))


def tag(log, case, tagger, cause, **more):
    """One judgement, written past the rules of `record`, which have tests of their own."""
    asked = {"round": ROUND, "kind": "tag" if cause else "skip", **more}
    number = log.store.head("tags")[0]
    made = Tag(case, cause, tagger, AT + timedelta(minutes=number), key=f"k{number}", **asked)
    log.store.append("tags", [tag_draft(made)])
    return made.key


def judged(log, text, *, is_blind=True):
    """One line a case: its id and what aisyah, ben and chloe gave it; a dot is a missing rating, a dash a skip."""
    people = ("aisyah", "ben", "chloe")
    lines = [line.split() for line in text.strip().splitlines()]
    cases = [(case, [p for p, cause in zip(people, causes, strict=False) if cause != "."]) for case, *causes in lines]
    open_round(log, ROUND, pd.DataFrame(cases, columns=["case_id", "raters"]), author="mei", at=AT, is_blind=is_blind)
    for case, *causes in lines:
        for person, cause in zip(people, causes, strict=False):
            if cause != ".":
                first, *others = cause.split("+")
                tag(log, case, person, "" if first == "-" else first, contributing=tuple(others))


SIX = """
    a  RC1.2  RC1.2  .
    b  RC1.2  RC2.1  .
    c  .      RC2.1  RC2.3
    d  RC3.1  .      RC3.1
    e  RC3.1  -      .
    f  RC2.1  RC2.1  .
"""


def figure(found, measure, group="all"):
    rows = found[(found["measure"] == measure) & (found["group"] == group)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_measures_are_those_of_the_ratings_by_hand(log):
    judged(log, SIX)
    found = agreement(log, round=ROUND, level=2)
    # RC1.2 0, RC2.1 1, RC2.3 2, RC3.1 3
    by_hand = krippendorff_alpha([[0, 0, -1], [0, 1, -1], [-1, 1, 2], [3, -1, 3], [3, -1, -1], [1, 1, -1]])
    alpha = figure(found, "alpha")
    assert alpha["value"] == pytest.approx(by_hand.value)
    assert (alpha["items"], alpha["ratings"], alpha["left_out"]) == (5, 10, 1)
    assert figure(found, "raw")["value"] == pytest.approx(3 / 5)


def test_at_level_1_causes_of_one_kind_are_the_same(log):
    judged(log, SIX)
    assert figure(agreement(log, round=ROUND, level=1), "raw")["value"] == pytest.approx(4 / 5)


def test_a_frame_has_one_row_a_measure_and_knows_no_other_measure(log):
    judged(log, SIX)
    found = agreement(log, round=ROUND)
    assert found["measure"].tolist() == ["alpha", "alpha_masi", "kappa_fleiss", "raw"]
    assert set(found["measure"]) <= set(MEASURES)
    assert list(found) == ["group", "measure", "value", "low", "high", "items", "ratings", "left_out", "note"]


def test_two_people_have_cohens_kappa_too(log):
    judged(log, "a RC1.2 RC1.2\nb RC1.2 RC2.1\nc RC2.1 RC2.1\nd RC2.1 RC2.1")
    assert figure(agreement(log, round=ROUND), "kappa_cohen")["value"] == pytest.approx(0.5)


def test_sets_of_causes_agree_by_what_they_share(log):
    judged(log, "a RC1.2+RC2.1 RC2.1+RC1.2\nb RC2.1 RC2.1+RC3.1\nc RC4.1 RC4.1")
    found = agreement(log, round=ROUND, level=2)
    # the order within a set says nothing: a and c agree, and b is 2/3 apart
    assert figure(found, "alpha")["value"] < figure(found, "alpha_masi")["value"] < 1


def test_at_level_1_a_set_holds_its_level_1_causes(log):
    judged(log, "a RC1.2+RC1.3 RC1.4\nb RC2.1 RC2.2")
    assert figure(agreement(log, round=ROUND, level=1), "alpha_masi")["value"] == 1


def test_rules_adjudications_and_other_rounds_say_nothing_about_people(log):
    judged(log, SIX)
    before = agreement(log, round=ROUND, level=2)
    tag(log, "b", "rule:spam", "RC5.1")
    tag(log, "b", "mei", "RC1.2", round=adjudication_of(ROUND))
    tag(log, "b", "ben", "RC4.1", round="another")
    pd.testing.assert_frame_equal(agreement(log, round=ROUND, level=2), before)


def test_a_changed_mind_counts_and_what_it_replaced_does_not(log):
    judged(log, "a RC1.2 RC1.2\nc RC2.1 RC2.1")
    key = tag(log, "b", "aisyah", "RC1.2")
    tag(log, "b", "ben", "RC2.1")
    tag(log, "b", "aisyah", "RC2.1", supersedes=key)
    assert figure(agreement(log, round=ROUND), "raw")["value"] == 1


def test_without_a_round_everybody_s_latest_tag_of_a_case_counts(log):
    judged(log, "a RC1.2 RC1.2")
    tag(log, "a", "ben", "RC2.1", round="")
    found = agreement(log)
    assert figure(found, "raw")["value"] == 0
    assert found["note"].str.contains("may have seen").all()


def test_a_round_that_was_not_blind_says_so(log):
    judged(log, SIX, is_blind=False)
    assert agreement(log, round=ROUND)["note"].str.contains("not from a blind round").all()


def test_few_items_are_marked_as_a_hint(log):
    judged(log, SIX)
    assert agreement(log, round=ROUND)["note"].str.contains("fewer than 30 items").all()


def many(n, wrong=5):
    """So many cases by aisyah and ben, who differ on each `wrong`-th."""
    return "\n".join(
        f"c{i:03d} {'RC1.2' if i % 2 else 'RC2.1'} {'RC3.1' if i % wrong == 0 else 'RC1.2' if i % 2 else 'RC2.1'}"
        for i in range(n)
    )


def test_enough_items_are_not_marked(log):
    judged(log, many(FEW))
    assert agreement(log, round=ROUND)["note"].tolist() == [""] * 5


def test_two_people_are_compared_from_thirty_items_on(log):
    judged(log, many(FEW))
    for i in range(FEW - 1):
        tag(log, f"c{i:03d}", "chloe", "RC1.2")
    found = agreement(log, round=ROUND, by="pair")
    assert found["group"].unique().tolist() == ["aisyah · ben", "aisyah · chloe", "ben · chloe"]
    assert figure(found, "raw", "aisyah · ben")["value"] == pytest.approx(0.8)
    assert np.isnan(figure(found, "kappa_cohen", "ben · chloe")["value"])
    assert figure(found, "kappa_cohen", "ben · chloe")["items"] == FEW - 1
    assert "not compared" in figure(found, "kappa_cohen", "ben · chloe")["note"]


def test_people_who_share_no_case_are_no_pair(log):
    judged(log, "a RC1.2 RC1.2 .\nb RC1.2 . .\nc . . RC1.2")
    assert agreement(log, round=ROUND, by="pair")["group"].unique().tolist() == ["aisyah · ben"]


def test_each_cause_is_held_against_all_others(log):
    judged(log, SIX)
    found = agreement(log, round=ROUND, level=2, by="cause")
    assert found["group"].tolist() == ["RC1.2", "RC2.1", "RC2.3", "RC3.1"]
    assert figure(found, "alpha", "RC3.1")["value"] == 1
    # given to d, where both said so; e has a single rating
    assert figure(found, "alpha", "RC3.1")["items"] == 1
    two = [[0, 0], [0, 1], [1, 1], [0, 0], [1, 1]]
    two[2] = [1, 0]
    assert figure(found, "alpha", "RC2.1")["value"] == pytest.approx(krippendorff_alpha(two).value)


def test_markets_are_apart_and_cases_without_one_stand_last(log):
    judged(log, SIX)
    cases = pd.DataFrame({"case_id": list("abcdef"), "market": ["SG", "SG", "ID", "ID", None, None]})
    found = agreement(log, round=ROUND, by="market", cases=cases)
    assert found["group"].unique().tolist() == ["ID", "SG", "(not known)"]
    assert figure(found, "raw", "SG")["value"] == pytest.approx(0.5)
    assert figure(found, "raw", "(not known)")["items"] == 1


def test_a_group_needs_its_column(log):
    judged(log, SIX)
    for cases in (None, pd.DataFrame({"case_id": ["a"]})):
        with pytest.raises(ParameterError, match="columns case_id and content_language"):
            agreement(log, round=ROUND, by="content_language", cases=cases)


@pytest.mark.parametrize("asked", [{"by": "vendor"}, {"level": 3}])
def test_what_agreement_cannot_be_by_is_refused(log, asked):
    with pytest.raises(ParameterError, match="at level 1 or 2"):
        agreement(log, **asked)


def test_a_round_that_is_not_there_is_refused(log):
    for look in (agreement, confusion, progress):
        with pytest.raises(ParameterError, match="There is no round"):
            look(log, round="2026-99")


def test_no_tags_give_no_figures(log):
    found = agreement(log)
    assert found["value"].isna().all()
    assert found["note"].str.startswith("no item has two ratings").all()
    assert agreement(log, by="cause").empty
    assert agreement(log, by="pair").empty
    assert confusion(log).empty


def test_pairs_of_causes_are_counted_once_in_the_order_of_the_taxonomy(log):
    judged(log, SIX + "    g RC2.1 RC1.2 RC2.1\n    h RC10.1 RC2.1 .\n")
    found = confusion(log, round=ROUND, level=2)
    assert list(found.itertuples(index=False, name=None)) == [
        ("RC1.2", "RC1.2", 1),
        ("RC1.2", "RC2.1", 3),
        ("RC2.1", "RC2.1", 2),
        ("RC2.1", "RC2.3", 1),
        ("RC2.1", "RC10.1", 1),
        ("RC3.1", "RC3.1", 1),
    ]


def test_disputes_stand_with_the_worst_first(log):
    judged(
        log,
        """
        a  RC1.2  RC1.2
        b  RC2.1  RC2.3
        c  RC1.2  RC2.1
        d  RC1.2  RC3.1
        e  RC1.2  -
        """,
    )
    cases = pd.DataFrame({"case_id": list("abcde"), "severity": ["S3", "S3", "S0", "S2", None]})
    found = disputed(log, ROUND, cases=cases)
    assert found["case_id"].tolist() == ["d", "c", "b"]
    assert found["level"].tolist() == [1, 1, 2]
    assert found["causes"].tolist()[0] == ["RC1.2", "RC3.1"]
    assert found["taggers"].tolist()[0] == ["aisyah", "ben"]


def test_among_equally_grave_disputes_the_unsure_come_first(log):
    judged(log, "a RC1.2 RC1.2")
    for case, confidence in (("x", "high"), ("y", "low"), ("z", "medium")):
        tag(log, case, "aisyah", "RC1.2", confidence=confidence)
        tag(log, case, "ben", "RC2.1", confidence="high")
    assert disputed(log, ROUND)["case_id"].tolist() == ["y", "z", "x"]
    assert disputed(log, ROUND)["confidence"].tolist() == ["low", "medium", "high"]


def test_a_dispute_that_was_settled_is_none(log):
    judged(log, "a RC1.2 RC2.1\nb RC1.2 RC3.1")
    tag(log, "a", "mei", "RC2.1", round=adjudication_of(ROUND))
    assert disputed(log, ROUND)["case_id"].tolist() == ["b"]
    tag(log, "b", "mei", "", round=adjudication_of(ROUND))  # whoever settles may skip: then it is not settled
    assert disputed(log, ROUND)["case_id"].tolist() == ["b"]


def test_nothing_in_dispute_is_an_empty_list_with_its_columns(log):
    judged(log, "a RC1.2 RC1.2")
    found = disputed(log, ROUND)
    assert found.empty
    assert list(found) == ["case_id", "level", "causes", "taggers", "severity", "confidence"]


def test_in_a_blind_round_a_person_sees_only_their_own(log):
    judged(log, "a RC1.2 RC2.1")
    tag(log, "a", "chloe", "RC4.1", round="")
    tag(log, "a", "aisyah", "RC4.1", round="")
    found = open_round(log, "second", pd.DataFrame({"case_id": ["a"], "raters": [["aisyah"]]}), author="mei", at=AT)
    assert visible(log, found, person="aisyah", case_id="a").empty
    tag(log, "a", "aisyah", "RC2.1", round="second")
    assert visible(log, found, person="aisyah", case_id="a")["cause"].tolist() == ["RC2.1"]


def test_whoever_adjudicates_sees_both_sides_and_what_was_settled(log):
    judged(log, "a RC1.2 RC2.1")
    tag(log, "a", "mei", "RC2.1", round=adjudication_of(ROUND))
    tag(log, "a", "chloe", "RC4.1", round="")
    found = visible(log, round_of(log, ROUND), person="mei", case_id="a", adjudicates=True)
    assert found["tagger"].tolist() == ["aisyah", "ben", "mei"]


def test_progress_counts_what_is_left_and_ranks_nobody(log):
    judged(log, SIX)
    tag(log, "g", "ben", "RC1.2")  # not a case of the round
    tag(log, "c", "ben", "", kind="flag")
    found = progress(log, ROUND).set_index("person")
    assert found.index.tolist() == ["aisyah", "ben", "chloe"]
    assert found.loc["ben"].to_dict() == {"assigned": 5, "tagged": 4, "skipped": 1, "flagged": 1, "left": 0}


def test_progress_says_what_nobody_has_looked_at_yet(log):
    assigned = pd.DataFrame({"case_id": list("ab"), "raters": [["ben", "mei"]] * 2})
    open_round(log, ROUND, assigned, author="mei", at=AT)
    tag(log, "a", "ben", "RC1.2")
    assert progress(log, ROUND)["left"].tolist() == [1, 2]


@settings(max_examples=30, deadline=None)
@given(
    order=st.permutations(range(12)),
    causes=st.lists(st.sampled_from(["RC1.2", "RC2.1", "RC2.3", "."]), min_size=36, max_size=36),
)
def test_the_order_in_which_tags_were_made_changes_no_figure(order, causes, tmp_path_factory):
    text = [f"c{i} {' '.join(causes[3 * i : 3 * i + 3])}" for i in range(12) if set(causes[3 * i : 3 * i + 3]) != {"."}]
    figures = []
    for lines in (text, [text[i] for i in order if i < len(text)]):
        folder = tmp_path_factory.mktemp("log")
        with open_store(folder / "records.sqlite") as store:
            log = TagLog(store, taxonomy_of(Casebook(folder, "casebook")))
            if lines:
                judged(log, "\n".join(lines))
            figures.append(agreement(log, level=2))
    pd.testing.assert_frame_equal(*figures)


def test_peoples_tags_are_the_latest_of_each_person(log):
    judged(log, "a RC1.2 RC2.1")
    tag(log, "a", "ben", "RC2.3", round="")
    assert people_tags(judgements(log))["cause"].tolist() == ["RC1.2", "RC2.3"]
    assert people_tags(judgements(log), ROUND)["cause"].tolist() == ["RC1.2", "RC2.1"]


def test_what_came_later_changes_no_figure_as_of_a_past_moment(log):
    judged(log, SIX)
    count = log.store.head("tags")[0]
    before = (agreement(log, round=ROUND), confusion(log, round=ROUND), disputed(log, ROUND))
    tag(log, "a", "aisyah", "RC4.1", supersedes="k0")
    assert len(disputed(log, ROUND)) == len(before[2]) + 1
    then = (agreement(log, round=ROUND, until=count), confusion(log, round=ROUND, until=count))
    for frame, earlier in zip((*then, disputed(log, ROUND, until=count)), before, strict=True):
        pd.testing.assert_frame_equal(frame, earlier)
