"""Detection of a text's encoding: by its byte order mark, or by trial decoding of its beginning."""

import codecs
from collections.abc import Iterator, Sequence
from enum import Enum

from holdfast.importers.grids.sources import Stream

LOST = "\udcff"
"""Stands for bytes that are no text. No encoding gives it: it is half of a surrogate pair."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_UNMARKED = ("utf-8", "gb18030")
_BAD_LINES = 0.1


def _lost(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return LOST, error.end


_HANDLER = "holdfast-lost"
codecs.register_error(_HANDLER, _lost)


def decoded(block: bytes, encoding: str) -> tuple[str, bool]:
    """Return lines as text, and whether all of it could be decoded; `LOST` stands for what could not."""
    try:
        return block.decode(encoding), True
    except UnicodeDecodeError:
        return block.decode(encoding, _HANDLER), False


def mark(sample: bytes) -> tuple[bytes, str] | None:
    """Return the byte order mark at the beginning, and the encoding that it tells; None if there is none."""
    return next(((sign, name) for sign, name in _MARKS.items() if sample.startswith(sign)), None)


def candidates(sample: bytes, others: Sequence[str]) -> list[str]:
    """Return the encodings that can read a text's beginning, the likeliest first.

    A byte order mark decides alone. Else UTF-8, then GB18030, then the others, each where it reads what is
    beyond ASCII. One that fails in a tenth of such lines is not the file's, though the rows of ASCII among
    them, such as a header, can be read with it, so that it comes after those that read all.

    Args:
        sample: whole lines from the beginning, or all of it.
        others: further encodings, in the order in which they are tried.
    """
    if (found := mark(sample)) is not None:
        return [found[1]]
    lines = [line for line in sample.split(b"\n") if line.strip()]
    beyond = [line for line in lines if not line.isascii()]
    readable = len(lines) - len(beyond)
    fits = {name: _fit(beyond, readable, name) for name in _names(others)}
    return [name for fit in (Fit.WELL, Fit.HARDLY) for name, found in fits.items() if found is fit]


def _names(others: Sequence[str]) -> Iterator[str]:
    """Give the names of encodings, each once; not those that write a line feed otherwise than ASCII."""
    seen: set[str] = set()
    for name in (*_UNMARKED, *others):
        known = codecs.lookup(name).name
        known = {"utf-8-sig": "utf-8", "gbk": "gb18030", "gb2312": "gb18030"}.get(known, known)
        if known not in seen and "\n".encode(known) == b"\n":
            seen.add(known)
            yield known


class Fit(Enum):
    """How an encoding fits lines: it fails in a tenth of them at most, in more, or in all."""

    WELL = 1
    HARDLY = 2
    NOT = 3


def _fit(lines: list[bytes], readable: int, encoding: str) -> Fit:
    """Tell how an encoding fits lines beyond ASCII, beside which there are `readable` ones that it reads."""
    try:
        b"\n".join(lines).decode(encoding)
    except UnicodeDecodeError:
        pass
    else:
        return Fit.WELL
    bad = 0
    for line in lines:
        if _decodes(line, encoding):
            readable += 1
        else:
            bad += 1
        if readable and bad > _BAD_LINES * len(lines):
            return Fit.HARDLY  # whatever follows: of an encoding that is not the file's nearly all lines fail
    return Fit.WELL if bad <= _BAD_LINES * len(lines) else Fit.NOT


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


class Marked:
    """A stream without its byte order mark, which transcodes UTF-16 to UTF-8."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._at_start = True
        self._decoder: codecs.IncrementalDecoder | None = None

    def read(self, size: int, /) -> bytes:
        """Return about `size` bytes.

        Raises:
            Refusal: they cannot be read.
        """
        while found := self._beginning(size) if self._at_start else self._stream.read(size):
            if given := self._utf8(found):
                return given
        return self._utf8(found)

    def _beginning(self, size: int) -> bytes:
        found = b""
        while len(found) < len(codecs.BOM_UTF8) and (more := self._stream.read(size)):
            found += more
        self._at_start = False
        if (marked := mark(found)) is None:
            return found
        if marked[1] != "utf-8":
            self._decoder = codecs.getincrementaldecoder(marked[1])(_HANDLER)
        return found.removeprefix(marked[0]) or self._stream.read(size)

    def _utf8(self, found: bytes) -> bytes:
        if self._decoder is None:
            return found
        # A half of a pair stays one in these bytes, and so is found again where they are decoded.
        return self._decoder.decode(found, final=not found).encode("utf-8", "surrogatepass")

    def share(self) -> float:
        """Return which share has been read."""
        return self._stream.share()


class OldMac:
    """A stream in which a carriage return alone ends a line, as on old Macs; given with line feeds."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes.

        Raises:
            Refusal: they cannot be read.
        """
        return self._stream.read(size).replace(b"\r", b"\n")

    def share(self) -> float:
        """Return which share has been read."""
        return self._stream.share()
