"""Whose judgement is whose: nobody takes back, replaces or imitates another's."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from tskit.causes import history, import_file, judgements, open_log, open_round, record, settled, undo, written
from tskit.causes.people import look_alike, refuse_look_alike
from tskit.errors import DataError, ParameterError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
EVE = {"case_id": "c1", "tagger": "eve", "tagged_at": "2026-10-06T00:00:00Z"}


@pytest.fixture
def log(tmp_path):
    found = open_log(Casebook(tmp_path, "t"))
    record(found, tag(1))
    return found


@pytest.fixture
def put(tmp_path, log):
    def write(*rows, by=""):
        path = tmp_path / "given.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return import_file(log, path, by=by)

    return write


def tag(n, case_id="c1", tagger="ben", **rest):
    return Tag(case_id, "RC2.1", tagger, MORNING + timedelta(minutes=n), **{"key": f"k{n}", **rest})


FORGED = {
    "takes it back": EVE | {"kind": "undo", "supersedes": "k1"},
    "replaces it": EVE | {"cause": "RC1.1", "supersedes": "k1", "key": "e1"},
    "replaces it in another case": EVE
    | {"case_id": "c2", "tagger": "ben", "cause": "RC1.1", "supersedes": "k1", "key": "e1"},
    "waits for one that is not there yet": EVE | {"kind": "undo", "supersedes": "k99"},
    "takes its key": EVE | {"cause": "RC1.1", "key": "k1"},
    "takes the key that taking it back needs": EVE | {"cause": "RC1.1", "key": "undo:k1"},
}


@pytest.mark.parametrize("how", FORGED)
def test_no_file_touches_what_somebody_else_judged(log, put, how):
    before = history(log, "c1")
    with pytest.raises(DataError, match="Line 1"):
        put(FORGED[how])
    assert history(log, "c1").equals(before)


def test_nobody_records_over_another_person_or_case(log):
    for case_id, tagger in (("c1", "eve"), ("c2", "ben")):
        with pytest.raises(ParameterError, match="same person"):
            record(log, tag(2, case_id, tagger, supersedes="k1"))
    with pytest.raises(ParameterError, match="another judgement"):
        record(log, tag(2, tagger="eve", key="k1"))
    with pytest.raises(ParameterError, match="begin with"):
        record(log, tag(2, tagger="eve", key="undo:k1"))
    assert undo(log, key="k1", tagger="ben", at=MORNING).key == "k1"
    assert judgements(log).empty


def test_a_file_may_bring_others_judgements_and_the_log_keeps_who_brought_them(log, put):
    put(EVE | {"cause": "RC1.1", "key": "e1"}, EVE | {"kind": "undo", "supersedes": "e1"}, by="mallory")
    assert written(log)["brought_by"].tolist() == ["", "mallory", "mallory"]
    assert judgements(log)["tagger"].tolist() == ["ben"]
    assert put(EVE | {"cause": "RC1.1", "key": "e1"}, by="somebody").known == 1


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u200d"])
def test_a_name_holds_nothing_that_cannot_be_seen(log, hidden):
    for names in ({"tagger": f"b{hidden}en"}, {"round": f"r{hidden}1"}):
        with pytest.raises(ParameterError, match="hidden ones"):
            record(log, tag(2, case_id="c2", **names))


@pytest.mark.parametrize("name", ["Ben", "b\u0435n", "B\u0415N", "\uff42\uff45\uff4e"])
def test_one_person_cannot_agree_with_themselves_under_a_name_that_looks_the_same(log, put, name):
    with pytest.raises(ParameterError, match="'ben'"):
        refuse_look_alike(log, name)
    with pytest.raises(DataError, match="look alike"):
        put(EVE | {"tagger": name, "cause": "RC2.1"})
    assert settled(log)["raters"].tolist() == [1]
    refuse_look_alike(log, "ben")


def test_names_of_different_people_are_told_apart():
    assert look_alike("lan", ["ian", "Lana", "\u00e1n"]) == ""
    assert look_alike("\u674e\u96f7", ["\u674e\u857e", "ben"]) == ""
    assert look_alike("Jos\u00e9", ["Jose\u0301"]) == "Jose\u0301"


@pytest.mark.parametrize("people", [["chloe", "Chloe"], ["chloe", "Ben"], ["chloe", "chlo\u0435"]])
def test_a_round_gives_no_case_to_one_person_twice(log, people):
    sample = pd.DataFrame({"case_id": ["c1"], "raters": [people]})
    with pytest.raises(ParameterError, match=r"look.? like"):
        open_round(log, "r1", sample, author="ben", at=MORNING)
    assert open_round(log, "r1", sample.assign(raters=[["ben", "chloe"]]), author="ben", at=MORNING).people == (
        "ben",
        "chloe",
    )


def test_two_spellings_in_one_file_are_refused(put):
    with pytest.raises(DataError, match="look alike"):
        put(EVE | {"cause": "RC1.1"}, EVE | {"case_id": "c2", "tagger": "Eve", "cause": "RC1.1"})
