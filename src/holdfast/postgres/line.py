"""A connection that is opened anew when it is lost."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from holdfast.postgres.reading import Connection
from holdfast.postgres.refusals import ServerUnreachable

T = TypeVar("T")

RECONNECT_SECONDS = 30
"""How long a lost server is waited for."""

_PAUSE_SECONDS = 0.2


class Line:
    """A connection to the database, whichever it is at the moment."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self.connection = connect()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Ask something that may be asked twice, and do so where the connection is lost.

        Raises:
            ServerUnreachable: the server was lost and did not come back.
        """
        while True:
            try:
                return ask(self.connection)
            except psycopg.OperationalError:
                if not self.connection.closed:
                    raise
                self.reconnect()

    def reconnect(self) -> None:
        """Open the connection anew, and wait for the server where it is away.

        Raises:
            ServerUnreachable: it did not come back.
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
        raise last
