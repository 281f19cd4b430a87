"""Put a backup in the database's place, whole or not at all."""

import time
import zlib
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from holdfast.kernel.text import Text
from holdfast.postgres.compatibility import all_revisions, holdings, summary
from holdfast.postgres.connection import connect, major, readable
from holdfast.postgres.refusals import DatabaseForeign, ServerUnreachable
from holdfast.postgres.revisions import VERSION_TABLE, VERSIONS, revisions
from holdfast.server.archive import Label, verify
from holdfast.server.backup import client
from holdfast.server.programs import ProgramFailed, fitting, run
from holdfast.server.refusals import (
    BackupAhead,
    DatabaseInUse,
    DatabaseNotEmpty,
    LeftoverDatabase,
    RestoreFailed,
)

_JOBS = 2
_LEAVE_SECONDS = 10.0
_MAINTENANCE = ("postgres", "template1")
_PROVIDERS = {
    "b": sql.SQL(" LOCALE_PROVIDER builtin BUILTIN_LOCALE {}"),
    "i": sql.SQL(" LOCALE_PROVIDER icu ICU_LOCALE {}"),
}
_LOCALE_COLUMN = {15: "daticulocale", 16: "daticulocale"}


class Restored(msgspec.Struct, frozen=True):
    """A backup that is in place. `replaced` tells whether other data made way for it.

    `erased_again` counts the consumers and merchants of whom keys were destroyed again, as they had been
    after the backup was made; None where there was no list of erasures to tell.
    """

    file: str
    database: str
    replaced: bool
    tables: int
    revisions: dict[str, str]
    erased_again: int | None = None


class _Target(msgspec.Struct, frozen=True):
    """The database that is to be taken over: `options` are those it was created with."""

    name: str
    options: sql.Composed
    major: int
    held: bool


def _as_it_is(_url: str, _schemas: Collection[str]) -> None:
    """Leave it as it is."""


def restore(
    url: str,
    file: Path,
    *,
    label: Label | None = None,
    replace: bool = False,
    say: Callable[[str], None],
    mend: Callable[[str, Collection[str]], None] = _as_it_is,
    versions: Path = VERSIONS,
) -> Restored:
    """Put the backup in `file` in the place of the database at `url`.

    The file is checked, restored into a fresh database beside the old one, looked at, and swapped for it by
    two renames in one transaction; then the old one is dropped. Whatever fails on the way leaves the old
    database as it was. Its own settings and grants (ALTER DATABASE, GRANT ON DATABASE) are not kept.

    Args:
        url: the database's address; its role needs CREATEDB.
        file: what `backup` wrote.
        label: what `archive.verify` said of it, where somebody has asked already.
        replace: whether a database that holds Holdfast's data may make way; another application's never does.
        say: is told each step that takes a while.
        mend: is called with the restored database's address and schemas, before anybody can read it.
        versions: the folder of the code's revisions.

    Raises:
        FileUnusable, BackupDamaged, BackupAhead: the file is not to be restored here; nothing was touched.
        DatabaseNotEmpty, DatabaseForeign, DatabaseInUse: the database is not to be replaced.
        LeftoverDatabase: another restore runs, or was killed.
        RestoreFailed: PostgreSQL failed on the way; the database is as it was.
        ProgramMissing, ServerUnreachable, ServerTooOld: see `programs.fitting`, `connection.connect`.
    """
    label = _checked(file, say) if label is None else label
    target = _examine(url, label, replace=replace, versions=versions)
    program = fitting("pg_restore", target.major)
    fresh = beside(target.name, "restoring")
    old = beside(target.name, "replaced")
    with _maintenance(url, target.name) as server:
        with _failing(url):
            _create(server, fresh, old, target.options)
            try:
                say(f"restoring into a fresh database beside {target.name}")
                tables = _fill(make_conninfo(url, dbname=fresh), program, file, label)
                mend(make_conninfo(url, dbname=fresh), label.revisions)
                say("swapping it for the old one")
                _swap(server, target.name, fresh, old)
            finally:
                _drop(server, fresh)
        _drop(server, old)  # no return from here: outside of `_failing`, which says that all is as it was
    return Restored(str(file.resolve()), target.name, target.held, tables, label.revisions)


def _checked(file: Path, say: Callable[[str], None]) -> Label:
    say(f"checking {file}")
    return verify(file)


def _examine(url: str, label: Label, *, replace: bool, versions: Path) -> _Target:
    known = revisions(versions)
    for revision in label.revisions.values():
        if revision not in known:
            here = known[-1] if known else Text("没有数据库结构", "no schema")
            raise BackupAhead("backup", part="Holdfast", found=revision, here=here)
    with connect(url) as connection:
        if label.server_major > major(connection):
            raise BackupAhead("backup", part="PostgreSQL", found=label.server_major, here=major(connection))
        held = [f"{schema}.{name}" for schema, name in holdings(connection)]
        if held and not all_revisions(connection):
            raise DatabaseForeign(readable(url), tables=summary(held), version_table=VERSION_TABLE)
        if held and not replace:
            raise DatabaseNotEmpty(readable(url), tables=summary(held))
        _refuse_guests(connection)
        return _Target(connection.info.dbname, _options(connection), major(connection), bool(held))


def _refuse_guests(connection: psycopg.Connection) -> None:
    # A session that was just closed is still seen for a moment.
    deadline = time.monotonic() + _LEAVE_SECONDS
    while guests := _guests(connection):
        if time.monotonic() > deadline:
            where = readable(connection.info.dsn)
            raise DatabaseInUse(where, sessions=len(guests), names=summary(guests))
        time.sleep(0.05)


def _guests(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        """SELECT coalesce(nullif(application_name, ''), usename, 'unnamed') || ' (pid ' || pid || ')'
           FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND backend_type = 'client backend' ORDER BY pid"""
    )
    return [str(name) for (name,) in rows]


def _options(connection: psycopg.Connection) -> sql.Composed:
    column = _LOCALE_COLUMN.get(major(connection), "datlocale")
    row = connection.execute(
        sql.SQL(
            """SELECT pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider::text, {}
               FROM pg_database WHERE datname = current_database()"""
        ).format(sql.Identifier(column))
    ).fetchone()
    assert row is not None, "a connection's database is not in pg_database"
    encoding, collate, ctype, provider, locale = row
    options = sql.SQL("TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(
        encoding, collate, ctype
    )
    if provider not in _PROVIDERS:
        return options + sql.SQL(" LOCALE_PROVIDER libc")
    return options + _PROVIDERS[provider].format(locale)


def beside(database: str, role: str) -> str:
    """Return the name of the database beside `database` that is "restoring" or "replaced"."""
    # Short whatever the database's name: a name is cut at 63 bytes, and a cut one could meet another.
    return f"holdfast_{role}_{zlib.crc32(database.encode()):08x}"


@contextmanager
def _maintenance(url: str, database: str) -> Generator[psycopg.Connection]:
    """Connect to another database of the server: one cannot be renamed from within."""
    first, *others = (name for name in _MAINTENANCE if name != database)
    try:
        connection = connect(make_conninfo(url, dbname=first))
    except ServerUnreachable:
        if not others:
            raise
        connection = connect(make_conninfo(url, dbname=others[0]))
    with connection:
        yield connection


@contextmanager
def _failing(url: str) -> Generator[None]:
    try:
        yield
    except ProgramFailed as failed:
        raise RestoreFailed(readable(url), reason=failed.reason) from failed
    except psycopg.Error as error:
        raise RestoreFailed(readable(url), reason=" ".join(str(error).split())) from error


def _create(server: psycopg.Connection, fresh: str, old: str, options: sql.Composed) -> None:
    left = server.execute(
        "SELECT datname FROM pg_database WHERE datname = ANY(%s)", [[fresh, old]]
    ).fetchone()
    if left is not None:
        raise LeftoverDatabase(readable(server.info.dsn), name=left[0])
    try:
        server.execute(sql.SQL("CREATE DATABASE {} ").format(sql.Identifier(fresh)) + options)
    except errors.DuplicateDatabase as error:
        raise LeftoverDatabase(readable(server.info.dsn), name=fresh) from error


def _fill(url: str, program: Path, file: Path, label: Label) -> int:
    address, environment = client(url)
    run(
        program,
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        f"--jobs={_JOBS}",
        f"--dbname={address}",
        str(file),
        env=environment,
    )
    with connect(url) as connection:
        found = all_revisions(connection)
        if found != label.revisions:
            raise RestoreFailed(
                readable(url),
                reason=Text(
                    f"其中为 {found}，而标签写的是 {label.revisions}",
                    f"it holds {found} where the label says {label.revisions}",
                ),
            )
        # A dump brings no statistics, and a planner without them scans.
        connection.execute("ANALYZE")
        return len(holdings(connection))


def _swap(server: psycopg.Connection, name: str, fresh: str, old: str) -> None:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        # Both renames commit together: at no instant, and after no crash, is there no database of this name,
        # or half of one. PostgreSQL renames none to which somebody is connected.
        with server.transaction():
            server.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
            server.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))
    except errors.ObjectInUse as error:
        raise DatabaseInUse(
            name, sessions=Text("若干", "some"), names=Text("期间连入", "connected meanwhile")
        ) from error


def _drop(server: psycopg.Connection, database: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
