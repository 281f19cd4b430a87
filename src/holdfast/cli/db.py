"""`holdfast db`: start, stop and look at the database, migrate it, back it up and restore it.

Data goes to stdout, progress and refusals to stderr. With `--json`, stdout holds exactly one document: the
result, or `{"refusal": {…}}`. Exit codes: 0 done, 1 refused, 2 used wrongly, 130
interrupted by Ctrl-C.
"""

import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Erasures, Url
from holdfast.cli.problems import answering
from holdfast.cli.progress import bars
from holdfast.kernel.clock import SystemClock

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The database: embedded, or a PostgreSQL server of your own.",
)

Say = Callable[[str], None]


class Started(msgspec.Struct, frozen=True):
    """The answer of `start`: the server's address and its folder."""

    url: str
    data: str


class Stopped(msgspec.Struct, frozen=True):
    """The answer of `stop`: whether there was a server to stop."""

    stopped: bool


class Migrated(msgspec.Struct, frozen=True):
    """The answer of `migrate`: the revisions applied, oldest first, and the one that the schema is at now."""

    applied: list[str]
    revision: str | None


@app.command()
def start(data: Data = None, database_url: Url = None, *, as_json: AsJson = False) -> None:
    """Make the embedded server's folder where it is missing, and start the server where it does not run.

    It goes on running until `holdfast db stop`.
    """

    def job(say: Say) -> Started:
        from holdfast.server import database  # noqa: PLC0415 - it takes 0.3 s to import

        url = database.start(data, database_url, say=say)
        found = database.status(data, database_url)
        if found.schema_revision != found.schema_head:
            say("its schema is not the newest: run `holdfast db migrate`")
        return Started(url, str(found.data))

    _answer(job, as_json=as_json)


@app.command()
def stop(data: Data = None, database_url: Url = None, *, as_json: AsJson = False) -> None:
    """Stop the embedded server; transactions that are under way are rolled back."""
    from holdfast.server import database  # noqa: PLC0415 - it takes 0.3 s to import

    _answer(lambda _say: Stopped(database.stop(data, database_url)), as_json=as_json)


@app.command()
def status(data: Data = None, database_url: Url = None, *, as_json: AsJson = False) -> None:
    """Tell where the database is, whether it runs, and how its schema stands to this Holdfast."""
    from holdfast.server import database  # noqa: PLC0415 - it takes 0.3 s to import

    _answer(lambda _say: database.status(data, database_url), as_json=as_json)


@app.command()
def migrate(
    data: Data = None,
    database_url: Url = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema", metavar="NAME", help="The schema of a replay that is there", show_default=False
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Bring the schema to this Holdfast's newest revision; starts the embedded server where needed."""
    from holdfast.postgres.compatibility import check_there, schema_revision  # noqa: PLC0415
    from holdfast.postgres.connection import connect  # noqa: PLC0415
    from holdfast.postgres.migrate import migrate as apply_migrations  # noqa: PLC0415 - it takes 0.2 s to import
    from holdfast.server import database  # noqa: PLC0415

    def job(say: Say) -> Migrated:
        url = database.database_url(data, database_url, say=say)
        if schema is not None:
            check_there(url, schema)
        applied = apply_migrations(url, schema)
        with connect(url) as connection:
            return Migrated(applied, schema_revision(connection, schema))

    _answer(job, as_json=as_json)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; never overwritten", show_default=False)],
    data: Data = None,
    database_url: Url = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write the whole database to FILE, which is complete or not there. Others go on working meanwhile."""
    from holdfast.server import database  # noqa: PLC0415
    from holdfast.server.backup import backup as write_backup  # noqa: PLC0415 - it takes 0.3 s to import

    _answer(
        lambda say: write_backup(database.database_url(data, database_url, say=say), file, say=say),
        as_json=as_json,
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `holdfast db backup` wrote", show_default=False)],
    data: Data = None,
    database_url: Url = None,
    erasures: Erasures = None,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let it take the place of a database that is there")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put the backup FILE in the database's place: whole, or the database stays as it was.

    Keys that `holdfast erase` destroyed after the backup was made are destroyed again, before anybody can
    read them.
    """
    from holdfast.cli.erasures import read as erasures_read  # noqa: PLC0415
    from holdfast.cli.erasures import told  # noqa: PLC0415
    from holdfast.publishing.erased_again import erase_again  # noqa: PLC0415
    from holdfast.server import database  # noqa: PLC0415
    from holdfast.server.archive import verify  # noqa: PLC0415
    from holdfast.server.restore import restore as put_back  # noqa: PLC0415 - it takes 0.3 s to import

    def job(say: Say) -> msgspec.Struct:
        say(f"checking {file}")
        label = verify(file)  # before there is a server: what cannot be restored leaves nothing behind
        listed = erasures_read(erasures, data, database_url)
        url = database.database_url(data, database_url, say=say)
        again: list[int] = []

        def mend(fresh: str, schemas: Collection[str]) -> None:
            if listed.tags is not None:
                again.append(erase_again(fresh, schemas, listed.tags, SystemClock().now()).subjects)

        done = put_back(url, file, label=label, replace=replace, say=say, mend=mend)
        say(told(listed, again))
        return msgspec.structs.replace(done, erased_again=sum(again) if again else None)

    _answer(job, as_json=as_json)


_LEFT = "What had begun is whole, or was taken back: run it again."


def _answer(job: Callable[[Say], msgspec.Struct], *, as_json: bool) -> None:
    with (
        answering(as_json=as_json, interrupted=_LEFT),
        bars(quiet=False, doing="数据库 the database") as shown,
    ):
        result = job(shown.say)
    if as_json:
        write_json(result)
    else:
        sys.stdout.write(_lines(result))


def _lines(result: msgspec.Struct) -> str:
    fields: dict[str, Any] = msgspec.to_builtins(result)
    known = {name.replace("_", " "): _text(value) for name, value in fields.items() if value is not None}
    width = max(map(len, known), default=0)
    return "".join(f"{name:<{width}}  {text}\n" for name, text in known.items())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, cast("list[Any]", value))) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {held}" for key, held in cast("dict[str, str]", value).items())
    return str(value)
