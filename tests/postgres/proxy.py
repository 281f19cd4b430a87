"""A proxy between client and server that cuts the line at a commit: before it arrives, or before its answer.

It reads the client's messages (PostgreSQL manual, §54.7) as far as to know which of them is a COMMIT.
"""

import socket
import struct
import threading
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path

from waiting import GUARD_SECONDS

_LENGTH = struct.Struct(">I")
_NAME = ".s.PGSQL.5432"
_COMMITTED = b"COMMIT\x00"


class Cut(Enum):
    """What becomes of a commit: it goes through, never arrives, is made unheard, or is unheard and open."""

    NOT = "not"
    BEFORE = "before"
    AFTER = "after"
    AT_ONCE = "at once"


class Proxy:
    """Listens on a socket in `folder` and forwards to the server's; `cuts` are for the commits that come."""

    def __init__(self, folder: Path, server_folder: Path) -> None:
        self.folder = folder
        self.cuts: deque[Cut] = deque()
        self.made = 0
        self._server = str(server_folder / _NAME)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / _NAME))
        self._listening.listen()
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def _begin(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # pyright: ignore[reportArgumentType]
        thread.start()
        self._threads.append(thread)

    def close(self) -> None:
        """Take no more connections, and wait for the threads of those that were."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(GUARD_SECONDS)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            line = _Line(self, client, server)
            self._begin(line.send)
            self._begin(line.answer)

    def next_cut(self) -> Cut:
        """Return what becomes of the commit that is coming."""
        return self.cuts.popleft() if self.cuts else Cut.NOT


class _Line:
    """One connection: a thread each way."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._commits: set[bytes] = set()
        self._cut = Cut.NOT

    def _end(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _is_commit(self, kind: bytes, body: bytes) -> bool:
        """Note which prepared statement is a COMMIT, and tell whether this message runs one."""
        if kind == b"P":
            name, query, _ = body.split(b"\0", 2)
            if query == b"COMMIT":
                self._commits.add(name)
        return kind == b"B" and body.split(b"\0", 2)[1] in self._commits

    def send(self) -> None:
        """Forward what the client sends, message by message."""
        try:
            for message, commits in self._messages():
                if commits:
                    self._cut = self._proxy.next_cut()
                    if self._cut is Cut.BEFORE:
                        self._proxy.made += 1
                        break
                last = self._cut is Cut.AT_ONCE and message[:1] == b"S"
                self._proxy.made += (
                    last  # before it is sent: the answer may be there before this thread goes on
                )
                self._server.sendall(message)
                if last:
                    break
        except OSError:
            pass
        self._end()

    def _messages(self) -> Iterator[tuple[bytes, bool]]:
        stream = self._client.makefile("rb")
        first = stream.read(4)
        while len(first) == 4:
            yield first + stream.read(_LENGTH.unpack(first)[0] - 4), False
            break
        while head := stream.read(5):
            body = stream.read(_LENGTH.unpack(head[1:])[0] - 4)
            yield head + body, self._is_commit(head[:1], body)

    def answer(self) -> None:
        """Forward what the server answers; a commit's answer is heard here only, where that is asked for."""
        last = b""
        try:
            while data := self._server.recv(1 << 16):
                last = last[-len(_COMMITTED) :] + data  # the server may send the word in two parts
                if self._cut is Cut.AFTER:
                    if _COMMITTED in last:
                        self._proxy.made += 1
                        break
                    continue
                self._client.sendall(data)
        except OSError:
            pass
        self._end()


@contextmanager
def proxy_to(server_folder: Path, folder: Path) -> Generator[Proxy]:
    """Have a proxy in `folder` to the server whose socket is in `server_folder`."""
    proxy = Proxy(folder, server_folder)
    try:
        yield proxy
    finally:
        proxy.close()
