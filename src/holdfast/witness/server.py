"""The HTTP end of a witness (c2sp.org/tlog-witness, of July 2026), and nothing else.

`POST /add-checkpoint`: 200 cosigned, 400 not of the form, 403 not signed, 404 another log, 409 another size,
422 another root, or the proof fails. `GET /<SHA-256 of the origin>/checkpoint`: the head that was cosigned
last, or 404. Of HTTP itself: 404, 405, 408, 413, and 503 when too many ask at once; 500 when the disk fails,
or what is remembered of the log is damaged.
"""

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import cast

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from holdfast.kernel.system_errors import SaidError
from holdfast.kernel.text import Text
from holdfast.trail import consistency
from holdfast.trail.consistency import BadConsistency
from holdfast.witness.cosigner import ClockWrong, Witness
from holdfast.witness.memory import BadWitnessMemory
from holdfast.witness.rules import ANSWERED, Answered, LogForked, LogNotGrown, LogSizeDiffers

PATH = "/add-checkpoint"
SHOWN = "/{name}/checkpoint"
SIZE_TYPE = "text/x.tlog.size"
MAX_BODY = 128 * 1024

HEADER_SECONDS = 10
"""How long a connection may be open without a request."""

_BODY_SECONDS = 20
_STOP_SECONDS = 5
_MOST_AT_ONCE = 256

_TOO_LONG = Text(f"请求体最多 {MAX_BODY} 字节", f"a body has {MAX_BODY} bytes at most")
_TOO_SLOW = Text(f"请求体须在 {_BODY_SECONDS} 秒内到齐", f"a body comes within {_BODY_SECONDS} seconds")
_CUT_OFF = Text("请求体被截断", "the body was cut off")
_NOT_REMEMBERED = Text(
    "见证人无法记住此树头，因此不签署", "the witness cannot remember this, so it does not cosign it"
)
_NOT_READ_BACK = Text("见证人无法读取自己签署过的内容", "the witness cannot read what it cosigned")
_NONE_COSIGNED = Text("此处没有签署过这样一个日志的树头", "no head of such a log was cosigned here")

_log = logging.getLogger(__name__)


class _NotRead(Exception):  # noqa: N818 - it is an answer
    """The request's body was left unread, so that the connection is closed after the answer."""

    def __init__(self, status: int, told: Text) -> None:
        super().__init__(told.en)
        self.answer = _said(told, status, {"connection": "close"})


def _said(told: Text, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer for people, a line for each language: machines go by the status alone."""
    return PlainTextResponse("".join(f"{line}\n" for line in told), status, headers)


class _Impatient(H11Protocol):
    """A reaper of idle connections, which would else take up the limit of connections."""

    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """Run the timer while no request is there; a request's body has a time limit of its own."""
        if not self._is_waiting():
            self._rest()
        elif self._giving_up is None:
            self._giving_up = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _is_waiting(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # it is None before the first request
        return cycle is None or cycle.response_complete

    def _rest(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _give_up(self) -> None:
        self._giving_up = None
        if self._is_waiting():
            self.transport.close()


def app(witness: Witness) -> Starlette:
    """Return the witness as an ASGI application."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            body = await _body(request)
        except _NotRead as error:
            return error.answer
        return await run_in_threadpool(_answer, witness, body)

    async def checkpoint(request: Request) -> Response:
        return await run_in_threadpool(_shown, witness, request.path_params["name"])

    routes = [Route(PATH, add_checkpoint, methods=["POST"]), Route(SHOWN, checkpoint, methods=["GET"])]
    made = Starlette(routes=routes)
    made.router.redirect_slashes = False
    return made


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BODY:
                    raise _NotRead(413, _TOO_LONG)
    except TimeoutError as error:
        raise _NotRead(408, _TOO_SLOW) from error
    except ClientDisconnect as error:
        raise _NotRead(400, _CUT_OFF) from error
    return bytes(body)


def _answer(witness: Witness, body: bytes) -> Response:
    try:
        cosignature = witness.add(consistency.read(body))
    except BadConsistency as refusal:
        return _said(refusal.record().lines(), 400)
    except ANSWERED as refusal:
        return _refused(refusal)
    except (BadWitnessMemory, ClockWrong) as refusal:
        return _damaged(refusal)
    except OSError as error:
        _log.error("nothing is cosigned for now: %s", error)
        return _said(_NOT_REMEMBERED, 500)
    return PlainTextResponse(cosignature.line())


def _shown(witness: Witness, name: str) -> Response:
    try:
        found = witness.shown(name)
    except BadWitnessMemory as refusal:
        return _damaged(refusal)
    except OSError as error:
        _log.error("what was cosigned cannot be read: %s", error)
        return _said(_NOT_READ_BACK, 500)
    if found is None:
        return _said(_NONE_COSIGNED, 404)
    return Response(found.encode(), media_type="text/plain; charset=utf-8")


def _damaged(refusal: BadWitnessMemory | ClockWrong) -> Response:
    _log.error("this log is not cosigned for now: %s", refusal)
    return _said(refusal.record().lines(), 500)


def _refused(refusal: Answered) -> Response:
    if isinstance(refusal, LogSizeDiffers):
        return Response(f"{refusal.known}\n", refusal.sort.status, headers={"content-type": SIZE_TYPE})
    if isinstance(refusal, LogForked | LogNotGrown):
        _log.warning("%s", refusal)
    return _said(refusal.record().lines(), refusal.sort.status)


def listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens; with port 0, on one that is free.

    Raises:
        OSError: the address is taken, or is none.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except UnicodeError as error:
        raise SaidError(
            Text("主机名不能用", "the name of the host cannot be one"), host, errno.EINVAL
        ) from error
    return socket.create_server(address[:2], family=family)


def url_of(listening: socket.socket) -> str:
    """Return where a socket is reached: the witness's submission prefix, on this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(witness: Witness) -> uvicorn.Server:
    """Return the uvicorn server of a witness: `run(sockets=[...])` until its `should_exit` is set."""
    return uvicorn.Server(
        uvicorn.Config(
            app(witness),
            loop="asyncio",
            http=_Impatient,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )


def serve(witness: Witness, sock: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, with a graceful shutdown: running requests are answered first."""
    serving = server(witness)
    with _stopping(serving):
        serving.run(sockets=[sock])


@contextmanager
def _stopping(serving: uvicorn.Server) -> Generator[None]:
    """Let the signals end the serving, and nothing else: uvicorn raises them again when it has stopped."""

    def stop(_signal: int, _frame: object) -> None:
        serving.should_exit = True

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
