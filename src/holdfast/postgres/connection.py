"""Connections to the database: an address that can be read, a server that answers and is new enough."""

from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from holdfast.kernel.text import Text
from holdfast.postgres.refusals import BadDatabaseUrl, ServerTooOld, ServerUnreachable

OLDEST_MAJOR = 15
"""The oldest major version of PostgreSQL that Holdfast works with."""

_PER_MAJOR = 10_000
_CONNECT_SECONDS = 10


def readable(url: str) -> str:
    """Return the address for people: without its password.

    Raises:
        BadDatabaseUrl: libpq cannot read it.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # libpq's own words may quote the address, and so a password.
        scheme, found, _ = url.partition("://")
        known = scheme in {"postgresql", "postgres"} or not found
        reason = (
            Text("写法有误", "it is malformed")
            if known
            else Text(f"开头是 {scheme}://", f"it begins with {scheme}://")
        )
        raise BadDatabaseUrl("database-url", reason=reason) from None
    host, port = str(parts.get("host") or ""), str(parts.get("port") or "")
    if not port.replace(",", "").isdecimal() and port:
        raise BadDatabaseUrl("database-url", reason=Text("端口不是数", "its port is not a number"))
    user = f"{quote(str(parts['user']))}@" if parts.get("user") else ""
    place = quote(host, safe="") + (f":{port}" if port else "")
    return f"postgresql://{user}{place}/{quote(str(parts.get('dbname') or ''))}"


def connect(url: str, *, autocommit: bool = True) -> psycopg.Connection:
    """Connect to the database.

    Raises:
        BadDatabaseUrl: the address cannot be read.
        ServerUnreachable: no server there, or it does not let us in.
        ServerTooOld: it is older than PostgreSQL 15.
    """
    where = readable(url)
    try:
        connection = psycopg.connect(_patient(url), autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise ServerUnreachable(where, reason=_first_line(error)) from error
    if major(connection) < OLDEST_MAJOR:
        found = major(connection)
        connection.close()
        raise ServerTooOld(where, found=found, needed=OLDEST_MAJOR)
    return connection


def _patient(url: str) -> str:
    asked = conninfo_to_dict(url).get("connect_timeout")
    return make_conninfo(url, connect_timeout=asked or _CONNECT_SECONDS)


def _first_line(error: psycopg.OperationalError) -> str:
    # The rest repeats the attempt for each address of the host, and asks what the fix says.
    return str(error).splitlines()[0].partition(" Is the server running")[0]


def major(connection: psycopg.Connection) -> int:
    """Return the major version of the server."""
    return connection.info.server_version // _PER_MAJOR
