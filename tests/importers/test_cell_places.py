"""Where cells stand, read at once: what a regular expression finds of them one by one, or nothing at all."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.importers.grids.cell_places import cell_places
from thorough import examples

CELL = re.compile(rb'<c(?=[\s/>])(?! r="[A-Z]+\d+"[^<>]*/>)(?: r="([A-Z]{1,3})(\d{1,7})")?')

PIECES = (
    '<c r="A1"><v>1</v></c>',
    '<c r="B2" t="s"><v>1</v></c>',
    '<c r="XFD1048576" s="1"/>',
    '<c r="ZZZ9999999"><v>1</v></c>',
    "<row>",
    "</row>",
    "<cols/>",
    "text > text",
    '<c r="AA10"\n/>',
)
ODD = (
    *PIECES,
    "<c><v>1</v></c>",
    '<c  r="A1">',
    '<c r="a1">',
    '<c t="s" r="A1">',
    '<x:c r="A1">',
    '<c r="A">',
)
ODDER = (*ODD, '<c r="AAAA1">', '<c r="A12345678">', '<c r="1A">', '<c r="A1', "<c", '<c r="A1B">', "<c/>")


def number(column: bytes) -> int:
    found = 0
    for letter in column:
        found = found * 26 + letter - 64
    return found


@given(st.lists(st.sampled_from(ODDER), max_size=8), st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=examples(400), deadline=None)
def test_cells_are_found_where_they_say_that_they_are(odd: list[str], usual: list[str]) -> None:
    chunk = "".join([*usual, *odd]).encode()
    found = cell_places(chunk)
    if found is None:
        assert odd
        return
    right = [(int(row), number(column)) for column, row in CELL.findall(chunk)]
    assert [*zip(found.rows.tolist(), found.columns.tolist(), strict=True)] == right


def test_cells_as_everybody_writes_them_are_read_at_once() -> None:
    found = cell_places("".join(PIECES).encode())
    assert found is not None
    assert found.rows.tolist() == [1, 2, 9_999_999]
    assert found.columns.tolist() == [1, 2, 18_278]
