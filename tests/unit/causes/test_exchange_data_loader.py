from datetime import UTC, datetime, timedelta

import pytest

from tskit.causes import loadable, loader_fields, open_log, record
from tskit.errors import ParameterError
from tskit.model import Casebook, Tag

MORNING = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
FULL = "500D0000001abcDIAQ"


@pytest.fixture
def book(tmp_path):
    return Casebook(tmp_path, "book")


def write(book, *tags):
    log = open_log(book)
    for n, (case_id, tagger, cause, more) in enumerate(tags):
        record(log, Tag(case_id, cause, tagger, MORNING + timedelta(minutes=n), key=f"k{n}", **more))
    return log


def test_a_settled_case_becomes_a_row_with_custom_fields(book):
    more = {"contributing": ("RC1.1", "RC4.2"), "trigger": "RC7.2", "confidence": "high", "note": "a note"}
    found = loadable(write(book, (FULL, "aisyah", "RC2.1", more)), loader_fields(book))
    assert found.text == (
        "Id,Root_Cause__c,Root_Cause_L1__c,Contributing_Causes__c,Trigger__c,Root_Cause_Confidence__c,Tagged_At__c\n"
        f"{FULL},RC2.1,RC2,RC1.1;RC4.2,RC7.2,high,2026-10-05T01:00:00.000Z\n"
    )


def test_what_is_disputed_or_no_case_of_salesforce_is_kept_apart_and_counted(book):
    log = write(
        book, (FULL, "aisyah", "RC2.1", {}), ("CASE-7", "aisyah", "RC2.1", {}),
        ("500D0000001abcEIAQ", "aisyah", "RC2.1", {}), ("500D0000001abcEIAQ", "ben", "RC2.2", {}),
    )  # fmt: skip
    found = loadable(log, loader_fields(book))
    assert (found.cases, found.disputed, found.elsewhere) == (1, 1, 1)
    assert found.text.count("\n") == 2


def test_a_case_under_its_short_and_its_full_id_is_one_row(book):
    log = write(book, (FULL, "aisyah", "RC2.1", {}), (FULL[:15], "aisyah", "RC1.1", {}))
    assert loadable(log, loader_fields(book)).text.splitlines()[1:] == [
        f"{FULL},RC1.1,RC1,,,medium,2026-10-05T01:01:00.000Z"
    ]


def test_an_empty_log_gives_the_names_of_the_fields(book):
    assert loadable(open_log(book), loader_fields(book)).text.count("\n") == 1


def test_a_casebook_names_its_own_fields_and_leaves_some_out(book):
    own = '[data_loader]\ncause = "RCA__c"\ncause_l1 = ""\ntrigger = ""\ntagged_at = "RCA_At__c"\n'
    (book.root / "taxonomy.toml").write_text(own, encoding="utf-8")
    log = write(book, (FULL, "aisyah", "RC2.1", {"trigger": "RC7.1"}))
    assert loadable(log, loader_fields(book)).text == (
        "Id,RCA__c,Contributing_Causes__c,Root_Cause_Confidence__c,RCA_At__c\n"
        f"{FULL},RC2.1,,medium,2026-10-05T01:00:00.000Z\n"
    )


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('causes = "RCA__c"', "unknown column 'causes'. Did you mean 'cause'"),
        ('cause = "Root Cause"', "cause names a field by letters"),
        ('cause = "Trigger__C"', "the same field for two columns"),
        ("cause = 3", "needs a text"),
    ],
)
def test_fields_that_cannot_be_are_refused(book, own, said):
    (book.root / "taxonomy.toml").write_text(f"[data_loader]\n{own}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=f"taxonomy.toml.*{said}"):
        loader_fields(book)
