"""HTML pages as grids, as they come under the name .xls."""

from pathlib import Path

import pytest
from file_making import numbers_of, of, refused_of, rows_of, saved

from holdfast.importers.grids import pages
from holdfast.importers.grids.refusals import BlankFile, BrokenHtml, TooManyTables
from holdfast.importers.grids.windows import LONGEST


def cells(tmp_path: Path, page: str) -> list[list[object]]:
    (grid,) = of(saved(tmp_path, page.encode(), "export.xls"))
    return [[*row] for _, row in rows_of(grid)]


def test_a_table_is_a_grid(tmp_path: Path) -> None:
    page = "<html><table><thead><tr><th>订单号<th>金额</tr></thead><tr><td>o1</td><td>1</td></tr></table>"
    (grid,) = of(saved(tmp_path, page.encode(), "export.xls"))
    assert (grid.name, grid.encoding, grid.delimiter) == ("export.xls", "utf-8", None)
    assert grid.head() == rows_of(grid) == [(1, ["订单号", "金额"]), (2, ["o1", "1"])]


STARTS = [
    "<html><head><title>x</title></head>",
    " \r\n\t<HTML xmlns:x='urn:schemas-microsoft-com:office:excel'>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN'><p>",
    "<meta http-equiv=Content-Type content='text/html; charset=utf-8'>",
    "<?xml version='1.0'?><html>",
    "<!-- report --><head>",
    "<html><!--[if gte mso 9]><xml><x:Name/></xml><![endif]--><![if !supportMisalignedColumns]>",
    "",
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_page_is_known_by_its_beginning(tmp_path: Path, start: str, coding: str) -> None:
    (grid,) = of(saved(tmp_path, f"{start}<table><tr><td>订单".encode(coding)))
    assert rows_of(grid) == [(1, ["订单"])]


@pytest.mark.parametrize(
    ("named", "coding", "found"),
    [
        ("gb2312", "gb18030", "gb18030"),
        ("GBK", "gbk", "gb18030"),
        ("shift_jis", "shift_jis", "shift_jis"),
        ("utf-8", "utf-8", "utf-8"),
        ("utf-16", "utf-8", "utf-8"),
        ("hex", "gbk", "gb18030"),
        ("no-such", "utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_what_the_page_says_if_it_can_be(
    tmp_path: Path, named: str, coding: str, found: str
) -> None:
    page = f'<html><meta charset="{named}"><table><tr><td>注文 文字</td></tr></table>'
    (grid,) = of(saved(tmp_path, page.encode(coding)))
    assert grid.encoding == found
    assert rows_of(grid) == [(1, ["注文 文字"])]


def test_a_page_that_does_not_say_is_read_as_text_is(tmp_path: Path) -> None:
    (grid,) = of(saved(tmp_path, "<table><tr><td>订单</td></tr></table>".encode("gbk")))
    assert (grid.encoding, rows_of(grid)) == ("gb18030", [(1, ["订单"])])


def test_cells_hold_what_a_browser_shows(tmp_path: Path) -> None:
    page = "<table><tr><td> a\n  b </td><td>&lt;c&gt;&amp;&#165;<td><b>1</b>2<br>3<td>&nbsp;x<tr><td>'007"
    assert cells(tmp_path, page) == [["a b", "<c>&¥", "12\n3", "\xa0x"], ["'007"]]


def test_spans(tmp_path: Path) -> None:
    page = """<table>
      <tr><td colspan=3>title</td></tr>
      <tr><td rowspan=3>o1</td><td>kettle</td><td rowspan="2" colspan="2">5</td></tr>
      <tr><td>lid</td></tr>
      <tr><td>cord</td><td>x</td></tr>
      <tr><td colspan=0>o2</td><td rowspan=junk>lamp</td></tr></table>"""
    assert cells(tmp_path, page) == [
        ["title", "", ""],
        ["o1", "kettle", "5", ""],
        ["o1", "lid", "5", ""],
        ["o1", "cord", "x"],
        ["o2", "lamp"],
    ]


def test_spans_without_end_are_cut(tmp_path: Path) -> None:
    page = "<table><tr>" + "<td colspan=999999999 rowspan=999999999>x" * 100 + "<tr><td>y</table>"
    (first, second) = cells(tmp_path, page)
    assert len(first) < pages.MOST_COLUMNS + 1_001
    assert len(second) <= len(first) + 1


def test_each_table_is_a_grid(tmp_path: Path) -> None:
    page = "<table><tr><td>outer<table><tr><td>inner</table>more</table><table></table><table><tr><td>last"
    found = of(saved(tmp_path, page.encode()))
    assert [(grid.name, rows_of(grid)) for grid in found] == [
        ("export.csv", [(1, ["outermore"])]),
        ("export.csv › table 2", [(1, ["inner"])]),
        ("export.csv › table 4", [(1, ["last"])]),
    ]


def test_rows_without_anything_are_left_out_and_counted(tmp_path: Path) -> None:
    (grid,) = of(saved(tmp_path, b"<table><tr><td>a</tr><tr><td> </td></tr><tr></tr><tr><td>b</tr></table>"))
    assert rows_of(grid) == [(1, ["a"]), (4, ["b"])]


@pytest.mark.parametrize("page", ["<html></html>", "<table></table>", "<table><tr><td></td></tr></table>"])
def test_a_page_without_cells_is_refused(tmp_path: Path, page: str) -> None:
    with pytest.raises(BlankFile):
        of(saved(tmp_path, page.encode()))


def test_a_bad_row_costs_itself(tmp_path: Path) -> None:
    long = b"<br>".join([b"x" * 900_000] * 10)
    rows = [b"a", b"\xe8\xae\xa2\xff", b"\0", long, b"b"]
    page = b"<meta charset=utf-8><table>" + b"".join(b"<tr><td>%b</td></tr>" % row for row in rows)
    (grid,) = of(saved(tmp_path, page))
    assert refused_of(grid) == [(2, "undecodable_row"), (3, "zero_bytes"), (4, "row_too_long")]
    assert numbers_of(grid) == [1, 5]


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>a</td></tr></table><![junk[",
        "<table><tr><td>a</td></tr></table><!-- " + "x" * (LONGEST + 100_000),
        "<table><tr><td>a</td></tr></table><!-- " + ">" * (LONGEST + 100_000),
    ],
)
def test_tags_that_cannot_be_told_apart_are_told(tmp_path: Path, page: str) -> None:
    with pytest.raises(BrokenHtml):
        of(saved(tmp_path, page.encode()))


def test_too_many_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooManyTables):
        of(saved(tmp_path, b"<table><tr><td>x</table>" * (pages.MOST_TABLES + 1)))


def test_a_long_page_is_streamed(tmp_path: Path) -> None:
    told: list[float] = []
    row = "<tr>" + "<td>订单,甲</td>" * 5 + "</tr>\n"
    (grid,) = of(saved(tmp_path, ("<table>" + row * 4_000 + "</table>").encode("gbk")))
    found = [*grid.rows(told.append)]
    assert found == [(number, ["订单,甲"] * 5) for number in range(1, 4_001)]
    assert told == sorted(told)
    assert told[-1] == 1.0
