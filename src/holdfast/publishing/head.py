"""The signed head: a compare-and-swap register outside of the database, with the newest head that was signed.

It protects from equivocation: a database that was restored from an older backup would else have the log sign
a second tree of a size that it signed before.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from holdfast.trail import checkpoint, note
from holdfast.trail.folder import Folder

UNSIGNED = b"nothing was signed yet\n"
"""The initial value, until the first signature. A missing value therefore means that the head was lost."""


def size_of(head: bytes | None) -> int:
    """Return the size of the tree of a head, in leaves; 0 where nothing was signed.

    Raises:
        BadNote: it is no head.
    """
    return 0 if head is None or head == UNSIGNED else checkpoint.of(note.parse(head)).size


class Head(Protocol):
    """A compare-and-swap register: one small value, durable and linearizable."""

    def read(self) -> bytes | None:
        """Return the value, or None before the first one."""
        ...

    def swap(self, expected: bytes | None, new: bytes) -> bool:
        """Replace the value by `new` if it is `expected`, durably, and tell whether it was."""
        ...


class FileHead:
    """A head in a file, swapped under an advisory lock (flock) of a file beside it."""

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
