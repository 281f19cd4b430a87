"""Whatever the bytes of a file: it gives grids, or it is refused; and never takes more memory than it may."""

import gzip
import tracemalloc
from itertools import count
from pathlib import Path

import pytest
from file_making import archive, number_cell, of, old_workbook, refusal_of, saved, sheet, text_cell, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.importers.grids.refusals import NotATable
from holdfast.importers.refusals import SourceUnreadable
from holdfast.kernel.refusal import Refusal
from thorough import examples

DELIMITERS = (",", "\t", ",`")
BOOK = workbook(
    {
        "订单": sheet(
            text_cell("A1", "a") + '<c r="B1" t="s"><v>0</v></c>',
            number_cell("A2", 46143.5, 2),
            merged=("B1:B2",),
        )
    },
    ("shared",),
)
CSV = 'a,"b\nc",d\n`1,`2\n订单,"x""y",\n'.encode()
PAGE = "<html><meta charset=gbk><table><tr><td rowspan=2>a<td colspan=2>&lt;<tr><td>订单</table>".encode(
    "gbk"
)
WHOLE = [
    BOOK,
    old_workbook(("订单", "b"), (1.0, 2.5)),
    CSV,
    CSV.decode().encode("utf-16"),
    CSV.decode().encode("gbk"),
    PAGE,
    archive({"a.csv": CSV, "b.xlsx": BOOK, "c.xls": PAGE}),
    gzip.compress(CSV),
]
BEGINNINGS = [
    b"",
    b"PK\3\4",
    b"PK\5\6",
    b"\x1f\x8b\x08",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<table>",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
]


TAGS = [
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</tr>",
    "</table>",
    "<!",
    "<![",
    "]>",
    "<!--",
    "-->",
    "&#0;",
    "&",
    "x",
    ">",
    "<br",
    "<td/rowspan=3/colspan=2>",
]


def read(path: Path) -> Refusal | None:
    return refusal_of(path, "cp1252", "cp932", delimiters=DELIMITERS)


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, beginning: bytes, content: bytes) -> None:
    read(saved(tmp_path, beginning + content))


@given(st.text(st.sampled_from('a,;"`\n\r\t\0é订\ud800'), max_size=60))
def test_any_text(tmp_path: Path, text: str) -> None:
    read(saved(tmp_path, text.encode("utf-8", "surrogatepass")))


@given(st.lists(st.sampled_from(TAGS), max_size=30))
def test_any_tags(tmp_path: Path, tags: list[str]) -> None:
    read(saved(tmp_path, b"<html>" + "".join(tags).encode()))


@settings(max_examples=examples(400))
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    st.floats(0.2, 1),
)
def test_a_file_that_was_damaged(
    tmp_path: Path, whole: bytes, changes: list[tuple[float, int]], kept: float
) -> None:
    content = bytearray(whole)
    for place, value in changes:
        content[int(place * len(content))] = value
    read(saved(tmp_path, bytes(content[: int(kept * len(content))])))


@pytest.mark.parametrize("whole", WHOLE, ids=count())
def test_a_whole_one_is_read(tmp_path: Path, whole: bytes) -> None:
    assert read(saved(tmp_path, whole)) is None


KINDS = [
    (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture (PNG)"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)"),
    (b"Rar!\x1a\x07\1\0", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
    (b"SQLite format 3\0\x10\0", "a database"),
    (b"{\\rtf1\\ansi", "RTF"),
    (b"a.csv".ljust(257, b"\0") + b"ustar\x0000", "a tar archive"),
    (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>', "the XML of 2003"),
    ("a,b\n1,2\n".encode("utf-16-le"), "text in UTF-16"),
    ("a,b\n1,2\n".encode("utf-32"), "text in UTF-32"),
    (bytes(range(256)) * 4, "no text"),
    (bytes(1_000), "no text"),
]


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=count())
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, kind: str) -> None:
    with pytest.raises(NotATable) as caught:
        of(saved(tmp_path, content, "orders.csv"))
    assert kind in caught.value.record().what
    assert caught.value.record().fix


def test_what_the_system_does_not_give_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(SourceUnreadable):
            of(path)


LARGE = 96 * 1024**2
LONG = b"x" * 1_000
PIECES = {
    "rows": b"4300000000012215155,%b\n" % LONG,
    "one line": LONG,
    "quotes that open": b'"%b\n' % LONG,
    "one quoted cell": b"%b\n" % LONG,
    "zero bytes": b"4300000000012215155,%b\0\n" % LONG,
}


@pytest.mark.parametrize("kind", PIECES)
def test_memory_is_bounded(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path, b'a,"b\n' if kind == "one quoted cell" else b"a,b\n")
    piece = PIECES[kind] * 1_000
    with path.open("ab") as file:
        for _ in range(LARGE // len(piece)):
            file.write(piece)
    tracemalloc.start()
    try:
        for grid in of(path, delimiters=(",",))[:1]:
            for _ in grid.rows():
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < LARGE
