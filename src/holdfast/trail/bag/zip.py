"""A package in a .zip, read without unpacking, and unambiguous to all programs that unpack it.

The central directory, the local headers and the places of files must agree: programs follow one or the other,
and all must see the same files under the same names.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from holdfast.kernel.text import Text
from holdfast.trail.bag.files import MAX_FILES, check_sizes, exactly, read_all, refused
from holdfast.trail.bag.names import check_name
from holdfast.trail.bag.refusals import BagPathsCollide, BagPathUnsafe, BagTooLarge, BagUnreadable

_MAX_DIRECTORY = 2**23
_RATIO = 100
_SMALL = 2**20
_SLACK = 2**26

_END = struct.Struct("<4s4H2LH")
_END_SIGN = b"PK\x05\x06"
_ZIP64_SIGN = b"PK\x06\x07"
_ZIP64_SIZE = 20
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ENTRY_SIGN = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGN = b"PK\x03\x04"
_AFTER = struct.Struct("<3L")
_AFTER_SIGN = b"PK\x07\x08"
_EXTRA = struct.Struct("<2H")
_HARMLESS = {0x000A, 0x5455, 0x5855, 0x7855, 0x7875}
"""Extra fields of times and owners; others give names, sizes or contents of their own."""

_ENCRYPTED = 0x41
_SIZES_AFTER = 0x08
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


class _Listed(NamedTuple):
    """An entry of the central directory, undecoded."""

    flags: int
    method: int
    sums: tuple[int, int, int]
    name: bytes
    offset: int


def _check_end(path: Path, file: IO[bytes]) -> None:
    """Check the end record before `zipfile` opens the archive, as that reads the whole directory at once."""
    size = file.seek(0, os.SEEK_END)
    if size < _END.size:
        raise BagUnreadable(
            str(path), reason=Text("既不是文件夹，也不是 .zip", "it is neither a folder nor a .zip")
        )
    tail_size = min(size, _END.size + _ZIP64_SIZE)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    sign, disk, first_disk, here, count, length, start, comment = _END.unpack(tail[-_END.size :])
    if sign != _END_SIGN or comment or disk or first_disk or here != count:
        raise BagUnreadable(
            str(path),
            reason=Text(
                "不是 .zip，或没有在应当结束处结束", "it is no .zip, or not one that ends where it must"
            ),
        )
    if tail.startswith(_ZIP64_SIGN) or start + length + _END.size != size:
        raise BagUnreadable(
            str(path),
            reason=Text(".zip 的目录不在应在的位置", "the directory of the .zip is not where it must be"),
        )
    if length > _MAX_DIRECTORY or count > 2 * MAX_FILES:
        raise BagTooLarge(
            str(path),
            reason=Text(
                f"有 {count:,} 个条目，目录有 {length:,} 字节",
                f"it has {count:,} entries, in a directory of {length:,} bytes",
            ),
        )
    file.seek(start)
    _check_entries(path, file, _listed(path, file.read(length), count), start)


def _listed(path: Path, directory: bytes, count: int) -> list[_Listed]:
    """Return the entries of the directory: as many as it says, one after the other, and nothing else."""
    found: list[_Listed] = []
    at = 0
    while at < len(directory) and len(found) < count:
        fields = _ENTRY.unpack_from(directory, at)
        sign, flags, method, sums, lengths, offset = (
            fields[0],
            fields[3],
            fields[4],
            fields[7:10],
            fields[10:13],
            fields[16],
        )
        if sign != _ENTRY_SIGN or lengths[2]:
            raise BagUnreadable(
                str(path), reason=Text(".zip 的目录已损坏", "the directory of the .zip is damaged")
            )
        begins = at + _ENTRY.size
        at = begins + sum(lengths)
        name = directory[begins : begins + lengths[0]]
        _check_extra(path, directory[begins + lengths[0] : at])
        found.append(_Listed(flags, method, sums, name, offset))
    if at != len(directory) or len(found) != count:
        raise BagUnreadable(
            str(path),
            reason=Text(
                ".zip 目录的条目与其所称不符", "the directory of the .zip has not the entries that it says"
            ),
        )
    return found


def _check_extra(path: Path, extra: bytes) -> None:
    at = 0
    while at < len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size + length
        if kind not in _HARMLESS:
            raise BagUnreadable(
                str(path),
                reason=Text(
                    f"条目有种类为 {kind:#06x} 的附加字段", f"an entry has an extra field of kind {kind:#06x}"
                ),
            )
    if at != len(extra):
        raise BagUnreadable(
            str(path), reason=Text("条目的附加字段已损坏", "an entry's extra fields are damaged")
        )


def _check_entries(path: Path, file: IO[bytes], entries: list[_Listed], end: int) -> None:
    """Check that the files stand one after the other from the beginning, each as the directory has it."""
    at = 0
    for entry in sorted(entries, key=lambda one: one.offset):
        if entry.offset != at:
            raise BagUnreadable(
                str(path),
                reason=Text(
                    "文件之间还有目录未列的内容", "there is more between its files than the directory lists"
                ),
            )
        file.seek(at)
        sign, _, flags, method, _, _, *sums, name_size, extra_size = _LOCAL.unpack(file.read(_LOCAL.size))
        name, extra = file.read(name_size), file.read(extra_size)
        _check_extra(path, extra)
        later = bool(flags & _SIZES_AFTER)
        said = tuple(sums) == entry.sums or (later and not any(sums))
        if (sign, flags, method, name) != (_LOCAL_SIGN, entry.flags, entry.method, entry.name) or not said:
            raise BagUnreadable(
                str(path),
                reason=Text("文件与目录所列不符", "a file is listed otherwise than it stands there"),
            )
        at += _LOCAL.size + name_size + extra_size + entry.sums[1]
        if later:
            at += _after(path, file, at, entry)
    if at != end:
        raise BagUnreadable(
            str(path),
            reason=Text(
                "文件之后还有目录未列的内容", "there is more after its files than the directory lists"
            ),
        )


def _after(path: Path, file: IO[bytes], at: int, entry: _Listed) -> int:
    """Return the length of the data descriptor after a file, which repeats its sizes."""
    file.seek(at)
    sums = _AFTER.pack(*entry.sums)
    found = file.read(len(_AFTER_SIGN) + _AFTER.size)
    for form in (_AFTER_SIGN + sums, sums):
        if found.startswith(form):
            return len(form)
    raise BagUnreadable(
        str(path),
        reason=Text("文件的大小与目录所列不符", "a file's sizes are not those that the directory lists"),
    )


@contextmanager
def unzipped(path: Path) -> Generator["BagZip"]:
    """Open a package in a .zip.

    Raises:
        BagUnreadable: it is no .zip, is damaged, or is ambiguous to other programs.
        BagPathUnsafe, BagPathsCollide: names in it are a trick.
        BagTooLarge: it is larger than what is looked at.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            _check_end(path, file)
            archive = stack.enter_context(zipfile.ZipFile(file))
        except _DAMAGED as error:
            raise BagUnreadable(
                str(path), reason=Text(f".zip 已损坏：{error}", f"the .zip is damaged: {error}")
            ) from error
        except OSError as error:
            raise refused(str(path), error) from error
        yield BagZip(path, archive)


class BagZip:
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
        check_sizes(path, self.sizes)
        _check_ratio(path, entries, path.stat().st_size)

    def pieces(self, name: str) -> Iterator[bytes]:
        """See `Files.pieces`."""
        try:
            with self._archive.open(self._entries[name]) as file:
                yield from exactly(read_all(file), name, self.sizes[name])
        except (*_DAMAGED, OSError) as error:
            raise BagUnreadable(
                name, reason=Text(f"无法解压：{error}", f"it cannot be unpacked: {error}")
            ) from error


def _base(entries: list[zipfile.ZipInfo]) -> str:
    """Return the one folder that everything in a .zip is below, with its slash."""
    bases = {entry.orig_filename.partition("/")[0] + "/" for entry in entries}
    if len(bases) != 1 or not all("/" in entry.orig_filename for entry in entries):
        for entry in entries:
            if entry.orig_filename.startswith("/") or "\\" in entry.orig_filename:
                check_name(entry.orig_filename)
        raise BagUnreadable(
            "package",
            reason=Text(
                f".zip 中的证据包应是一个文件夹，而这里有 {len(bases)} 个",
                f"a package in a .zip is one folder, and here are {len(bases)}",
            ),
        )
    base = bases.pop()
    check_name(base.removesuffix("/"))
    return base


def _inside(entry: zipfile.ZipInfo, base: str) -> str | None:
    """Return an entry's name below the base; None for folders, which hold nothing themselves."""
    name = entry.orig_filename.removeprefix(base)
    if entry.filename != entry.orig_filename:
        raise BagPathUnsafe("package", name=name, reason=Text("没到末尾就结束了", "ends before its end"))
    if not name:
        return None
    check_name(name.removesuffix("/"))
    if name.endswith("/"):
        if entry.file_size:
            raise BagPathUnsafe(
                "package", name=name, reason=Text("是文件夹，却有内容", "is a folder that has bytes")
            )
        return None
    return name


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise BagPathUnsafe(
            "package", name=name, reason=Text("是链接或设备，不是文件", "is a link or a device, no file")
        )
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise BagUnreadable(
            name,
            reason=Text(
                "已加密，或以不予读取的方式压缩", "it is encrypted, or packed in a way that is not looked at"
            ),
        )
    if entry.file_size > _SMALL and entry.file_size > _RATIO * entry.compress_size:
        raise BagTooLarge(
            name,
            reason=Text(
                f"解压后超过自身大小的 {_RATIO} 倍", f"it unpacks to more than {_RATIO} times its size"
            ),
        )


def _check_ratio(path: Path, entries: list[zipfile.ZipInfo], size: int) -> None:
    packed = sum(entry.compress_size for entry in entries)
    if packed > size:
        raise BagTooLarge(str(path), reason=Text("条目互相重叠", "its entries lie over each other"))
    if sum(entry.file_size for entry in entries) > _SLACK + _RATIO * size:
        raise BagTooLarge(
            str(path),
            reason=Text(
                f"解压后超过自身大小的 {_RATIO} 倍", f"it unpacks to more than {_RATIO} times its size"
            ),
        )
