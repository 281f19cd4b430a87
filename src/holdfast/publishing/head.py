"""The signed head, kept outside of the database: what the log has said last, and may not go back behind."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from holdfast.trail import checkpoint, note
from holdfast.trail.folder import Folder

UNSIGNED = b"nothing was signed yet\n"
"""What a head holds from when the log is made until its first signature: where there is none, it is lost."""


def size_of(head: bytes | None) -> int:
    """Return how many leaves a head has; 0 where nothing was signed.

    Raises:
        BadNote: it is no head.
    """
    return 0 if head is None or head == UNSIGNED else checkpoint.of(note.parse(head)).size


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
