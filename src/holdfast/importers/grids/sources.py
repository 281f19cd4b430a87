"""Where bytes come from: a file, a gzip file, or a member of a zip archive; streamed, and watched."""

import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from holdfast.importers.grids.refusals import BrokenArchive, InflatesTooMuch
from holdfast.importers.refusals import SourceUnreadable
from holdfast.kernel.system_errors import told_by_system

MOST = 2 * 1024**3
FREE = 50 * 1024**2
RATIO = 200
"""What is compressed may become `MOST` bytes, and `RATIO` times its size beyond the first `FREE` ones."""

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises where a compressed file is not what it should be."""


class Stream(Protocol):
    """Bytes that are read once, from the first to the last."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end.

        Raises:
            Refusal: they cannot be read.
        """
        ...

    def share(self) -> float:
        """Return which share has been read, from 0 to 1."""
        ...


class Readable(Protocol):
    """What the standard library gives to read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        ...


class Source(NamedTuple):
    """Bytes that can be read again and again.

    `name` is what people call it, `where` what refusals point at; `file`: the file that it is, uncompressed.
    """

    name: str
    where: str
    open: Callable[[], AbstractContextManager[Stream]]
    file: Path | None = None

    def head(self, size: int) -> bytes:
        """Return its first bytes.

        Raises:
            Refusal: they cannot be read.
        """
        found = b""
        with self.open() as stream:
            while len(found) < size and (more := stream.read(size - len(found))):
                found += more
        return found


class _Plain:
    """A file as it is."""

    def __init__(self, file: BinaryIO, size: int, where: str) -> None:
        self._file = file
        self._size = size
        self._where = where
        self._done = 0

    def read(self, size: int, /) -> bytes:
        try:
            found = self._file.read(size)
        except OSError as error:
            raise SourceUnreadable(self._where, reason=told_by_system(error)) from error
        self._done += len(found)
        return found

    def share(self) -> float:
        return min(1.0, self._done / max(1, self._size))


class Unpacked:
    """What comes out of something compressed; counted as it comes, for what is declared may be a lie."""

    def __init__(self, file: Readable, packed: int, size: int, where: str) -> None:
        self._file = file
        self._packed = packed
        self._size = size
        self._where = where
        self._done = 0
        self._most = min(MOST, FREE + RATIO * packed)

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes.

        Raises:
            BrokenArchive: they are damaged, cut off, or not those of which the checksum was taken.
            InflatesTooMuch: there are more than an honest file has.
        """
        try:
            found = self._file.read(size)
        except DAMAGE as error:
            raise BrokenArchive(self._where, reason=brief(error)) from error
        self._done += len(found)
        if self._done > self._most:
            raise InflatesTooMuch(self._where, packed=self._packed, most=self._most)
        return found

    def share(self) -> float:
        """Return which share has been read, as far as the size is known."""
        return min(1.0, self._done / max(1, self._size))


def brief(error: BaseException) -> str:
    """Return the first line of an error's text, or its kind where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def of_file(path: Path) -> Source:
    """Return a file as it is."""

    @contextmanager
    def opened() -> Generator[Stream]:
        with reading(path) as file:
            yield _Plain(file, path.stat().st_size, str(path))

    return Source(path.name, str(path), opened, path)


def of_gzip(path: Path) -> Source:
    """Return what a gzip file holds."""

    @contextmanager
    def opened() -> Generator[Stream]:
        with reading(path) as file, gzip.GzipFile(fileobj=file, mode="rb") as inner:
            size = path.stat().st_size
            # How much is in it is not known before its end; text becomes about a fifth of itself.
            yield Unpacked(inner, size, 5 * size, str(path))

    return Source(path.name, str(path), opened)


@contextmanager
def reading(path: Path) -> Generator[BinaryIO]:
    """Open a file.

    Raises:
        SourceUnreadable: the system does not let it be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise SourceUnreadable(str(path), reason=told_by_system(error)) from error
    with file:
        yield file
