"""How much a workbook holds, before it is read: a sheet is whole in memory, from its first cell to its last.

Two cells in opposite corners of a sheet would take half a terabyte, and one long text that many cells share
would be copied into each. The parts are streamed, and every tag of a cell is looked at.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO
from xml.parsers import expat

from holdfast.importers.grids.cell_places import cell_places
from holdfast.importers.grids.refusals import BrokenArchive, BrokenWorkbook, WorkbookTooLarge
from holdfast.importers.grids.sources import DAMAGE, Unpacked, brief
from holdfast.kernel.text import Text

MOST_CELLS = 40_000_000
MOST_TEXT = 2 * 1024**3
"""A sheet takes 32 bytes a cell, and the bytes of its texts."""

_CHUNK = 256 * 1024
_LONGEST_TAG = 1024**2
_CELL = re.compile(rb'<(?:\w+:)?c(?=[\s/>])(?! r="[A-Z]+\d+"[^<>]*/>)(?: r="([A-Z]{1,3})(\d{1,7})")?')
"""A cell that is not empty, and its place where that is written as everybody writes it."""

_SHARED = re.compile(rb't="s"[^<>]*>\s*<(?:\w+:)?v>\s*(\d+)')
_TEXT = re.compile(rb"<(?:\w+:)?si[\s/>]")
_DIGITS = re.compile(r"[0-9]{1,7}")
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_TEXTS = "sharedstrings.xml"
_LEAST_CELL = 20
"""No cell of a shared text is shorter than `<c t="s"><v>0</v></c>`."""


def check(file: BinaryIO, where: str) -> None:
    """Check that each part of a workbook is whole, and that its content fits into memory.

    Raises:
        BrokenWorkbook: a part is damaged, or stands there twice.
        InflatesTooMuch: a part becomes far larger than an honest one.
        WorkbookTooLarge: a sheet would take too much memory.
    """
    try:
        with zipfile.ZipFile(file) as book:
            names = [part.filename for part in book.infolist()]
            if len(set(names)) < len(names):
                raise BrokenWorkbook(
                    where, reason=Text("有两个同名的部分", "it holds two parts of the same name")
                )
            lengths = _lengths(book, where)
            for part in book.infolist():
                if not _is_texts(part):
                    _check_part(book, part, lengths, where)
    except BrokenArchive as refusal:
        raise BrokenWorkbook(where, **refusal.details) from refusal
    except DAMAGE as error:
        raise BrokenWorkbook(where, reason=brief(error)) from error


def _is_texts(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith(_TEXTS)


def _chunks(book: zipfile.ZipFile, part: zipfile.ZipInfo, where: str) -> Iterator[bytes]:
    """Give a part in chunks that end before a tag begins."""
    pending = b""
    with book.open(part) as file:
        stream = Unpacked(file, part.compress_size, part.file_size, where)
        while found := stream.read(_CHUNK):
            whole = pending + found
            cut = whole.rfind(b"<")
            yield whole[: max(cut, 0)]
            pending = whole[max(cut, 0) :]
            if len(pending) > _LONGEST_TAG:
                if b">" not in pending and part.filename.endswith(".xml"):
                    raise BrokenWorkbook(where, reason=Text("有标记没有结束", "a tag never ends"))
                yield pending
                pending = b""
    yield pending


def _lengths(book: zipfile.ZipFile, where: str) -> list[int]:
    """Return how long each text is that cells share, with its tags."""
    lengths: list[int] = []
    for part in filter(_is_texts, book.infolist()):
        for chunk in _chunks(book, part, where):
            starts = [found.start() for found in _TEXT.finditer(chunk)]
            ends = [*starts, len(chunk)]
            if lengths:
                lengths[-1] += ends[0]
            lengths.extend(end - start for start, end in pairwise(ends))
    return lengths


def _check_part(book: zipfile.ZipFile, part: zipfile.ZipInfo, lengths: list[int], where: str) -> None:
    extent: Extent | None = Extent()
    shared: Counter[bytes] = Counter()
    counting = max(lengths, default=0) * part.file_size > MOST_TEXT * _LEAST_CELL
    for chunk in _chunks(book, part, where):
        if extent and not part.filename.startswith("xl/media/"):
            extent = extent if b"\0" not in chunk and extent.add(chunk) else None
            if counting:
                shared.update(_SHARED.findall(chunk))
    cells = (extent or _exact(book, part, where)).cells
    if cells > MOST_CELLS:
        raise WorkbookTooLarge(
            where, part=part.filename, size=cells, unit=Text("个单元格", "cells"), most=MOST_CELLS
        )
    texts = dict(enumerate(lengths))
    size = sum(texts.get(int(index), 0) * count for index, count in shared.items())
    if size > MOST_TEXT:
        raise WorkbookTooLarge(
            where, part=part.filename, size=size, unit=Text("字节", "bytes"), most=MOST_TEXT
        )


class Extent:
    """The rectangle from a sheet's first cell to its last."""

    def __init__(self) -> None:
        self._rows = (0, 0)
        self._columns = (0, 0)

    def add(self, chunk: bytes) -> bool:
        """Take in the cells of a chunk; return whether all of them say where they are."""
        found = cell_places(chunk)
        if found is not None:
            if len(found.rows):
                self.reach(int(found.rows.min()), int(found.columns.min()))
                self.reach(int(found.rows.max()), int(found.columns.max()))
            return True
        places = _CELL.findall(chunk)
        if places:
            columns, rows = map(set, zip(*places, strict=True))
            if b"" in columns:
                return False
            for row in (min(rows, key=int), max(rows, key=int)):
                for column in columns:
                    self.reach(int(row), _number(column))
        return True

    def reach(self, row: int, column: int) -> None:
        """Take in a cell; rows and columns count from 1."""
        self._rows = (min(self._rows[0] or row, row), max(self._rows[1], row))
        self._columns = (min(self._columns[0] or column, column), max(self._columns[1], column))

    @property
    def cells(self) -> int:
        """Return how many cells the rectangle has."""
        (top, bottom), (left, right) = self._rows, self._columns
        return (bottom - top + 1) * (right - left + 1)


def _number(column: bytes) -> int:
    """Return the number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number


def _exact(book: zipfile.ZipFile, part: zipfile.ZipInfo, where: str) -> Extent:
    """Return the extent of a part in which some cells do not say where they are: each follows the last."""
    extent = Extent()
    row = column = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        kind = tag.rpartition(":")[2]
        place = attributes.get("r", "")
        if kind == "row":
            row, column = int(place) if _DIGITS.fullmatch(place) else row + 1, 0
        elif kind == "c":
            column += 1
            if (found := _PLACE.fullmatch(place)) is not None:
                column, row = _number(found[1].encode()), int(found[2])
            extent.reach(row, column)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    try:
        for chunk in _chunks(book, part, where):
            parser.Parse(chunk, False)  # noqa: FBT003 - it takes no keyword
    except (expat.ExpatError, LookupError, ValueError) as error:  # the latter two: of an unknown encoding
        raise BrokenWorkbook(
            where, reason=Text(f"{part.filename}：{error}", f"{part.filename}: {error}")
        ) from error
    return extent
