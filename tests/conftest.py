"""A real PostgreSQL for the tests: one server a worker, one fresh database a test."""

import itertools
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.conninfo import make_conninfo

from holdfast.postgres import server
from waiting import wait_for

_NUMBERS = itertools.count(1)

# How fast the machine is says nothing about what is tested. A folder may serve all examples of a test.
_PASSED_OVER = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("holdfast", deadline=None, suppress_health_check=_PASSED_OVER)
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
    yield server.start(data)
    server.stop(data)
    shutil.rmtree(folder)


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """The address of an empty database, dropped when the test ends."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield make_conninfo(postgres_url, dbname=name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        wait_for(lambda: _dropped(connection, name))


def _dropped(connection: psycopg.Connection, name: str) -> bool:
    """Drop a database. The server gives those that are in it five seconds to leave, and then refuses."""
    try:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
    except psycopg.errors.ObjectInUse:
        return False
    return True
