"""A server of one's own: another major version, over the network, with a password and an ordinary role."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from holdfast.postgres.migrate import migrate
from holdfast.postgres.refusals import ServerUnreachable
from holdfast.server import database, programs
from holdfast.server.account import account_for, open_way
from holdfast.server.backup import backup
from holdfast.server.programs import ProgramFailed, fitting
from holdfast.server.refusals import BackupAhead, ProgramMissing, RestoreFailed
from holdfast.server.restore import restore
from waiting import GUARD_SECONDS

MAJOR = 16


def quiet(_text: str) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def boss() -> Iterator[str]:
    """The address of a server of the older version in the wheel, for who may do anything there."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-")).resolve()
    account = account_for(folder / "none")
    if account is not None:
        open_way(folder, account, quiet)
        os.chown(folder, account.uid, account.gid)
    secret = folder / "secret"
    secret.write_text("p@ss/word")
    where = ("-D", str(folder / "cluster"))
    pg_ctl = fitting("pg_ctl", MAJOR)

    def run(program: str, *arguments: str) -> None:
        programs.run(pg_ctl.with_name(program), *arguments, account=account, cwd=folder)

    known = ("-U", "boss", f"--pwfile={secret}", "--auth=scram-sha-256")
    run("initdb", *where, *known, "--no-locale", "--no-sync")

    def start() -> int:
        """Start it on a port that is free, and is another's by then only if this fails."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
        wait = ("-w", "-t", f"{GUARD_SECONDS:.0f}")
        run("pg_ctl", "start", *wait, *where, "-l", str(folder / "log"), "-o", options)
        return port

    try:
        port = start()
    except ProgramFailed:
        port = start()
    yield f"postgresql://boss:p%40ss%2Fword@127.0.0.1:{port}/postgres"
    run("pg_ctl", "stop", "-w", "-m", "immediate", *where)
    shutil.rmtree(folder)


@pytest.fixture
def own_url(boss: str) -> Iterator[str]:
    """The address of an empty database of an ordinary role on that server."""
    with psycopg.connect(boss, autocommit=True) as connection:
        connection.execute("CREATE ROLE shop LOGIN CREATEDB PASSWORD 's/e c:r@et'")
        connection.execute("CREATE DATABASE shop OWNER shop ENCODING 'UTF8' TEMPLATE template0")
    where = boss.rpartition("@")[2].partition("/")[0]
    yield f"postgresql://shop:s%2Fe%20c%3Ar%40et@{where}/shop"
    with psycopg.connect(boss, autocommit=True) as connection:
        connection.execute("DROP DATABASE shop WITH (FORCE)")
        connection.execute("DROP ROLE shop")


def count(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM payments").fetchone()


def test_it_is_looked_at_migrated_backed_up_and_restored(
    own_url: str, one_revision: Path, tmp_path: Path
) -> None:
    found = database.status(url=own_url)
    assert (found.server, found.running, found.pid) == ("own", True, None)
    assert found.url is not None
    assert "e%20c" not in found.url
    migrate(own_url, versions=one_revision)
    with psycopg.connect(own_url) as connection:
        connection.execute("INSERT INTO payments VALUES (1, '稳付')")
    written = backup(own_url, tmp_path / "f", say=quiet)
    assert written.server_major == MAJOR
    with psycopg.connect(own_url) as connection:
        connection.execute("DELETE FROM payments")
    assert restore(own_url, tmp_path / "f", replace=True, say=quiet, versions=one_revision).replaced
    assert count(own_url) == (1,)


def test_backups_go_to_newer_servers_and_not_to_older(
    own_url: str, database_url: str, one_revision: Path, tmp_path: Path
) -> None:
    older, newer = tmp_path / "older", tmp_path / "newer"
    migrate(own_url, versions=one_revision)
    backup(own_url, older, say=quiet)
    assert restore(database_url, older, say=quiet, versions=one_revision).tables == 2
    assert count(database_url) == (0,)
    backup(database_url, newer, say=quiet)
    with pytest.raises(BackupAhead, match="newer PostgreSQL"):
        restore(own_url, newer, replace=True, say=quiet, versions=one_revision)
    assert count(own_url) == (0,)


def test_a_role_that_may_not_create_databases_is_told_so(
    boss: str, own_url: str, one_revision: Path, tmp_path: Path
) -> None:
    migrate(own_url, versions=one_revision)
    backup(own_url, tmp_path / "f", say=quiet)
    with psycopg.connect(boss) as connection:
        connection.execute("ALTER ROLE shop NOCREATEDB")
    with pytest.raises(RestoreFailed, match="permission denied to create database"):
        restore(own_url, tmp_path / "f", replace=True, say=quiet, versions=one_revision)
    assert count(own_url) == (0,)


def test_a_wrong_password_is_refused(own_url: str) -> None:
    with pytest.raises(ServerUnreachable, match="password authentication failed"):
        database.status(url=make_conninfo(own_url, password="wrong"))  # noqa: S106 - wrong on purpose


def test_programs_fit_the_servers_version_or_are_missed() -> None:
    for major in (MAJOR, programs.BUNDLED_MAJOR):
        assert f"(PostgreSQL) {major}." in programs.run(fitting("pg_dump", major), "--version")
    with pytest.raises(ProgramMissing, match="PostgreSQL 99"):
        fitting("pg_dump", 99)


def test_a_failing_program_tells_why(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed) as failed:
        programs.run(programs.bundled("pg_restore"), "--list", str(tmp_path / "none"))
    assert "No such file" in failed.value.reason
    with pytest.raises(ProgramFailed):
        programs.run(tmp_path / "none")
