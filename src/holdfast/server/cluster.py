"""The embedded server's data folder: made once and whole, started and stopped by one process at a time.

DIR/cluster/        PostgreSQL's own data, with `holdfast.conf`, the settings
DIR/server.log      what the server says
"""

import fcntl
import os
import shlex
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.server import programs
from holdfast.server.account import account_for, open_way
from holdfast.server.postmaster import (
    PORT,
    Postmaster,
    bury,
    end,
    find_postmaster,
    socket_folder,
    wait_until_settled,
)
from holdfast.server.programs import Account, ProgramFailed, bundled, plain_environment
from holdfast.server.refusals import (
    DataFolderForeign,
    DataFolderOtherVersion,
    DataFolderUnusable,
    ServerFailed,
)

USER = "postgres"
DATABASE = "holdfast"

_PARTIAL = "cluster.partial"
_LOG = "server.log"
_SETTINGS = "holdfast.conf"
_OURS = {"cluster", _PARTIAL, _LOG}
_STOP_SECONDS = 300.0
_SETTLE_SECONDS = 600.0  # a recovery after a crash replays up to max_wal_size


def cluster_of(data: Path) -> Path:
    """Return where PostgreSQL's own files are."""
    return data / "cluster"


def log_of(data: Path) -> Path:
    """Return the server's log."""
    return data / _LOG


def running(data: Path) -> Postmaster | None:
    """Return the running server of `data`, or None. Reads only.

    Raises:
        DataFolderUnusable: the folder belongs to another user.
    """
    with _usable(data):
        return find_postmaster(cluster_of(data))


def ensure_running(data: Path, say: Callable[[str], None]) -> Postmaster:
    """Make the folder and start its server where that is not done; any number of processes may ask at once.

    Raises:
        DataFolderUnusable, DataFolderForeign, DataFolderOtherVersion: the folder is not one of ours.
        ServerAccountMissing, SocketFolderUnsafe: there is no safe way to run it.
        ServerFailed: PostgreSQL could not start.
    """
    found = running(data)
    if found is not None and found.ready:
        return found
    with _usable(data):
        data.mkdir(parents=True, exist_ok=True)
        with _locked(data):
            cluster = cluster_of(data)
            found = wait_until_settled(cluster, _SETTLE_SECONDS)
            if found is not None:
                return found
            account = account_for(cluster)
            if account is not None:
                open_way(data, account, say)
            if not cluster.exists():
                _refuse_strangers(data)
                say(f"making a PostgreSQL database in {data}")
                _create(data, account)
            _check_version(cluster)
            say(f"starting PostgreSQL in {data}")
            return _start(data, account)


def ensure_stopped(data: Path) -> bool:
    """Stop the server of `data` once its running statements are taken back; tell whether it ran.

    Raises:
        DataFolderUnusable: the folder belongs to another user.
        ServerFailed: it did not stop.
    """
    if running(data) is None:
        return False
    with _usable(data), _locked(data):
        cluster = cluster_of(data)
        found = wait_until_settled(cluster, _SETTLE_SECONDS)
        if found is None:
            return False
        if not end(found, _STOP_SECONDS):
            reason = Text(
                f"要求其结束 {_STOP_SECONDS:.0f} 秒后仍在运行",
                f"it still runs {_STOP_SECONDS:.0f} s after it was asked to end",
            )
            raise ServerFailed(str(data), program="postgres", reason=reason, log=log_of(data))
        if found.socket_folder != cluster:
            found.socket_folder.rmdir()
        return True


def _refuse_strangers(data: Path) -> None:
    strangers = sorted(entry.name for entry in data.iterdir() if entry.name not in _OURS)
    if strangers:
        raise DataFolderForeign(str(data), found=", ".join(strangers[:3]))


@contextmanager
def _usable(data: Path) -> Generator[None]:
    try:
        yield
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise DataFolderUnusable(
            str(data),
            reason=Text("{said}：{name}", "{said}: {name}").fill(
                said=told_by_system(error), name=error.filename
            ),
        ) from error
    except OSError as error:
        raise DataFolderUnusable(str(data), reason=told_by_system(error)) from error


@contextmanager
def _locked(data: Path) -> Generator[None]:
    # The folder itself is the lock: nothing is left behind, and it ends with the process that holds it.
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _reported(data: Path) -> Generator[None]:
    try:
        yield
    except ProgramFailed as failed:
        log = log_of(data)
        last = log.read_text(errors="replace").splitlines()[-3:] if log.exists() else []
        reason = " | ".join([failed.reason, *last])
        raise ServerFailed(str(data), program=failed.program, reason=reason, log=log) from failed


def _run(data: Path, account: Account | None, program: str, *arguments: str, stdin: str = "") -> None:
    programs.run(
        bundled(program),
        *arguments,
        env=plain_environment(),
        account=account,
        cwd=data,
        stdin=stdin,
    )


def _create(data: Path, account: Account | None) -> None:
    """Make the cluster beside its place and move it there when whole: a kill on the way leaves no half."""
    partial = data / _PARTIAL
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700)
    _give(partial, account)
    where = ("-D", str(partial))
    encoding = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    with _reported(data):
        _run(data, account, "initdb", *where, *encoding, "--auth=trust", f"--username={USER}", "--no-sync")
        settings = partial / _SETTINGS
        settings.write_text(Path(__file__).with_name(_SETTINGS).read_text(encoding="utf-8"), encoding="utf-8")
        _give(settings, account)
        with (partial / "postgresql.conf").open("a", encoding="utf-8") as main:
            main.write(f"\ninclude = '{_SETTINGS}'\n")
        # Without it, the single-user server answers a failed statement with success.
        single = ("--single", *where, "-c", "exit_on_error=true", "template1")
        _run(data, account, "postgres", *single, stdin=f"CREATE DATABASE {DATABASE};\n")
        _run(data, account, "initdb", *where, "--sync-only")
    partial.rename(cluster_of(data))


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _check_version(cluster: Path) -> None:
    version = int((cluster / "PG_VERSION").read_text())
    if version != programs.BUNDLED_MAJOR:
        raise DataFolderOtherVersion(str(cluster.parent), found=version, brought=programs.BUNDLED_MAJOR)


def _start(data: Path, account: Account | None) -> Postmaster:
    cluster = cluster_of(data)
    sockets = socket_folder(cluster, account)
    bury(cluster, sockets)
    log = log_of(data)
    log.touch()
    _give(log, account)
    options = (
        "-c listen_addresses='' -c unix_socket_permissions=0700 "
        f"-c port={PORT} -c unix_socket_directories={shlex.quote(str(sockets))}"
    )
    with _reported(data):
        wait = ("-w", "-t", str(int(_SETTLE_SECONDS)))
        _run(data, account, "pg_ctl", "start", *wait, "-D", str(cluster), "-l", str(log), "-o", options)
    started = find_postmaster(cluster)
    assert started is not None, f"pg_ctl started a server in {cluster} that is not found there"
    return started
