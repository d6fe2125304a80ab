"""Whatever people do in whatever order, what stands follows from the entries by a rule that fits a few lines."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.causes import export_jsonl, history, import_file, judgements, open_log, record, settled, undo
from tskit.errors import ParameterError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)

_CASES = st.sampled_from(["c1", "c1", "c2"])
_PEOPLE = st.sampled_from(["a", "b"])
_SAY = st.tuples(
    st.just("say"),
    _CASES,
    _PEOPLE,
    st.sampled_from(["RC1", "RC1.1", "RC2.1", "skip", "flag"]),
    st.sampled_from(["", "r"]),
)
_TAKE_BACK = st.tuples(st.just("undo"), st.integers(0, 11))
_AGAIN = st.tuples(st.just("again"), st.integers(0, 11))
_SLOWLY = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
_DEEDS = st.lists(_SAY | _TAKE_BACK | _AGAIN, max_size=12)


def tag_of(number, case_id, person, said, round_name):
    kind = said if said in ("skip", "flag") else "tag"
    at = MORNING + timedelta(minutes=number)
    return Tag(case_id, said if kind == "tag" else "", person, at, kind, key=f"k{number}", round=round_name)


def _take_back(log, one, stacks, *, at):
    """Take a judgement back; what others were put on top of is refused."""
    stack = next((stack for stack in stacks.values() if one.key in stack), None)
    if stack is None or stack[-1] == one.key:
        undo(log, key=one.key, tagger=one.tagger, at=at)
        (stack or [one.key]).pop()
        return
    with pytest.raises(ParameterError, match="replaced since"):
        undo(log, key=one.key, tagger=one.tagger, at=at)


def carry_out(log, deeds):
    """Do each deed, and return the keys of what stands by a model of dictionaries: each turn is a stack."""
    made, stacks = [], {}
    for number, (deed, *what) in enumerate(deeds):
        if deed == "say":
            made.append(tag_of(number, *what))
            stacks.setdefault((*what[:2], what[3], what[2] == "flag"), []).append(f"k{number}")
            record(log, made[-1])
        elif made:
            one = made[what[0] % len(made)]
            if deed == "again":
                record(log, one)
            else:
                _take_back(log, one, stacks, at=MORNING + timedelta(minutes=number))
    return sorted(stack[-1] for stack in stacks.values() if stack)


@pytest.fixture
def fresh(tmp_path_factory):
    """Return a function that opens the log of a new casebook, so that no example sees another's."""
    return lambda: open_log(Casebook(tmp_path_factory.mktemp("book"), "book"))


@settings(max_examples=30, **_SLOWLY)
@given(deeds=_DEEDS)
def test_what_stands_is_the_top_of_each_persons_stack(fresh, deeds):
    log = fresh()
    assert carry_out(log, deeds) == sorted(judgements(log)["key"])


@settings(max_examples=15, **_SLOWLY)
@given(deeds=_DEEDS)
def test_an_export_replays_to_the_same_state_at_every_moment(fresh, tmp_path_factory, deeds):
    log, other = fresh(), fresh()
    carry_out(log, deeds)
    path = tmp_path_factory.mktemp("file") / "tags.jsonl"
    path.write_text("".join(export_jsonl(log)), encoding="utf-8")
    import_file(other, path)
    count = log.store.head("tags")[0]
    for number in {0, count // 2, count}:
        shown = [judgements(one, until=number).to_dict("records") for one in (log, other)]
        assert shown[0] == shown[1]
    assert settled(log).to_dict("records") == settled(other).to_dict("records")


@settings(max_examples=15, **_SLOWLY)
@given(deeds=_DEEDS)
def test_nothing_that_was_written_is_ever_lost(fresh, deeds):
    log = fresh()
    carry_out(log, deeds)
    said = {f"k{number}" for number, (deed, *_) in enumerate(deeds) if deed == "say"}
    kept = {key for case_id in ("c1", "c2") for key in history(log, case_id)["key"]}
    assert said == {key for key in kept if not key.startswith("undo:")}
    assert log.store.verify("tags").is_whole
