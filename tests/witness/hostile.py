"""Servers that answer whatever a test wants, on a real port."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from waiting import GUARD_SECONDS

Behaviour = Callable[[socket.socket, bytes], None]
"""What is done with a connection and the request that was read from it."""


@contextmanager
def behaving(behave: Behaviour) -> Generator[str]:
    """A server as long as the block goes on: its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_accept, args=(listening, behave))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listening: socket.socket, behave: Behaviour) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, suppress(OSError):  # the client may have had enough
            connection.settimeout(GUARD_SECONDS)
            behave(connection, _request(connection))


def _request(connection: socket.socket) -> bytes:
    """Read a request with a Content-Length, and return its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += _more(connection)
    return body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise ConnectionError
    return data


def response(status: str, body: bytes = b"", kind: str = "text/plain", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def saying(*answers: bytes) -> Behaviour:
    """Give these answers, one a connection, the last one for ever."""
    left = list(answers)

    def behave(connection: socket.socket, _body: bytes) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return behave
