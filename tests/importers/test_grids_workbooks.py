"""Workbooks as grids: values, merged cells, wrong dimensions; what is cut, locked, or fills a machine."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from file_making import (
    archive,
    number_cell,
    of,
    old_workbook,
    ole,
    refusal_of,
    rows_of,
    saved,
    sheet,
    text_cell,
    workbook,
)

from holdfast.importers.grids import extents, workbooks
from holdfast.importers.grids.refusals import (
    BlankFile,
    BrokenArchive,
    BrokenWorkbook,
    InflatesTooMuch,
    LockedWorkbook,
    NotATable,
    TooManyTables,
    WorkbookTooLarge,
)
from holdfast.kernel.refusal import Refusal

SMALL = workbook(
    {"订单": sheet(text_cell("A1", "订单号") + text_cell("B1", "金额"), number_cell("B2", 12.5))}
)


def values(tmp_path: Path, cells: str) -> list[object]:
    (grid,) = of(saved(tmp_path, workbook({"S": sheet(cells)})))
    return [*rows_of(grid)[0][1]]


def test_a_sheet_is_a_grid(tmp_path: Path) -> None:
    (grid,) = of(saved(tmp_path, SMALL, "orders.csv"))
    assert (grid.name, grid.encoding, grid.delimiter) == ("orders.csv › 订单", None, None)
    assert grid.head() == rows_of(grid) == [(1, ["订单号", "金额"]), (2, ["", 12.5])]


def test_numbers(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        number_cell("A1", 5.0)
        + number_cell("B1", 12.34)
        + '<c r="C1"><v>9007199254740991</v></c><c r="D1"><v>9007199254740992</v></c>'
        '<c r="E1"><v>4.3E+18</v></c><c r="F1"><v>-0</v></c>',
    )
    assert found == [5, 12.34, 2**53 - 1, 2.0**53, 4.3e18, 0]
    assert [type(value) for value in found] == [int, float, int, float, float, int]


def test_times(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        number_cell("A1", 46143.0, 1)
        + number_cell("B1", 46143.5, 2)
        + number_cell("C1", 1.5, 3)
        + number_cell("D1", 0.25, 4)
        + '<c r="E1" t="d"><v>2026-05-01T09:30:00</v></c>',
    )
    assert found == [
        dt.datetime.fromisoformat("2026-05-01"),
        dt.datetime.fromisoformat("2026-05-01T12:00"),
        dt.timedelta(hours=36),
        dt.time(6),
        dt.datetime.fromisoformat("2026-05-01T09:30"),
    ]


def test_words_truths_errors_and_formulas(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        text_cell("A1", " raw \n")
        + '<c r="B1" t="b"><v>1</v></c><c r="C1" t="e"><v>#N/A</v></c>'
        + '<c r="D1" t="str"><f>A1</f><v>said</v></c><c r="E1"><f>1+1</f><v>2</v></c>',
    )
    assert found == [" raw \n", True, "", "said", 2]


def test_texts_that_cells_share(tmp_path: Path) -> None:
    cells = '<c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c>'
    (grid,) = of(saved(tmp_path, workbook({"S": sheet(cells)}, ("甲", "乙"))))
    assert rows_of(grid) == [(1, ["乙", "甲"])]


def test_the_dimension_is_not_believed(tmp_path: Path) -> None:
    rows = [text_cell(f"A{n}", "x") + text_cell(f"BI{n}", "y") for n in range(1, 20)]
    for dimension in ("A1", "A1:XFD1048576", "B7:C9"):
        (grid,) = of(saved(tmp_path, workbook({"S": sheet(*rows, dimension=dimension)})))
        assert [len(cells) for _, cells in rows_of(grid)] == [61] * 19
    with pytest.raises(BrokenWorkbook):
        of(saved(tmp_path, workbook({"S": sheet(*rows, dimension="")})))


def test_rows_are_numbered_as_people_see_them(tmp_path: Path) -> None:
    cells = sheet(
        f'<row r="4">{text_cell("C4", "a")}</row>',
        f'<row r="9">{text_cell("D9", "b")}{text_cell("E9", "")}</row>',
    )
    (grid,) = of(saved(tmp_path, workbook({"S": cells})))
    assert [(number, row[:2]) for number, row in rows_of(grid)] == [(4, ["a", ""]), (9, ["", "b"])]


def test_cells_that_do_not_say_where_they_are(tmp_path: Path) -> None:
    rows = ["<row><c><v>1</v></c><c><v>2</v></c></row>", "<row><c/><c><v>3</v></c></row>"]
    (grid,) = of(saved(tmp_path, workbook({"S": sheet(*rows)})))
    assert rows_of(grid) == [(1, [1, 2]), (2, ["", 3])]


def test_what_is_merged_over_rows_stands_in_each(tmp_path: Path) -> None:
    cells = sheet(
        text_cell("A1", "report"),
        text_cell("A2", "o1") + text_cell("B2", "kettle") + text_cell("C2", "5"),
        text_cell("B3", "lid"),
        text_cell("B4", "cord"),
        text_cell("A5", "o2") + text_cell("B5", "lamp"),
        merged=("A1:C1", "A2:A4", "C2:D3", "A5:A1048576", "Z9:Z12"),
    )
    (grid,) = of(saved(tmp_path, workbook({"S": cells})))
    assert [row for _, row in rows_of(grid)] == [
        ["report", "", ""],
        ["o1", "kettle", "5"],
        ["o1", "lid", "5"],
        ["o1", "cord", ""],
        ["o2", "lamp", ""],
    ]


def test_what_is_merged_counts_from_the_first_column_with_anything(tmp_path: Path) -> None:
    cells = sheet(
        text_cell("C1", "o1") + text_cell("D1", "x"), text_cell("D2", "y"), merged=("C1:C2", "A1:A2")
    )
    (grid,) = of(saved(tmp_path, workbook({"S": cells})))
    assert [row for _, row in rows_of(grid)] == [["o1", "x"], ["o1", "y"]]


def test_each_sheet_with_anything_is_a_grid(tmp_path: Path) -> None:
    filled = sheet(text_cell("A1", "x"))
    (one, two) = of(saved(tmp_path, workbook({"a": filled, "empty": sheet(), "b": filled}), "o.xlsx"))
    assert [one.name, two.name] == ["o.xlsx › a", "o.xlsx › b"]
    with pytest.raises(BlankFile):
        of(saved(tmp_path, workbook({"empty": sheet(), "too": sheet('<c r="A1" s="1"/>')})))


def test_a_workbook_of_before_2007(tmp_path: Path) -> None:
    (grid,) = of(saved(tmp_path, old_workbook(("订单号", "金额"), ("o1", 12.5), ("o2", 3.0))))
    assert grid.name == "export.csv › Orders"
    assert rows_of(grid) == [(1, ["订单号", "金额"]), (2, ["o1", 12.5]), (3, ["o2", 3])]


@pytest.mark.parametrize(
    "content", [ole("EncryptedPackage", b""), old_workbook(("x",), locked=True)], ids=["new", "old"]
)
def test_a_password_is_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LockedWorkbook) as caught:
        of(saved(tmp_path, content))
    assert "save it as .xlsx without a password" in str(caught.value)


CONTENT_TYPES = b"<Types/>"
OTHERS = [
    (ole("WordDocument", b""), "old Office"),
    (archive({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b""}), "Word"),
    (archive({"[Content_Types].xml": CONTENT_TYPES, "ppt/presentation.xml": b""}), "PowerPoint"),
    (archive({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": b""}), "xlsb"),
    (archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument"),
]


@pytest.mark.parametrize(("content", "said"), OTHERS, ids=[said for _, said in OTHERS])
def test_other_documents_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(NotATable) as caught:
        of(saved(tmp_path, content))
    assert said in str(caught.value)


FAR = [
    sheet(
        f'<row r="1">{number_cell("A1", 1)}</row>', f'<row r="1048576">{number_cell("XFD1048576", 1)}</row>'
    ),
    sheet(
        '<row r="1"><c s="0" r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>',
        '<row r="9999"><c><v>1</v></c></row>',
    ),
    sheet("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    sheet('<row r="1"><x:c r="A1"><v>1</v></x:c></row><row><x:c r="XFD1048576"><v>1</v></x:c></row>').replace(
        "<worksheet ", '<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    ),
]


@pytest.mark.parametrize("far", FAR, ids=range(len(FAR)))
def test_cells_far_apart_do_not_fill_the_memory(tmp_path: Path, far: str) -> None:
    with pytest.raises(WorkbookTooLarge) as caught:
        of(saved(tmp_path, workbook({"S": far})))
    assert "xl/worksheets/sheet1.xml would take" in str(caught.value)


def test_formats_far_away_are_no_cells(tmp_path: Path) -> None:
    cells = sheet(
        f'<row r="1">{number_cell("A1", 1)}<c r="XFD1" s="1"/></row>', '<row r="9999"><c r="XFD9999"/></row>'
    )
    (grid,) = of(saved(tmp_path, workbook({"S": cells})))
    assert rows_of(grid) == [(1, [1])]


def test_a_text_that_many_cells_share_does_not_fill_the_memory(tmp_path: Path) -> None:
    row = '<row r="{0}">' + '<c r="{1}{0}" t="s"><v>1</v></c>'.replace("{1}", "A") + "</row>"
    cells = sheet(*(row.format(number) for number in range(1, 70_001)))
    with pytest.raises(WorkbookTooLarge) as caught:
        of(saved(tmp_path, workbook({"S": cells}, ("short", "x" * 32_000))))
    assert "bytes" in str(caught.value)
    (grid,) = of(saved(tmp_path, workbook({"S": cells.replace("<v>1<", "<v>0<")}, ("short", "x" * 32_000))))
    assert grid.head()[0] == (1, ["short"])


def test_a_part_that_inflates_is_refused(tmp_path: Path) -> None:
    content = workbook({"S": sheet("<row>" + "<a/>" * (17 * 1024**2) + "</row>")})
    with pytest.raises(InflatesTooMuch):
        of(saved(tmp_path, content))


def rezipped(content: bytes, changes: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return archive({name: book.read(name) for name in book.namelist()} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row><c r="},
        {"xl/worksheets/sheet1.xml": b'<worksheet><sheetData><row r="x"><c r="1A"><v>'},
        {"xl/worksheets/sheet1.xml": b'<?xml version="1.0" encoding="UTF-1"?><c><v>1</v></c>'},
        {"xl/worksheets/sheet1.xml": b"<c \0 r='A1'>"},
        {"xl/worksheets/sheet1.xml": b"<" + b"c" * 2 * 1024**2},
        {"xl/workbook.xml": b"no"},
        {"xl/_rels/workbook.xml.rels": b"<"},
    ],
)
def test_broken_parts_are_told(tmp_path: Path, changes: dict[str, bytes]) -> None:
    with pytest.raises((BrokenWorkbook, BlankFile)):
        of(saved(tmp_path, rezipped(SMALL, changes)))


def test_two_parts_of_a_name_are_refused(tmp_path: Path) -> None:
    held = io.BytesIO(SMALL)
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(held, "a") as book,
    ):
        book.writestr("xl/worksheets/sheet1.xml", FAR[0])
    with pytest.raises(BrokenWorkbook, match="same name"):
        of(saved(tmp_path, held.getvalue()))


def test_a_wrong_checksum_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(SMALL)) as book:
        part = book.getinfo("xl/styles.xml")
    broken = SMALL.replace(part.CRC.to_bytes(4, "little"), b"\1\2\3\4")
    with pytest.raises(BrokenWorkbook, match="CRC"):
        of(saved(tmp_path, broken))


@pytest.mark.parametrize(
    "content", [SMALL, old_workbook(("订单号", "金额"), ("o1", 12.5))], ids=["new", "old"]
)
def test_a_file_that_was_cut_is_told(tmp_path: Path, content: bytes) -> None:
    for length in range(8, len(content) - 1, max(1, len(content) // 150)):
        refusal = refusal_of(saved(tmp_path, content[:length]))
        assert refusal is None or isinstance(refusal, (BrokenArchive, BrokenWorkbook, NotATable))


def test_too_many_sheets_are_refused(tmp_path: Path) -> None:
    content = workbook({f"s{number}": sheet() for number in range(workbooks.MOST_SHEETS + 1)})
    with pytest.raises(TooManyTables):
        of(saved(tmp_path, content))


def test_a_workbook_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    one = sheet(text_cell("A1", "x"))
    path = saved(tmp_path, workbook({"S": one, "T": one}))  # a single sheet is read but once
    grid, _ = of(path)
    saved(tmp_path, workbook({"other": sheet(text_cell("A1", "x"))}))
    with pytest.raises(BrokenWorkbook):
        rows_of(grid)
    path.unlink()
    with pytest.raises(Refusal, match="source_unreadable"):
        rows_of(grid)


def test_how_far_it_is_read_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    (grid,) = of(saved(tmp_path, workbook({"S": sheet(*(number_cell(f"A{n}", n) for n in range(1, 2_501)))})))
    assert sum(1 for _ in grid.rows(told.append)) == 2_500
    assert told == [0.4, 0.8, 1.0]


def test_the_bounds_are_those_that_are_told() -> None:
    """docs/import.md names them."""
    assert (extents.MOST_CELLS, extents.MOST_TEXT) == (40_000_000, 2 * 1024**3)
    assert (workbooks.MOST_BYTES, workbooks.MOST_SHEETS) == (512 * 1024**2, 200)
