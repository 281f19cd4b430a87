"""Opening a live database for reading: nothing is started, migrated or changed."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.kernel.clock import HOUR
from holdfast.kernel.guard import GUARD, Guard
from holdfast.kernel.ids import fresh_ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.postgres.home import Postgres
    from holdfast.postgres.keepers import Keepers
    from holdfast.postgres.writing import Connection

AHEAD_HOURS = "HOLDFAST_CLOCK_AHEAD_HOURS"
_MOST_HOURS = 10_000

Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="NAME",
        help="The PostgreSQL schema to look into: a replay's is named replay_1_full; else the database's own",
        show_default=False,
    ),
]


class SchemaNeeded(Refusal):
    """The database's own schema is empty, but replays have left theirs."""

    code = "schema_needed"
    sort = Sort.MALFORMED
    what = Text(
        "数据库本身是空的，而重放留下了 {schemas}",
        "the database itself is empty, and replays have left {schemas}",
    )
    fix = Text("请用 --schema {first} 写明是哪一个", "Say which one with --schema {first}")


class HistoryPlayed(Refusal):
    """Rows of a history that was played: its time is not the clock's."""

    code = "history_played"
    sort = Sort.CONFLICT
    what = Text(
        "{schema} 中是回放过的历史，其时间由历史决定",
        "{schema} holds a history that was played: the time there is the history's",
    )
    fix = Text(
        "请指定正在运行的市场的数据库；历史由 holdfast replay 继续回放",
        "Name the database of a market that runs; a history is played on by holdfast replay",
    )


class BadClockSetting(Refusal):
    """The setting of the clock's guard cannot be read."""

    code = "bad_clock_setting"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是小时数", "{text!r} is no number of hours")
    fix = Text(
        "请写时钟最多可超前最新事实多少：1 至 {most} 的整数小时",
        "Write how far a clock may be ahead of the newest fact, in whole hours from 1 to {most}",
    )


@contextmanager
def opened(
    data: Path | None, url: str | None, schema: str | None, *, keepers: "Keepers | None" = None
) -> Generator["Postgres"]:
    """Open the database's home, to read rows and facts and run commands, which `keepers` serve.

    Raises:
        SchemaNeeded: only replays are in it, and none is named.
        DatabaseEmpty, DatabaseForeign, SchemaBehind, SchemaAhead: this code does not work with such a schema.
        ServerStopped, ServerUnreachable: it does not run.
        DatabaseLost: it failed while it was read.
    """
    from holdfast.postgres.home import Postgres  # noqa: PLC0415 - it brings Alembic, 0.3 s to import
    from holdfast.replay.homes import reporting  # noqa: PLC0415
    from holdfast.server import database  # noqa: PLC0415

    address = database.database_url(data, url, start=False)
    with reporting(address):
        played = _check(address, schema)
        guard = None if played else clock_guard()
        home = Postgres(address, schema, fresh_ids(), guard=guard, keepers=keepers or {})
        try:
            yield home
        finally:
            home.close()


@contextmanager
def at_work(data: Path | None, url: str | None, schema: str | None) -> Generator[tuple[str, Guard]]:
    """Give the address of a database that commands and deadlines may change, and the guard of its clock.

    Raises:
        HistoryPlayed: time is moved by a history there, not by a clock.
        SchemaOfSandbox: it is a sandbox, which has a clock of its own.
        Refusal: see `opened`.
    """
    from holdfast.replay.homes import reporting  # noqa: PLC0415 - see `opened`
    from holdfast.server import database  # noqa: PLC0415

    address = database.database_url(data, url, start=False)
    with reporting(address):
        played = _check(address, schema)
        if played:
            raise HistoryPlayed("schema", schema=schema or "public")
        _refuse_sandbox(address, schema)
        yield address, clock_guard()


@contextmanager
def wired(data: Path | None, url: str | None, schema: str | None) -> Generator["Connection"]:
    """Open a connection of the engine's kind to the database; its statements are autocommitted.

    Raises:
        Refusal: see `opened`.
    """
    from holdfast.postgres.wire import open_wire  # noqa: PLC0415
    from holdfast.replay.homes import reporting  # noqa: PLC0415
    from holdfast.server import database  # noqa: PLC0415 - see `opened`

    address = database.database_url(data, url, start=False)
    with reporting(address):
        _check(address, schema)
        with open_wire(address, schema) as connection:
            yield connection


def clock_guard() -> Guard:
    """Return the guard of the clock as it is set: HOLDFAST_CLOCK_AHEAD_HOURS, else 240 hours ahead.

    Raises:
        BadClockSetting: the setting is no number of hours.
    """
    text = os.environ.get(AHEAD_HOURS)
    if not text:
        return GUARD
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST_HOURS:
        raise BadClockSetting(AHEAD_HOURS, text=text, most=_MOST_HOURS)
    return GUARD._replace(ahead=int(text) * HOUR)


def _refuse_sandbox(address: str, schema: str | None) -> None:
    from holdfast.markets.refusals import SchemaOfSandbox  # noqa: PLC0415 - see `opened`
    from holdfast.markets.tables import sandbox_of  # noqa: PLC0415
    from holdfast.postgres.wire import open_wire  # noqa: PLC0415

    with open_wire(address, schema) as connection:
        market = sandbox_of(connection)
    if market is not None:
        raise SchemaOfSandbox("schema", schema=schema or "public", market=market)


def _check(address: str, schema: str | None) -> bool:
    """Refuse a database that is not ours; tell whether its time was moved by a history that was played."""
    from psycopg import sql  # noqa: PLC0415 - see `opened`

    from holdfast.postgres.compatibility import (  # noqa: PLC0415
        SchemaState,
        all_revisions,
        check_schema,
        schema_state,
    )
    from holdfast.postgres.connection import connect, readable  # noqa: PLC0415

    with connect(address) as connection:
        if schema is None and schema_state(connection) is SchemaState.EMPTY:
            replays = sorted(all_revisions(connection))
            if replays:
                raise SchemaNeeded(readable(address), schemas=", ".join(replays), first=replays[0])
        check_schema(connection, schema)
        table = sql.Identifier("progress") if schema is None else sql.Identifier(schema, "progress")
        return connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table)).fetchone() is not None
