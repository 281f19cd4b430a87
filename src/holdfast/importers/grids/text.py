"""Text as grids: one for each pair of an encoding and a delimiter that can read its beginning."""

from collections.abc import Iterator, Sequence
from itertools import islice

from holdfast.importers.grids.delimited import MarkedRows, QuotedRows
from holdfast.importers.grids.encodings import Marked, OldMac, candidates, decoded, mark
from holdfast.importers.grids.grid import HEAD, Advance, Line
from holdfast.importers.grids.lines import LineBlock
from holdfast.importers.grids.refusals import BlankFile, UnknownEncoding
from holdfast.importers.grids.sources import Source, Stream
from holdfast.importers.grids.windows import WIDE_WINDOW, WINDOW, Window, windows
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text

SAMPLE = 1024**2
"""So many bytes from the beginning tell the encoding; more where all of them are ASCII."""


class TextGrid:
    """A text, in one encoding, its cells separated by one delimiter."""

    def __init__(self, source: Source, encoding: str, delimiter: str, *, old_mac: bool) -> None:
        self.name = source.name
        self.encoding = encoding
        self.delimiter = delimiter
        self._source = source
        self._old_mac = old_mac

    def head(self) -> list[Line]:
        """Return its first rows; those that cannot be read are left out."""
        return [(number, row) for number, row in self.beginning() if isinstance(row, list)]

    def beginning(self) -> list[Line | tuple[int, Refusal]]:
        """Return its first rows, and why some of them cannot be read; fewer where no more can."""
        found: list[Line | tuple[int, Refusal]] = []
        try:
            found.extend(islice(self.rows(), HEAD))
        except Refusal as refusal:
            found.append((0, refusal))
        return found

    def rows(self, advance: Advance | None = None) -> Iterator[Line | tuple[int, Refusal]]:
        """Give every row.

        Raises:
            Refusal: the rest of the file cannot be read.
        """
        kind = MarkedRows if len(self.delimiter) > 1 else QuotedRows
        reading = kind(self.delimiter, self._utf8 or self.encoding, self._source.where)
        with self._source.open() as raw:
            yield from reading.rows(self._windows(raw, advance, WINDOW))

    def blocks(
        self, width: int, wanted: Sequence[int], advance: Advance | None = None
    ) -> Iterator[LineBlock | list[Line | tuple[int, Refusal]]]:
        """Give every row, by columns where that is the same: `wanted` are places of some of `width` cells.

        Raises:
            Refusal: the rest of the file cannot be read.
        """
        if len(self.delimiter) > 1 or not self.delimiter.isascii():
            yield from ([row] for row in self.rows(advance))
            return
        reading = QuotedRows(self.delimiter, self._utf8 or self.encoding, self._source.where)
        with self._source.open() as raw:
            yield from reading.blocks(self._windows(raw, advance, WIDE_WINDOW), width, wanted)

    def _windows(self, raw: Stream, advance: Advance | None, size: int) -> Iterator[Window]:
        stream: Stream = Marked(raw)
        if self._old_mac:
            stream = OldMac(stream)
        return windows(stream, self._utf8 or self.encoding, advance, size)

    @property
    def _utf8(self) -> str | None:
        return "utf-8" if self.encoding.startswith("utf-16") else None


def text_grids(source: Source, encodings: Sequence[str], delimiters: Sequence[str]) -> list[TextGrid]:
    """Return the grids of a text.

    Raises:
        BlankFile: it holds no row.
        UnknownEncoding: none of the encodings reads its beginning.
        Refusal: its beginning cannot be read.
    """
    sample = _sample(source)
    if not sample.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise BlankFile(source.where)
    names = candidates(sample, encodings)
    found: list[TextGrid] = []
    flaws: list[Refusal] = []
    for name in names:
        # Signs of ASCII are the same bytes in all encodings that are tried, but for UTF-16.
        seen = decoded(sample, name)[0].encode("utf-8", "replace") if name.startswith("utf-16") else sample
        old_mac = b"\r" in seen and b"\n" not in seen
        for delimiter in delimiters:
            if len(delimiter) > 1 and delimiter.encode() not in seen:
                continue
            grid = TextGrid(source, name, delimiter, old_mac=old_mac)
            beginning = grid.beginning()
            if any(isinstance(row, list) for _, row in beginning):
                found.append(grid)
            flaws.extend(row for _, row in beginning if isinstance(row, Refusal))
    if found:
        return found
    if (marked := mark(sample)) is not None:
        raise UnknownEncoding(
            source.where,
            encodings=Text(
                f"开头字节所称的 {marked[1].upper()}", f"{marked[1].upper()}, which its first bytes promise"
            ),
        )
    if flaws:
        raise flaws[0]
    tried = ("UTF-8", "GB18030", *encodings)
    raise UnknownEncoding(source.where, encodings=Text(" 或 ".join(tried), " or ".join(tried)))


def _sample(source: Source) -> bytes:
    """Return lines from the beginning, and where these are all ASCII, the first ones that are not, too."""
    found = b""
    with source.open() as stream:
        while len(found) < SAMPLE and (more := stream.read(SAMPLE - len(found))):
            found += more
        if len(found) < SAMPLE:
            return found
        whole = found[: found.rfind(b"\n") + 1] or found
        pending = found[len(whole) :]
        while whole.isascii() and (more := stream.read(SAMPLE)):
            if not (pending + more).isascii():
                beyond = pending + more
                return whole + beyond[beyond.find(b"\n") + 1 : beyond.rfind(b"\n") + 1]
            pending = more[more.rfind(b"\n") + 1 :]
    return whole
