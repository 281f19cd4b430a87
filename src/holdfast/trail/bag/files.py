"""The files of a package: read in pieces, every size bounded. `BagFolder` is one in a folder."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.trail.bag.names import check_distinct, check_name
from holdfast.trail.bag.refusals import BagPathUnsafe, BagTooLarge, BagUnreadable
from holdfast.trail.reading import READING

MAX_FILES = 20_000
MAX_FILE = 2**30
MAX_TOTAL = 2**35

_PIECE = 2**18
_DEEPEST = 4


class Files(Protocol):
    """The files of a package."""

    @property
    def sizes(self) -> dict[str, int]:
        """Return each file's name below the package's folder, and its size in bytes as it is declared."""
        ...

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes.

        Raises:
            BagUnreadable: it cannot be read, or is not as long as declared.
        """
        ...


def read(files: Files, name: str, most: int) -> bytes:
    """Return a small file whole.

    Raises:
        BagTooLarge: it has more than `most` bytes.
        BagUnreadable: it cannot be read.
    """
    if files.sizes[name] > most:
        raise BagTooLarge(
            name,
            reason=Text(
                f"有 {files.sizes[name]:,} 字节，最多读取 {most:,} 字节",
                f"it has {files.sizes[name]:,} bytes, and {most:,} are read",
            ),
        )
    return b"".join(files.pieces(name))


def refused(where: str, error: OSError) -> BagUnreadable:
    """Return an error of the operating system as a refusal."""
    return BagUnreadable(where, reason=told_by_system(error))


def check_sizes(path: Path, sizes: dict[str, int]) -> None:
    """Refuse names that collide, and more bytes than are read at most.

    Raises:
        BagPathsCollide, BagTooLarge: they are.
    """
    if len(sizes) > MAX_FILES:
        raise BagTooLarge(
            str(path), reason=Text(f"文件超过 {MAX_FILES:,} 个", f"it has more than {MAX_FILES:,} files")
        )
    check_distinct(sizes)
    for name, size in sizes.items():
        if size > MAX_FILE:
            raise BagTooLarge(
                name,
                reason=Text(
                    f"有 {size:,} 字节，最多读取 {MAX_FILE:,} 字节",
                    f"it has {size:,} bytes, and {MAX_FILE:,} are read",
                ),
            )
    if sum(sizes.values()) > MAX_TOTAL:
        raise BagTooLarge(
            str(path), reason=Text(f"超过 {MAX_TOTAL:,} 字节", f"it has more than {MAX_TOTAL:,} bytes")
        )


def exactly(pieces: Iterator[bytes], name: str, size: int) -> Iterator[bytes]:
    """Pass pieces on, and refuse a total that is not the declared size."""
    left = size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise BagTooLarge(
                name,
                reason=Text(
                    f"超出了所声明的 {size:,} 字节", f"it goes on after the {size:,} bytes that it declares"
                ),
            )
        yield piece
    if left:
        raise BagUnreadable(
            name,
            reason=Text(
                f"比所声明的大小少 {left:,} 字节", f"it ends {left:,} bytes before the size that it declares"
            ),
        )


def read_all(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes in pieces."""
    while piece := file.read(_PIECE):
        yield piece


class BagFolder:
    """A package in a folder: links are not followed, and nothing but files and folders is touched."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sizes: dict[str, int] = {}
        try:
            self._look("", _DEEPEST)
        except OSError as error:
            raise refused(str(path), error) from error
        check_sizes(path, self.sizes)

    def _look(self, below: str, deeper: int) -> None:
        if not deeper:
            raise BagPathUnsafe("package", name=below, reason=Text("层次过深", "is too deep"))
        with os.scandir(self._path / below) as entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                check_name(name)
                if entry.is_dir(follow_symlinks=False):
                    self._look(f"{name}/", deeper - 1)
                elif entry.is_file(follow_symlinks=False):
                    self.sizes[name] = entry.stat(follow_symlinks=False).st_size
                else:
                    raise BagPathUnsafe(
                        "package",
                        name=name,
                        reason=Text("是链接或设备，不是文件", "is a link or a device, no file"),
                    )
                if len(self.sizes) > MAX_FILES:
                    return

    def pieces(self, name: str) -> Iterator[bytes]:
        """See `Files.pieces`."""
        try:
            handle = os.open(self._path / name, READING | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "rb", buffering=0) as file:
                yield from exactly(read_all(file), name, self.sizes[name])
        except OSError as error:
            raise refused(name, error) from error
