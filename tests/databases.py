"""Databases of a test's own."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from waiting import wait_for

_NUMBERS = itertools.count(1)


@contextmanager
def fresh_database(server_url: str, template: str = "template1") -> Generator[str]:
    """Make a database as a copy of another, in which nobody is; give its address, and drop it in the end."""
    name = f"test_{next(_NUMBERS)}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(make)
    yield make_conninfo(server_url, dbname=name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        wait_for(lambda: _dropped(connection, name))


def _dropped(connection: psycopg.Connection, name: str) -> bool:
    """Drop a database. The server gives those that are in it five seconds to leave, and then refuses."""
    try:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        return False
    return True
