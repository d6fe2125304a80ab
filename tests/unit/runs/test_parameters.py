from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.errors import ParameterError
from tskit.runs.parameters import check, is_secret_name, read, read_file, read_pairs

CELL = """\
market: str = ""  # one market; empty for all
start: str = ""  # first day
end: str = ""  # last day
metric: str = "cases_opened"  # what is measured
by: list[str] = []  # split by
top: int = 5  # how many
share: float = 0.5  # a share
is_draft: bool = False  # mark it
"""
KNOWN = read(CELL)
CANARY = "canary-7f3a"


def refused(values, **rest):
    with pytest.raises(ParameterError) as caught:
        check(values, KNOWN, **rest)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_a_cell_is_read_with_types_defaults_and_help():
    assert [(p.name, p.kind, p.default) for p in KNOWN][4:6] == [("by", "list[str]", []), ("top", "int", 5)]
    assert KNOWN[0].help == "one market; empty for all"


def test_a_hash_inside_a_default_is_not_help():
    (parameter,) = read('title: str = "a # b"  # the # of it')
    assert (parameter.default, parameter.help) == ("a # b", "the # of it")


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("import os", "Line 1"),
        ("market = ''", "Line 1"),
        ("market: str", "Line 1"),
        ("market: str = None", "not of its type"),
        ("market: str | None = ''", "str | None"),
        ("market: dict = {}", "dict"),
        ("top: int = True", "not of its type"),
        ("top: int = 2 + 3j + f()", "not a literal"),
        ("top: int = ", "not Python"),
    ],
)
def test_a_line_that_is_no_literal_with_a_type_is_refused(line, part):
    with pytest.raises(ParameterError, match="parameter") as caught:
        read(line)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("market", "ID", "ID"),
        ("top", " 7", 7),
        ("top", "-7", -7),
        ("share", "1", 1.0),
        ("share", 1, 1),
        ("is_draft", "yes", True),
        ("is_draft", "FALSE", False),
        ("by", "market, queue,", ["market", "queue"]),
        ("by", ["market"], ["market"]),
        ("by", "", []),
        ("start", "2026-03-01", "2026-03-01"),
        ("start", "", ""),
    ],
)
def test_text_becomes_the_declared_type(name, text, value):
    converted = check({name: text}, KNOWN)[name]
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top", CANARY),
        ("top", "1.5"),
        ("top", True),
        ("share", "nan"),
        ("share", float("inf")),
        ("is_draft", CANARY),
        ("is_draft", 1),
        ("market", ["a", CANARY]),
        ("market", None),
        ("market", {"a": CANARY}),
        ("by", 5),
        ("by", [CANARY, 5]),
        ("start", CANARY),
        ("start", "2026-02-30"),
        ("start", "20260301"),
        ("end", "31/03/2026"),
        ("market", f"{CANARY}\nimport os"),
        ("market", f"{CANARY}\x1b[2J"),
        ("market", f"{CANARY}\u202e"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_without_being_shown(name, value):
    assert repr(name) in refused({name: value})


def test_an_unknown_name_is_refused_with_the_nearest():
    assert refused({"markte": "ID"}) == "There is no parameter 'markte'. Did you mean 'market'?"


@pytest.mark.parametrize("name", ["x=1;import os", "a b", "", "class", "__import__('os')", "a\nb", "market\x00"])
def test_a_name_that_could_be_code_is_refused(name):
    assert "one word" in refused({name: "1"})


@pytest.mark.parametrize("name", ["password", "db_pwd", "API_KEY", "sf_token", "client_secret", "credentials", "auth"])
def test_a_secret_is_refused_and_sent_to_the_keyring(name):
    assert "keyring" in refused({name: CANARY})


@pytest.mark.parametrize(
    "value",
    [
        f"postgresql://me:{CANARY}@db/cases",
        "AKIAABCDEFGHIJKLMNOP",
        f"password={CANARY}",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_a_value_that_looks_like_a_secret_is_refused(value):
    message = refused({"market": value})
    assert "keyring" in message
    assert value not in message


@pytest.mark.parametrize("name", ["market", "author", "pass_rate", "by", "keyword", "task_number", "monkey"])
def test_ordinary_names_are_no_secrets(name):
    assert not is_secret_name(name)


def test_a_value_outside_the_choices_is_refused_with_the_nearest():
    choices = {"metric": ["cases_opened", "backlog"], "by": ["market"]}
    assert "Did you mean 'backlog'?" in refused({"metric": "baklog"}, choices=choices)
    assert "Use one of: market." in refused({"by": ["market", CANARY]}, choices=choices)
    assert check({"metric": "", "by": ["market"]}, KNOWN, choices=choices)["by"] == ["market"]


def test_a_period_that_ends_before_it_starts_is_refused():
    assert "swap" in refused({"start": "2026-03-02", "end": "2026-03-01"})


def test_pairs_that_come_twice_make_a_list_and_values_keep_their_equals_signs():
    assert read_pairs(["by=market", "by=queue", "by=site", "market=a=b"]) == {
        "by": ["market", "queue", "site"],
        "market": "a=b",
    }


def test_a_pair_without_an_equals_sign_is_refused_unseen():
    with pytest.raises(ParameterError) as caught:
        read_pairs([CANARY])
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.toml", 'market = "ID"\nstart = 2026-03-01\ntop = 2\n'),
        ("p.yaml", "market: ID\nstart: 2026-03-01\ntop: 2\n"),
        ("p.json", '{"market": "ID", "start": "2026-03-01", "top": 2}'),
    ],
)
def test_a_file_gives_the_same_whatever_its_format(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert check(read_file(tmp_path / name), KNOWN) == {"market": "ID", "start": "2026-03-01", "top": 2}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.toml", f"{CANARY} = ="),
        ("p.yaml", f"{CANARY}: [1"),
        ("p.yml", "!!python/object/apply:os.system ['true']"),
        ("p.json", f'["{CANARY}"]'),
        ("p.json", CANARY),
        ("p.ini", CANARY),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_unseen(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"p\.") as caught:
        read_file(tmp_path / name)
    assert CANARY not in str(caught.value)
    with pytest.raises(ParameterError, match="no readable file"):
        read_file(tmp_path / "none.toml")


@given(st.text(), st.one_of(st.text(), st.integers(), st.lists(st.text()), st.none(), st.booleans()))
def test_whatever_is_given_is_converted_or_refused(name, value):
    for given_name in (name, "market", "by", "top"):
        try:
            found = check({given_name: value}, KNOWN)
        except ParameterError:
            continue
        assert json.loads(json.dumps(found)) == found
