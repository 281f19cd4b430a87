"""The floor of what is asked over HTTP: the same web server in a process of its own, which decides nothing.

It sends back the body that it was sent, which is the least that can be done with a request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psutil

from holdfast.bench.beside import Beside, beside
from holdfast.kernel.text import Text
from holdfast.service.running import Address, address, listening, web_server

_DOING = Text("回显请求", "echo requests")
_MEGABYTE = 1 << 20

Message = dict[str, Any]


class Echo(NamedTuple):
    """Where it listens, and its process."""

    place: Address
    process: Beside

    def memory_mb(self) -> float:
        """Return how much memory it has, in MB."""
        self.process.tell("memory")
        return float(self.process.hear())


async def _echoed(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer a request: the application."""
    if scope["type"] != "http":
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def echoing() -> Generator[Echo]:
    """Echo until the block ends."""
    with beside(_DOING, _echo) as process:
        yield Echo(Address(*process.hear()), process)


def _echo(pipe: Any) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Any) -> None:
    place = address("127.0.0.1", 0)
    server = web_server(_echoed, place)
    serving = asyncio.create_task(server.serve())
    await listening(place, serving)
    pipe.send(tuple(place))
    try:
        while True:
            await asyncio.to_thread(pipe.recv)
            pipe.send(psutil.Process().memory_info().rss / _MEGABYTE)
    finally:
        server.stop()
        await serving
