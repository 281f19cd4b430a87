"""A service in a process of its own, as `holdfast serve` begins it, over a schema that is there."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

import psutil

from holdfast.bench.beside import ProcessFailed
from holdfast.bench.schema import SCHEMA
from holdfast.kernel.text import Text
from holdfast.service.running import Address

_MEGABYTE = 1 << 20
_MOST_LOG = 1 << 24
_DOING = Text("提供接口服务", "serve")
_END_SECONDS = 60


class Serving:
    """The process, and where it listens."""

    def __init__(self, process: "subprocess.Popen[bytes]", place: Address, log: IO[bytes]) -> None:
        self._process = process
        self._log = log
        self.place = place

    def memory_mb(self) -> float:
        """Return how much memory it has, in MB; that of PostgreSQL is not in it."""
        return psutil.Process(self._process.pid).memory_info().rss / _MEGABYTE

    def kill(self) -> None:
        """End it at this instant (SIGKILL): it can do nothing about it."""
        self._process.kill()

    def keep_log_short(self) -> None:
        """Drop the log where it has become long."""
        if self._log.seek(0, 2) > _MOST_LOG:
            self._log.truncate(0)


@contextmanager
def serving(url: str) -> Generator[Serving]:
    """Serve the measurement's schema of a database until the block ends.

    Raises:
        ProcessFailed: it does not begin; its log is on stderr.
    """
    command = [sys.executable, "-m", "holdfast.cli", "serve", "--port", "0", "--json"]
    with (
        TemporaryFile() as log,
        subprocess.Popen(  # noqa: S603 - ourselves
            [*command, "--database-url", url, "--schema", SCHEMA], stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        try:
            yield Serving(process, _place(process, log), log)
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _place(process: "subprocess.Popen[bytes]", log: IO[bytes]) -> Address:
    """Return where it listens, once it does."""
    assert process.stdout is not None, "it has a pipe"
    said = b""
    for line in process.stdout:
        said += line
        if line == b"}\n":
            break
    served: dict[str, str] = json.loads(said or b"{}")
    address = urlsplit(served.get("address", ""))
    if address.hostname is None or address.port is None:
        log.seek(0)
        sys.stderr.write(said.decode() + log.read().decode())
        raise ProcessFailed("--only", doing=_DOING, code=process.wait(_END_SECONDS))
    return Address(address.hostname, address.port)
