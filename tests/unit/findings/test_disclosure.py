"""What leaves the team tells no small count, and nothing from which one could be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.findings.covered_words import covered_sentence
from tskit.findings.disclosure import HIDDEN, covered_figure, covered_table
from tskit.stats import wilson


def made(rows, *columns, **more):
    listed = [dict(zip(("name", "unit"), column, strict=True)) for column in columns]
    return {"key": "k", "title": "T", "caption": "", "role": "", "columns": listed, "rows": rows, **more}


def covered(rows, *columns, **more):
    return covered_table(made(rows, *columns, **more), smallest=5)["rows"]


NAMED = ("queue", ""), ("value", "cases")


def test_a_count_below_the_smallest_cell_is_covered_and_zero_is_not():
    rows = [["a", 3], ["b", 4.0], ["c", 0], ["d", 5], ["e", None]]
    assert covered(rows, *NAMED) == [["a", "<5"], ["b", "<5"], ["c", 0], ["d", 5], ["e", None]]


def test_a_single_small_count_takes_the_next_smallest_with_it():
    """The total stands elsewhere on the page: 3 = 62 - 50 - 9."""
    assert covered([["a", 3], ["b", 50], ["c", 9]], *NAMED) == [["a", "<5"], ["b", 50], ["c", HIDDEN]]


def test_a_row_with_a_small_count_loses_its_other_figures():
    columns = (*NAMED, ("before", "cases"), ("change", "share"), ("said", ""))
    rows = [["a", 3, 40, -0.925, "\u221292.5 % (one of few)"], ["b", 2, 90, -0.98, "steady"]]
    assert covered(rows, *columns) == [["a", "<5", 40, HIDDEN, HIDDEN], ["b", "<5", 90, HIDDEN, "steady"]]


def test_a_share_of_few_or_with_few_is_hidden():
    columns = ("week", "date"), ("value", "share"), ("low", "share"), ("n", "cases")
    rows = [
        ["w1", 0.5, 0.1, 4],
        ["w2", 0.02, 0.0, 100],
        ["w3", 0.5, 0.4, 3],
        ["w4", 0.2, 0.1, 100],
        ["w5", 0.0, 0.0, 90],
    ]
    assert covered(rows, *columns) == [
        ["w1", HIDDEN, HIDDEN, "<5"],
        ["w2", HIDDEN, HIDDEN, 100],
        ["w3", HIDDEN, HIDDEN, "<5"],
        rows[3],
        rows[4],
    ]


def test_counts_that_were_printed_already_are_covered_with_their_intervals():
    assert covered([["Backlog", "3", "1 to 8"]], ("metric", ""), ("now", ""), ("interval", "")) == [
        ["Backlog", "<5", HIDDEN]
    ]


def test_a_table_without_small_counts_stays_as_it_is():
    table = made([["a", 50]], *NAMED)
    assert covered_table(table, smallest=5) == table


def test_the_account_of_the_data_stays():
    assert covered([["Rows kept apart", "3"]], ("what", ""), ("number", ""), key="data_quality") == [
        ["Rows kept apart", "3"]
    ]


def test_single_cases_are_not_listed():
    table = covered_table(made([[{"case_id": "c1"}, "SG"]], ("case_id", ""), ("market", ""), role="cases"), smallest=5)
    assert table["rows"] == []
    assert "not listed" in table["caption"]


def test_rows_that_name_people_are_left_out_and_the_caption_says_so():
    table = covered_table(made([["aisyah", 40]], ("person", ""), ("tagged", "cases"), role="people"), smallest=5)
    assert table["rows"] == []
    assert table["caption"] == "Nobody is named in this copy; the team's own copy says who."


def test_a_tile_with_a_small_count_tells_neither_it_nor_its_change_nor_its_course():
    names = ("label", "value", "unit", "text", "change", "spark")
    columns = [(name, "") for name in names]
    few, some = (
        ["Backlog", 3, "cases", "3", "\u221240 %", [5, 4, 3]],
        ["Opened", 90, "cases", "90", "+2 %", [80, 85, 90]],
    )
    assert covered([few, some], *columns, role="headlines") == [["Backlog", None, "cases", "<5", HIDDEN, []], some]


def test_the_interval_of_a_small_count_is_not_told_either():
    columns = [(name, "") for name in ("label", "value", "unit", "text", "change", "low", "high")]
    few = ["Backlog", 3, "cases", "3", "", 1.0, 7.0]
    assert covered([few], *columns, role="headlines") == [["Backlog", None, "cases", "<5", HIDDEN, None, None, []]]


@pytest.mark.parametrize(
    ("k", "n", "is_hidden"),
    [
        (0, 400, False),
        (2, 400, True),
        (4, 4000, True),
        (5, 400, False),
        (400, 400, False),
        (3, 3, True),
        (30, 60, False),
    ],
)
def test_a_share_whose_interval_gives_away_a_small_count_is_hidden_with_all_that_tells_of_it(k, n, is_hidden):
    columns = [(name, "") for name in ("label", "value", "unit", "text", "change", "low", "high", "spark")]
    low, high = wilson(k, n)
    tile = ["Breaches", k / n, "share", "x %", "+1 point (0 to 2 points)", float(low), float(high), [0.1, 0.2]]
    hidden = ["Breaches", None, "share", HIDDEN, HIDDEN, None, None, []]
    assert covered([tile], *columns, role="headlines") == [hidden if is_hidden else tile]


def test_a_chart_that_draws_a_small_count_is_left_out_with_the_words_that_say_it():
    figure = {
        "key": "f",
        "title": "t",
        "alt": "a 3, b 9",
        "caption": "a 3",
        "spec": {"mark": "bar"},
        "narrow": {"mark": "bar"},
    }
    few = covered_figure({**figure, "table": made([["a", 3], ["b", 9]], *NAMED)}, smallest=5)
    assert (few["spec"], few["narrow"]) == ({}, {})
    assert "3" not in few["alt"] + few["caption"].replace("hidden", "").replace("from 1 to 4", "")
    many = {**figure, "table": made([["a", 30]], *NAMED)}
    assert covered_figure(many, smallest=5) == many


def test_sentences_lose_small_counts_of_cases_and_keep_other_numbers():
    said = covered_sentence(
        "1 case of severity S3; A: 7 against 3 expected; B rose to 40 from 2 (12 expected).", smallest=5
    )
    assert said == (
        "Fewer than 5 cases of severity S3; A: 7 against fewer than 5 expected; B rose to 40 from fewer than 5 (12 expected)."
    )
    kept = "From 5 October to 1 November, in 3 of 7 queues, 2 days, 4.5 h, 14 cases, S3, rose by 3 %, to 3 points"
    assert covered_sentence(kept, smallest=5) == kept


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("A day. 1 case is open.", "A day. Fewer than 5 cases are open."),
        ("1 decision to act was overturned", "Fewer than 5 decisions to act were overturned"),
        ("Missed: resolution target (1 case).", "Missed: resolution target (fewer than 5 cases)."),
        (
            "24 cases, 1 missed hand-off, 1 wrong takedown",
            "24 cases, fewer than 5 missed hand-offs, fewer than 5 wrong takedowns",
        ),
        ("Past their target: 1 of 24 cases.", "Past their target: fewer than 5 of 24 cases."),
        ("2 of 1,300 open cases", "Fewer than 5 of 1,300 open cases"),
        ("where 0.27 are usual and up to 2 no surprise", "where 0.27 are usual and up to 2 no surprise"),
        ("The case was open, 12 cases were not", "The case was open, 12 cases were not"),
    ],
)
def test_a_covered_sentence_still_reads_as_one(said, covered):
    assert covered_sentence(said, smallest=5) == covered


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("13 decisions under version 2026-03, 1 overturned", "13 decisions under version 2026-03, fewer than 5 overturned"),
        (
            "Of the 8 decisions most like these, 1 differs in something on record and 2 named another version.",
            "Of the 8 decisions most like these, fewer than 5 differ in something on record and fewer than 5 named another version.",
        ),
        ("Of 5 answered appeals 1 was accepted (20.0 %, 0.5 to 71.6 %).", "Of 5 answered appeals fewer than 5 were accepted (share hidden)."),
        ("Late (statutory, 46 cases): 2 missed it, the first on Sunday 1 November 2026.", "Late (statutory, 46 cases): fewer than 5 missed it, the first on Sunday 1 November 2026."),
        ("Decided by automation: 0 of 13 in full, 1 in part; reported as threats (2).", "Decided by automation: 0 of 13 in full, fewer than 5 in part; reported as threats (fewer than 5)."),
        ("1 of 13 decisions was appealed: 1 reversed in full or in part", "Fewer than 5 of 13 decisions were appealed: fewer than 5 reversed in full or in part"),
        ("Standing now: content removed in 14, account closed in 2, content blocked in 1 and 1 more.", "Standing now: content removed in 14, account closed in fewer than 5, content blocked in fewer than 5 and fewer than 5 more."),
        ("Of 19 answered appeals 3 were accepted (15.8\u202f%, 3.4 to 39.6\u202f%).", "Of 19 answered appeals fewer than 5 were accepted (share hidden)."),
        ("9 of 80 cases decided: 5 with action, 3 duplicate and 1 without action.", "9 of 80 cases decided: 5 with action, fewer than 5 duplicate and fewer than 5 without action."),
        ("They were not decided alike: 101 action, 8 partial and 2 invalid.", "They were not decided alike: 101 action, some partial and fewer than 5 invalid."),
        ("Targets: 1 of 4 missed over all; drift and 3 more", "Targets: 1 of 4 missed over all; drift and 3 more"),
        ("On Sunday 1 was quiet, and version 2 is in force", "On Sunday 1 was quiet, and version 2 is in force"),
    ],
)  # fmt: skip
def test_what_became_of_a_few_is_covered_as_well(said, covered):
    assert covered_sentence(said, smallest=5) == covered


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("Of the cases 23 in Malaysia and 1 in Singapore.", "Of the cases some in Malaysia and fewer than 5 in Singapore."),
        (
            "Of the cases 20 in A, 9 in B, 8 in C, 7 in D and 2 elsewhere.",
            "Of the cases 20 in A, 9 in B, 8 in C, some in D and fewer than 5 elsewhere.",
        ),
        ("Of the cases 2 in Malaysia and 1 in Singapore.", "Of the cases fewer than 5 in Malaysia and fewer than 5 in Singapore."),
        (
            "Of 24 cases 23 are decided, 12 of them with an action that stands; still open: 1 case.",
            "Of 24 cases some are decided, 12 of them with an action that stands; still open: fewer than 5 cases.",
        ),
        (
            "Actions that stand: content removed (1,400 cases), restricted (6 cases), account closed (4 cases).",
            "Actions that stand: content removed (1,400 cases), restricted (some cases), account closed (fewer than 5 cases).",
        ),
        (
            "Appealed: 9 decisions; upheld: 6, overturned: 3, pending: none.",
            "Appealed: 9 decisions; upheld: some, overturned: fewer than 5, pending: none.",
        ),
        ("1 action rests on the law and 12 actions rest on our own terms.", "Fewer than 5 actions rest on the law and some actions rest on our own terms."),
    ],
)  # fmt: skip
def test_the_other_parts_of_a_whole_do_not_give_a_covered_one_away(said, covered):
    values = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 23}
    assert covered_sentence(said, smallest=5, values=values) == covered


def test_the_rest_of_a_whole_is_told_nowhere_in_the_same_text():
    values = {"cases": 1_401, "decided": 1_400, "open": 1, "wrong": 6}
    assert covered_sentence("Threats: 1,400 decisions, 6 overturned", smallest=5, values=values) == (
        "Threats: some decisions, 6 overturned"
    )


def test_what_a_text_quotes_is_covered_wherever_it_stands_and_names_are_left():
    said = "Tier 2: 1, and 3 from Region 2; 2 items, 2 min, on 2 November."
    values = {"region": "Region 2", "team": "Tier 2", "one": 1, "two": 2, "count": 3}
    assert covered_sentence(said, smallest=5, values=values) == (
        "Tier 2: fewer than 5, and fewer than 5 from Region 2; 2 items, 2 min, on 2 November."
    )
    assert (
        covered_sentence("1 case of 3 things", smallest=5, values={"market": "1", "b": 1})
        == "Fewer than 5 cases of 3 things"
    )


def test_a_row_that_adds_up_gives_nothing_back():
    """Open, late, due now, due later, and a last row for all: 13 = 6 + 2 + 5."""
    columns = ("severity", ""), ("open", "cases"), ("late", "cases"), ("now", "cases"), ("later", "cases")
    rows = [["S1", 13, 6, 2, 5], ["S0", 30, 10, 10, 10], ["all", 43, 16, 12, 15]]
    for row in covered(rows, *columns):
        assert sum(cell in {"<5", HIDDEN} for cell in row[1:]) != 1
    for column in list(zip(*covered(rows, *columns), strict=True))[1:]:
        assert sum(cell in {"<5", HIDDEN} for cell in column) != 1


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8), st.integers(2, 20))
def test_no_small_count_is_left_and_none_can_be_had_from_the_total(counts, smallest):
    shown = covered_table(made([[str(n) + "x", c] for n, c in enumerate(counts)], *NAMED), smallest=smallest)["rows"]
    numbers = [cell for _, cell in shown if isinstance(cell, int)]
    assert all(number == 0 or number >= smallest for number in numbers)
    missing = len(counts) - len(numbers)
    assert missing != 1 or sum(c > 0 for c in counts) == 1
