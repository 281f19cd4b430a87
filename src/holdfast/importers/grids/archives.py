"""Zip archives: their members as sources of their own, streamed, with the names that people gave them."""

import io
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from holdfast.importers.grids.refusals import (
    BrokenArchive,
    InflatesTooMuch,
    LockedMember,
    TooManyMembers,
    UnknownCompression,
)
from holdfast.importers.grids.sources import DAMAGE, MOST, Source, Stream, Unpacked, brief, reading
from holdfast.importers.refusals import SourceUnreadable
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text

MOST_MEMBERS = 1_000
_MOST_DIRECTORY = 64 * 1024**2
"""Each entry of an archive's directory takes ten times its length in memory."""

_ENDS = 65_557
"""The end of an archive has at most so many bytes (APPNOTE 4.3.16: 22, and a comment)."""

_NAMES = ("utf-8", "gbk", "cp437")
"""How names are read that are not said to be in UTF-8: what Macs leave unsaid, what China's platforms write,
and what the format means (APPNOTE, appendix D), which reads everything."""

_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def opened(file: BinaryIO, where: str) -> zipfile.ZipFile:
    """Open an archive.

    Raises:
        SourceUnreadable: the system does not let it be read.
        BrokenArchive: its directory, which stands at its end, is damaged or missing.
        TooManyMembers: the directory alone would fill the memory.
    """
    try:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _ENDS))
        _, mark, end = file.read().rpartition(b"PK\5\6")
    except OSError as error:
        raise SourceUnreadable(where, reason=told_by_system(error)) from error
    directory = int.from_bytes(end[8:12], "little")
    if mark and min(directory, size) > _MOST_DIRECTORY:
        raise TooManyMembers(where, count=int.from_bytes(end[6:8], "little"), most=MOST_MEMBERS)
    try:
        return _named(file)
    except DAMAGE as error:
        raise BrokenArchive(where, reason=brief(error)) from error


def _named(file: BinaryIO) -> zipfile.ZipFile:
    *others, last = _NAMES
    for encoding in others:
        try:
            return zipfile.ZipFile(file, metadata_encoding=encoding)
        except UnicodeDecodeError:
            continue
    return zipfile.ZipFile(file, metadata_encoding=last)


def parts(file: BinaryIO, where: str) -> list[str]:
    """Return the names of what lies in an archive, by which a workbook is told from other archives.

    Raises:
        SourceUnreadable, BrokenArchive, TooManyMembers: it cannot be read.
    """
    with opened(file, where) as archive:
        return archive.namelist()


def members(path: Path) -> list[Source]:
    """Return the files in an archive, without folders and what systems add for themselves.

    Raises:
        SourceUnreadable, BrokenArchive: it cannot be read.
        TooManyMembers: it holds more than an export.
        LockedMember, UnknownCompression, InflatesTooMuch: one of them cannot be read.
    """
    with reading(path) as file, opened(file, str(path)) as archive:
        found = [(place, member) for place, member in enumerate(archive.infolist()) if _is_file(member)]
    if len(found) > MOST_MEMBERS:
        raise TooManyMembers(str(path), count=len(found), most=MOST_MEMBERS)
    for _, member in found:
        where = f"{path} › {member.filename}"
        if member.flag_bits & _ENCRYPTED:
            raise LockedMember(where)
        if member.compress_type not in _READ:
            raise UnknownCompression(where, method=member.compress_type)
        if member.file_size > MOST:
            raise InflatesTooMuch(where, packed=member.compress_size, most=MOST)
    return [_source(path, place, member) for place, member in found]


def _is_file(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    hidden = name.startswith("__MACOSX/") or name.rpartition("/")[2] in {
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    }
    return not name.endswith("/") and not hidden


def _source(path: Path, place: int, member: zipfile.ZipInfo) -> Source:
    where = f"{path} › {member.filename}"

    @contextmanager
    def stream() -> Generator[Stream]:
        with reading(path) as file, opened(file, where) as archive:
            listed = archive.infolist()
            if place >= len(listed) or listed[place].filename != member.filename:
                raise BrokenArchive(
                    where,
                    reason=Text("打开后已被换成另一个", "it has become another one since it was opened"),
                )
            try:
                packed = archive.open(listed[place])
            except DAMAGE as error:
                raise BrokenArchive(where, reason=brief(error)) from error
            with packed:
                yield Unpacked(packed, member.compress_size, member.file_size, where)

    return Source(f"{path.name} › {member.filename}", where, stream)
