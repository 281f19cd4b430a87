"""Where the database is: an embedded PostgreSQL of its own folder, or a server of one's own.

The embedded server belongs to no process: it goes on when the one that started it ends, and stops when asked.
It listens on a socket that only its owner can open, and on no network.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from holdfast.kernel.clock import iso
from holdfast.kernel.text import Text
from holdfast.postgres.compatibility import SchemaState, schema_revision, schema_state
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.revisions import head
from holdfast.server import DEFAULT_DATA
from holdfast.server.cluster import (
    DATABASE,
    USER,
    ensure_running,
    ensure_stopped,
    log_of,
    running,
)
from holdfast.server.postmaster import PORT, Postmaster
from holdfast.server.refusals import NotEmbedded, ServerStopped, TwoDatabases


class Embedded(NamedTuple):
    """The embedded server of an absolute data folder."""

    data: Path


class Own(NamedTuple):
    """A server of one's own, by its address."""

    url: str


class ReaderStatus(msgspec.Struct, frozen=True):
    """A reader of the feed: facts that it has taken, how many it has still to take, since when (RFC 3339)."""

    name: str
    position: int
    behind: int
    since: str | None


class Status(msgspec.Struct, frozen=True):
    """What is known of the database; what cannot be known while it does not run is None.

    `server` is "embedded" or "own"; `url` shows no password; `database_bytes` is what the data takes on disk;
    `readers` of the feed are there where the schema is this Holdfast's.
    """

    server: str
    running: bool
    url: str | None
    data: str | None
    log: str | None
    pid: int | None
    server_version: str | None
    schema: SchemaState | None
    schema_revision: str | None
    schema_head: str | None
    database_bytes: int | None
    readers: tuple[ReaderStatus, ...] = ()


def _silent(_text: str) -> None:
    """Tell nobody."""


def locate(data: Path | None = None, url: str | None = None) -> Embedded | Own:
    """Return which database is meant: what is given, else HOLDFAST_DATABASE_URL, HOLDFAST_DATA, the default.

    Raises:
        TwoDatabases: both a folder and an address are given.
        BadDatabaseUrl: the address cannot be read.
    """
    if data is not None and url is not None:
        raise TwoDatabases("--database-url", data=data)
    if data is None:
        url = url or os.environ.get("HOLDFAST_DATABASE_URL") or None
        if url is not None:
            readable(url)
            return Own(url)
    folder = data or Path(os.environ.get("HOLDFAST_DATA") or DEFAULT_DATA)
    return Embedded(folder.expanduser().resolve())


def database_url(
    data: Path | None = None,
    url: str | None = None,
    *,
    start: bool = True,
    say: Callable[[str], None] = _silent,
) -> str:
    """Return the database's address; with `start`, the embedded server then runs.

    A server of one's own is not asked here whether it runs: `postgres.connection.connect` does that.

    Args:
        data: the embedded server's folder.
        url: the address of a server of one's own.
        start: whether to make and start the embedded server where it does not run.
        say: is told each step that takes a while, with the folder's path.

    Raises:
        ServerStopped: it does not run and `start` is False.
        Refusal: see `locate` and `cluster.ensure_running`.
    """
    where = locate(data, url)
    if isinstance(where, Own):
        return where.url
    found = ensure_running(where.data, say) if start else running(where.data)
    if found is None or not found.ready:
        raise ServerStopped(str(where.data), data=where.data)
    return _address(found)


def start(data: Path | None = None, url: str | None = None, *, say: Callable[[str], None] = _silent) -> str:
    """Start the embedded server where it does not run, and return its address.

    Raises:
        NotEmbedded: a server of one's own is selected.
        Refusal: see `locate` and `cluster.ensure_running`.
    """
    return _address(ensure_running(_embedded(data, url, Text("启动", "start")).data, say))


def stop(data: Path | None = None, url: str | None = None) -> bool:
    """Stop the embedded server; return whether it ran.

    Raises:
        NotEmbedded: a server of one's own is selected.
        Refusal: see `locate` and `cluster.ensure_stopped`.
    """
    return ensure_stopped(_embedded(data, url, Text("停止", "stop")).data)


def status(data: Path | None = None, url: str | None = None) -> Status:
    """Look at the database without starting or changing anything.

    Raises:
        ServerUnreachable, ServerTooOld: a server of one's own does not answer, or is too old.
        Refusal: see `locate`.
    """
    where = locate(data, url)
    if isinstance(where, Own):
        return _ask(where.url, "own", None, None)
    found = running(where.data)
    if found is not None and found.ready:
        return _ask(_address(found), "embedded", where.data, found.pid)
    folder, log = str(where.data), str(log_of(where.data))
    pid = found.pid if found else None
    return Status("embedded", False, None, folder, log, pid, None, None, None, head(), None)  # noqa: FBT003


def _embedded(data: Path | None, url: str | None, verb: Text) -> Embedded:
    where = locate(data, url)
    if isinstance(where, Own):
        raise NotEmbedded(readable(where.url), verb=verb, Verb=Text(verb.zh, verb.en.capitalize()))
    return where


def _address(found: Postmaster) -> str:
    folder = quote(str(found.socket_folder), safe="")
    return f"postgresql://{USER}@/{DATABASE}?host={folder}&port={PORT}"


def _ask(url: str, server: str, data: Path | None, pid: int | None) -> Status:
    with connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None, "a function of PostgreSQL returned nothing"
        state = schema_state(connection)
        return Status(
            server=server,
            running=True,
            url=readable(url) if server == "own" else url,
            data=None if data is None else str(data),
            log=None if data is None else str(log_of(data)),
            pid=pid,
            server_version=connection.info.parameter_status("server_version"),
            schema=state,
            schema_revision=schema_revision(connection),
            schema_head=head(),
            database_bytes=row[0],
            readers=_readers(url) if state is SchemaState.CURRENT else (),
        )


def _readers(url: str) -> tuple[ReaderStatus, ...]:
    from holdfast.postgres.journal import lags  # noqa: PLC0415 - it brings every room, 0.3 s
    from holdfast.postgres.wire import open_wire  # noqa: PLC0415

    with open_wire(url, None) as connection:
        return tuple(
            ReaderStatus(one.name, one.position, one.behind, None if one.since is None else iso(one.since))
            for one in lags(connection)
        )
