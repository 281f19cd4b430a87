"""Callers over HTTP: connections in a closed loop, each of which asks again as soon as it is answered.

They share the machine with the service and its database, so they are cheap: one thread that waits for all
connections at once, and of an answer no more than its status and its length is looked at. What they cost all
the same is a figure of its own.
"""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from holdfast.bench.api.asked import Asked
from holdfast.service.running import Address

CONNECTIONS = 64

_AT_ONCE = 1 << 18
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_GONE_SECONDS = 60
"""Nothing is answered for so long: the load is broken."""


class Answer(NamedTuple):
    """What came back, and how long it took, in seconds."""

    status: int
    body: bytes
    lasted: float


Ask = Callable[[], Asked | None]
"""Returns the next request; None where the caller is to ask no more."""

Heard = Callable[[Asked, Answer | None], None]
"""Is told what a request was answered; None where its connection was lost before."""


class _Caller:
    """A connection with what was asked on it, and as much of the answer as has come."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._came = bytearray()
        self._began = 0.0
        self.asked: Asked | None = None

    def ask(self, asked: Asked) -> None:
        """Send a request. It raises OSError where the connection is lost."""
        self.asked = asked
        self._began = time.perf_counter()
        self._connection.sendall(asked.sent)

    def hear(self) -> Answer | None:
        """Take what has come; return the answer once all of it is there. OSError as for `ask`."""
        part = self._connection.recv(_AT_ONCE)
        if not part:
            raise ConnectionResetError
        came = self._came
        came += part
        end = came.find(_HEAD_END)
        if end < 0:
            return None
        at = came.lower().find(_LENGTH, 0, end)
        length = 0 if at < 0 else int(came[at + len(_LENGTH) : came.find(b"\r\n", at + 2)])
        body = end + len(_HEAD_END)
        if len(came) < body + length:
            return None
        answer = Answer(int(came[9:12]), bytes(came[body:]), time.perf_counter() - self._began)
        came.clear()
        return answer


def call(place: Address, ask: Ask, heard: Heard, connections: int = CONNECTIONS) -> None:
    """Keep the connections asking until each was told to ask no more, or is lost."""
    with ExitStack() as stack, selectors.DefaultSelector() as waiting:
        left = 0
        for _ in range(connections):
            opened = stack.enter_context(socket.create_connection(place))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            caller = _Caller(opened)
            waiting.register(opened, selectors.EVENT_READ, caller)
            left += _goes_on(caller, ask, heard)
        while left:
            ready = waiting.select(_GONE_SECONDS)
            assert ready, f"nothing was answered for {_GONE_SECONDS} s"
            for key, _ in ready:
                if key.data.asked is not None and not _heard(key.data, ask, heard):
                    waiting.unregister(key.fileobj)
                    left -= 1


def _heard(caller: _Caller, ask: Ask, heard: Heard) -> bool:
    """Hear what has come, and ask again where it is a whole answer; tell whether the caller goes on."""
    asked = caller.asked
    assert asked is not None, "it has asked"
    try:
        answer = caller.hear()
    except OSError:
        heard(asked, None)
        return False
    if answer is None:
        return True
    heard(asked, answer)
    return _goes_on(caller, ask, heard)


def _goes_on(caller: _Caller, ask: Ask, heard: Heard) -> bool:
    asked = ask()
    if asked is None:
        return False
    try:
        caller.ask(asked)
    except OSError:
        heard(asked, None)
        return False
    return True
