"""A line: a database connection that reconnects when it is lost."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import errors

from holdfast.kernel.refusal import Refusal
from holdfast.postgres import exclusive
from holdfast.postgres.reading import Connection
from holdfast.postgres.refusals import DiskFull, ServerUnreachable

T = TypeVar("T")

RECONNECT_SECONDS = 30
"""How long a lost server is waited for."""

_PAUSE_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 0.01

_CONNECTION_EXCEPTION = "08"
"""The class of SQLSTATEs by which a proxy or a distributed server says that a connection of its own broke."""

_ENDED = frozenset({"57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04"})
"""The server ends or does not take sessions: shutdown, crash, start, database dropped, idle or too long."""

_UNSPECIFIC = frozenset({None, "XX000"})
"""Libpq's own errors have no SQLSTATE; a distributed server passes a node's on as an internal error."""

_SAID = (
    "server closed the connection",
    "terminating connection",
    "connection to server",
    "connection to the remote node",
    "connection not open",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "lost synchronization with server",
    "SSL connection has been closed",
    "SSL SYSCALL error",
    "the connection is lost",
    "the connection is closed",
)
"""Messages of libpq and the driver about a lost line; never translated where a server passes them on."""


def is_lost(error: BaseException, connection: Connection) -> bool:
    """Tell whether an error means that the line is lost: the request may have happened, or not.

    It does where the connection is closed, whatever the error, and where the server says that it, or a node
    behind it, is lost, though this connection stands. PostgreSQL manual, appendix A.
    """
    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate
    if connection.closed or state in _ENDED:
        return True
    if state in _UNSPECIFIC:
        return any(each in str(error) for each in _SAID)
    return state is not None and state.startswith(_CONNECTION_EXCEPTION)


def _told(error: psycopg.Error) -> Refusal | None:
    """Return the refusal that names the server's own trouble, where there is one for it."""
    return DiskFull("database", reason=_first_line(error)) if isinstance(error, errors.DiskFull) else None


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


class Line:
    """A reconnecting connection: `connection` is the one that is open at the moment."""

    def __init__(
        self, connect: Callable[[], Connection], register: Callable[[Connection], None] = exclusive.register
    ) -> None:
        """Connect; `register` is called once on each connection before it writes: `exclusive.register`."""
        self._connect = connect
        self._register = register
        self._registered: Connection | None = None
        self.connection = connect()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def register(self) -> None:
        """Register the connection as a writer, unless it is registered."""
        if self._registered is not self.connection:
            self._register(self.connection)
            self._registered = self.connection

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Run an idempotent query, and run it again where the connection was lost.

        Raises:
            ServerUnreachable: the server was lost and did not come back.
            DiskFull: it has no room.
        """
        losses = 0
        while True:
            try:
                return ask(self.connection)
            except psycopg.Error as error:
                losses += 1
                self.reopen(error, losses)

    def reopen(self, lost: psycopg.Error, losses: int) -> None:
        """Close a lost connection for good, open it anew, and wait for the server where it is away.

        Args:
            lost: the error by which it was lost. A server that ends for want of room says so with it.
            losses: how often it was lost in the present work. A server that lets us in and is lost again is
                given time, and not for ever: it may stand before another server that is away.

        Raises:
            psycopg.Error: the connection was not lost; this is the error `lost`.
            ServerUnreachable: it did not come back, or was lost time and again.
            DiskFull: the server has no room, or ended because it has none.
        """
        refusal = _told(lost)
        if not is_lost(lost, self.connection):
            raise lost if refusal is None else refusal
        self.connection.close()
        most = round(RECONNECT_SECONDS / _PAUSE_SECONDS)
        last = ServerUnreachable("database", reason=_first_line(lost))
        if losses > 1:
            time.sleep(min(_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(losses, 10)))
        for _ in range(most if losses <= most else 0):
            try:
                self.connection = self._connect()
            except ServerUnreachable as error:
                last = error
                time.sleep(_PAUSE_SECONDS)
            else:
                return
        raise last if refusal is None else refusal from last
