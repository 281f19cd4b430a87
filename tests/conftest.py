"""A real PostgreSQL for the tests: one server a worker, one fresh database a test."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.conninfo import make_conninfo

from databases import fresh_database
from holdfast.postgres import server
from holdfast.postgres.migrate import migrate
from thorough import examples

# How fast the machine is says nothing about what is tested. A folder may serve all examples of a test.
_PASSED_OVER = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "holdfast", deadline=None, suppress_health_check=_PASSED_OVER, max_examples=examples(100)
)
settings.load_profile("holdfast")

# Where the tests were started in the background, SIGINT is ignored, and every program started from here would
# inherit that: those that are to be interrupted could not be.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an embedded server of this worker's own, stopped and removed at the end."""
    # Not under pytest's temporary folder: it is closed to other accounts, and root's server runs as another.
    folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
    data = folder / "postgres"
    url = server.start(data)
    # Processes are killed here, machines are not: what the system was handed is there again without `fsync`.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.stop(data)
    shutil.rmtree(folder)


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """The address of an empty database, dropped when the test ends."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def with_schema(postgres_url: str) -> str:
    """The name of a database with the schema, to be copied: to migrate takes far longer."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE with_schema")
    migrate(make_conninfo(postgres_url, dbname="with_schema"))
    return "with_schema"


@pytest.fixture
def migrated_url(postgres_url: str, with_schema: str) -> Iterator[str]:
    """The address of a database with the schema and no rows, dropped when the test ends."""
    with fresh_database(postgres_url, with_schema) as url:
        yield url
