"""The system account of the embedded server: PostgreSQL refuses to run as root, so root lends it another."""

import os
import pwd
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from holdfast.kernel.system_errors import told_by_system
from holdfast.server.programs import Account, ProgramFailed, bundled, run
from holdfast.server.refusals import ServerAccountMissing

ACCOUNT = "pgserver"
"""The account that the server runs as where root starts it. The wheel's own choice of name."""

_SEARCH = stat.S_IXOTH
_READ = stat.S_IROTH


def account_for(cluster: Path) -> Account | None:
    """Return whom the server of `cluster` runs as; None means the caller.

    For root that is the owner of the data, or `pgserver` (made where missing) where there is none yet.

    Raises:
        ServerAccountMissing: the account is not there and could not be made.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        owner = cluster.stat()
        return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        entry = _make()
    return Account(entry.pw_uid, entry.pw_gid)


def _make() -> pwd.struct_passwd:
    try:
        subprocess.run(  # noqa: S603 - no shell, no input
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],  # noqa: S607 - the system's
            check=True,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise ServerAccountMissing("useradd", account=ACCOUNT, reason=told_by_system(error)) from error
    except subprocess.CalledProcessError as error:
        reason = str(error.stderr).strip()
        try:
            return pwd.getpwnam(ACCOUNT)  # another process has made it meanwhile
        except KeyError:
            raise ServerAccountMissing("useradd", account=ACCOUNT, reason=reason) from error
    return pwd.getpwnam(ACCOUNT)


def open_way(folder: Path, account: Account, say: Callable[[str], None]) -> None:
    """Let `account` pass to `folder` and run the bundled programs, changing no more than that takes.

    Parents get the right to be passed through, never to be listed; each change is told.
    """
    if not _runs(bundled("postgres"), account):
        programs = bundled("postgres").parent.parent
        _let_pass(programs, say)
        for path in (programs, *programs.rglob("*")):
            searchable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(stat.S_IMODE(path.stat().st_mode) | _READ | (_SEARCH if searchable else 0))
    if not _enters(folder, account):
        _let_pass(folder, say)


def _let_pass(folder: Path, say: Callable[[str], None]) -> None:
    for path in (folder, *folder.parents):
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & _SEARCH:
            say(f"letting the account {ACCOUNT} pass through {path} (chmod o+x)")
            path.chmod(mode | _SEARCH)


def _runs(program: Path, account: Account) -> bool:
    try:
        run(program, "--version", account=account, cwd=Path("/"))
    except ProgramFailed:
        return False
    return True


def _enters(folder: Path, account: Account) -> bool:
    try:
        run(Path("/bin/sh"), "-c", 'cd -- "$1"', "sh", str(folder), account=account, cwd=Path("/"))
    except ProgramFailed:
        return False
    return True
