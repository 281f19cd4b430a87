"""The signed head, kept outside of the database: what the log has said last, and may not go back behind."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from holdfast.trail.folder import Folder


class Head(Protocol):
    """One small file that changes only from what is expected."""

    def read(self) -> bytes | None:
        """Return what it holds, or None before the first."""
        ...

    def swap(self, expected: bytes | None, new: bytes) -> bool:
        """Put `new` where it holds `expected`, durably, and tell whether it did."""
        ...


class FileHead:
    """A head in a file of its own, swapped under a lock of the system."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = Folder(path.parent)

    def read(self) -> bytes | None:
        """See `Head.read`."""
        return self._folder.read(self._path.name)

    def swap(self, expected: bytes | None, new: bytes) -> bool:
        """See `Head.swap`."""
        with self._locked():
            if self.read() != expected:
                return False
            self._folder.write(self._path.name, new)
            return True

    @contextmanager
    def _locked(self) -> Generator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
