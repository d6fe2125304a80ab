"""A rule holds where all its conditions do, says why, and is refused in words where it means nothing."""

import time
from pathlib import Path

import pytest

from tests.support.tables import case_set_from
from tskit import Scope
from tskit.cases import load
from tskit.causes.rules import Hours, Rule, Says, lacks, rule_hits, says
from tskit.causes.rules_file import _BUNDLED, read_rules, rules_of
from tskit.causes.taxonomy_file import taxonomy_of
from tskit.errors import ParameterError, SourceError
from tskit.model import Casebook

CANARY = "xq-canary-7731"

DRAWN = """
case_id | severity | policy_id | decision | sla_target_at    | closed_at        | reopened_count | content_language | reviewer_language | decision_visibility | created_at
a       | S3       | P-1       | action   | 2026-03-02 10:00 | 2026-03-04 14:20 | 0              | th               | en                | X Y                 | 2026-03-02
b       | S1       | P-1       | action   | 2026-03-02 10:00 | 2026-03-04 14:20 | 2              | th               | th                | Y                   | 2026-03-02
c       | S2       |           | partial  | 2026-03-02 10:00 | 2026-03-02 09:00 | 3              | th               |                   |                     | 2026-03-02
d       |          | P-2       |          |                  |                  |                |                  | en                |                     | 2026-03-02
"""


@pytest.fixture(scope="module")
def drawn():
    return case_set_from(DRAWN)


def rule(**conditions):
    return Rule("r", "RC2.1", "because", **conditions)


@pytest.mark.parametrize(
    ("conditions", "cases"),
    [
        ({"where": {"policy_id": ("P-1",)}}, "ab"),
        ({"where": {"policy_id": ("P-1", "P-2")}}, "abd"),
        ({"where": {"decision_visibility": ("Y",)}}, "ab"),  # a list: one of its values
        ({"unless": {"policy_id": ("P-1",)}}, "cd"),  # what is unknown is not among the values
        ({"at_least": {"reopened_count": 2}}, "bc"),
        ({"at_most": {"reopened_count": 2}}, "ab"),
        ({"at_least": {"severity": "S2"}}, "ac"),  # in the order of the vocabulary
        ({"at_most": {"severity": "S2"}}, "bc"),
        ({"missing": ("policy_id",)}, "c"),
        ({"known": ("policy_id",)}, "abd"),
        ({"differ": (("content_language", "reviewer_language"),)}, "a"),  # both known, and not the same
        ({"hours": Hours("sla_target_at", "closed_at", at_least=52)}, "ab"),
        ({"hours": Hours("sla_target_at", "closed_at", at_least=53)}, ""),
        ({"hours": Hours("sla_target_at", "closed_at", at_most=0)}, "c"),  # closed before it was due
        ({"where": {"policy_id": ("P-1",)}, "at_least": {"severity": "S2"}}, "a"),  # all of them together
        ({"where": {"queue": ("q",)}}, ""),  # the source has no queues
    ],
)
def test_a_rule_points_at_the_cases_that_fulfil_all_of_it(drawn, conditions, cases):
    found = rule_hits(drawn, [rule(**conditions)])
    assert "".join(sorted(found["case_id"])) == cases


def test_the_reason_names_the_rule_and_the_hours(drawn):
    late = Rule(
        "late", "RC8.3", "closed {hours} h after it was due", hours=Hours("sla_target_at", "closed_at", at_least=24)
    )
    found = rule_hits(drawn, [late], among=["a"])
    assert found.to_dict("records") == [
        {"case_id": "a", "rule": "late", "cause": "RC8.3", "reason": "rule late: closed 52 h after it was due"}
    ]


def test_a_rule_says_what_the_source_lacks(drawn):
    asked = rule(where={"queue": ("q",)}, missing=("tier",), text=Says(("x",)))
    assert lacks(drawn, asked) == ("queue", "tier", "text")


def test_cases_named_are_looked_at_alone_however_many(drawn):
    many = ["b", *(f"other-{number}" for number in range(1_500))]
    assert rule_hits(drawn, [rule(known=("policy_id",))], among=many)["case_id"].tolist() == ["b"]
    assert rule_hits(drawn, [rule(known=("policy_id",))], among=[]).empty


@pytest.mark.parametrize(
    ("asked", "text", "is_said"),
    [
        (Says(("double your money",)), "He will DOUBLE  your\nmoney.", True),
        (Says(("double your money",)), "he will dоublе yоur mоnеy", True),  # Cyrillic o and e
        (Says(("double your money",)), "d\u200bouble your money", True),
        (Says(("sale",)), "wholesale", False),  # a word, where words are written apart
        (Says(("sale",)), "for-sale!", True),
        (Says(("scam",)), "$c4m", False),
        (Says(("scam",), leet=True), "$c4m", True),
        (Says(("แปลผิด",)), "เขาแปลผิดนะ", True),  # no word boundaries to ask for
        (Says(("詐騙",)), "這是詐騙廣告", True),
        (Says(("a", "b")), "b", True),
        (Says(matches="pay .{0,20} bank"), "PAY to the Bank", True),
        (Says(matches="^x$"), "y", False),
        (Says(("no",), matches="yes"), "yes", True),  # either
        (Says(("c++",)), "in c++ only", True),  # signs are themselves
    ],
)
def test_text_is_compared_as_it_reads(asked, text, is_said):
    assert says(asked, [text, ""]) == [is_said, False]


def test_no_pattern_runs_for_ever():
    started = time.monotonic()
    assert says(Says(matches="(a+)+$"), ["a" * 50_000 + "b"]) == [False]
    assert time.monotonic() - started < 5


CASES = f"""case_id,created_at,status,is_closed,policy_id,dsa_keywords,subject,description
a,2026-03-02T01:00:00Z,open,false,P-SPAM,,one,wrong translation {CANARY}
b,2026-03-02T02:00:00Z,open,false,P-CHILD,,two,wrong translation {CANARY}
c,2026-03-02T03:00:00Z,open,false,P-SPAM,,WRONG translation,
d,2026-03-02T04:00:00Z,open,false,P-SPAM,,,
"""
BOOK = """name = "t"
[sources.main]
cases = "cases.csv"
profile = "canonical"
[[withheld]]
where = { policy_id = "P-CHILD" }
route = "Go to the other desk."
"""


@pytest.fixture
def written(tmp_path):
    (tmp_path / "casebook.toml").write_text(BOOK, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    return load(Scope(), casebook=Casebook.read(tmp_path))


def test_text_of_withheld_cases_is_never_looked_at_nor_are_they_pointed_at(written):
    asked = [rule(text=Says(("wrong translation",))), Rule("s", "RC2.1", "because", known=("policy_id",))]
    found = rule_hits(written, asked)
    assert found[["case_id", "rule"]].to_numpy().tolist() == [
        ["a", "r"],
        ["c", "r"],
        ["a", "s"],
        ["c", "s"],
        ["d", "s"],
    ]


def test_a_reason_never_holds_what_a_case_says(written):
    found = rule_hits(written, [rule(text=Says((CANARY,)))])
    assert found["case_id"].tolist() == ["a"]
    assert CANARY not in found.to_csv()


def _rules(tmp_path, text):
    (tmp_path / "casebook.toml").write_text('name = "t"\n', encoding="utf-8")
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    book = Casebook.read(tmp_path)
    return rules_of(book, taxonomy_of(book))


GOOD = 'cause = "RC2.1"\nreason = "r"\n'


def test_a_casebook_adds_replaces_and_turns_off_rules(tmp_path):
    text = f'[rules.technical-error]\nis_off = true\n[rules.late-takedown]\n{GOOD}missing = ["queue"]\n[rules.ours]\n{GOOD}known = ["queue"]'
    rules = {rule.id: rule for rule in _rules(tmp_path, text)}
    assert "technical-error" not in rules
    assert rules["late-takedown"].missing == ("queue",)
    assert rules["ours"].known == ("queue",)
    assert "automated-miss" in rules


def test_our_own_rules_hold_up_under_our_own_taxonomy(tmp_path):
    taxonomy = taxonomy_of(Casebook(tmp_path, "t"))
    rules, off = read_rules(_BUNDLED, taxonomy)
    assert len(rules) >= 8
    assert not off


def test_our_own_rules_on_a_retired_cause_are_left_out(tmp_path):
    (tmp_path / "taxonomy.toml").write_text('[causes."RC4.2"]\nis_retired = true\n', encoding="utf-8")
    book = Casebook(tmp_path, "t")
    assert "technical-error" not in {rule.id for rule in rules_of(book, taxonomy_of(book))}


def test_a_renamed_cause_is_carried_on(tmp_path):
    (tmp_path / "taxonomy.toml").write_text('[renamed]\n"RC2.9" = "RC2.1"\n', encoding="utf-8")
    rules = _rules(tmp_path, '[rules.ours]\ncause = "RC2.9"\nreason = "r"\nknown = ["queue"]')
    assert rules[-1].cause == "RC2.1"


def test_every_kind_of_condition_is_read(tmp_path):
    text = """[rules.all]
cause = "RC2.1"
reason = "{hours} h"
where = { market = "TH", severity = ["S2", "S3"], qa_sampled = true, dq_flags = "closed_before_created" }
unless = { vendor = ["Lumen"] }
at_least = { severity = "S1", reach = 1000 }
at_most = { handle_seconds = 2.5 }
missing = ["policy_id"]
known = ["queue"]
differ = ["content_language", "reviewer_language"]
hours = { from = "created_at", to = "closed_at", at_least = 1, at_most = 2 }
text = { contains = "x", matches = "y+", leet = true }
"""
    found = _rules(tmp_path, text)[-1]
    assert found == Rule(
        "all", "RC2.1", "{hours} h",
        where={"market": ("TH",), "severity": ("S2", "S3"), "qa_sampled": (True,), "dq_flags": ("closed_before_created",)},
        unless={"vendor": ("Lumen",)}, at_least={"severity": "S1", "reach": 1000}, at_most={"handle_seconds": 2.5},
        missing=("policy_id",), known=("queue",), differ=(("content_language", "reviewer_language"),),
        hours=Hours("created_at", "closed_at", 1, 2), text=Says(("x",), "y+", leet=True),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("", "needs a cause|no condition"),
        (GOOD, "no condition"),
        ('reason = "r"\nmissing = ["queue"]', "needs a cause"),
        ('cause = "RC2.1"\nmissing = ["queue"]', "needs a reason"),
        ('cause = "RC99"\nreason = "r"\nmissing = ["queue"]', "no cause 'RC99'"),
        ('cause = "RC7.2"\nreason = "r"\nmissing = ["queue"]', "RC7.2 is a trigger"),
        ('cause = "RC2.1"\nreason = "{subject}"\nmissing = ["queue"]', "braces"),
        ('cause = "RC2.1"\nreason = "{hours}"\nmissing = ["queue"]', "braces"),
        (GOOD + 'wher = { queue = "q" }', "Did you mean 'where'"),
        (GOOD + 'where = { quue = "q" }', "Did you mean 'queue'"),
        (GOOD + 'where = "q"', "where is a table"),
        (GOOD + 'where = { severity = "S9" }', "severity is never 'S9'"),
        (GOOD + 'where = { qa_sampled = "yes" }', "takes true or false"),
        (GOOD + "where = { market = [] }", "takes a text"),
        (GOOD + 'where = { created_at = "2026" }', "hours ="),
        (GOOD + 'where = { subject = "x" }', "text ="),
        (GOOD + 'where = { owner_id = "x" }', "people apart"),
        (GOOD + "at_least = { market = 3 }", "market is a category column. Use one of:.*handle_seconds"),
        (GOOD + 'at_least = { reach = "many" }', "takes a number"),
        (GOOD + "at_least = { reach = true }", "takes a number"),
        (GOOD + 'missing = "queue"', "list of columns"),
        (GOOD + 'differ = ["queue"]', "two columns"),
        (GOOD + 'differ = ["queue", "reach"]', "same kind"),
        (GOOD + 'hours = { from = "created_at", to = "closed_at" }', "needs a number"),
        (GOOD + 'hours = { from = "created_at", to = "queue", at_least = 1 }', "hours.to: queue is a category"),
        (GOOD + 'hours = { from = "created_at", until = "closed_at", at_least = 1 }', "no key 'until' in hours"),
        (GOOD + "text = { leet = true }", "needs contains"),
        (GOOD + 'text = { contains = ["!"] }', "without a letter"),
        (GOOD + r'text = { matches = "(a)\\1" }', "no pattern of RE2"),
        (GOOD + 'text = { matches = "(?=x)" }', "no pattern of RE2"),
        (GOOD + 'text = { matches = "x*" }', "fits an empty text"),
        (GOOD + f'text = {{ matches = "{"x" * 501}" }}', "at most 500"),
    ],
)
def test_a_rule_that_does_not_hold_up_is_refused_with_its_place_and_the_fix(tmp_path, body, hint):
    with pytest.raises(ParameterError, match=hint) as refused:
        _rules(tmp_path, f"[rules.ours]\n{body}")
    assert "rules.toml, rule 'ours'" in str(refused.value)


def test_a_name_that_is_none_and_a_table_that_is_none_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="small letters"):
        _rules(tmp_path, f'[rules."Our Rule"]\n{GOOD}missing = ["queue"]')
    with pytest.raises(ParameterError, match="unknown table 'rule'"):
        _rules(tmp_path, "[rule.ours]")
    with pytest.raises(ParameterError, match="is a table"):
        _rules(tmp_path, 'rules = "x"')
    with pytest.raises(SourceError, match="not a TOML file"):
        _rules(tmp_path, "[rules")


def test_the_rules_that_the_guide_shows_hold_up(tmp_path):
    guide = (Path(__file__).parents[3] / "docs" / "how-to" / "write-suggestion-rules.md").read_text(encoding="utf-8")
    example = guide.partition("```toml\n")[2].partition("```")[0]
    rules = {rule.id: rule for rule in _rules(tmp_path, example)}
    assert {"late-takedown", "cover-art", "promises-money"} <= rules.keys()
    assert "technical-error" not in rules
    assert says(rules["promises-money"].text, ["D0uble your m0ney!", "ให้โอนผ่านลิงก์", "nothing"]) == [True, True, False]


def test_a_thai_phrase_is_of_whole_words_though_none_are_written_apart():
    eye = Says(contains=("ตา",))
    assert says(eye, ["ปวดตามาก", "ดูตารางเวลา"]) == [True, False]
