"""Posting to addresses that strangers name, many at a time: a checked address, one deadline, bounded answers.

It is the asynchronous sibling of `client`, for one event loop. Kept connections are reused by host; a new one
looks the name up once, checks every address that it has, and connects to one of those (`guarded`). TLS and
the header Host are of the name. No redirect is followed; what answers is read up to a limit.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from socket import SOCK_STREAM, getaddrinfo
from typing import Any, NamedTuple
from urllib.parse import SplitResult

import httpcore

from holdfast.kernel.text import Named, Text, same
from holdfast.outbound.address import BadUrl, split
from holdfast.outbound.guarded import PUBLIC, Reach
from holdfast.outbound.limits import NoAnswer

SECONDS = 20.0
"""The time for an exchange, from the lookup of the name to the end of the answer."""

CONNECT_SECONDS = 5.0
"""The time for a connection, its handshake of TLS included."""

MAX_ANSWER = 64 * 1024
"""Bytes of an answer's body that are read; a connection on which more comes is closed."""

KEPT_SECONDS = 30.0
"""The time for which an idle connection is kept."""

MOST_KEPT = 512
"""Idle connections that are kept, to all hosts together."""

LOOKUPS = 64
"""Names that are looked up at the same time: each may take a thread until the system's resolver gives up."""

_PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A lookup: the addresses of a host, as the system's resolver gives them."""


class Trouble(Named):
    """Why there was no whole answer."""

    URL = "bad_url", "网址有误", "the address is none"
    LOOKUP = "no_such_host", "域名无法解析", "the name cannot be looked up"
    FORBIDDEN = "forbidden_address", "地址不得访问", "the address may not be reached"
    PLAIN = "not_https", "须用 https", "it is not https"
    CONNECT = "no_connection", "无法连接", "no connection"
    TLS = "tls_failed", "TLS 握手失败", "TLS failed"
    LATE = "timeout", "超时", "it took too long"
    BROKEN = "broken_answer", "答复不完整", "the answer broke off or was malformed"


class Unanswered(NoAnswer):
    """There was no whole answer; `trouble` is why, for programs."""

    def __init__(self, trouble: Trouble, reason: Text | None = None) -> None:
        super().__init__(reason or trouble.called)
        self.trouble = trouble


class Reply(NamedTuple):
    """An answer: its status, and its headers by their names in lower case."""

    status: int
    headers: Mapping[str, str]


class _Stream(httpcore.AsyncNetworkStream):
    """A connection of asyncio. What is written goes out with the next read: a request in one packet."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._unsent: list[bytes] = []

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        del timeout  # it is of the exchange as a whole
        if self._unsent:
            self._writer.write(b"".join(self._unsent))
            self._unsent.clear()
            await self._writer.drain()
        return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        del timeout
        self._unsent.append(buffer)

    async def aclose(self) -> None:
        self._writer.transport.abort()  # all was said: the other end need not agree

    def get_extra_info(self, info: str) -> Any:
        """Tell whether something came unasked, which for an idle connection is its end."""
        return self._reader.at_eof() if info == "is_readable" else None


class _Kept(NamedTuple):
    """An open connection, to whom, and since when it is idle."""

    connection: httpcore.AsyncHTTP11Connection
    idle_since: float


class Poster:
    """Posts over kept connections; one for an event loop. `reach` says whom it may ask."""

    def __init__(
        self,
        reach: Reach = PUBLIC,
        *,
        resolve: Resolve | None = None,
        seconds: float = SECONDS,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """Make no connection yet; `trusted` says whose certificates are believed, else the system does."""
        self._reach = reach
        self._seconds = seconds
        self._trusted = trusted
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
        self._resolve: Resolve = resolve or self._looked_up
        self._kept: dict[tuple[str, str, int], deque[_Kept]] = {}
        self._count = 0

    async def post(self, url: str, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Reply:
        """Post a body, and return what is answered.

        Raises:
            Unanswered: no whole answer came in time, or nobody may be asked there.
        """
        try:
            parts = split(url)
        except BadUrl as error:
            raise Unanswered(Trouble.URL, error.told) from error
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(parts, headers, body)
        except TimeoutError as error:
            raise Unanswered(Trouble.LATE) from error

    async def _exchange(self, url: SplitResult, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Reply:
        host, port = url.hostname or "", url.port or _PORTS[url.scheme]
        asked = _request(url, host, port, headers, body)
        kept = self._idle(url.scheme, host, port)
        if kept is not None:
            with suppress(_Dropped):
                return await self._answer(kept, (url.scheme, host, port), asked)
        made = await self._connected(url.scheme, host, port)
        try:
            return await self._answer(made, (url.scheme, host, port), asked)
        except _Dropped as error:
            raise Unanswered(Trouble.BROKEN) from error

    async def _answer(
        self,
        connection: httpcore.AsyncHTTP11Connection,
        place: tuple[str, str, int],
        asked: httpcore.Request,
    ) -> Reply:
        """Send a request, and read the answer up to the limit.

        Raises:
            _Dropped: the connection was closed before anything was answered, as an idle one may be.
        """
        try:
            answer = await connection.handle_async_request(asked)
        except (httpcore.RemoteProtocolError, OSError) as error:
            await connection.aclose()
            raise _Dropped from error
        except httpcore.LocalProtocolError as error:
            await connection.aclose()
            raise Unanswered(Trouble.BROKEN, same(str(error))) from error
        except BaseException:
            await connection.aclose()
            raise
        try:
            size = 0
            async for piece in answer.aiter_stream():
                size += len(piece)
                if size > MAX_ANSWER:
                    break
        except (httpcore.RemoteProtocolError, OSError) as error:
            raise Unanswered(Trouble.BROKEN) from error
        finally:
            await answer.aclose()  # and the connection, where there is more of the answer
        if connection.is_idle():
            self._keep(place, connection)
        return Reply(
            answer.status, {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}
        )

    async def _connected(self, scheme: str, host: str, port: int) -> httpcore.AsyncHTTP11Connection:
        """Look a host up once, check all its addresses, and connect to one of them."""
        try:
            addresses = [host] if ":" in host else [*dict.fromkeys(await self._resolve(host, port))]
        except (OSError, ValueError) as error:  # a label that is too long is a ValueError
            raise Unanswered(Trouble.LOOKUP) from error
        # All of them, not the one that is taken: a name that leads inside with one of several addresses is
        # somebody's try, and would get there sooner or later.
        if not addresses or not all(map(self._reach.reaches, addresses)):
            raise Unanswered(Trouble.FORBIDDEN if addresses else Trouble.LOOKUP)
        if scheme == "http" and not all(map(self._reach.allows, addresses)):
            raise Unanswered(Trouble.PLAIN)
        trouble: Exception = OSError("no address")
        for tried, address in enumerate(addresses):
            try:
                async with asyncio.timeout(CONNECT_SECONDS / (len(addresses) - tried)):
                    reader, writer = await asyncio.open_connection(
                        address,
                        port,
                        ssl=self._trust() if scheme == "https" else None,
                        server_hostname=host if scheme == "https" else None,
                    )
            except ssl.SSLError as error:
                raise Unanswered(Trouble.TLS, same(error.reason or str(error))) from error
            except (OSError, TimeoutError) as error:
                trouble = error
            else:
                origin = httpcore.Origin(scheme.encode(), host.encode(), port)
                return httpcore.AsyncHTTP11Connection(origin, _Stream(reader, writer), KEPT_SECONDS)
        raise Unanswered(Trouble.CONNECT) from trouble

    def _trust(self) -> ssl.SSLContext:
        """Return whose certificates are believed: reading the system's takes long, so it is done once."""
        if self._trusted is None:
            self._trusted = ssl.create_default_context()
        return self._trusted

    async def _looked_up(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(self._threads, lambda: getaddrinfo(host, port, type=SOCK_STREAM))
        return [str(address[0]) for *_, address in known]

    def _idle(self, scheme: str, host: str, port: int) -> httpcore.AsyncHTTP11Connection | None:
        """Return a kept connection, the one that rested least, or None."""
        place = scheme, host, port
        found = self._kept.get(place)
        while found:
            connection, _ = found.pop()
            self._count -= 1
            if not found:
                del self._kept[place]
            if not connection.has_expired():
                return connection
            _close(connection)
        return None

    def _keep(self, place: tuple[str, str, int], connection: httpcore.AsyncHTTP11Connection) -> None:
        now = asyncio.get_running_loop().time()
        self._kept.setdefault(place, deque()).append(_Kept(connection, now))
        self._count += 1
        if self._count > MOST_KEPT:
            oldest = min(self._kept, key=lambda each: self._kept[each][0].idle_since)
            _close(self._kept[oldest].popleft().connection)
            self._count -= 1
            if not self._kept[oldest]:
                del self._kept[oldest]

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        for found in self._kept.values():
            for connection, _ in found:
                await connection.aclose()
        self._kept.clear()
        self._count = 0
        await asyncio.sleep(0)  # a transport lets go of its socket in the next turn of the loop
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Dropped(Exception):  # noqa: N818 - what a kept connection was
    """A connection was closed before anything was answered."""


def _request(
    url: SplitResult, host: str, port: int, headers: Sequence[tuple[bytes, bytes]], body: bytes
) -> httpcore.Request:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    name = f"[{host}]" if ":" in host else host
    said = name if port == _PORTS[url.scheme] else f"{name}:{port}"
    return httpcore.Request(
        b"POST",
        httpcore.URL(scheme=url.scheme.encode(), host=host.encode(), port=port, target=target.encode()),
        headers=[(b"Host", said.encode()), (b"Content-Length", str(len(body)).encode()), *headers],
        content=body,
    )


def _close(connection: httpcore.AsyncHTTP11Connection) -> None:
    """Close a connection that nothing goes over any more, without waiting for the other end."""
    task = asyncio.get_running_loop().create_task(connection.aclose())
    _CLOSING.add(task)
    task.add_done_callback(_CLOSING.discard)


_CLOSING: "set[asyncio.Task[None]]" = set()
"""What is being closed: the loop alone would let go of it."""
