"""The lock by which one connection is the only writer of a schema, until another one wants to write.

Two advisory locks (PostgreSQL manual, 13.3.5) are held by the session of every connection that writes rows,
shared, from before its first transaction until it ends: *waiting*, and then *writing*. Whoever gets *writing*
exclusively is the only writer: no other connection writes, and none has since. In each of its turns it looks
whether another one holds *waiting*, and then gives *writing* back: others wait for one turn, not for all.
"""

from holdfast.postgres.reading import Connection


def _key(name: str) -> str:
    return f"hashtextextended('holdfast {name} ' || current_schema(), 0)"


_WAITING, _WRITING = _key("waiting"), _key("writing")

_SHARE_WAITING = f"SELECT pg_advisory_lock_shared({_WAITING})".encode()
_SHARE_WRITING = f"SELECT pg_advisory_lock_shared({_WRITING})".encode()
_NOBODY_WAITS = f"SELECT pg_try_advisory_xact_lock({_WAITING})".encode()
_TRY = (
    f"SELECT CASE WHEN pg_try_advisory_xact_lock({_WAITING}) THEN pg_try_advisory_lock({_WRITING}) END"
).encode()
_UNLOCK = f"SELECT pg_advisory_unlock({_WRITING})".encode()

_IDLE_TIMEOUT = b"SET idle_session_timeout = '60s'"
"""A process that stands still while it is the only writer does not stay so: the server ends its session."""


def register(connection: Connection) -> None:
    """Wait until there is no only writer, and let there be none for as long as this connection is open.

    It is called outside of a transaction: whoever waits here holds nothing that the only writer may want.
    """
    with connection.pipeline():
        connection.execute(_SHARE_WAITING)
        connection.execute(_SHARE_WRITING)


def register_candidate(connection: Connection) -> None:
    """Do as `register` does, for a connection that may become the only writer.

    The server ends its session where it does nothing for a minute.
    """
    connection.execute(_IDLE_TIMEOUT)
    register(connection)


def try_lock(connection: Connection) -> bool:
    """Become the only writer, where nobody else writes or waits to; tell whether it is so.

    Args:
        connection: it is registered, in a transaction, and not the only writer yet.
    """
    return _is_true(connection, _TRY)


def nobody_waits(connection: Connection) -> bool:
    """Tell whether nobody waits to write; whoever comes later waits for the end of this transaction."""
    return _is_true(connection, _NOBODY_WAITS)


def unlock(connection: Connection) -> None:
    """Be the only writer no longer, but registered as before."""
    connection.execute(_UNLOCK)


def _is_true(connection: Connection, query: bytes) -> bool:
    row = connection.execute(query).fetchone()
    return row is not None and row[0] is True
