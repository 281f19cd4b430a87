"""A home in a database of its own, for several processes at once."""

from collections.abc import Iterator
from random import Random

import pytest
import rush

from holdfast.bench.bare.room import WITH_BARE
from holdfast.kernel.ids import Ids
from holdfast.postgres.home import Postgres


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)


@pytest.fixture
def rushed(database_url: str) -> Iterator[Postgres]:
    """A home in an empty database, with the parties and accounts of a rush of several processes."""
    with Postgres.open(database_url, ids=Ids(Random(99)), commands=WITH_BARE) as home:
        rush.prepare(home)
        yield home
