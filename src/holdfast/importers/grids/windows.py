"""Text in windows of whole lines: as much as is decoded at once, and no more than that in memory."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.importers.grids.encodings import LOST, decoded
from holdfast.importers.grids.grid import Advance
from holdfast.importers.grids.refusals import RowTooLong, UndecodableRow, ZeroBytes
from holdfast.importers.grids.sources import Stream
from holdfast.kernel.refusal import Refusal

LONGEST = 8 * 1024**2
MOST_LINES = 100_000
"""A longer line costs itself, and is not kept; a row of many lines does at the latest at twice that."""

_FIRST = 64 * 1024
WINDOW = 256 * 1024
WIDE_WINDOW = 1024**2
"""So many bytes are decoded at once: for rows one by one, and by columns."""

_LINES = re.compile("[^\n]*\n|[^\n]+")
_TOO_LONG = "\udcfe"
"""Stands for a line longer than `LONGEST`; no encoding gives it."""


class Window(NamedTuple):
    """Some whole lines. In a `suspect` window some cannot be taken: see `flaw`."""

    text: str
    suspect: bool = False
    last: bool = False
    data: bytes | None = None

    def utf8(self) -> bytes:
        """Return the lines in UTF-8, as they stood in the file where that is how."""
        return self.text.encode() if self.data is None else self.data

    def lines(self) -> list[str]:
        """Return the lines, each with its end."""
        return _LINES.findall(self.text)


def windows(stream: Stream, encoding: str, advance: Advance | None, size: int = WINDOW) -> Iterator[Window]:
    """Give a text's lines; only a line feed ends one, so that they count as in any other tool.

    Raises:
        Refusal: the rest cannot be read.
    """
    for block in _blocks(stream, size):
        if block is None:
            yield Window(_TOO_LONG + "\n", suspect=True)
        else:
            text, whole = decoded(block, encoding)
            yield Window(text, not whole or "\0" in text, data=block if encoding == "utf-8" else None)
        if advance:
            advance(stream.share())
    yield Window("", last=True)


def _blocks(stream: Stream, then: int) -> Iterator[bytes | None]:
    """Give blocks of whole lines; None for a line that is too long."""
    pending = b""
    skipping = False
    size = _FIRST
    while found := stream.read(size):
        size = then
        if skipping:
            _, ended, found = found.partition(b"\n")
            skipping = not ended
            if not found:
                continue
        cut = found.rfind(b"\n") + 1
        if cut:
            yield pending + found[:cut]
            pending = found[cut:]
        else:
            pending += found
        if len(pending) > LONGEST:
            yield None
            pending, skipping = b"", True
    if pending:
        yield pending


def flaw(cells: list[str], encoding: str, where: str) -> Refusal | None:
    """Return why a row of a suspect window cannot be taken, or None if it can."""
    text = "".join(cells)
    if _TOO_LONG in text:
        return RowTooLong(where, most=LONGEST, lines=MOST_LINES)
    if LOST in text:
        return UndecodableRow(where, encoding=encoding)
    return ZeroBytes(where) if "\0" in text else None
