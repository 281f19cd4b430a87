"""A database whose commits reach the disk: no other is measured."""

from collections.abc import Iterator

import psycopg
import pytest

from databases import fresh_database
from waiting import wait_for


def set_fsync(url: str, value: str) -> None:
    """Set it for the whole server; return when new connections see it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET fsync = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
        wait_for(lambda: connection.execute("SHOW fsync").fetchone() == (value,))


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """The address of an empty database of a server that loses no commit, dropped when the test ends."""
    with fresh_database(postgres_url) as url:
        set_fsync(postgres_url, "on")
        yield url
        set_fsync(postgres_url, "off")
