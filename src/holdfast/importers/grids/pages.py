"""HTML pages as grids, one for each table: what many platforms and programs hand out under the name .xls."""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from holdfast.importers.grids.encodings import Marked, candidates, decoded, mark
from holdfast.importers.grids.grid import HEAD, Advance, Line, Value
from holdfast.importers.grids.refusals import (
    BlankFile,
    BrokenHtml,
    RowTooLong,
    TooManyTables,
    UnknownEncoding,
)
from holdfast.importers.grids.sources import Source, brief
from holdfast.importers.grids.windows import LONGEST, MOST_LINES, flaw
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text

MOST_TABLES = 1_000
_SAMPLE = 1024**2
_CHUNK = 64 * 1024
MOST_COLUMNS = 16_384
_MOST_COLSPAN = 1_000
_MOST_ROWSPAN = 65_534
"""As wide as a spreadsheet; spans are bounded as the HTML standard bounds them (table model, 4.9.11)."""

_CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252"}
"""What browsers read where a page names the former (WHATWG Encoding)."""

_KNOWN = re.compile(
    r"utf-8|gb18030|big5|shift_jis|cp932|euc_jp|euc_kr|cp949|cp874|cp125[0-8]|iso8859-\d+|koi8-[ru]"
)
_BREAK = "\udcfd"
"""Stands for a `<br>`; no encoding gives it."""

_Row = tuple[int, Line | tuple[int, Refusal]]  # the number of its table, and the row


class TableGrid:
    """A table of a page; its rows count from 1 within it."""

    delimiter = None

    def __init__(self, source: Source, encoding: str, index: int, head: list[Line]) -> None:
        self.name = source.name if index == 0 else f"{source.name} › table {index + 1}"
        self.encoding = encoding
        self._source = source
        self._index = index
        self._head = head

    def head(self) -> list[Line]:
        """Return its first rows; those that cannot be read are left out."""
        return self._head

    def rows(self, advance: Advance | None = None) -> Iterator[Line | tuple[int, Refusal]]:
        """Give every row.

        Raises:
            Refusal: the rest of the page cannot be read.
        """
        for index, row in _rows(self._source, self.encoding, advance):
            if index == self._index:
                yield row


def table_grids(source: Source) -> list[TableGrid]:
    """Return the tables of a page that hold anything.

    Raises:
        BlankFile: there is none.
        UnknownEncoding, BrokenHtml, TooManyTables: it cannot be read.
    """
    encoding = _encoding(source)
    heads: dict[int, list[Line]] = {}
    seen: dict[int, int] = {}
    for index, (number, row) in _rows(source, encoding, None):
        seen[index] = seen.get(index, 0) + 1
        if seen[index] <= HEAD and isinstance(row, list):
            heads.setdefault(index, []).append((number, row))
    if not heads:
        raise BlankFile(source.where)
    return [TableGrid(source, encoding, index, head) for index, head in sorted(heads.items())]


def _encoding(source: Source) -> str:
    sample = source.head(_SAMPLE)
    if (found := mark(sample)) is not None:
        return found[1]
    if (named := _CHARSET.search(sample)) is not None:
        try:
            name = codecs.lookup(named[1].decode()).name
        except LookupError:
            name = "unknown"
        name = _SUPERSETS.get(name, name)
        if _KNOWN.fullmatch(name):
            return name
    names = candidates(sample[: sample.rfind(b"\n") + 1] or sample, ())
    if not names:
        raise UnknownEncoding(source.where, encodings=Text("UTF-8 或 GB18030", "UTF-8 or GB18030"))
    return names[0]


def _rows(source: Source, encoding: str, advance: Advance | None) -> Iterator[_Row]:
    """Give the rows of all tables, each with the table's number from 0."""
    encoding = "utf-8" if encoding.startswith("utf-16") else encoding
    reader = _Tables(source.where, encoding)
    with source.open() as raw:
        stream = Marked(raw)
        pending = b""
        while found := stream.read(_CHUNK):
            cut = max(found.rfind(b">"), found.rfind(b"\n")) + 1  # neither is a part of a longer character
            whole, pending = (pending + found[:cut], found[cut:]) if cut else (b"", pending + found)
            reader.take(decoded(whole, encoding)[0])
            if len(pending) > LONGEST:
                raise BrokenHtml(
                    source.where,
                    reason=Text("一直是没有任何标记的文字", "text without any tag goes on and on"),
                )
            yield from reader.done()
            if advance:
                advance(stream.share())
        reader.take(decoded(pending, encoding)[0])
        reader.end()
        yield from reader.done()


class _Table:
    """A table that is being read: the cells of its present row, and those that reach down into the next."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.row = 0
        self.cells: list[Value] | None = None
        self.text: list[str] | None = None
        self.spans = (1, 1)
        self.size = 0
        self.down: dict[int, tuple[int, str]] = {}

    def open_row(self) -> None:
        """Begin a row."""
        self.row += 1
        self.cells = []
        self.size = 0

    def open_cell(self, columns: int, rows: int) -> None:
        """Begin a cell that spans so many columns and rows."""
        if self.cells is None:
            self.open_row()
        assert self.cells is not None, "a row is open"
        self.text = [] if len(self.cells) < MOST_COLUMNS else None
        self.spans = (columns, rows)

    def close_cell(self) -> None:
        """End the cell: its text stands once in the row, and again in each row to which it reaches down."""
        if self.text is None or self.cells is None:
            return
        lines = "".join(self.text).split(_BREAK)
        text = "\n".join(_SPACE.sub(" ", line).strip(" ") for line in lines)
        self.text = None
        self._fill(self.cells)
        columns, rows = self.spans
        if rows > 1:
            for offset in range(columns):
                self.down[len(self.cells) + offset] = (self.row + rows - 1, "" if offset else text)
        self.cells.extend([text, *[""] * (columns - 1)])

    def close_row(self) -> list[Value] | None:
        """End the row and return its cells; None if there is no row."""
        self.close_cell()
        cells, self.cells = self.cells, None
        if cells is not None:
            self._fill(cells)
        return cells

    def _fill(self, cells: list[Value]) -> None:
        """Put the cells that reach down to this row where the next cell would stand."""
        while (held := self.down.get(len(cells))) is not None:
            bottom, text = held
            if bottom < self.row:
                del self.down[len(cells)]
                return
            cells.append(text)


class _Tables(HTMLParser):
    """Takes the text of a page in pieces, and gives the rows that are whole."""

    def __init__(self, where: str, encoding: str) -> None:
        super().__init__(convert_charrefs=True)
        self._where = where
        self._encoding = encoding
        self._open: list[_Table] = []
        self._count = 0
        self._done: list[_Row] = []

    def take(self, text: str) -> None:
        """Take a piece of the page.

        Raises:
            BrokenHtml: its tags cannot be told apart.
            TooManyTables: it has more tables than an export.
        """
        try:
            self.feed(text)
        except (
            AssertionError,
            ValueError,
        ) as error:  # so the standard library says that a declaration is none
            raise BrokenHtml(self._where, reason=brief(error)) from error
        if len(self.rawdata) > LONGEST:
            raise BrokenHtml(
                self._where, reason=Text("有标记或注释没有结束", "a tag or a comment never ends")
            )

    def end(self) -> None:
        """Take what is left, and close what is open.

        Raises:
            BrokenHtml: its tags cannot be told apart.
        """
        try:
            self.close()
        except (AssertionError, ValueError) as error:
            raise BrokenHtml(self._where, reason=brief(error)) from error
        while self._open:
            self._close_row()
            self._open.pop()

    def done(self) -> Iterator[_Row]:
        """Give the rows that have become whole."""
        found, self._done = self._done, []
        yield from found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row, a cell or a line."""
        if tag == "table":
            self._count += 1
            if self._count > MOST_TABLES:
                raise TooManyTables(self._where, most=MOST_TABLES)
            self._open.append(_Table(self._count - 1))
        elif not self._open:
            return
        elif tag == "tr":
            self._close_row()
            self._open[-1].open_row()
        elif tag in {"td", "th"}:
            self._open[-1].close_cell()
            named = dict(attrs)
            columns, rows = _span(named, "colspan", _MOST_COLSPAN), _span(named, "rowspan", _MOST_ROWSPAN)
            self._open[-1].open_cell(columns, rows)
        elif tag == "br":
            self._add(_BREAK)

    def handle_endtag(self, tag: str) -> None:
        """End a table, a row or a cell."""
        if self._open and tag in {"td", "th"}:
            self._open[-1].close_cell()
        elif self._open and tag in {"tr", "table"}:
            self._close_row()
            if tag == "table":
                self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add text to the cell that is open."""
        if self._open:
            self._add(data)

    def _add(self, text: str) -> None:
        table = self._open[-1]
        if table.text is not None and table.size <= LONGEST:
            table.text.append(text)
            table.size += len(text) + 1

    def _close_row(self) -> None:
        table = self._open[-1]
        cells = table.close_row()
        if cells is None:
            return
        texts = [cell for cell in cells if isinstance(cell, str)]
        where = f"{self._where}:{table.row}"
        flawed = (
            RowTooLong(where, most=LONGEST, lines=MOST_LINES)
            if table.size > LONGEST
            else flaw(texts, self._encoding, where)
        )
        if flawed or any(texts):
            row = (table.row, flawed) if flawed else (table.row, cells)
            self._done.append((table.index, row))


def _span(attributes: dict[str, str | None], name: str, most: int) -> int:
    text = (attributes.get(name) or "").strip()
    return min(max(int(text), 1), most) if re.fullmatch("[0-9]{1,9}", text) else 1
