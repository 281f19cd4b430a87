"""A time that is set for all of an exchange with a stranger, however slowly the other end goes on sending."""

import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress


class Deadline:
    """Cuts a connection off when the time is over. `late` is set then."""

    def __init__(self, sock: socket.socket, seconds: float, late: threading.Event) -> None:
        self._sock = sock
        self._late = late
        self._timer = threading.Timer(max(seconds, 0), self._cut)
        self._timer.daemon = True

    def _cut(self) -> None:
        self._late.set()
        with suppress(OSError):  # the other end was quicker
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)  # below TLS: whoever reads sees the end

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()


def connect(connection: http.client.HTTPConnection, seconds: float, late: threading.Event) -> None:
    """Connect within so many seconds: a server may drip its part of TLS, too. `late` is set when it did.

    Raises:
        OSError: it cannot be connected.
    """
    begun = time.monotonic()
    http.client.HTTPConnection.connect(connection)
    if isinstance(connection, http.client.HTTPSConnection):
        left = seconds - (time.monotonic() - begun)
        with connection.sock.dup() as line, Deadline(line, left, late):
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=connection.host)
