import pytest

from tskit.causes import BRANCHES, taxonomy_of
from tskit.errors import ParameterError, SourceError
from tskit.model import Casebook

CHILDREN = {
    "RC1": 4, "RC2": 3, "RC3": 4, "RC4": 4, "RC5": 4, "RC6": 4, "RC7": 4, "RC8": 4, "RC9": 4, "RC10": 3, "RC0": 2,
}  # fmt: skip


@pytest.fixture
def taxonomy(tmp_path):
    """Return a function that writes a casebook's own file, unless it is empty, and reads the taxonomy."""

    def read(text=""):
        if text:
            (tmp_path / "taxonomy.toml").write_text(text, encoding="utf-8")
        return taxonomy_of(Casebook(tmp_path, "book"))

    return read


def test_the_bundled_taxonomy_holds_every_cause_of_both_levels(taxonomy):
    causes = taxonomy()
    assert causes.ids(1) == tuple(CHILDREN)
    assert causes.ids(2) == tuple(f"{parent}.{n + 1}" for parent, count in CHILDREN.items() for n in range(count))


def test_every_bundled_cause_says_what_it_is_with_an_example(taxonomy):
    causes = taxonomy().causes
    assert [c.id for c in causes if not (c.name and c.definition and c.example)] == []
    assert len({c.name for c in causes}) == len(causes)


def test_every_bundled_cause_hangs_on_a_branch_but_the_undetermined_ones(taxonomy):
    causes = taxonomy()
    assert [c.id for c in causes.causes if c.branch not in BRANCHES] == ["RC0", "RC0.1", "RC0.2"]
    branches = {
        "RC1": "Method",
        "RC2.3": "Method",
        "RC3": "People",
        "RC8.2": "People",
        "RC4": "Machine",
        "RC5": "Machine",
    }
    branches |= {
        "RC6": "Material",
        "RC7": "Material",
        "RC9": "Measurement",
        "RC8.1": "Environment",
        "RC10.1": "Environment",
    }
    assert {cause: causes.get(cause).branch for cause in branches} == branches


def test_what_is_outside_our_control_is_a_trigger_and_what_a_reviewer_did_needs_a_why(taxonomy):
    causes = taxonomy().causes
    assert {c.id.partition(".")[0] for c in causes if c.is_trigger} == {"RC7", "RC10"}
    assert {c.id.partition(".")[0] for c in causes if c.needs_why} == {"RC3"}


def test_a_casebook_changes_one_field_and_adds_a_cause_after_its_siblings(taxonomy):
    own = (
        '[causes."RC2.1"]\nexample = "Ours."\n[causes."RC2.4"]\nname = "Quiz"\ndefinition = "The quiz asks for less."\n'
    )
    causes = taxonomy(own)
    assert causes.get("RC2.1").example == "Ours."
    assert causes.get("RC2.1").name == "Guideline missing or outdated"
    assert causes.ids()[5:10] == ("RC2", "RC2.1", "RC2.2", "RC2.3", "RC2.4")
    assert causes.get("RC2.4").branch == "Method"


def test_a_casebook_can_replace_the_taxonomy(taxonomy):
    own = 'mode = "replace"\n[causes.A]\nname = "Ours"\ndefinition = "All of it."\n'
    assert taxonomy(own).ids() == ("A",)


def test_the_version_follows_the_content_and_not_the_layout(taxonomy):
    bundled = taxonomy().version
    entries = [f'[causes."RC2.{n}"]\nname = "N{n}"\ndefinition = "D."\n' for n in (7, 8)]
    one = taxonomy("".join(entries)).version
    other = taxonomy("# a remark\n\n" + "\n\n".join(reversed(entries)).replace('"D."', '" D.  "')).version
    assert one == other
    assert one != bundled
    assert taxonomy('[causes."RC2.1"]\nexample = "Ours."\n').version not in (one, bundled)


def test_a_retired_cause_is_not_offered_and_still_readable(taxonomy):
    causes = taxonomy('[causes."RC3.4"]\nis_retired = true\n')
    assert "RC3.4" not in causes.ids()
    assert causes.name("RC3.4") == "Fatigue or wellbeing"


def test_what_belongs_to_a_retired_cause_is_retired_with_it(taxonomy):
    causes = taxonomy("[causes.RC9]\nis_retired = true\n")
    assert causes.get("RC9.3").is_retired


def test_a_renamed_cause_is_carried_on_through_every_step(taxonomy):
    causes = taxonomy('[renamed]\n"RC2.8" = "RC2.9"\n"RC2.9" = "RC2.3"\n"RC1.2" = "RC1.1"\n')
    assert causes.carry("RC2.8", "an older one") == "RC2.3"
    assert causes.level1("RC2.8") == "RC2"
    assert causes.name("RC2.8") == "Calibration drift"
    assert "RC1.2" not in causes.ids()


def test_an_id_of_another_taxonomy_stands_for_itself(taxonomy):
    causes = taxonomy()
    assert (causes.carry("X4.2"), causes.name("X4.2"), causes.level1("X4.2")) == ("X4.2", "X4.2", "X4")
    assert "X4.2" not in causes


def test_an_unknown_cause_is_refused_with_the_nearest(taxonomy):
    with pytest.raises(ParameterError, match=r"There is no cause 'RC2.l'. Did you mean 'RC2"):
        taxonomy().get("RC2.l")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[cause.RC1]\n", "unknown table 'cause'. Did you mean 'causes'?"),
        ('mode = "add"\n', 'mode is "extend"'),
        ("causes = 3\n", "causes is a table"),
        ('[causes.rc1]\nname = "x"\n', "cause 'rc1': an id is written as"),
        ('[causes.RC1.2]\nname = "x"\n', "cause 'RC1' has an unknown field '2'. Write .causes.\"RC1.2\""),
        ("[causes]\nRC1 = 3\n", "cause 'RC1': write it as a table"),
        ('[causes."RC1.2"]\nnames = "x"\n', "cause 'RC1.2' has an unknown field 'names'. Did you mean 'name'?"),
        ('[causes."RC1.2"]\nname = 3\n', "cause 'RC1.2': name is a text"),
        ('[causes."RC1.2"]\nname = "a\\nb"\n', "cause 'RC1.2': name is a text of one line"),
        ('[causes."RC1.2"]\nbranch = "Money"\n', "cause 'RC1.2': branch is one of Method, People"),
        ('[causes."RC1.2"]\nis_retired = "yes"\n', "cause 'RC1.2': is_retired is true or false"),
        ('[causes."RC2.9"]\nname = "x"\n', "cause 'RC2.9' has no definition"),
        ('[causes."RC77.1"]\nname = "x"\ndefinition = "y"\n', "cause 'RC77.1': there is no RC77 that it would belong to"),
        ('[renamed]\n"RC2.8" = 3\n', "'RC2.8' in \\[renamed\\] needs a text"),
        ('[renamed]\n"RC2.8" = "RC2.l"\n', "'RC2.8' leads to 'RC2.l'. Did you mean 'RC2"),
        ('[renamed]\n"RC2.8" = "RC2.9"\n"RC2.9" = "RC2.8"\n', "RC2.8 -> RC2.9 -> RC2.8 goes round in a circle"),
        ('[renamed]\n"RC2.1" = "RC2.1"\n', "RC2.1 -> RC2.1 goes round"),
        ('[renamed]\n"RC2.1" = "RC7.1"\n', "'RC2.1' and RC7.1 play different roles"),
        ('[causes."RC2.1"]\nis_retired = true\n[renamed]\n"RC2.8" = "RC2.1"\n', "'RC2.8' leads to RC2.1, which is retired"),
        ('[causes."RC2.1"]\nname = "x"\n[renamed]\n"RC2.1" = "RC2.2"\n', "RC2.1 is both listed and renamed"),
        ('mode = "replace"\n', "leaves no cause to tag"),
    ],
)  # fmt: skip
def test_an_entry_that_does_not_hold_up_is_refused_by_file_and_name(taxonomy, text, said):
    with pytest.raises(ParameterError, match=f"taxonomy.toml.*{said}"):
        taxonomy(text)


def test_a_file_that_is_not_toml_is_refused_by_name(taxonomy):
    with pytest.raises(SourceError, match=r"taxonomy.toml is not a TOML file"):
        taxonomy("[causes\n")


def test_a_file_that_cannot_be_read_is_no_reason_to_take_the_bundled_one(tmp_path):
    (tmp_path / "taxonomy.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="in UTF-8"):
        taxonomy_of(Casebook(tmp_path, "book"))
