"""The files of a package, in a folder or in a .zip: read in pieces, every size bounded, unpacked nowhere."""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Protocol

from holdfast.trail.bag_names import check_distinct, check_name
from holdfast.trail.bag_refusals import BagPathsCollide, BagPathUnsafe, BagTooLarge, BagUnreadable

MAX_FILES = 20_000
MAX_FILE = 2**30
MAX_TOTAL = 2**35

_PIECE = 2**18
_DEEPEST = 4
_MAX_DIRECTORY = 2**23
_RATIO = 100
_SMALL = 2**20
_SLACK = 2**26

_END = struct.Struct("<4s4H2LH")
_END_SIGN = b"PK\x05\x06"
_ZIP64_SIGN = b"PK\x06\x07"
_ZIP64_SIZE = 20
_ENCRYPTED = 0x41
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
)


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
        raise BagTooLarge(name, reason=f"it has {files.sizes[name]:,} bytes, and {most:,} are read")
    return b"".join(files.pieces(name))


@contextmanager
def opened(path: Path) -> Generator[Files]:
    """Open a package.

    Raises:
        BagUnreadable: it is neither a folder nor a .zip, or is damaged.
        BagPathUnsafe, BagPathsCollide: names in it are a trick.
        BagTooLarge: it is larger than what is looked at.
    """
    if path.is_dir():
        yield _Folder(path)
        return
    with _unzipped(path) as archive:
        yield _Zip(path, archive)


def _refused(where: str, error: OSError) -> BagUnreadable:
    return BagUnreadable(where, reason=(error.strerror or str(error)).lower())


def _check_sizes(path: Path, sizes: dict[str, int]) -> None:
    if len(sizes) > MAX_FILES:
        raise BagTooLarge(str(path), reason=f"it has more than {MAX_FILES:,} files")
    check_distinct(sizes)
    for name, size in sizes.items():
        if size > MAX_FILE:
            raise BagTooLarge(name, reason=f"it has {size:,} bytes, and {MAX_FILE:,} are read")
    if sum(sizes.values()) > MAX_TOTAL:
        raise BagTooLarge(str(path), reason=f"it has more than {MAX_TOTAL:,} bytes")


def _exactly(pieces: Iterator[bytes], name: str, size: int) -> Iterator[bytes]:
    """Pass pieces on, and refuse to go beyond what was declared, or to end before it."""
    left = size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise BagTooLarge(name, reason=f"it goes on after the {size:,} bytes that it declares")
        yield piece
    if left:
        raise BagUnreadable(name, reason=f"it ends {left:,} bytes before the size that it declares")


def _read_all(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


class _Folder:
    """A package in a folder: links are not followed, and nothing but files and folders is touched."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sizes: dict[str, int] = {}
        try:
            self._look("", _DEEPEST)
        except OSError as error:
            raise _refused(str(path), error) from error
        _check_sizes(path, self.sizes)

    def _look(self, below: str, deeper: int) -> None:
        if not deeper:
            raise BagPathUnsafe("package", name=below, reason="is too deep")
        with os.scandir(self._path / below) as entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                check_name(name)
                if entry.is_dir(follow_symlinks=False):
                    self._look(f"{name}/", deeper - 1)
                elif entry.is_file(follow_symlinks=False):
                    self.sizes[name] = entry.stat(follow_symlinks=False).st_size
                else:
                    raise BagPathUnsafe("package", name=name, reason="is a link or a device, no file")
                if len(self.sizes) > MAX_FILES:
                    return

    def pieces(self, name: str) -> Iterator[bytes]:
        """See `Files.pieces`."""
        try:
            handle = os.open(self._path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "rb", buffering=0) as file:
                yield from _exactly(_read_all(file), name, self.sizes[name])
        except OSError as error:
            raise _refused(name, error) from error


def _check_end(path: Path, file: IO[bytes]) -> None:
    """Check the end of a .zip before anything is made of it: `zipfile` reads the whole directory at once."""
    size = file.seek(0, os.SEEK_END)
    if size < _END.size:
        raise BagUnreadable(str(path), reason="it is neither a folder nor a .zip")
    tail_size = min(size, _END.size + _ZIP64_SIZE)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    sign, disk, first_disk, here, entries, length, start, comment = _END.unpack(tail[-_END.size :])
    if sign != _END_SIGN or comment or disk or first_disk or here != entries:
        raise BagUnreadable(str(path), reason="it is no .zip, or not one that ends where it must")
    if tail.startswith(_ZIP64_SIGN) or start + length + _END.size != size:
        raise BagUnreadable(str(path), reason="the directory of the .zip is not where it must be")
    if length > _MAX_DIRECTORY or entries > 2 * MAX_FILES:
        raise BagTooLarge(str(path), reason=f"it has {entries:,} entries, in a directory of {length:,} bytes")


@contextmanager
def _unzipped(path: Path) -> Generator[zipfile.ZipFile]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            _check_end(path, file)
            archive = stack.enter_context(zipfile.ZipFile(file))
        except _DAMAGED as error:
            raise BagUnreadable(str(path), reason=f"the .zip is damaged: {error}") from error
        except OSError as error:
            raise _refused(str(path), error) from error
        yield archive


class _Zip:
    """A package in a .zip: below one folder, as RFC 8493 has it."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self.sizes: dict[str, int] = {}
        entries = archive.infolist()
        base = _base(entries)
        for entry in entries:
            name = _inside(entry, base)
            if name is None:
                continue
            if name in self._entries:
                raise BagPathsCollide("package", first=name, second=name)
            _check_entry(entry, name)
            self._entries[name] = entry
            self.sizes[name] = entry.file_size
        _check_sizes(path, self.sizes)
        _check_ratio(path, entries, path.stat().st_size)

    def pieces(self, name: str) -> Iterator[bytes]:
        """See `Files.pieces`."""
        try:
            with self._archive.open(self._entries[name]) as file:
                yield from _exactly(_read_all(file), name, self.sizes[name])
        except (*_DAMAGED, OSError) as error:
            raise BagUnreadable(name, reason=f"it cannot be unpacked: {error}") from error


def _base(entries: list[zipfile.ZipInfo]) -> str:
    """Return the one folder that everything in a .zip is below, with its slash."""
    bases = {entry.orig_filename.partition("/")[0] + "/" for entry in entries}
    if len(bases) != 1 or not all("/" in entry.orig_filename for entry in entries):
        for entry in entries:
            if entry.orig_filename.startswith("/") or "\\" in entry.orig_filename:
                check_name(entry.orig_filename)
        raise BagUnreadable("package", reason=f"a package in a .zip is one folder, and here are {len(bases)}")
    base = bases.pop()
    if base in {"/", "./", "../"} or "\\" in base or not base.isprintable() or ":" in base:
        raise BagPathUnsafe("package", name=base, reason="is no folder of its own")
    return base


def _inside(entry: zipfile.ZipInfo, base: str) -> str | None:
    """Return an entry's name below the base; None for folders, which hold nothing themselves."""
    name = entry.orig_filename.removeprefix(base)
    if entry.filename != entry.orig_filename:
        raise BagPathUnsafe("package", name=name, reason="ends before its end")
    if not name:
        return None
    check_name(name.removesuffix("/"))
    if name.endswith("/"):
        if entry.file_size:
            raise BagPathUnsafe("package", name=name, reason="is a folder that has bytes")
        return None
    return name


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise BagPathUnsafe("package", name=name, reason="is a link or a device, no file")
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise BagUnreadable(name, reason="it is encrypted, or packed in a way that is not looked at")
    if entry.file_size > _SMALL and entry.file_size > _RATIO * entry.compress_size:
        raise BagTooLarge(name, reason=f"it unpacks to more than {_RATIO} times its size")


def _check_ratio(path: Path, entries: list[zipfile.ZipInfo], size: int) -> None:
    packed = sum(entry.compress_size for entry in entries)
    if packed > size:
        raise BagTooLarge(str(path), reason="its entries lie over each other")
    if sum(entry.file_size for entry in entries) > _SLACK + _RATIO * size:
        raise BagTooLarge(str(path), reason=f"it unpacks to more than {_RATIO} times its size")
