from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.causes import open_log, record, settled, undo
from tskit.causes.entries import draft_of
from tskit.causes.judgements import frame_of
from tskit.causes.settled import settled_of
from tskit.causes.taxonomy import Taxonomy
from tskit.model import Casebook, Tag
from tskit.records import Entry

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def hold(tmp_path):
    """Return a function that records lines `case person cause [name=value ...]` a minute apart and settles them."""
    log = open_log(Casebook(tmp_path, "book"))

    def settle(*lines):
        for number, line in enumerate(lines, start=1):
            case_id, person, cause, *rest = line.split()
            more = dict(pair.split("=") for pair in rest)
            if "contributing" in more:
                more["contributing"] = tuple(more["contributing"].split(","))
            at = MORNING + timedelta(minutes=number)
            if cause == "undo":
                undo(log, tagger=person, at=at, **more)
            elif cause in ("skip", "flag"):
                record(log, Tag(case_id, "", person, at, cause, key=f"{case_id}-{number}", **more))
            else:
                record(log, Tag(case_id, cause, person, at, key=f"{case_id}-{number}", evidence="QA form", **more))
        return settled(log)

    return settle


def rows(frame, *columns):
    return [
        tuple(v if isinstance(v, list) or not pd.isna(v) else None for v in row)
        for row in frame[list(columns)].itertuples(index=False)
    ]


def test_one_row_a_case_says_how_it_was_settled(hold):
    found = hold(
        "c1 aisyah RC2.1",
        "c2 aisyah RC2.1", "c2 ben RC2.1",
        "c3 aisyah RC2.1", "c3 ben RC2.2",
        "c4 aisyah RC2.1", "c4 ben RC1.1",
        "c5 aisyah RC2.1", "c5 ben RC1.1", "c5 chloe RC1.2 round=adjudication:2026-10",
    )  # fmt: skip
    assert rows(found, "case_id", "cause", "cause_l1", "raters", "how") == [
        ("c1", "RC2.1", "RC2", 1, "single"),
        ("c2", "RC2.1", "RC2", 2, "agreed"),
        ("c3", None, "RC2", 2, "disputed"),
        ("c4", None, None, 2, "disputed"),
        ("c5", "RC1.2", "RC1", 2, "adjudicated"),
    ]


def test_the_latest_of_a_person_counts_whatever_the_round(hold):
    found = hold("c1 aisyah RC2.1 round=2026-10", "c1 ben RC1.1 round=2026-10", "c1 aisyah RC1.1")
    assert rows(found, "cause", "raters", "how", "round") == [("RC1.1", 2, "agreed", "")]


def test_the_round_is_said_where_all_share_it(hold):
    found = hold("c1 aisyah RC2.1 round=2026-10", "c1 ben RC2.1 round=2026-10")
    assert rows(found, "round") == [("2026-10",)]


def test_the_latest_adjudication_wins_and_stays_when_people_go_on(hold):
    found = hold(
        "c1 aisyah RC2.1", "c1 ben RC1.1", "c1 dao RC1.2 round=adjudication",
        "c1 chloe RC1.3 round=adjudication:x confidence=high", "c1 aisyah RC1.1",
    )  # fmt: skip
    assert rows(found, "cause", "how", "raters", "round", "confidence") == [
        ("RC1.3", "adjudicated", 2, "adjudication:x", "high")
    ]


def test_an_adjudication_that_is_taken_back_leaves_the_dispute(hold):
    found = hold("c1 a RC2.1", "c1 b RC1.1", "c1 d RC1.2 round=adjudication", "c1 d undo key=c1-3")
    assert rows(found, "cause", "how") == [(None, "disputed")]


def test_an_adjudication_alone_has_no_raters(hold):
    assert rows(hold("c1 dao RC1.2 round=adjudication"), "raters", "how") == [(0, "adjudicated")]


def test_rules_skips_and_flags_settle_nothing(hold):
    assert len(hold("c1 rule:dup RC2.1", "c2 aisyah skip", "c3 aisyah flag")) == 0
    found = hold("c9 rule:dup RC2.1", "c9 aisyah RC1.1", "c9 ben skip")
    assert rows(found, "cause", "raters", "how") == [("RC1.1", 1, "single")]


def test_what_more_than_half_name_contributes_or_is_the_trigger(hold):
    found = hold(
        "c1 a RC2.1 contributing=RC4.1,RC1.1 trigger=RC7.1", "c1 b RC2.1 contributing=RC1.1 trigger=RC7.2",
        "c1 c RC2.1 contributing=RC1.1,RC4.1 trigger=RC7.1", "c2 a RC2.1 contributing=RC4.1", "c2 b RC2.1 trigger=RC7.1",
        "c3 a RC2.1 contributing=RC4.1,RC1.1 trigger=RC10.1",
    )  # fmt: skip
    assert rows(found, "contributing", "trigger") == [
        (["RC1.1", "RC4.1"], "RC7.1"),
        ([], ""),
        (["RC4.1", "RC1.1"], "RC10.1"),
    ]


def test_confidence_is_the_lowest_and_the_time_the_latest(hold):
    found = hold("c1 a RC2.1 confidence=high", "c1 b RC2.1 confidence=low", "c1 c RC2.1 confidence=medium")
    assert rows(found, "confidence", "tagged_at") == [("low", MORNING + timedelta(minutes=3))]


def test_the_columns_are_there_without_a_row(hold):
    empty = hold()
    assert len(empty) == 0
    assert dict(hold("c1 a RC2.1").dtypes) == dict(empty.dtypes)


_JUDGED = st.tuples(
    st.sampled_from(["c1", "c2"]),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["RC1", "RC1.1", "RC1.2", "RC2.1"]),
    st.sampled_from(["", "r", "adjudication:r"]),
)


def _settle(judged):
    tags = [Tag(c, cause, who, MORNING, round=r, key=f"k{n}") for n, (c, who, cause, r) in enumerate(judged)]
    drafts = [draft_of(tag) for tag in tags]
    found = [
        Entry(n, "tags", d.kind, d.subject, d.author, d.at, d.key, "", d.body, "", "") for n, d in enumerate(drafts, 1)
    ]
    return settled_of(frame_of(found, Taxonomy("v", ())))


@settings(max_examples=40, deadline=None)
@given(st.lists(_JUDGED, max_size=8))
def test_settling_follows_the_rule_for_any_judgements(judged):
    """The rule once more, case by case in plain Python."""
    expected = []
    for case_id in sorted({case for case, *_ in judged}):
        mine = [(who, cause, r) for case, who, cause, r in judged if case == case_id]
        final = [cause for _, cause, r in mine if r.startswith("adjudication")]
        latest = {who: cause for who, cause, r in mine if not r.startswith("adjudication")}
        causes = set(latest.values())
        parents = {cause.partition(".")[0] for cause in causes}
        if final:
            row = (final[-1], final[-1].partition(".")[0], "adjudicated")
        elif len(causes) == 1:
            row = (*causes, *parents, "agreed" if len(latest) > 1 else "single")
        else:
            row = (None, *(parents if len(parents) == 1 else {None}), "disputed")
        expected.append((case_id, *row, len(latest)))
    assert rows(_settle(judged), "case_id", "cause", "cause_l1", "how", "raters") == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(_JUDGED, max_size=6), st.randoms(use_true_random=False))
def test_cases_settle_independently_of_each_other(judged, chance):
    alone = [
        row for case in ("c1", "c2") for row in rows(_settle([j for j in judged if j[0] == case]), "case_id", "cause")
    ]
    assert rows(_settle(judged), "case_id", "cause") == alone
