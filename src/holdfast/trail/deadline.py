"""A time that is set for all of an exchange with a stranger, however slowly the other end goes on sending."""

import socket
import threading
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
