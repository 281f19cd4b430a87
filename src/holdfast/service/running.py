"""The process of a service: it listens, lets what is due happen, and ends without losing what it has taken.

In its end it first takes no more requests, so that its readiness is gone, then answers those that it has
taken, and then lets go of the socket, of the worker's jobs and of the database. Killed at whatever instant it
loses nothing that it has acknowledged: an answer is sent when its commit is on the disk.
"""

import asyncio
import ipaddress
import logging
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from holdfast.engine.tuning import tune_process
from holdfast.kernel.clock import SystemClock
from holdfast.kernel.guard import Guard
from holdfast.kernel.ids import fresh_ids
from holdfast.markets import outside
from holdfast.postgres.home import Postgres
from holdfast.service import logs
from holdfast.service.application import application
from holdfast.service.entrance import Entrance
from holdfast.service.markets import Markets
from holdfast.service.refusals import AddressTaken, NotLoopback
from holdfast.service.sandboxes import Sandboxes
from holdfast.service.service import LIMITS, Limits, opened
from holdfast.worker.job import Job
from holdfast.worker.running import run as run_jobs

CONNECTIONS = 1024
"""Connections at the same time; further ones wait in the kernel's queue, which is as long."""

HEADER_MILLISECONDS = 10_000
"""So long may a client take to send a request's headers; a connection that rests longer is closed."""

HEADER_BYTES = 64 * 1024
"""So much is read of a request at once, its headers included."""


_LOG = logging.getLogger("holdfast.worker")

_LOOK_SECONDS = 0.01


class Address(NamedTuple):
    """Where it listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def address(host: str, port: int, *, named: bool = False) -> Address:
    """Return an address on which nobody listens; for the port 0, with one that is free.

    Args:
        host: of this machine alone, but where it is `named` by what others reach it.
        port: the port.
        named: whether a name is said.

    Raises:
        NotLoopback: others can reach it, by no name that is said.
        AddressTaken: it cannot be listened on.
    """
    try:
        found = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise NotLoopback("--host", host=host) from error
    if not found.is_loopback and not named:
        raise NotLoopback("--host", host=host)
    family = socket.AF_INET if found.version == 4 else socket.AF_INET6  # noqa: PLR2004 - of the protocol
    # Granian lets several processes share a port, which would be two services here: so it is tried first.
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((str(found), port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise AddressTaken(f"{host}:{port}", reason=reason) from error
        return Address(str(found), tried.getsockname()[1])


async def serve(
    url: str,
    schema: str | None,
    guard: Guard,
    place: Address,
    jobs: Sequence[Job],
    began: Callable[[], None],
    limits: Limits = LIMITS,
) -> None:
    """Serve until SIGTERM or SIGINT comes; `began` is called once requests are taken.

    Raises:
        ServerUnreachable: the database is away as it begins.
    """
    told = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told.set)
    open_home = partial(_home, url, schema, guard)
    lane = open_home()
    try:
        async with opened(lane, open_home, SystemClock(), limits) as service:
            markets = Markets(service, Sandboxes(url, schema, outside.answers, limits))
            try:
                await _listen(application(service, markets), place, jobs, began, told)
            finally:
                await markets.close()
    finally:
        lane.close()


def _home(url: str, schema: str | None, guard: Guard) -> Postgres:
    return Postgres(url, schema, fresh_ids(), guard=guard)


async def _listen(
    entrance: Entrance,
    place: Address,
    jobs: Sequence[Job],
    began: Callable[[], None],
    told: asyncio.Event,
) -> None:
    server = web_server(entrance, place)
    logs.install(SystemClock())  # behind Granian, which sets up a log of its own as it is made
    stop = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="worker") as threads:
        serving = asyncio.create_task(server.serve())
        working = threads.submit(run_jobs, list(jobs), None, stop, _say) if jobs else None
        try:
            ended = asyncio.create_task(told.wait())
            await listening(place, serving)
            tune_process()
            began()
            await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
            await entrance.end()
            server.stop()
            await serving
        finally:
            stop.set()
        if working is not None:
            await asyncio.wrap_future(working)


def web_server(application: Any, place: Address) -> Server:
    """Return a web server of an ASGI application, within the bounds of a service."""
    return Server(
        application,
        address=place.host,
        port=place.port,
        interface=Interfaces.ASGINL,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        websockets=False,
        log_enabled=False,
    )


async def listening(place: Address, serving: "asyncio.Task[None]") -> None:
    """Return once connections are taken, or none ever will be."""
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(place.host, place.port)
        except OSError:
            await asyncio.sleep(_LOOK_SECONDS)
        else:
            writer.close()
            return


def _say(name: str, text: str) -> None:
    _LOG.warning("%s: %s", name, text)
