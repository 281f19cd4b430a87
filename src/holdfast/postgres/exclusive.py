"""The exclusive writer's lock: one connection is the only writer of a schema, until another wants to write.

Every connection that writes rows holds two advisory locks (PostgreSQL manual, 13.3.5), shared, from before
its first transaction until its session ends: *waiting*, and then *writing*. Whoever holds *writing*
exclusively is the only writer: no other connection writes, and none has since. In each of its turns it looks
whether another one holds *waiting*, and then releases *writing*: others wait for one turn, not for all.
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
"""A lease: a process that hangs while it is the only writer loses its session, and so the lock."""


def register(connection: Connection) -> None:
    """Take both locks, shared: no connection is the only writer for as long as this one is open.

    Call it outside of a transaction, so that whoever waits here holds no lock that the only writer may need.
    """
    with connection.pipeline():
        connection.execute(_SHARE_WAITING)
        connection.execute(_SHARE_WRITING)


def register_candidate(connection: Connection) -> None:
    """Register a connection that may become the only writer, with the lease of a minute. See `register`."""
    connection.execute(_IDLE_TIMEOUT)
    register(connection)


def try_lock(connection: Connection) -> bool:
    """Try to become the only writer, which fails where another connection is registered; tell the result.

    Args:
        connection: registered, in a transaction, and not the only writer yet.
    """
    return _is_true(connection, _TRY)


def nobody_waits(connection: Connection) -> bool:
    """Tell whether nobody waits to write; a connection that registers later waits for this transaction."""
    return _is_true(connection, _NOBODY_WAITS)


def unlock(connection: Connection) -> None:
    """Release the exclusive lock; the connection stays registered as a writer."""
    connection.execute(_UNLOCK)


def _is_true(connection: Connection, query: bytes) -> bool:
    row = connection.execute(query).fetchone()
    return row is not None and row[0] is True
