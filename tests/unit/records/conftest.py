"""Every rule of the store holds in both databases."""

import itertools
import sqlite3
from contextlib import closing

import pytest

from tests.support.postgres import running_server
from tskit.records import open_store

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server():
    with running_server("fsync=off", "full_page_writes=off") as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.slow, pytest.mark.postgres])])
def place(request, tmp_path):
    """Return where a new store can be opened."""
    if request.param == "sqlite":
        return tmp_path / "records.sqlite"
    return request.getfixturevalue("server").database(f"unit{next(NUMBERS)}")


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def console(place, request):
    """Return a function that runs SQL past the store, as somebody with a console would."""

    def run(*statements):
        if isinstance(place, str):
            request.getfixturevalue("server").execute(place.split("@/")[1].split("?")[0], *statements)
            return
        with closing(sqlite3.connect(place)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return run
