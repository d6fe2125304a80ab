"""The clusters of a whole scope: what is in them, whether chance explains them, and that nothing of the text is shown."""

import random
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.support.tables import case_set_from
from tskit.errors import ParameterError
from tskit.patterns.links import KEYS, Wordings, linked
from tskit.patterns.links.bursts import Bonds
from tskit.patterns.links.clusters import joined
from tskit.patterns.links.drawing import placed
from tskit.patterns.links.ties import held_by_column, opened
from tskit.text.alike import alike

TEXT = "canary please confirm your account today or the payout of this month goes back to the sender"


def background(cases=300):
    """Return cases of half a year of which some accounts have two, months apart."""
    rows = ["case_id | created_at | subject_account_id | content_id"]
    return rows + [
        f"o{n:03d} | 2026-{1 + n % 6:02d}-{1 + n % 28:02d} | acc{n // 2 if n < 40 else n} | o{n}" for n in range(cases)
    ]


def ring():
    return [f"x{n:02d} | 2026-03-{2 + n % 5:02d} | same | i{n % 2}" for n in range(24)]


def worded(case_set, texts):
    """Return the index of some texts by case."""
    frame = case_set.cases.select("case_id", "created_at").to_pyarrow().to_pandas()
    frame = frame[frame["case_id"].isin(list(texts))].sort_values(["created_at", "case_id"])
    ids = frame["case_id"].to_numpy(dtype=object)
    micros = pd.DatetimeIndex(frame["created_at"]).as_unit("us").asi8
    return Wordings(ids, micros, alike([texts[n] for n in ids]), {n: at for at, n in enumerate(ids)})


def test_a_ring_that_comes_at_once_is_beyond_chance():
    found = linked(case_set_from("\n".join(background() + ring())))
    first = found.table.iloc[0]
    assert (first["cases"], first["reasons"], first["by_peak_cases"]) == (24, "account (24), item (24)", 24)
    assert first["is_beyond_chance"]
    assert found.statement.startswith("24 cases opened from 2 March 2026 to 6 March 2026 belong together by account")


def test_what_chance_explains_is_said_to_be_so():
    found = linked(case_set_from("\n".join(background())), least=2)
    assert not found.table["is_beyond_chance"].any()
    assert "beyond what chance explains" in found.statement or found.statement.startswith("No cases are linked")


def test_what_is_always_there_is_no_surprise():
    """One account has a case each other day: more within two weeks than any other, and nothing new."""
    rows = [f"b{n:03d} | 2026-{1 + n // 14:02d}-{1 + 2 * (n % 14):02d} | bulk | b{n}" for n in range(84)]
    found = linked(case_set_from("\n".join(background() + rows)))
    assert not found.table["is_beyond_chance"].any()


def bunched(accounts, bunches):
    """Return accounts of 24 cases, some of which have all of them within twelve days, the others one a week."""
    rows = ["case_id | created_at | subject_account_id"]
    for account in range(accounts):
        for n in range(24):
            month, day = (
                (1 + account % 6, 1 + n // 2) if account < bunches else (1 + n // 4, 1 + n % 4 * 7 + account % 7)
            )
            rows.append(f"{account:02d}-{n:02d} | 2026-{month:02d}-{day:02d} | acc{account}")
    return "\n".join(rows)


def test_a_bunch_is_no_surprise_where_every_fifth_value_has_one():
    assert linked(case_set_from(bunched(40, 1))).table["is_beyond_chance"].sum() == 1
    assert not linked(case_set_from(bunched(40, 8))).table["is_beyond_chance"].any()


def test_the_order_of_rows_changes_nothing():
    head, *rows = background() + ring()
    mixed = random.Random(1).sample(rows, len(rows))
    one, other = (linked(case_set_from("\n".join([head, *some]))) for some in (rows, mixed))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.ties, other.ties)


def test_no_case_is_in_two_clusters():
    head, *rows = background() + ring()
    extra = [f"y{n} | 2026-03-{3 + n % 3:02d} | other | i{n % 4}" for n in range(9)]
    cases = linked(case_set_from("\n".join([head, *rows, *extra])), least=2).cases
    assert cases["case_id"].is_unique
    assert (cases.groupby("cluster").size() >= 2).all()


def test_growth_is_counted_to_the_end():
    rows = ["case_id | created_at | subject_account_id"]
    rows += [f"o{n} | 2026-{1 + n % 3:02d}-{1 + n % 28:02d} | a{n}" for n in range(60)]
    rows += ["x1 | 2026-03-20 | s", "x2 | 2026-03-24 | s", "x3 | 2026-03-28 | s", "x4 | 2026-03-30 | s"]
    [row] = linked(case_set_from("\n".join(rows), as_of="2026-03-31")).table.itertuples()
    assert (row.cases, row.last_7_days_cases, row.week_before_cases) == (4, 2, 2)


def test_appeals_are_no_cases_of_a_cluster():
    rows = ["case_id | created_at | subject_account_id | record_type"]
    rows += [f"x{n} | 2026-03-0{1 + n} | same | {'appeal' if n else 'report'}" for n in range(5)]
    assert linked(case_set_from("\n".join(rows)), least=2).table.empty


@pytest.mark.parametrize("until", [datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)])
def test_of_no_case_or_one_nothing_is_claimed(until):
    cases = case_set_from("case_id | created_at | subject_account_id\na | 2026-03-01 | x\nb | 2026-03-02 | x")
    found = linked(cases, until=until)
    assert found.statement.startswith("No cases are linked")
    assert found.table.empty


def crowd(cases):
    """Return so many cases of one account within a day, between others of a year's accounts."""
    return [f"c{n:03d} | 2026-03-02 {n % 24:02d}:{n // 24:02d} | crowd | i{n}" for n in range(cases)]


@pytest.mark.parametrize(("cases", "is_told"), [(200, True), (201, False)])
def test_a_value_that_more_than_two_hundred_and_a_twentieth_of_the_cases_have_is_no_tie(cases, is_told):
    every, table = opened(case_set_from("\n".join([*background(), *crowd(cases)])), None)
    held = held_by_column(table, every, "account", "subject_account_id")
    # Twenty accounts have two cases each.
    assert len(held.case) == 40 + cases * is_told


@pytest.mark.parametrize(("cases", "is_told"), [(200, True), (201, False)])
def test_words_that_so_many_use_are_a_form_and_no_tie(cases, is_told):
    case_set = case_set_from(
        "\n".join([*background(), *(row.replace("crowd", f"own{row[:4]}") for row in crowd(cases))])
    )
    texts = {f"c{n:03d}": "please look at this episode, it asks people for their bank details" for n in range(cases)}
    found = linked(case_set, texts=worded(case_set, texts))
    assert (found.table["cases"] >= 200).any() == is_told if len(found.table) else not is_told


def test_a_column_that_is_not_there_ties_nothing():
    found = linked(case_set_from("\n".join(background())), by=KEYS | {"device": "device_id"})
    assert "device" not in found.settings["reasons"]


def test_a_cluster_of_one_is_refused():
    with pytest.raises(ParameterError, match="two cases or more"):
        linked(case_set_from("\n".join(background(3))), least=1)


def test_nearly_the_same_words_tie_cases_and_none_of_them_is_shown():
    case_set = case_set_from("\n".join(background()))
    ids = [f"o{n:03d}" for n in range(0, 300, 6) if (n % 28) < 12][:12]
    texts = worded(case_set, {case_id: f"{TEXT} {case_id}" for case_id in ids})
    found = linked(case_set, by={}, texts=texts, least=2)
    assert set(found.cases["case_id"]) == set(ids)
    assert set(found.table["by"]) == {"wording"}
    told = [repr(found), found.statement, found.table.to_csv(), found.cases.to_csv(), found.ties.to_csv()]
    assert "canary" not in "".join(told)


def bond(why, *groups):
    case = np.concatenate([np.array(group) for group in groups])
    number = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    sizes = np.array([len(group) for group in groups])
    return Bonds(why, case, number, np.ones(len(case)), sizes, sizes, sizes.astype(float), len(groups))


def test_one_case_in_common_joins_no_two_large_groups():
    made = joined([bond("account", range(10), range(9, 19))], cases=19)
    assert made.of_case.tolist() == [0] * 10 + [1] * 9


def test_groups_that_share_a_third_of_the_smaller_are_one():
    made = joined([bond("account", range(10)), bond("item", [7, 8, 9, 10, 11, 12])], cases=13)
    assert set(made.of_case.tolist()) == {0}


def test_a_long_chain_of_pairs_is_cut():
    made = joined([bond("item", *([n, n + 1] for n in range(20)))], cases=21)
    assert np.bincount(made.of_case).max() <= 6


def test_cases_stand_apart_in_the_drawing():
    cluster = np.repeat([1, 2], [5, 3])
    where = placed(cluster, np.zeros(8, dtype=int), is_hub=np.isin(np.arange(8), [0, 5]))
    assert not where.duplicated().any()
