"""The entrance: what every request passes before its operation, and what is logged of it.

Of a request the log has its id, its operation, its status, its code and how long it took; neither its path,
which may name a person, nor anything of its body.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from holdfast.engine.front import Stopped
from holdfast.kernel.clock import Clock
from holdfast.kernel.ids import fresh_ids
from holdfast.kernel.refusal import Refusal
from holdfast.service import logs
from holdfast.service.admission import ADMITTED, Admitted
from holdfast.service.asking import Headers
from holdfast.service.documents import encoded
from holdfast.service.languages import preferred
from holdfast.service.problems import MEDIA_TYPE, problem, retry_after
from holdfast.service.rates import Left
from holdfast.service.refusals import ForeignRequest
from holdfast.service.times import written

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_ID = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
_HEALTH = "/health/"
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
_PORT = re.compile(r":\d{1,5}$", re.ASCII)


class Entrance:
    """The outermost ASGI application. It counts what is being answered, so that its end waits for that."""

    def __init__(self, inner: Any, clock: Clock, hosts: frozenset[str]) -> None:
        self._inner = inner
        self._hosts = hosts
        self._clock = clock
        self._ids = fresh_ids()
        self._stopping = False
        self._going = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope.setdefault("state", {})
        passing = _Passing(scope, send, self._request_id(scope))
        # Operations are found by the path as it was sent: an id may have a slash in it, encoded.
        scope["path"] = scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1") or scope["path"]
        if scope["method"] == "HEAD":  # as GET, without the body (RFC 9110 §9.3.2)
            scope["method"] = "GET"
        begun = time.perf_counter()
        self._going += 1
        self._idle.clear()
        try:
            foreign = _foreign(dict(scope["headers"]), self._hosts)
            if self._stopping:
                await _end(scope, passing.send)
            elif foreign is not None:
                await _refuse(scope, passing.send, foreign)
            else:
                await self._inner(scope, receive, passing.send)
        finally:
            self._going -= 1
            if not self._going:
                self._idle.set()
            self._tell(scope, passing, time.perf_counter() - begun)

    def _request_id(self, scope: Scope) -> bytes:
        """Return the id that a request has, or one that is made."""
        said = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        return said if _ID.fullmatch(said) else self._ids.new(self._clock.now()).encode()

    async def end(self) -> None:
        """Take no more requests, and return when all that were taken are answered."""
        self._stopping = True
        await self._idle.wait()

    def _tell(self, scope: Scope, passing: "_Passing", seconds: float) -> None:
        handler = scope.get("route_handler")
        who: Admitted | None = scope["state"].get(ADMITTED)
        line = {
            "at": written(self._clock.now()),
            "request_id": passing.request_id.decode(),
            "method": passing.method[:10],
            "operation": None if handler is None else handler.name,
            "status": passing.status,
            "code": scope["state"].get("refusal"),
            "caller": None if who is None else who.caller.credential,
            "ms": round(seconds * 1_000, 1),
        }
        logs.request(encoded(line))


class _Passing:
    """An answer on its way out: its id is put into its headers, its status is noted."""

    def __init__(self, scope: Scope, send: Send, request_id: bytes) -> None:
        self._send = send
        self.method: str = scope["method"]
        self._state: dict[str, Any] = scope["state"]
        self.request_id = request_id
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            left: Left | None = self._state.get("rate")
            told = [] if left is None else left.headers()
            message["headers"] = [*message.get("headers", ()), *told, (b"x-request-id", self.request_id)]
        elif self.method == "HEAD":
            message["body"] = b""
        await self._send(message)


def _foreign(headers: Headers, hosts: frozenset[str]) -> Refusal | None:
    """Return why a request is not for this service: by `Host`, or by `Origin` where a page had it sent.

    A browser reaches it from within a network: what another site's page has it send, or a name that was made
    to lead here (DNS rebinding), is not obeyed, whatever credential comes with it.
    """
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin")
    if not _LOOPBACK.fullmatch(host) and _PORT.sub("", host).lower() not in hosts:
        return ForeignRequest("Host", name="Host", said=host[:100])
    if origin is not None and origin.decode("latin-1").partition("://")[2] != host:
        return ForeignRequest("Origin", name="Origin", said=origin[:100].decode("latin-1"))
    return None


async def _end(scope: Scope, send: Send) -> None:
    """Answer that the service ends; of its life, that it still has it."""
    path: str = scope["path"]
    if not path.startswith(_HEALTH):
        await _refuse(scope, send, Stopped("service"))
    elif path.endswith("live"):
        await _send(send, 200, {"live": True}, b"application/json", ())
    else:
        await _send(send, 503, {"ready": False, "why": "stopping"}, b"application/json", ())


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    said = dict(scope["headers"]).get(b"accept-language", b"")
    language = preferred(said.decode("latin-1"))
    record = refusal.record()
    scope["state"]["refusal"] = record.code
    more = [(b"content-language", language.encode()), (b"vary", b"Accept-Language")]
    after = retry_after(record)
    if after is not None:
        more.append((b"retry-after", str(after).encode()))
    await _send(send, record.sort.status, problem(record, language), MEDIA_TYPE.encode(), more)


async def _send(
    send: Send,
    status: int,
    document: dict[str, Any],
    media_type: bytes,
    more: Iterable[tuple[bytes, bytes]],
) -> None:
    content = encoded(document)
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
