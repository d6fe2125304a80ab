"""A suggestion says why and how often such a one was right; it is measured without looking ahead, and never tags."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from tests.support.samples import shared_sample
from tskit import Scope
from tskit.cases import load
from tskit.causes import judgements, open_log, record, settled
from tskit.causes.precision import Measured, Precision, measure
from tskit.causes.suggest import SIMILAR, Suggestion, precision_table, suggester, votes
from tskit.errors import ParameterError
from tskit.model import Casebook, Tag

CANARY = "xq-canary-7731"
MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
KINDS = {
    "double": ("RC2.1", "P-SCAM", "The host promises to double your money within {} days, pay by link"),
    "song": ("RC5.2", "P-IP", "My recording number {} is used in this playlist without any licence"),
}
RULE = """
[rules.pays-by-link]
cause = "RC2.1"
reason = "the report speaks of paying by link"
text = { contains = ["pay by link"] }
[rules.of-the-rule]
cause = "RC5"
reason = "it is about recordings"
where = { policy_id = "P-IP" }
[rules.by-queue]
cause = "RC4.1"
reason = "in a queue"
known = ["queue"]
"""


def case_id(kind, number):
    return f"{kind}{number:02}"


@pytest.fixture(scope="module")
def case_set(tmp_path_factory):
    """Return 40 cases of two kinds, and one that may not be handled here."""
    tmp_path = tmp_path_factory.mktemp("book")
    head = 'name = "t"\n[sources.main]\ncases = "cases.csv"\nprofile = "canonical"\n'
    rule = '[[withheld]]\nwhere = { policy_id = "P-CHILD" }\nroute = "Elsewhere."\n'
    (tmp_path / "casebook.toml").write_text(head + rule, encoding="utf-8")
    lines = ["case_id,created_at,status,is_closed,policy_id,market,subject,description"]
    for kind, (_, policy, text) in KINDS.items():
        lines += [
            f'{case_id(kind, n)},2026-03-02T00:00:00Z,open,false,{policy},SG,{CANARY},"{text.format(n)}"'
            for n in range(20)
        ]
    lines.append(f'hidden,2026-03-02T00:00:00Z,open,false,P-CHILD,SG,{CANARY},"{KINDS["double"][2]}"')
    (tmp_path / "cases.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "rules.toml").write_text(RULE, encoding="utf-8")
    return load(Scope(), casebook=Casebook.read(tmp_path))


@pytest.fixture
def log(tmp_path):
    return open_log(Casebook(tmp_path, "t"))


def tag(log, case, cause, *, minutes, tagger="aisyah", round_name=""):
    at = MORNING + timedelta(minutes=minutes)
    record(log, Tag(case, cause, tagger, at, key=f"{case}-{tagger}-{minutes}", round=round_name))


def tag_all(log, *, to=14, **rest):
    for kind, (cause, _, _) in KINDS.items():
        for number in range(to):
            tag(log, case_id(kind, number), cause, minutes=2 * number + (kind == "song"), **rest)


def test_a_suggestion_has_its_reason_and_its_precision(case_set, log):
    tag_all(log)
    made = suggester(case_set, log)
    found = {one.source: one for one in made.suggest("double19")}
    assert found.keys() == {SIMILAR, "rule:pays-by-link"}
    similar = found[SIMILAR]
    assert similar.cause == "RC2.1"
    assert similar.reason.startswith("9 of the 9 most similar tagged cases were RC2.1: double")
    # The first two of a kind have fewer than two votes behind them.
    assert (similar.n, similar.precision) == (12, 1.0)
    assert similar.precision_low == pytest.approx(0.7575, abs=1e-4)  # Wilson's interval of 12 / 12
    rule = found["rule:pays-by-link"]
    assert rule.reason == "rule pays-by-link: the report speaks of paying by link"
    assert (rule.n, rule.precision) == (14, 1.0)


def test_a_rule_of_level_1_is_right_for_the_causes_below_it(case_set, log):
    tag_all(log)
    found = {one.source: one for one in suggester(case_set, log).suggest("song19")}
    assert (found["rule:of-the-rule"].cause, found["rule:of-the-rule"].precision) == ("RC5", 1.0)


def test_what_was_right_more_often_comes_first_and_what_was_never_measured_last(case_set, log):
    for number in range(14):
        tag(
            log, case_id("double", number), "RC1.1", minutes=number
        )  # so that the rule, which says RC2.1, is never right
    assert [(one.source, one.precision) for one in suggester(case_set, log).suggest("double19")] == [
        (SIMILAR, 1.0),
        ("rule:pays-by-link", 0.0),
    ]
    tag(log, "song00", "RC1.1", minutes=99)
    assert [one.precision for one in suggester(case_set, log).suggest("song19")] == [None]


def test_under_ten_past_tags_there_is_no_share(case_set, log):
    tag_all(log, to=9)
    found = {one.source: one for one in suggester(case_set, log).suggest("double19")}
    assert (found["rule:pays-by-link"].n, found["rule:pays-by-link"].precision) == (9, None)
    assert found["rule:pays-by-link"].precision_low is None
    assert (found[SIMILAR].n, found[SIMILAR].precision) == (7, None)


def test_a_case_s_own_tag_plays_no_part_in_what_is_suggested_for_it(case_set, log):
    def similar():
        return [
            (one.cause, one.reason) for one in suggester(case_set, log).suggest("double02") if one.source == SIMILAR
        ]

    tag(log, "double00", "RC2.1", minutes=0)
    tag(log, "double02", "RC2.1", minutes=1)
    assert similar() == []  # with its own it would have two votes
    tag(log, "double01", "RC2.1", minutes=2)
    ((cause, reason),) = similar()
    assert (cause, reason.partition(":")[0]) == ("RC2.1", "2 of the 2 most similar tagged cases were RC2.1")
    assert "double02" not in reason


def test_only_what_was_settled_before_is_asked_when_precision_is_measured(case_set, log):
    # Every earlier case of the kind was RC1.1, every later one is RC2.1: looking back, the votes are wrong until the
    # later ones are the majority; looking ahead, they would have been right earlier.
    for number in range(12):
        tag(log, case_id("double", number), "RC1.1" if number < 6 else "RC2.1", minutes=number)
    table = precision_table(suggester(case_set, log)).set_index(["source", "cause"])
    # Cases 2 to 11 have two or more behind them; RC1.1 is suggested for all of them and right for 2 to 5.
    assert table.loc[(SIMILAR, "RC1.1"), ["n", "right"]].tolist() == [10, 4]
    # RC2.1 has two votes from case 8 on, and a third of those asked (at most nine) from case 9 on.
    assert table.loc[(SIMILAR, "RC2.1"), ["n", "right"]].tolist() == [3, 3]


def test_tags_made_at_the_same_moment_know_nothing_of_each_other(case_set, log):
    for number in range(14):
        tag(log, case_id("double", number), "RC2.1", minutes=0)
    table = precision_table(suggester(case_set, log)).set_index(["source", "cause"])
    assert table.loc[(SIMILAR, ""), "n"] == 0


def test_disputed_cases_neither_vote_nor_count(case_set, log):
    tag_all(log, to=12)
    for number in range(12):
        tag(log, case_id("double", number), "RC1.1", minutes=100 + number, tagger="ben")
    made = suggester(case_set, log)
    assert [one.source for one in made.suggest("double19")] == ["rule:pays-by-link"]
    assert made.suggest("double19")[0].n == 0


def test_a_round_that_is_still_blind_can_be_left_out(case_set, log):
    tag_all(log, round_name="2026-10")
    assert suggester(case_set, log, leave_out="2026-10").suggest("double19")[0].n == 0
    assert {one.source for one in suggester(case_set, log).suggest("double19")} == {SIMILAR, "rule:pays-by-link"}


def test_a_moment_in_the_past_knows_the_tags_of_then(case_set, log):
    tag_all(log)
    made = suggester(case_set, log, until=MORNING + timedelta(minutes=2))
    assert made.suggest("double19")[0].n <= 2


def test_what_may_not_be_handled_gets_no_suggestion_and_makes_none(case_set, log):
    tag_all(log)
    tag(log, "hidden", "RC1.1", minutes=999)
    made = suggester(case_set, log)
    assert made.suggest("hidden") == []
    assert made.suggest("nobody") == []
    assert not any("hidden" in one.reason for one in made.suggest("double19"))


def test_nothing_that_is_shown_holds_what_a_case_says(case_set, log):
    tag_all(log)
    made = suggester(case_set, log)
    shown = [repr(made), repr(made.suggest("double19")), precision_table(made).to_csv(), str(made.precision)]
    assert not any(CANARY in text or "double your" in text for text in shown)


def test_suggesting_writes_no_tag(case_set, log):
    tag_all(log)
    before = log.store.head("tags")
    made = suggester(case_set, log)
    for kind in KINDS:
        made.suggest(case_id(kind, 19))
    precision_table(made)
    assert log.store.head("tags") == before


def test_no_code_here_can_write_a_tag():
    for name in ("suggest", "similar", "precision", "rules", "rules_file"):
        source = (Path(__file__).parents[3] / "tskit" / "causes" / f"{name}.py").read_text(encoding="utf-8")
        assert not any(word in source for word in ("record(", ".append(LOG", "draft_of", "import record"))


def test_the_tags_of_rules_never_count(case_set, log):
    tag_all(log, tagger="rule:ours")
    assert suggester(case_set, log).suggest("double19")[0].n == 0


def test_the_table_says_why_a_figure_is_missing(case_set, log):
    tag_all(log, to=12)
    table = precision_table(suggester(case_set, log)).set_index(["source", "cause"])
    assert table.loc[("rule:by-queue", ""), "note"] == "the source lacks queue"
    assert table.loc[("rule:pays-by-link", "RC2.1"), ["n", "right", "precision"]].tolist() == [12, 12, 1.0]
    assert table.loc[("rule:pays-by-link", "RC2.1"), "name"] != ""
    assert table.loc[(SIMILAR, "RC2.1"), "precision"] == 1.0


def test_without_any_tag_the_rules_speak_alone(case_set, log):
    assert suggester(case_set, log).suggest("double19") == [
        Suggestion("RC2.1", "rule pays-by-link: the report speaks of paying by link", "rule:pays-by-link")
    ]


def test_a_rule_that_does_not_hold_up_stops_everything(case_set, log, tmp_path):
    (tmp_path / "rules.toml").write_text("[rules.x]\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="rule 'x'"):
        suggester(replace(case_set, casebook=Casebook(tmp_path, "t")), log)


def test_votes_need_two_and_a_third_of_those_asked():
    ids = [f"c{number}" for number in range(12)]
    likeness = np.linspace(0.9, 0.35, 12, dtype="float32")
    causes = dict(zip(ids, ["A", "B", "B", "C", "C", "C", "D", "D", "D", "A", "A", "A"], strict=True))
    assert votes(ids, likeness, causes, without="c0") == [
        ("C", ["c3", "c4", "c5"], 9),
        ("D", ["c6", "c7", "c8"], 9),
    ]
    assert votes(ids[:1], likeness[:1], causes, without="") == []
    assert votes(ids, likeness * 0.1, causes, without="") == []


def test_precision_is_counted_by_hand(log):
    tag(log, "double00", "RC2.1", minutes=0)
    tag(log, "double01", "RC1.1", minutes=1)
    made = measure(
        [("double00", "s", "RC2.1"), ("double01", "s", "RC2.1"), ("x", "s", "RC2.1")], settled(log), log.taxonomy
    )
    assert made == Precision({("s", "RC2.1"): Measured(1, 2), ("s", ""): Measured(1, 2)})


def test_on_the_sample_the_cluster_is_recognised_from_the_tags_of_imperfect_people(tmp_path_factory, tmp_path):
    folder = copytree(shared_sample(tmp_path_factory, cases=40_000), tmp_path / "book")
    casebook = Casebook.read(folder)
    case_set, log = load(Scope(source="main"), casebook=casebook), open_log(casebook)
    made = suggester(case_set, log)
    said = judgements(log)
    cluster = set(said[said["trigger"] == "RC7.2"]["case_id"])
    assert len(cluster) >= 8
    named = [
        case for case in cluster if any(one.source == SIMILAR and one.cause == "RC5.2" for one in made.suggest(case))
    ]
    assert len(named) >= 0.9 * len(cluster)
    held = made.precision.of(SIMILAR, "RC5.2")
    assert held.n >= 10
    assert held.low > 0.4
