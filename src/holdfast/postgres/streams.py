"""Connections for what is read bit by bit: each has one reader at a time, and is kept for the next."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from holdfast.postgres.reading import Connection


class Streams:
    """Connections that rest between one stream and the next. After `close` none is kept."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        """Open none yet."""
        self._connect = connect
        self._resting: list[Connection] = []
        self._closed = False

    def read(self, read: Callable[[Connection], Iterator[Any]]) -> Iterator[Any]:
        """Give what is read over a connection that nobody else uses meanwhile."""
        connection = self._reader()
        try:
            yield from read(connection)
        except BaseException:  # also where nobody reads it to its end: it may be in the midst of an answer
            connection.close()
            raise
        if self._closed:
            connection.close()
        else:
            self._resting.append(connection)

    def _reader(self) -> Connection:
        """Return an idle connection that is not lost, or a new one."""
        while self._resting:
            connection = self._resting.pop()
            try:
                connection.execute(b"", prepare=False)
            except psycopg.Error:
                connection.close()
            else:
                return connection
        return self._connect()

    def close(self) -> None:
        """Close those that rest; one that is in use is closed as its stream ends."""
        self._closed = True
        while self._resting:
            self._resting.pop().close()
