"""One PostgreSQL and one Spark for the whole group, with the same sample in both."""

import pytest

from tests.support.engines import on_duckdb, on_postgresql, on_spark, written
from tests.support.postgres import running_server
from tests.support.samples import shared_sample
from tests.support.spark import ALLOWED, running_spark

CASES = 3_000
MARKS = {
    "postgres": [pytest.mark.slow, pytest.mark.postgres],
    "spark": [pytest.mark.slow, pytest.mark.spark, *map(pytest.mark.filterwarnings, ALLOWED)],
}


def pytest_generate_tests(metafunc):
    if "there" in metafunc.fixturenames:
        engines = [pytest.param(name, marks=marks) for name, marks in MARKS.items()]
        metafunc.parametrize("there", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    return written(shared_sample(tmp_path_factory, cases=CASES), tmp_path_factory.mktemp("engines"))


@pytest.fixture(scope="session")
def here(sample):
    """The sample on DuckDB, whose figures the others are held against."""
    return on_duckdb(sample)


@pytest.fixture(scope="session")
def there(request, sample):
    """The sample on the engine that a test is for."""
    return request.getfixturevalue(f"{request.param}_")


@pytest.fixture(scope="session")
def postgres_(sample):
    with running_server("fsync=off") as server:
        case_set = on_postgresql(sample, server.database("engines"))
        yield case_set
        case_set.cases.get_backend().disconnect()


@pytest.fixture(scope="session")
def spark_(sample):
    with running_spark() as session:
        yield on_spark(sample, session)
