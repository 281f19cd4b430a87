"""The container format of a file, by its first bytes: platforms call many things .xls and .csv."""

import re
from enum import Enum, auto

from holdfast.kernel.text import Text

ENOUGH = 64 * 1024
"""So many first bytes are looked at."""


class Container(Enum):
    """How a file holds its rows."""

    EMPTY = auto()
    TEXT = auto()
    HTML = auto()
    ZIP = auto()
    GZIP = auto()
    OLE = auto()
    PARQUET = auto()
    OTHER = auto()


_STARTS = (
    (b"PAR1", Container.PARQUET),
    (b"PK\3\4", Container.ZIP),
    (b"PK\5\6", Container.ZIP),
    (b"\x1f\x8b", Container.GZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Container.OLE),
)
_EXPORT = Text("请重新导出订单，存为 CSV 或 .xlsx", "Export the orders again, as CSV or .xlsx")
_UNPACK = Text("请解压，并给出其中的文件", "Unpack it, and give the files in it")
_AS_UTF_8 = Text("请在编辑器中把文本存为 UTF-8", "Save its text as UTF-8 in an editor")
_SAVE = Text("请打开后另存为 .xlsx", "Open it, and save it as .xlsx")
_OTHERS = (
    (b"%PDF", Text("PDF 文档", "a PDF document"), _EXPORT),
    (b"\x89PNG\r\n\x1a\n", Text("图片（PNG）", "a picture (PNG)"), _EXPORT),
    (b"\xff\xd8\xff", Text("图片（JPEG）", "a picture (JPEG)"), _EXPORT),
    (b"GIF8", Text("图片（GIF）", "a picture (GIF)"), _EXPORT),
    (b"{\\rtf", Text("文字文档（RTF）", "a text document (RTF)"), _EXPORT),
    (b"SQLite format 3\0", Text("数据库（SQLite）", "a database (SQLite)"), _EXPORT),
    (b"Rar!\x1a\x07", Text("RAR 压缩包", "a RAR archive"), _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", Text("7z 压缩包", "a 7z archive"), _UNPACK),
    (b"\xfd7zXZ\0", Text("xz 压缩包", "an xz archive"), _UNPACK),
    (b"BZh", Text("bzip2 压缩包", "a bzip2 archive"), _UNPACK),
    (b"\x28\xb5\x2f\xfd", Text("Zstandard 压缩包", "a Zstandard archive"), _UNPACK),
    (b"\x09\x08", Text("1997 年以前的工作簿", "a workbook of before 1997"), _SAVE),
    (b"\xff\xfe\0\0", Text("UTF-32 文本", "text in UTF-32"), _AS_UTF_8),
    (b"\0\0\xfe\xff", Text("UTF-32 文本", "text in UTF-32"), _AS_UTF_8),
)
_TAR = (257, b"ustar")
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!\[[^>]*>\s*)*<(?:html|table|meta|head|body|!doctype\s+html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_XML_WORKBOOK = re.compile(rb"\s*<\?xml.*?(?:Excel\.Sheet|office:spreadsheet)", re.IGNORECASE | re.DOTALL)
_BINARY = bytes({*range(9), *range(0x0E, 0x1A), 0x1C, 0x1D, 0x1E, 0x1F, 0x7F})
_MOST_BINARY = 0.05
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")
_MARK_8 = b"\xef\xbb\xbf"


def container(head: bytes) -> Container:
    """Return the container format of a file that begins with these bytes."""
    if not head:
        return Container.EMPTY
    if (found := next((kind for start, kind in _STARTS if head.startswith(start)), None)) is not None:
        return found
    if other(head) is not None:
        return Container.OTHER
    return Container.HTML if _PAGE.match(_narrow(head)) else Container.TEXT


def other(head: bytes) -> tuple[Text, Text] | None:
    """Return the likely format of bytes that are no table, with advice; None for text."""
    for start, kind, advice in _OTHERS:
        if head.startswith(start):
            return kind, advice
    if head[_TAR[0] :].startswith(_TAR[1]):
        return Text("tar 压缩包", "a tar archive"), _UNPACK
    if _XML_WORKBOOK.match(_narrow(head)):
        return Text("2003 版 XML 工作簿", "a workbook in the XML of 2003"), _SAVE
    return None if head.startswith(_MARKS_16) else _binary(head)


def _binary(head: bytes) -> tuple[Text, Text] | None:
    """Return the likely format of binary bytes without a known signature; None where they look like text."""
    binary = len(head) - len(head.translate(None, _BINARY))
    if binary <= _MOST_BINARY * len(head):
        return None
    if (
        1 / 3 <= head.count(0) / len(head) <= 2 / 3
        and head.replace(b"\0", b"").isascii()
        and binary == head.count(0)
    ):
        return Text("没有标明的 UTF-16 文本", "text in UTF-16 that does not say so"), _AS_UTF_8
    return Text("不认识的非文本文件", "no text, and of no kind that is known here"), _EXPORT


def _narrow(head: bytes) -> bytes:
    """Return the beginning of a text as it is in UTF-8, so that tags are seen."""
    if head.startswith(_MARKS_16):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(_MARK_8)
