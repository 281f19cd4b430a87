"""A file of any kind as the grids that it holds."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.importers.grids.archives import members, parts
from holdfast.importers.grids.containers import ENOUGH, Container, container, other
from holdfast.importers.grids.grid import Grid
from holdfast.importers.grids.pages import table_grids
from holdfast.importers.grids.refusals import BlankFile, NestedArchive, NotATable
from holdfast.importers.grids.sources import Source, of_file, of_gzip
from holdfast.importers.grids.text import text_grids
from holdfast.importers.grids.workbooks import held, sheet_grids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text

DELIMITERS = (",", "\t", ";", "|")
"""What separates cells, where no form says otherwise. In bills, a comma and a mark do: see `MarkedRows`."""

_NAME_AT = 30
"""Where the name of the first member stands in a zip archive (APPNOTE 4.3.7)."""

_ZIP = Text("ZIP 压缩包", "a zip archive")
_GZIP = Text("gzip 文件", "a gzip file")
_AGAIN = Text("请重新导出订单，存为 CSV 或 .xlsx", "Export the orders again, as CSV or .xlsx")
_SAVE = Text("请打开后另存为 .xlsx", "Open it, and save it as .xlsx")
_OFFICE = (
    ("word/", Text("Word 文档", "a Word document"), _AGAIN),
    ("ppt/", Text("PowerPoint 演示文稿", "a PowerPoint presentation"), _AGAIN),
    ("xl/workbook.bin", Text("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"), _SAVE),
    ("mimetype", Text("OpenDocument 文件", "an OpenDocument file"), _SAVE),
)


def grids(path: Path, encodings: Sequence[str] = (), delimiters: Sequence[str] = DELIMITERS) -> list[Grid]:
    """Return every table of a file, as text once for each way of reading it, the likeliest first.

    Of a Parquet file there are none: it says what its columns are, and has a reader of its own.

    Args:
        path: the file; what it is, its first bytes say.
        encodings: in which text is tried besides UTF-8 and GB18030: names that Python knows.
        delimiters: what may separate the cells of a text.

    Raises:
        Refusal: it is no table, or cannot be read; see `refusals`, and SourceUnreadable.
    """
    source = of_file(path)
    kind = container(source.head(ENOUGH))
    match kind:
        case Container.PARQUET:
            return []
        case Container.ZIP:
            with held(source) as file:
                names = parts(file, source.where)
            return (
                _of_office(source, names) if _is_office(names) else _of_archive(path, encodings, delimiters)
            )
        case Container.GZIP:
            return _unpacked(of_gzip(path), encodings, delimiters)
        case _:
            return _plain(source, kind, encodings, delimiters)


def _plain(
    source: Source, kind: Container, encodings: Sequence[str], delimiters: Sequence[str]
) -> list[Grid]:
    """Return the grids of what is not compressed."""
    match kind:
        case Container.TEXT:
            return [*text_grids(source, encodings, delimiters)]
        case Container.HTML:
            return [*table_grids(source)]
        case Container.OLE:
            return [*sheet_grids(source, zipped=False)]
        case Container.EMPTY:
            raise BlankFile(source.where)
        case _:
            raise _not_a_table(source)


def _unpacked(source: Source, encodings: Sequence[str], delimiters: Sequence[str]) -> list[Grid]:
    """Return the grids of what was compressed; of archives within it, a workbook alone is opened."""
    head = source.head(ENOUGH)
    kind = container(head)
    if kind is Container.ZIP and _begins_as_office(head):
        with held(source) as file:
            names = parts(file, source.where)
        return _of_office(source, names)
    if kind in {Container.ZIP, Container.GZIP}:
        raise NestedArchive(source.where, kind=_ZIP if kind is Container.ZIP else _GZIP)
    return _plain(source, kind, encodings, delimiters)


def _begins_as_office(head: bytes) -> bool:
    """Return whether the first part of an archive is one with which documents of Office begin."""
    return head[_NAME_AT:].startswith((b"[Content_Types].xml", b"_rels/", b"xl/", b"docProps/", b"mimetype"))


def _not_a_table(source: Source) -> Refusal:
    known = other(source.head(ENOUGH))
    kind, advice = known or (
        Text("压缩包中的 Parquet 文件", "a Parquet file within an archive"),
        Text("请解压，并给出其中的文件", "Unpack it, and give the file in it"),
    )
    return NotATable(source.where, kind=kind, advice=advice)


def _is_office(names: list[str]) -> bool:
    return any(name.lower().startswith("xl/") for name in names) or _other_office(names) is not None


def _other_office(names: list[str]) -> tuple[Text, Text] | None:
    for part, kind, advice in _OFFICE:
        named = part in names if not part.endswith("/") else any(name.startswith(part) for name in names)
        if named and ("[Content_Types].xml" in names or part == "mimetype"):
            return kind, advice
    return None


def _of_office(source: Source, names: list[str]) -> list[Grid]:
    if (found := _other_office(names)) is not None:
        raise NotATable(source.where, kind=found[0], advice=found[1])
    return [*sheet_grids(source, zipped=True)]


def _of_archive(path: Path, encodings: Sequence[str], delimiters: Sequence[str]) -> list[Grid]:
    """Return the grids of all members; what is no table, such as a picture, is passed over beside one."""
    found: list[Grid] = []
    passed: list[Refusal] = []
    for member in members(path):
        try:
            found.extend(_unpacked(member, encodings, delimiters))
        except (NotATable, BlankFile) as refusal:
            passed.append(refusal)
    if found:
        return found
    raise passed[0] if passed else BlankFile(str(path))
