"""A team's database is reached without a secret in any setting, and what is in the way is said plainly."""

import sys
from pathlib import Path

import keyring
import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DataError as RefusedValue

from tests.support.drafts import draft
from tskit.errors import SourceError
from tskit.model import Casebook
from tskit.records import open_store
from tskit.records.postgres import server_engine
from tskit.records.trouble import in_words


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)


@pytest.fixture
def connections(monkeypatch):
    """Return what the driver is asked for, without a server."""
    asked = []

    def connect(*args, **kwargs):
        asked.append(kwargs)
        raise psycopg.OperationalError("connection failed: no answer\nmore lines")

    monkeypatch.setattr(psycopg, "connect", connect)
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://clerk:hunter2@db.example/desk",
        "postgresql+psycopg://clerk:hunter2@db.example:5433/desk?sslmode=require",
        "postgres://:hunter2@db.example/desk",
        "postgresql://clerk@db.example/desk?password=hunter2",
        "postgresql://clerk@db.example/desk?sslpassword=hunter2",
        "postgresql://clerk:p@hunter2@db.example/desk",
        "postgresql://clerk:p@hunter2/x@db.example/desk",
        "postgresql://clerk@db.example/desk?host=clerk:hunter2@db.example",
    ],
)
def test_a_url_with_a_password_is_refused_without_showing_it(url):
    with pytest.raises(SourceError, match=r"holds a password.*TSKIT_RECORDS_PASSWORD") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://db.example/desk", "not in 'mysql'"),
        ("sqlite:///records.sqlite", "not in 'sqlite'.*or the path of a file"),
        ("postgresql://db.example:port/desk", "cannot be read"),
        ("postgresql://clerk@db.example", "names no database"),
        ("://", "cannot be read"),
    ],
)
def test_a_url_that_is_none_of_records_is_refused(url, words):
    with pytest.raises(SourceError, match=words):
        open_store(url)


def test_the_password_comes_from_the_environment(connections):
    with pytest.raises(SourceError) as caught:
        open_store("postgresql://clerk@db.example/desk", environ={"TSKIT_RECORDS_PASSWORD": "hunter2"})
    assert {asked["password"] for asked in connections} == {"hunter2"}
    assert str(caught.value) == (
        "The records in postgresql://db.example/desk cannot be reached: connection failed: no answer. "
        "Check the URL, the network and the server."
    )


def test_else_from_the_keyring_by_host_and_database(connections, monkeypatch):
    monkeypatch.setattr(keyring, "get_password", lambda service, name: f"{service} {name}")
    with pytest.raises(SourceError):
        open_store("postgres://clerk@db.example:5433/desk", environ={})
    assert connections[0]["password"] == "tskit records:db.example/desk"


def test_else_the_driver_looks_for_one(connections):
    with pytest.raises(SourceError):
        open_store("postgresql://clerk@db.example/desk", environ={})
    assert "password" not in connections[0]


def test_no_repr_holds_the_password():
    engine, place = server_engine("postgresql://clerk@db.example/desk", environ={"TSKIT_RECORDS_PASSWORD": "hunter2"})
    assert "hunter2" not in f"{engine!r} {engine.url!r} {engine.url.render_as_string(hide_password=False)} {place}"


def test_a_missing_driver_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SourceError, match=r"pip install 'ts-investigation-kit\[postgres\]'"):
        open_store("postgresql://clerk@db.example/desk")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("25006", "can only be read there"),
        ("28P01", "do not let this user in"),
        ("42501", "closed to this user"),
        ("53100", "disk is full"),
        ("53300", "no place for one more connection"),
        ("57014", "statement_timeout"),
        ("22021", r"cannot be used \(22021\)"),
    ],
)
def test_what_the_server_refuses_is_told_as_what_to_do_about_it(code, words):
    refused = psycopg.errors.lookup(code)("Key (key)=(planted) is wrong")
    with pytest.raises(SourceError, match=words) as caught, in_words("postgresql://db.example/desk"):
        raise RefusedValue("INSERT", {"body": "planted"}, refused)
    assert "planted" not in str(caught.value)


def test_an_error_of_a_statement_without_a_code_shows_no_more_than_its_kind():
    with pytest.raises(SourceError, match=r"cannot be used \(DataError\)"), in_words("x"):
        raise RefusedValue("INSERT", {}, psycopg.DataError("planted"))


@pytest.fixture
def team(server):
    """Return the URL of a database of records and a user who may add to them and no more."""
    name = f"team{id(object())}"
    owner = server.database(name)
    open_store(owner).close()
    server.execute(
        name,
        "DROP ROLE IF EXISTS clerk",
        "CREATE ROLE clerk LOGIN PASSWORD 'hunter2'",
        "GRANT SELECT, INSERT ON tskit_entries TO clerk",
        "GRANT SELECT ON tskit_schema TO clerk",
    )
    yield server.url(name, user="clerk")
    server.execute(name, "DROP OWNED BY clerk")


@pytest.mark.slow
@pytest.mark.postgres
def test_a_user_who_may_only_read_and_add_keeps_records_as_the_how_to_says(team):
    with open_store(team, environ={"TSKIT_RECORDS_PASSWORD": "hunter2"}) as store:
        store.append("tags", [draft("a"), draft("b", supersedes="a")])
        assert [entry.key for entry in store.standing("tags")] == ["b"]
        assert store.verify("tags").is_whole


@pytest.mark.slow
@pytest.mark.postgres
def test_a_wrong_password_is_told_without_it(team):
    with pytest.raises(SourceError, match=r"cannot be reached: .*password authentication failed") as caught:
        open_store(team, environ={"TSKIT_RECORDS_PASSWORD": "hunter3"})
    assert "hunter" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_user_who_may_not_make_tables_is_told_to_ask_an_owner(server, team):
    url = server.database(f"closed{id(team)}").replace("postgres@", "clerk@")
    with pytest.raises(SourceError, match="closed to this user"):
        open_store(url, environ={"TSKIT_RECORDS_PASSWORD": "hunter2"})


@pytest.mark.slow
@pytest.mark.postgres
def test_a_database_that_is_not_there_is_named(server):
    with pytest.raises(SourceError, match=r'/nowhere cannot be reached: .*"nowhere" does not exist'):
        open_store(server.url("nowhere"))


@pytest.mark.slow
@pytest.mark.postgres
def test_a_connection_that_broke_is_made_anew_and_nothing_is_written_twice(server):
    url = server.database(f"broken{id(server)}")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tskit'"
    with open_store(url) as store:
        store.append("tags", [draft("a")])
        server.execute("postgres", end)
        assert store.append("tags", [draft("a"), draft("b")])[-1].seq == 2
        server.execute("postgres", end)
        assert [entry.key for entry in store.entries("tags")] == ["a", "b"]


@pytest.mark.slow
@pytest.mark.postgres
def test_a_connection_that_breaks_within_a_turn_is_made_anew(server):
    url = server.database(f"midway{id(server)}")
    with open_store(url) as store:
        store.append("tags", [draft("a")])
        cut = [True]

        @event.listens_for(store.engine, "commit")
        def break_once(connection):
            if cut.pop() if cut else False:
                pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
                server.execute("postgres", f"SELECT pg_terminate_backend({pid})")

        assert store.append("tags", [draft("a"), draft("b")])[-1].seq == 2
        assert store.head("tags")[0] == 2
        assert cut == []


def test_no_settings_show_where_records_are_kept():
    assert "hunter2" not in repr(Casebook(Path("desk"), "t", records="postgresql://clerk:hunter2@db.example/desk"))
