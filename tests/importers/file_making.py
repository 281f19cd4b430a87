"""Files of every kind for the tests of grids, made from nothing: workbooks old and new, and zip archives."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from holdfast.importers.grids.grid import HEAD, Grid, Line
from holdfast.importers.grids.open_grids import DELIMITERS, grids
from holdfast.kernel.refusal import Refusal

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_P = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{_P}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
FORMATS = (0, 14, 22, 46, 20)
"""Formats, which cells name by their place here: none, day, day and time, hours, time (ECMA-376 18.8.30)."""


def of(path: Path, *encodings: str, delimiters: tuple[str, ...] = DELIMITERS) -> list[Grid]:
    return grids(path, encodings, delimiters)


def saved(folder: Path, content: bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def rows_of(grid: Grid) -> list[Line]:
    """All rows of a grid, none of which is refused."""
    found: list[Line] = []
    for number, row in grid.rows():
        assert not isinstance(row, Refusal), row
        found.append((number, row))
    return found


def refused_of(grid: Grid) -> list[tuple[int, str]]:
    """The rows that are refused, and the codes."""
    return [(number, row.code) for number, row in grid.rows() if isinstance(row, Refusal)]


def numbers_of(grid: Grid) -> list[int]:
    """The numbers of the rows that are read."""
    return [number for number, row in grid.rows() if not isinstance(row, Refusal)]


def refusal_of(path: Path, *encodings: str, delimiters: tuple[str, ...] = (",",)) -> Refusal | None:
    """Read all that a file gives, and return why that ended, if it did; which is said with what to do."""
    try:
        for grid in of(path, *encodings, delimiters=delimiters):
            assert len(grid.head()) <= HEAD
            assert all(number > 0 for number, _ in grid.rows())
    except Refusal as refusal:
        record = refusal.record()
        assert record.what
        assert record.fix
        assert str(path) in record.where
        return refusal
    return None


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number_cell(place: str, number: float, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{number!r}</v></c>'


def sheet(*rows: str, dimension: str = "A1", merged: tuple[str, ...] = ()) -> str:
    """A sheet; each row is its cells, or already a whole row."""
    inside = "".join(
        row if row.startswith("<row") else f'<row r="{number}">{row}</row>'
        for number, row in enumerate(rows, start=1)
    )
    merges = "".join(f'<mergeCell ref="{place}"/>' for place in merged)
    after = f"<mergeCells>{merges}</mergeCells>" if merged else ""
    head = f'<?xml version="1.0" encoding="UTF-8"?><worksheet {_MAIN}><dimension ref="{dimension}"/>'
    return f"{head}<sheetData>{inside}</sheetData>{after}</worksheet>"


def workbook(sheets: Mapping[str, str], texts: tuple[str, ...] = ()) -> bytes:
    """An .xlsx file; `texts` are those that cells share."""
    numbered = list(enumerate(sheets, start=1))
    listed = "".join(f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="r{i}"/>' for i, n in numbered)
    related = "".join(
        f'<Relationship Id="r{i}" Type="{_R}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i, _ in numbered
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    kinds = related + "".join(
        f'<Relationship Id="{kind}" Type="{_R}/{kind}" Target="{kind}.xml"/>'
        for kind in ("styles", "sharedStrings")
    )
    office = f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/>'
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_P}/relationships">{office}</Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_R}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_P}/relationships">{kinds}</Relationships>',
        "xl/styles.xml": f"<styleSheet {_MAIN}><cellXfs>{styles}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
    }
    members |= {f"xl/worksheets/sheet{i}.xml": sheets[name] for i, name in numbered}
    return archive({name: text.encode() for name, text in members.items()})


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return held.getvalue()


def ole(stream: str, content: bytes) -> bytes:
    """An OLE file with one stream ([MS-CFB]): a header, the table of sectors, the directory, the stream."""
    size = max(len(content), 4096)
    sectors = -(-size // 512)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    assert len(table) <= 128, "one sector of the table is enough for tests"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, *[0xFFFFFFFE, 0] * 2)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table_sector = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(stream, 2, 0xFFFFFFFF, 2, size)
    return header + table_sector + directory.ljust(512, b"\0") + content.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    links = struct.pack("<HBBIII36xIQ", len(coded), kind, 1, none, none, child, start, size)
    return coded.ljust(64, b"\0") + links


def old_workbook(*rows: tuple[str | float, ...], locked: bool = False) -> bytes:
    """An .xls file of one sheet ([MS-XLS], BIFF8); `locked` says that what follows is encrypted."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    lock = _record(0x2F, b"\1".ljust(54, b"\0")) if locked else b""
    name = b"\x06\x00Orders"
    before = len(start) + len(lock) + 4 + 6 + len(name) + 4
    listed = _record(0x85, struct.pack("<IBB", before, 0, 0) + name)
    cells = b"".join(_old_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
    begun = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    end = _record(0x0A, b"")
    return ole("Workbook", start + lock + listed + end + begun + cells + end)


def _old_cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return _record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x203, place + struct.pack("<d", value))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
