import pytest

from tskit.errors import ParameterError
from tskit.model import Casebook, Source


def read(folder, text):
    (folder / "casebook.toml").write_text(text, encoding="utf-8")
    return Casebook.read(folder)


def test_a_source_with_an_address_is_read(tmp_path):
    book = read(
        tmp_path,
        '[sources.main]\nurl = "postgresql+psycopg://reader@host/db"\ncases = "ts.cases"\nmode = "in_place"\n'
        '[sources.main.parameters]\nsince = "2026-01-01"\n',
    )
    (source,) = book.sources
    assert (source.scheme, source.mode, dict(source.parameters)) == ("postgresql", "in_place", {"since": "2026-01-01"})


def test_salesforce_needs_no_name_of_a_table(tmp_path):
    (source,) = read(tmp_path, '[sources.org]\nurl = "salesforce://team.my.salesforce.com"\n').sources
    assert source.scheme == "salesforce"


def test_files_have_no_scheme():
    assert Source("main", "cases.csv").scheme == ""


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('mode = "inplace"\ncases = "a"', "unknown mode 'inplace'. Did you mean 'in_place'"),
        ('url = "postgresql://host/db"', "names no cases"),
        ('cases = "a"\nurl = "postgresql://reader:CANARY@host/db"', "has a secret in its url"),
        ('cases = "a"\nurl = "postgresql://host/db?password=CANARY"', "has a secret in its url"),
        ('cases = "a"\nurl = "snowflake://host/db?private_key=CANARY"', "has a secret in its url"),
        ('cases = "a"\nurl = "host/db"', "has a url that is none"),
        ('cases = "a"\nurl = "postgresql://[CANARY/db"', "has a url that is none"),
    ],
)
def test_a_source_that_cannot_be_meant_so_is_refused_without_its_secret(tmp_path, lines, told):
    with pytest.raises(ParameterError, match=r"sources\.main") as caught:
        read(tmp_path, f"[sources.main]\n{lines}\n")
    assert told in str(caught.value)
    assert "CANARY" not in str(caught.value)
