"""The running server of a data folder, found by its `postmaster.pid`, and what a killed one left behind."""

import os
import signal
import stat
import time
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import psutil
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from holdfast.server.programs import Account
from holdfast.server.refusals import SocketFolderUnsafe

PORT = 5432
"""Part of the socket's name; the embedded server listens on no network."""

_PID_FILE = "postmaster.pid"
_PID, _SOCKET, _STATUS = 0, 4, 7
_SOCKET_PATH_BYTES = 103  # the least of the systems: 103 on macOS, 107 on Linux
_EXIT_SECONDS = 3.0
_KILLED_SECONDS = 60.0  # no process outlives a kill, but a busy machine is slow to bury it
_PING_SECONDS = 10
_LOOK_SECONDS = 0.02


class Postmaster(NamedTuple):
    """A running server. `ready` is False while it starts, recovers or stops: it lets nobody in then."""

    pid: int
    socket_folder: Path
    ready: bool


def find_postmaster(cluster: Path) -> Postmaster | None:
    """Return the server that runs on `cluster`, or None: a file left by a killed one does not count."""
    try:
        lines = (cluster / _PID_FILE).read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[_PID].strip().isdigit():
        return None
    pid = int(lines[_PID])
    if not _serves(pid, cluster):
        return None
    sockets = Path(lines[_SOCKET].strip() if len(lines) > _SOCKET else "")
    # The file goes on to say so while a server whose child was killed recovers: only asking tells.
    ready = len(lines) > _STATUS and lines[_STATUS].strip() == "ready" and _lets_in(sockets)
    return Postmaster(pid, sockets, ready)


def _lets_in(sockets: Path) -> bool:
    where = make_conninfo(host=str(sockets), port=PORT, connect_timeout=_PING_SECONDS)
    return PGconn.ping(where.encode()) == Ping.OK


def _serves(pid: int, cluster: Path) -> bool:
    # The number may meanwhile be another process's, or a killed server's that nobody has buried yet.
    try:
        process = psutil.Process(pid)
        return (
            process.name() == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == cluster
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _ended(process: psutil.Process) -> bool:
    # Nobody need have buried it: in a container the first process may do so late, or never.
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _still_there(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until the processes have ended, buried or not; return those that have not within `seconds`."""
    deadline = time.monotonic() + seconds
    while processes := [process for process in processes if not _ended(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(_LOOK_SECONDS)
    return processes


def wait_until_settled(cluster: Path, seconds: float) -> Postmaster | None:
    """Wait while the server of `cluster` starts or stops; return it when ready, None when it is gone."""
    deadline = time.monotonic() + seconds
    while True:
        found = find_postmaster(cluster)
        if found is None or found.ready or time.monotonic() > deadline:
            return found
        time.sleep(_LOOK_SECONDS)


def end(found: Postmaster, seconds: float) -> bool:
    """Ask a server to take back what runs, write a checkpoint and end; tell whether it did within `seconds`.

    SIGINT is PostgreSQL's "fast shutdown". pg_ctl waits for the pid file to go, which a server that is killed
    meanwhile never removes.
    """
    try:
        process = psutil.Process(found.pid)
        process.send_signal(signal.SIGINT)
    except psutil.NoSuchProcess:
        return True
    return not _still_there([process], seconds)


def bury(cluster: Path, sockets: Path) -> None:
    """End the children that a killed server left on `cluster` and remove its lock files. No server may run.

    Children notice that their parent is gone and leave by themselves; one in a long statement may not, and
    would keep the shared memory that the next server needs. A lock file would make PostgreSQL refuse to start
    where its number is now another process's, or still the killed server's that nobody has buried.
    """
    left = [process for process in psutil.process_iter() if _serves(process.pid, cluster)]
    left = _still_there(left, _EXIT_SECONDS)
    for process in left:
        process.kill()
    _still_there(left, _KILLED_SECONDS)
    (cluster / _PID_FILE).unlink(missing_ok=True)
    (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def socket_folder(cluster: Path, account: Account | None) -> Path:
    """Return the folder for the server's socket: the cluster itself, or a short private one under /tmp.

    A socket's path is bounded by the system, and a host with a comma means several hosts to libpq.

    Raises:
        SocketFolderUnsafe: the short folder is there and others can write to it.
    """
    room = len(os.fsencode(cluster / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_BYTES
    plain = all(letter.isalnum() or letter in "/._+-=~" for letter in str(cluster)) and str(cluster).isascii()
    if room and plain:
        return cluster
    uid = os.geteuid() if account is None else account.uid
    # Not the temporary folder of the environment, which may be long itself; its owner and rights are checked.
    short = Path("/tmp") / f"holdfast-{sha256(os.fsencode(cluster)).hexdigest()[:16]}"  # noqa: S108
    if not short.is_symlink() and not short.exists():
        short.mkdir(mode=0o700)
        os.chown(short, uid, -1)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        raise SocketFolderUnsafe(str(short))
    return short
