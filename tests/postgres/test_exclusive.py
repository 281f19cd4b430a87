"""The lock of the only writer: nobody else writes while it is held, and nobody waits for more than a turn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from holdfast.postgres import exclusive
from holdfast.postgres.migrate import migrate
from holdfast.postgres.wire import open_wire
from waiting import wait_for

Connection = psycopg.Connection[tuple[Any, ...]]


class Wires:
    """Connections to one database."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self.url = url
        self._stack = stack

    def one(self, schema: str | None = None) -> Connection:
        """Open one."""
        return self._stack.enter_context(open_wire(self.url, schema))

    def waiting(self) -> int:
        """Return how many sessions wait for an advisory lock."""
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        with psycopg.connect(self.url) as connection:
            [(number,)] = connection.execute(query).fetchall()
        return number


@pytest.fixture
def wires(migrated_url: str) -> Iterator[Wires]:
    """Connections to a database with the schema, closed at the end."""
    with ExitStack() as stack:
        yield Wires(migrated_url, stack)


def candidate(wires: Wires) -> Connection:
    """Open a connection that may be the only writer."""
    connection = wires.one()
    exclusive.register_candidate(connection)
    return connection


def tries(connection: Connection) -> bool:
    with connection.transaction():
        return exclusive.try_lock(connection)


def nobody_waits(connection: Connection) -> bool:
    with connection.transaction():
        return exclusive.nobody_waits(connection)


def test_one_that_writes_alone_is_the_only_writer(wires: Wires) -> None:
    mine = candidate(wires)
    wires.one()  # it is connected, and does not write
    assert tries(mine)
    assert nobody_waits(mine)
    assert nobody_waits(mine)


def test_nobody_is_the_only_writer_beside_another_that_writes(wires: Wires) -> None:
    mine, other = candidate(wires), wires.one()
    exclusive.register(other)
    assert not tries(mine)
    other.close()
    wait_for(lambda: tries(mine))


def test_of_two_candidates_none_is_the_only_writer(wires: Wires) -> None:
    first, second = candidate(wires), candidate(wires)
    assert not tries(first)
    assert not tries(second)


def test_the_lock_outlives_a_transaction_that_is_rolled_back(wires: Wires) -> None:
    mine = candidate(wires)
    mine.execute("BEGIN")
    assert exclusive.try_lock(mine)
    mine.execute("ROLLBACK")
    with ThreadPoolExecutor(1) as threads:
        came = threads.submit(exclusive.register, wires.one())
        wait_for(lambda: wires.waiting() == 1, going=lambda: not came.done())
        assert not came.done()
        assert not nobody_waits(mine)
        exclusive.unlock(mine)
        came.result()
    assert not tries(mine)


def test_one_that_comes_in_a_turn_waits_for_its_end_and_is_noticed_in_the_next(wires: Wires) -> None:
    mine = candidate(wires)
    assert tries(mine)
    with ThreadPoolExecutor(1) as threads:
        with mine.transaction():
            assert exclusive.nobody_waits(mine)
            came = threads.submit(exclusive.register, wires.one())
            wait_for(lambda: wires.waiting() == 1, going=lambda: not came.done())
            assert exclusive.nobody_waits(mine)
        assert not came.done()
        wait_for(lambda: not nobody_waits(mine))
        assert not came.done()
        exclusive.unlock(mine)
        came.result()


def test_the_lock_ends_with_its_session(wires: Wires) -> None:
    mine, other = candidate(wires), wires.one()
    assert tries(mine)
    with ThreadPoolExecutor(1) as threads:
        came = threads.submit(exclusive.register, other)
        wait_for(lambda: wires.waiting() == 1, going=lambda: not came.done())
        with psycopg.connect(wires.url) as third:
            third.execute("SELECT pg_terminate_backend(%s)", (mine.info.backend_pid,))
        came.result()
    with pytest.raises(psycopg.OperationalError):
        nobody_waits(mine)


def test_the_server_ends_the_session_of_a_candidate_that_stands_still(wires: Wires) -> None:
    assert candidate(wires).execute("SHOW idle_session_timeout").fetchone() == ("1min",)
    other = wires.one()
    exclusive.register(other)
    assert other.execute("SHOW idle_session_timeout").fetchone() == ("0",)


def test_another_schema_has_another_lock(wires: Wires) -> None:
    migrate(wires.url, "elsewhere")
    mine, other = candidate(wires), wires.one("elsewhere")
    exclusive.register(other)
    assert tries(mine)
