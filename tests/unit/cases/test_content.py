"""Case text goes through one door, and what may not be handled here was never behind it."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tskit import Scope
from tskit.cases import all_contents, contents, load, withheld_routes
from tskit.errors import ParameterError
from tskit.model import Casebook

KEYWORD = "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"
SOURCE = '[sources.main]\ncases = "cases.csv"\nprofile = "canonical"\n'
RULE = '[[withheld]]\nwhere = { policy_id = "P-CHILD" }\nroute = "Go to the other desk."\n'


def case_set(folder, text, *, rules=""):
    (folder / "casebook.toml").write_text('name = "t"\n' + SOURCE + rules, encoding="utf-8")
    (folder / "cases.csv").write_text(text, encoding="utf-8")
    return load(Scope(), casebook=Casebook.read(folder))


CASES = f"""case_id,created_at,status,is_closed,policy_id,dsa_keywords,subject,description
a,2026-03-02T01:00:00Z,open,false,P-SPAM,,one,first text
b,2026-03-02T02:00:00Z,open,false,P-CHILD,,two,second text
c,2026-03-02T03:00:00Z,open,false,P-SPAM,{KEYWORD},three,third text
d,2026-03-02T04:00:00Z,open,false,P-SPAM,,,
"""


def test_a_withheld_case_shows_its_route_and_its_text_is_in_no_file(tmp_path):
    found = case_set(tmp_path, CASES, rules=RULE)
    shown = contents(found, ["a", "b", "c", "d", "nobody"])
    assert (shown["a"].subject, shown["a"].description, shown["a"].is_withheld) == ("one", "first text", False)
    assert (shown["b"].description, shown["b"].route) == ("", "Go to the other desk.")
    assert shown["c"].is_withheld
    assert "child-safety workflow" in shown["c"].route
    assert (shown["d"].description, shown["d"].is_withheld, shown["nobody"].description) == ("", False, "")
    assert pq.read_table(found.text_path)["case_id"].to_pylist() == ["a"]
    for path in found.text_path.parent.rglob("*.parquet"):
        if path.name != "rejected.parquet":
            assert b"second text" not in path.read_bytes()


def test_all_contents_leave_out_what_is_withheld(tmp_path):
    frame = all_contents(case_set(tmp_path, CASES, rules=RULE))
    assert frame["case_id"].tolist() == ["a"]
    assert list(frame.columns) == ["case_id", "subject", "description"]


def test_the_account_says_how_many_cases_are_withheld(tmp_path):
    notes = " ".join(case_set(tmp_path, CASES, rules=RULE).quality.notes)
    assert "The content of 2 cases may not be handled here" in notes


def test_a_rule_that_cannot_be_applied_withholds_all_text(tmp_path):
    rule = RULE.replace("policy_id", "abuse_type_reported")
    found = case_set(tmp_path, CASES, rules=rule)
    assert all(one.is_withheld for one in contents(found, ["a", "b", "c"]).values())
    assert all_contents(found).empty
    assert "lacks abuse_type_reported" in " ".join(found.quality.notes)


def test_a_source_with_none_of_the_columns_keeps_no_text(tmp_path):
    bare = "case_id,created_at,status,is_closed,subject\na,2026-03-02T01:00:00Z,open,false,one\n"
    found = case_set(tmp_path, bare, rules=RULE)
    assert contents(found, ["a"])["a"].route == "Go to the other desk."
    assert all_contents(found).empty


def test_a_new_rule_makes_the_load_anew(tmp_path):
    assert set(withheld_routes(case_set(tmp_path, CASES), None)) == {"c"}
    assert set(withheld_routes(case_set(tmp_path, CASES, rules=RULE), None)) == {"b", "c"}


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (RULE.replace("policy_id", "polcy_id"), "policy_id"),
        (RULE.replace('{ policy_id = "P-CHILD" }', "{}"), "needs where"),
        (RULE.replace("policy_id", "owner_id"), "owner_id"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(tmp_path, rule, hint):
    with pytest.raises(ParameterError, match=hint):
        case_set(tmp_path, CASES, rules=rule)


def test_content_shows_nothing_of_itself(tmp_path):
    shown = contents(case_set(tmp_path, CASES), ["a"])
    assert "first text" not in repr(shown)
    assert "one" not in repr(shown["a"])


def test_a_source_without_text_has_empty_contents(tmp_path):
    bare = "\n".join(",".join(line.split(",")[:4]) for line in CASES.splitlines())
    found = case_set(tmp_path, bare)
    assert contents(found, ["a"])["a"].description == ""
    assert isinstance(all_contents(found), pd.DataFrame)


BROKEN = CASES.replace("b,2026-03-02T02:00:00Z", "b,soon")


@pytest.mark.parametrize(
    ("rules", "text"), [(RULE, BROKEN), ("", BROKEN), (RULE, BROKEN.replace(",dsa_keywords", ",tags"))]
)
def test_a_row_that_was_kept_apart_keeps_no_text_where_a_rule_could_mean_it(tmp_path, rules, text):
    found = case_set(tmp_path, text, rules=rules)
    rows = pq.read_table(found.text_path.with_name("rejected.parquet")).to_pylist()
    assert [(row["column"], row["reason"], row["raw"]) for row in rows] == [("created_at", "not_a_time", None)]
    assert found.text_path.with_name("rejected.parquet").stat().st_mode & 0o777 == 0o600
    for path in found.text_path.parent.rglob("*"):
        assert path.is_dir() or b"second text" not in path.read_bytes()


def test_a_row_that_was_kept_apart_keeps_its_record_where_no_rule_can_mean_it(tmp_path):
    found = case_set(tmp_path, BROKEN.replace(",dsa_keywords", ",tags"))
    rows = pq.read_table(found.text_path.with_name("rejected.parquet")).to_pylist()
    assert "second text" in rows[0]["raw"]
