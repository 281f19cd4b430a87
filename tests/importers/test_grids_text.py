"""Text as grids: encodings in their order, true line numbers, and a bad row that costs itself alone."""

import csv
import io
from pathlib import Path

import pytest
from file_making import numbers_of, of, refused_of, rows_of, saved
from hypothesis import given
from hypothesis import strategies as st

from holdfast.importers.grids.grid import HEAD, Grid
from holdfast.importers.grids.refusals import BlankFile, RowQuotes, RowTooLong, UnknownEncoding
from holdfast.importers.grids.windows import LONGEST

HEADER = "订单编号,金额,标题"
ROW = "4300000000012215155,12.50,耳机"
TEXT = f"{HEADER}\r\n{ROW}\r\n"
CELLS = [(1, HEADER.split(",")), (2, ROW.split(","))]
COMMA = (",",)


def only(path: Path, *encodings: str) -> Grid:
    """The first grid that is separated by commas."""
    return of(path, *encodings, delimiters=COMMA)[0]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("gbk"), "gb18030"),
    ],
    ids=range(5),
)
def test_an_encoding_is_found(tmp_path: Path, content: bytes, encoding: str) -> None:
    grid = only(saved(tmp_path, content), "cp1252")
    assert (grid.name, grid.encoding, grid.delimiter) == ("export.csv", encoding, ",")
    assert rows_of(grid) == CELLS
    assert grid.head() == CELLS


def test_a_byte_order_mark_decides_alone(tmp_path: Path) -> None:
    path = saved(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n")
    assert [(grid.encoding, grid.delimiter) for grid in of(path, "cp1252")] == [
        ("utf-8", ","),
        ("utf-8", "\t"),
        ("utf-8", ";"),
        ("utf-8", "|"),
    ]


def test_encodings_are_tried_in_their_order(tmp_path: Path) -> None:
    found = of(saved(tmp_path, b"a,b\n1,2\n"), "cp1252", "GBK", "utf_8", "cp932", delimiters=COMMA)
    assert [grid.encoding for grid in found] == ["utf-8", "gb18030", "cp1252", "cp932"]


def test_one_that_is_handed_in_is_tried(tmp_path: Path) -> None:
    assert rows_of(only(saved(tmp_path, "a,b\n1,ö\n".encode("cp1252")), "cp1252")) == [
        (1, ["a", "b"]),
        (2, ["1", "ö"]),
    ]
    cells = [(1, ["a", "b"]), (2, ["1", "購入者ソ表"])]
    found = of(saved(tmp_path, "a,b\n1,購入者ソ表\n".encode("cp932")), "cp932", delimiters=COMMA)
    assert next(rows_of(grid) for grid in found if grid.encoding == "cp932") == cells


def test_a_header_of_ascii_does_not_hide_the_encoding(tmp_path: Path) -> None:
    content = b"id,title\n" + b"".join(f"{n},耳机\n".encode("gbk") for n in range(20))
    grid = only(saved(tmp_path, content))
    assert grid.encoding == "gb18030"
    assert len(rows_of(grid)) == 21


def test_neither_does_a_long_beginning_of_ascii(tmp_path: Path) -> None:
    plain = b"id,title\n" + b"1,a kettle of an ordinary kind\n" * 80_000
    grid = only(saved(tmp_path, plain + "2,耳机\n".encode("gbk")))
    assert grid.encoding == "gb18030"
    assert rows_of(grid)[-1] == (80_002, ["2", "耳机"])


def test_a_broken_character_does_not_change_the_encoding(tmp_path: Path) -> None:
    lines = [f"{n},耳机".encode() for n in range(1, 41)]
    lines[4] = lines[4][:-1]
    grid = only(saved(tmp_path, b"\n".join(lines)), "cp1252")
    assert grid.encoding == "utf-8"
    assert refused_of(grid) == [(5, "undecodable_row")]
    assert numbers_of(grid) == [n for n in range(1, 41) if n != 5]
    assert [number for number, _ in grid.head()] == [1, 2, 3, 4, *range(6, HEAD + 1)]


def test_a_mark_that_lies_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncoding) as caught:
        of(saved(tmp_path, b"\xef\xbb\xbf" + TEXT.encode("gbk")))
    assert "UTF-8, which its first bytes promise" in str(caught.value)


def test_text_in_no_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncoding) as caught:
        of(saved(tmp_path, b"\xff\xff,\xff\n" * 5), "shift_jis")
    assert "UTF-8 or GB18030 or shift_jis" in str(caught.value)


def test_a_surrogate_without_its_partner_costs_its_row(tmp_path: Path) -> None:
    content = (
        b"\xff\xfe" + "a,b\n".encode("utf-16-le") + b"\x3d\xd8,\0c\0\n\0" + "d,e\n".encode("utf-16-le") + b"x"
    )
    grid = only(saved(tmp_path, content))
    assert refused_of(grid) == [(2, "undecodable_row"), (4, "undecodable_row")]
    assert numbers_of(grid) == [1, 3]


def test_rows_have_the_number_of_their_first_line(tmp_path: Path) -> None:
    content = 'sep=,\n\na,"two\nlines, ""quoted"""\r\n"",\nlast,\u2028\x0b\x85\x1cone'
    assert rows_of(only(saved(tmp_path, content.encode()))) == [
        (1, ["sep=", ""]),
        (3, ["a", 'two\nlines, "quoted"']),
        (6, ["last", "\u2028\x0b\x85\x1cone"]),
    ]


def test_cells_are_raw(tmp_path: Path) -> None:
    content = 'a ,\t"b",="43",\'7\n"\tx", y,  ,0\n'
    assert rows_of(only(saved(tmp_path, content.encode()))) == [
        (1, ["a ", '\t"b"', '="43"', "'7"]),
        (2, ["\tx", " y", "  ", "0"]),
    ]


def test_a_carriage_return_ends_the_lines_of_an_old_mac(tmp_path: Path) -> None:
    assert rows_of(only(saved(tmp_path, b'a,b\r1,"x\ry"\r\r2,z'))) == [
        (1, ["a", "b"]),
        (2, ["1", "x\ny"]),
        (5, ["2", "z"]),
    ]


def test_elsewhere_it_costs_its_row(tmp_path: Path) -> None:
    grid = only(saved(tmp_path, b"a,b\n1\r2,3\n4,5\n"))
    assert refused_of(grid) == [(2, "row_quotes")]
    assert numbers_of(grid) == [1, 3]


def test_zero_bytes_cost_their_row(tmp_path: Path) -> None:
    grid = only(saved(tmp_path, b"id,title\n" + b"1,a kettle\n" * 50 + b"2,\0\0\n3,x\n"))
    assert refused_of(grid) == [(52, "zero_bytes")]
    assert numbers_of(grid)[-1] == 53


def test_a_bad_quote_costs_its_row(tmp_path: Path) -> None:
    grid = only(saved(tmp_path, b'a,b\n"x"y,1\n"z\n"w,2\nc,d\n'))
    assert refused_of(grid) == [(2, "row_quotes"), (3, "row_quotes"), (4, "row_quotes")]
    assert numbers_of(grid) == [1, 5]
    assert "expected after" in str(next(row for _, row in grid.rows() if isinstance(row, RowQuotes)))


def test_a_quote_that_is_never_closed_costs_its_row(tmp_path: Path) -> None:
    lines = [f"{number},{'x' * 50}" for number in range(1, 20_001)]
    lines[4] = '5,"24 inch'
    grid = only(saved(tmp_path, "\n".join(lines).encode()))
    assert refused_of(grid) == [(5, "row_quotes")]
    assert len(numbers_of(grid)) == 19_999


def test_quotes_that_open_and_open_end_nevertheless(tmp_path: Path) -> None:
    lines = 300_000
    grid = only(saved(tmp_path, b"a,b\n" + b'x","y\n' * lines))
    found = refused_of(grid)
    assert {code for _, code in found} == {"row_too_long", "row_quotes"}
    assert len(found) < 50


def test_a_title_with_a_bad_quote_does_not_hide_what_follows(tmp_path: Path) -> None:
    assert only(saved(tmp_path, b'"Report" of May\na,b\n1,2\n')).head() == [(2, ["a", "b"]), (3, ["1", "2"])]


def test_if_no_row_can_be_read_the_first_says_why(tmp_path: Path) -> None:
    with pytest.raises(RowQuotes):
        of(saved(tmp_path, b'"a"b\n'))


def test_a_long_cell_is_read(tmp_path: Path) -> None:
    long = "x" * (LONGEST // 2)
    lines = f'a,{long}\nb,"{long[:-1]}\ny"\nc,d\n'
    found = rows_of(only(saved(tmp_path, lines.encode())))
    assert [(number, len(str(cells[1]))) for number, cells in found] == [
        (1, len(long)),
        (2, len(long) + 1),
        (4, 1),
    ]


@pytest.mark.parametrize("quoted", [False, True])
def test_one_that_is_too_long_costs_its_row(tmp_path: Path, quoted: bool) -> None:  # noqa: FBT001
    long = "\n".join(["x" * 500_000] * 40) if quoted else "x" * (LONGEST + 500_000)
    text = f'a,b\n1,"{long}"\n3,4\n' if quoted else f"a,b\n1,{long}\n3,4\n"
    grid = only(saved(tmp_path, text.encode()))
    assert refused_of(grid)[0] == (2, "row_too_long")
    *_, last = grid.rows()
    assert last[1] == ["3", "4"]


def test_a_file_that_is_one_long_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowTooLong):
        of(saved(tmp_path, b"x" * (LONGEST + 500_000)))


@pytest.mark.parametrize("content", [b"", b"\n\r\n \t\n", b"\xef\xbb\xbf\r\n", b"\xff\xfe"], ids=range(4))
def test_a_file_without_rows_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BlankFile):
        of(saved(tmp_path, content))


def test_each_delimiter_makes_a_grid(tmp_path: Path) -> None:
    found = {grid.delimiter: grid.head()[0][1] for grid in of(saved(tmp_path, b"\xef\xbb\xbfa;b,c\td|e\n"))}
    assert found == {
        ",": ["a;b", "c\td|e"],
        "\t": ["a;b,c", "d|e"],
        ";": ["a", "b,c\td|e"],
        "|": ["a;b,c\td", "e"],
    }


def test_a_delimiter_that_no_row_can_have_makes_none(tmp_path: Path) -> None:
    found = of(saved(tmp_path, b'\xef\xbb\xbf"a","b"\n"1","2"\n'))
    assert [grid.delimiter for grid in found] == [","]


BILL = (
    '时间,商品,费率\r\n`2026-04-29,`收纳箱, "两件装,`0.60%\r\n`2026-04-30,`,`\r\n总数,金额\r\n`2,`99.00\r\n'
)


def test_a_bill_is_separated_by_comma_and_backtick(tmp_path: Path) -> None:
    found = of(saved(tmp_path, BILL.encode("utf-8-sig")), delimiters=(",`",))
    assert [grid.delimiter for grid in found] == [",`"]
    assert rows_of(found[0]) == [
        (1, ["时间", "商品", "费率"]),
        (2, ["2026-04-29", '收纳箱, "两件装', "0.60%"]),
        (3, ["2026-04-30", "", ""]),
        (4, ["总数", "金额"]),
        (5, ["2", "99.00"]),
    ]


def test_a_bad_row_of_a_bill_costs_itself(tmp_path: Path) -> None:
    content = BILL.encode().replace(b"0.60%", b"0.\xff").replace(b"99.00", b"\0")
    found = of(saved(tmp_path, content), delimiters=(",`",))[0]
    assert refused_of(found) == [(2, "undecodable_row"), (5, "zero_bytes")]


def test_what_is_no_bill_makes_none(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncoding):
        of(saved(tmp_path, b"a,b\n1,2\n"), delimiters=(",`",))


def test_how_far_it_is_read_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    grid = only(saved(tmp_path, b"a kettle,12.50\n" * 60_000))
    assert sum(1 for _ in grid.rows(told.append)) == 60_000
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == 1.0


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6), st.sampled_from([1, 4_000]))
def test_what_was_written_is_read(tmp_path: Path, rows: list[list[str]], times: int) -> None:
    """Many times over, too, so that rows lie across the windows in which a file is read."""
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    block = written.getvalue()
    path = saved(tmp_path, block.encode("utf-8-sig") + block.encode() * (times - 1))
    lines = [(row, 1 + sum(cell.count("\n") for cell in row)) for row in rows]
    expected: list[tuple[int, list[str]]] = []
    number = 1
    for _ in range(times):
        for row, height in lines:
            if any(row):
                expected.append((number, row))
            number += height
    if not expected:
        with pytest.raises((BlankFile, UnknownEncoding)):
            of(path, delimiters=COMMA)
    else:
        assert rows_of(only(path)) == expected
