"""Opening a live database for reading: nothing is started, migrated or changed."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.engine.home import Home
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.postgres import server
from holdfast.postgres.compatibility import SchemaState, all_revisions, check_schema, schema_state
from holdfast.postgres.connection import connect, readable
from holdfast.replay.homes import reporting

if TYPE_CHECKING:
    from holdfast.postgres.writing import Connection

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
    """Nothing is in the database's own schema, but replays have left theirs."""

    code = "schema_needed"
    what = "the database itself is empty, and replays have left {schemas}"
    fix = "Say which one with --schema {first}"


@contextmanager
def opened(data: Path | None, url: str | None, schema: str | None) -> Generator[Home]:
    """Open the database's home for reading.

    Raises:
        SchemaNeeded: only replays are in it, and none is named.
        DatabaseEmpty, DatabaseForeign, SchemaBehind, SchemaAhead: it is not one that this code works with.
        ServerStopped, ServerUnreachable: it does not run.
        DatabaseLost: it failed while it was read.
    """
    from holdfast.postgres.home import Postgres  # noqa: PLC0415 - it brings Alembic, 0.3 s to import

    address = server.database_url(data, url, start=False)
    with reporting(address):
        _check(address, schema)
        home = Postgres(address, schema, Ids(SystemRandom()))
        try:
            yield home
        finally:
            home.close()


@contextmanager
def wired(data: Path | None, url: str | None, schema: str | None) -> Generator["Connection"]:
    """Open a connection of the engine's kind to the database; what is asked over it is autocommitted.

    Raises:
        Refusal: see `opened`.
    """
    from holdfast.postgres.wire import open_wire  # noqa: PLC0415 - see `opened`

    address = server.database_url(data, url, start=False)
    with reporting(address):
        _check(address, schema)
        with open_wire(address, schema) as connection:
            yield connection


def _check(address: str, schema: str | None) -> None:
    with connect(address) as connection:
        if schema is None and schema_state(connection) is SchemaState.EMPTY:
            replays = sorted(all_revisions(connection))
            if replays:
                raise SchemaNeeded(readable(address), schemas=", ".join(replays), first=replays[0])
        check_schema(connection, schema)
