"""What is read of many cells at once is what is read of each by itself: times, ids, and text in UTF-8."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.importers.bulk.moments import SPACED, Days, times
from holdfast.importers.bulk.vectors import lost, plain_ids, texts
from holdfast.importers.cells import BadCell, identity
from holdfast.importers.exports.cleaning import check_whole
from holdfast.importers.exports.times import Times
from holdfast.importers.grids.windows import windows
from holdfast.importers.wall import Wall
from thorough import examples

ZONE = "Asia/Shanghai"
DATES = [
    f"{year}-{month:02}-{day:02}"
    for year, month, day in product(
        (1969, 1970, 2024, 2026, 2099, 2100, 2101, 2102, 9999), (0, 1, 2, 12, 13), (0, 1, 28, 29, 30, 31, 32)
    )
]
CLOCKS = [
    f"{hour:02}:{minute:02}:{second:02}"
    for hour, minute, second in product((0, 23, 24), (0, 59, 60), (0, 60))
]
OFFSETS = ["", "Z", ".250Z", "+08:00", "-03:30", " +0800", " -1130", " +2500", " +08:00", "+0800"]


@given(
    st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(DATES),
            st.sampled_from(" T"),
            st.sampled_from(CLOCKS),
            st.sampled_from(OFFSETS),
        )
        | st.text("0123456789-: +T", max_size=25),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=examples(200), deadline=None)
def test_times_are_those_that_are_read_one_by_one(cells: list[str]) -> None:
    found = times(texts(cells), Days(ZONE), spaced=True)
    alone = Times((SPACED,), Wall(ZONE))
    for cell, at, good in zip(cells, found.at.tolist(), found.good.tolist(), strict=True):
        if good and cell:
            assert at == alone.instant("", cell), cell


def test_times_that_machines_write_are_read_at_once() -> None:
    cells = [
        "1970-01-02 00:00:00",
        "2024-02-29T23:59:59Z",
        "2099-12-31 23:59:59",
        "2100-01-01 07:59:59 +0800",
    ]
    found = times(texts(cells), Days(ZONE), spaced=True)
    assert found.good.all()


ids = st.text("=`'\"+.eE#a0159 é买", min_size=1, max_size=6) | st.text("00000e+.1", min_size=14, max_size=20)


@given(cells=st.lists(ids, min_size=1, max_size=30), rounded=st.booleans())
@settings(max_examples=examples(200), deadline=None)
def test_ids_are_plain_and_lost_as_they_are_one_by_one(*, cells: list[str], rounded: bool) -> None:
    column = texts(cells)
    for cell, plain, gone in zip(
        cells, plain_ids(column).tolist(), lost(column, rounded=rounded).tolist(), strict=True
    ):
        assert not plain or identity("", cell) == cell
        assert gone == is_lost(cell, rounded=rounded), cell


def is_lost(cell: str, *, rounded: bool) -> bool:
    try:
        check_whole("", cell, rounded=rounded)
    except BadCell:
        return True
    return False


class Bytes:
    """A stream of bytes at hand."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int, /) -> bytes:
        found, self._content = self._content[:size], self._content[size:]
        return found

    def share(self) -> float:
        return 1.0


def is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def sequences() -> Iterator[bytes]:
    """Four bytes each, at the bounds of UTF-8: beyond Unicode, surrogates, longer than need be."""
    bounds = (0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0)
    yield from map(
        bytes, product((0x41, *range(0x80, 0x100)), bounds, (0x41, 0x80, 0xBF, 0xC0), (0x41, 0x80, 0xBF))
    )


def test_text_is_suspect_where_it_cannot_be_decoded() -> None:
    for found in sequences():
        [window, _] = windows(Bytes(b"a," + found + b"\n"), "utf-8", None)
        assert window.suspect is not is_utf8(found), found
        assert window.suspect or window.utf8() == b"a," + found + b"\n"
