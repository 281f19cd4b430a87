"""A market in a database, for logs of its facts."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from databases import fresh_database, name_of
from histories import START, opening, policy
from holdfast.engine.execution import Submission
from holdfast.kernel.ids import Ids
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import place
from holdfast.publishing.place import Place


@pytest.fixture(scope="session")
def with_market(postgres_url: str, with_schema: str) -> Iterator[str]:
    """The name of a database with a market, to be copied for each test."""
    with fresh_database(postgres_url, with_schema) as url:
        with Postgres.open(url, ids=Ids(Random(0)), guard=None) as opened:
            opened.adopt(policy("full"), START)
            opened.run([Submission(command, START) for command in opening()])
        yield name_of(url)


@pytest.fixture
def database_url(postgres_url: str, with_market: str) -> Iterator[str]:
    """The address of a database with a market, dropped when the test ends."""
    with fresh_database(postgres_url, with_market) as url:
        yield url


@pytest.fixture
def home(database_url: str) -> Iterator[Postgres]:
    """A home of the market."""
    with Postgres.open(database_url, ids=Ids(Random(1)), guard=None) as opened:
        yield opened


@pytest.fixture
def wire(home: Postgres, database_url: str) -> Iterator[Connection]:
    """A connection of the engine's kind to the market's database."""
    assert home.row is not None
    with open_wire(database_url, None) as connection:
        yield connection


@pytest.fixture
def log(tmp_path: Path) -> Place:
    """A new log, without witnesses."""
    return place.make(tmp_path / "trail", "log.example/holdfast")
