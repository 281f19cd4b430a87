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


def told(error: psycopg.OperationalError) -> psycopg.OperationalError | Refusal:
    """Return the refusal that explains a server's error, or the error itself where there is none."""
    if isinstance(error, errors.DiskFull):
        return DiskFull("database", reason=str(error).splitlines()[0])
    return error


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
        while True:
            try:
                return ask(self.connection)
            except psycopg.OperationalError as error:
                if not self.connection.closed:
                    raise told(error) from error
                self.reconnect(error)

    def reconnect(self, lost: psycopg.OperationalError) -> None:
        """Open the connection anew, and wait for the server where it is away.

        Args:
            lost: by what the connection was lost. A server that ends for want of room says so with it.

        Raises:
            ServerUnreachable: it did not come back.
            DiskFull: it did not, and it ended because it has no room.
        """
        self.connection.close()
        last: ServerUnreachable | None = None
        for _ in range(round(RECONNECT_SECONDS / _PAUSE_SECONDS)):
            try:
                self.connection = self._connect()
            except ServerUnreachable as error:
                last = error
                time.sleep(_PAUSE_SECONDS)
            else:
                return
        assert last is not None
        reason = told(lost)
        raise last if reason is lost else reason from last
