"""Databases of a test's own."""

import itertools
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from waiting import wait_for

OWN = os.environ.get("HOLDFAST_TEST_DATABASE_URL")
"""The address of a server on which tests make their databases, instead of an embedded one."""

# Several workers, and several runs, may be on one server.
_RUN = secrets.token_hex(4)
_NUMBERS = itertools.count(1)


@contextmanager
def fresh_database(server_url: str, template: str = "template1", *, durable: bool = True) -> Generator[str]:
    """Make a database as a copy of another, in which nobody is; give its address, and drop it in the end.

    Where it need not be `durable`, its commits do not wait for the disk.
    """
    name = f"holdfast_test_{_RUN}_{next(_NUMBERS)}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(make)
        if not durable:
            hasty = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
            connection.execute(hasty.format(sql.Identifier(name)))
    try:
        yield make_conninfo(server_url, dbname=name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            wait_for(lambda: _dropped(connection, name))


def name_of(url: str) -> str:
    """Return the name of the database at an address."""
    return str(conninfo_to_dict(url)["dbname"])


def _dropped(connection: psycopg.Connection, name: str) -> bool:
    """Drop a database. The server gives those that are in it five seconds to leave, and then refuses."""
    try:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        return False
    return True
