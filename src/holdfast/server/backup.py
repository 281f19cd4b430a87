"""Write the whole database to one file that is either complete or not there."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.postgres.compatibility import all_revisions, check_schema
from holdfast.postgres.connection import connect, major, readable
from holdfast.server.archive import Label, seal
from holdfast.server.programs import ProgramFailed, fitting, run
from holdfast.server.refusals import BackupFailed, FileExists, FileUnusable


class Backup(msgspec.Struct, frozen=True):
    """A backup that was written. `file_bytes` is the file's size; `revisions` is per PostgreSQL schema."""

    file: str
    file_bytes: int
    sha256: str
    server_major: int
    revisions: dict[str, str]


def backup(url: str, file: Path, *, say: Callable[[str], None]) -> Backup:
    """Write the database at `url`, as it is at one instant, to `file`; others go on reading and writing.

    It is written beside its place as `file.partial`, labelled, synced to disk and only then renamed. Roles,
    grants and settings of the server are not part of it. Only its owner may read it.

    Raises:
        FileExists: the file, or the partial one of another backup, is there.
        FileUnusable: the file cannot be written.
        DatabaseEmpty, DatabaseForeign: there is nothing of Holdfast to back up.
        ProgramMissing: no pg_dump of the server's version is here.
        BackupFailed: pg_dump failed; no file is left.
        ServerUnreachable, ServerTooOld: see `postgres.connection.connect`.
    """
    partial = file.with_name(f"{file.name}.partial")
    with connect(url, autocommit=False) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        revisions = all_revisions(connection)
        if not revisions:
            check_schema(connection)
        program = fitting("pg_dump", major(connection))
        _claim(file, partial)
        try:
            say(f"writing {partial}")
            label = _write(connection, url, program, partial, revisions)
            _put_in_place(partial, file)
        except ProgramFailed as failed:
            raise BackupFailed(readable(url), reason=failed.reason) from failed
        except OSError as error:
            raise FileUnusable(str(partial), reason=told_by_system(error)) from error
        finally:
            partial.unlink(missing_ok=True)
    return Backup(str(file.resolve()), file.stat().st_size, label.sha256, label.server_major, label.revisions)


def client(url: str) -> tuple[str, Mapping[str, str]]:
    """Return the address without its password, and an environment with it: arguments are for all to see."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo("", **parts), {**os.environ, **secret}


def _claim(file: Path, partial: Path) -> None:
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        hint = Text("；另一备份正在写入，或曾中断", "; another backup is writing it, or one was interrupted")
        raise FileExists(str(partial), hint=hint) from error
    except OSError as error:
        raise FileUnusable(str(partial), reason=told_by_system(error)) from error
    # Asked once the partial file is ours: no other backup can put the file there from here on.
    if file.exists():
        partial.unlink()
        raise FileExists(str(file), hint="")


def _write(
    connection: psycopg.Connection, url: str, program: Path, partial: Path, revisions: dict[str, str]
) -> Label:
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None, "a function of PostgreSQL returned nothing"
    address, environment = client(url)
    run(
        program,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--lock-wait-timeout=60s",
        f"--snapshot={row[0]}",
        f"--file={partial}",
        f"--dbname={address}",
        env=environment,
    )
    return seal(partial, major(connection), revisions)


def _put_in_place(partial: Path, file: Path) -> None:
    partial.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
