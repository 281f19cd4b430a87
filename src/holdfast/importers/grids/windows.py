"""Text in windows of whole lines: as much as is decoded at once, and no more than that in memory."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import pyarrow as pa

from holdfast.importers.grids.encodings import LOST, decoded
from holdfast.importers.grids.grid import Advance
from holdfast.importers.grids.refusals import RowTooLong, UndecodableRow, ZeroBytes
from holdfast.importers.grids.sources import Stream
from holdfast.kernel.refusal import Refusal

_pa = cast("Any", pa)

LONGEST = 8 * 1024**2
MOST_LINES = 100_000
"""A longer line costs itself, and is not kept; a row of many lines does at the latest at twice that."""

_FIRST = 32 * 1024
WINDOW = 256 * 1024
WIDE_WINDOW = 1024**2
"""So many bytes are decoded at once: for rows one by one, and by columns."""

_LINES = re.compile("[^\n]*\n|[^\n]+")
_TOO_LONG = "\udcfe"
"""Stands for a line longer than `LONGEST`; no encoding gives it."""


class Window(NamedTuple):
    """Some whole lines, as text or as they stood in UTF-8.

    In a `suspect` window some cannot be taken: see `flaw`.
    """

    said: str | bytes
    suspect: bool = False
    last: bool = False

    def utf8(self) -> bytes:
        """Return the lines in UTF-8."""
        return self.said if isinstance(self.said, bytes) else self.said.encode()

    def lines(self) -> list[str]:
        """Return the lines, each with its end."""
        return _LINES.findall(self.said.decode() if isinstance(self.said, bytes) else self.said)


def windows(stream: Stream, encoding: str, advance: Advance | None, size: int = WINDOW) -> Iterator[Window]:
    """Give a text's lines; only a line feed ends one, so that they count as in any other tool.

    Raises:
        Refusal: the rest cannot be read.
    """
    for block in _blocks(stream, size):
        if block is None:
            yield Window(_TOO_LONG + "\n", suspect=True)
        else:
            yield _window(block, encoding)
        if advance:
            advance(stream.share())
    yield Window("", last=True)


def _window(block: bytes, encoding: str) -> Window:
    """Return lines as a window: those in UTF-8 as they stand, for whoever reads columns decodes but these."""
    if encoding == "utf-8" and _is_utf8(block):
        return Window(block, b"\0" in block)
    text, whole = decoded(block, encoding)
    # Of these two, zero bytes are what they seem, and sooner found than in what they became.
    zero = b"\0" in block if encoding in {"utf-8", "gb18030"} else "\0" in text
    return Window(text, zero or not whole)


def _is_utf8(block: bytes) -> bool:
    """Tell whether bytes can be decoded (Unicode, table 3-7), in a fifth of the time that it takes."""
    ends = _pa.array([0, len(block)], type=_pa.int64()).buffers()[1]
    try:
        _pa.LargeStringArray.from_buffers(1, ends, _pa.py_buffer(block)).validate(full=True)
    except _pa.ArrowInvalid:
        return False
    return True


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
            yield b"".join((pending, memoryview(found)[:cut]))
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
