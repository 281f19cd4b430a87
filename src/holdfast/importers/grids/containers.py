"""What a file is, by its first bytes; its name says nothing, for platforms call many things .xls and .csv."""

import re
from enum import Enum, auto

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
_EXPORT = "Export the orders again, as CSV or .xlsx"
_UNPACK = "Unpack it, and give the files in it"
_OTHERS = (
    (b"%PDF", "a PDF document", _EXPORT),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", _EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _EXPORT),
    (b"GIF8", "a picture (GIF)", _EXPORT),
    (b"{\\rtf", "a text document (RTF)", _EXPORT),
    (b"SQLite format 3\0", "a database (SQLite)", _EXPORT),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"\x09\x08", "a workbook of before 1997", "Open it, and save it as .xlsx"),
    (b"\xff\xfe\0\0", "text in UTF-32", "Save its text as UTF-8 in an editor"),
    (b"\0\0\xfe\xff", "text in UTF-32", "Save its text as UTF-8 in an editor"),
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
    """Return what a file is that begins with these bytes."""
    if not head:
        return Container.EMPTY
    if (found := next((kind for start, kind in _STARTS if head.startswith(start)), None)) is not None:
        return found
    if other(head) is not None:
        return Container.OTHER
    return Container.HTML if _PAGE.match(_narrow(head)) else Container.TEXT


def other(head: bytes) -> tuple[str, str] | None:
    """Return what something looks like that is no table, and what to do about it; None for text."""
    for start, kind, advice in _OTHERS:
        if head.startswith(start):
            return kind, advice
    if head[_TAR[0] :].startswith(_TAR[1]):
        return "a tar archive", _UNPACK
    if _XML_WORKBOOK.match(_narrow(head)):
        return "a workbook in the XML of 2003", "Open it, and save it as .xlsx"
    return None if head.startswith(_MARKS_16) else _binary(head)


def _binary(head: bytes) -> tuple[str, str] | None:
    """Return what bytes without a known beginning look like; None where they look like text."""
    binary = len(head) - len(head.translate(None, _BINARY))
    if binary <= _MOST_BINARY * len(head):
        return None
    if (
        1 / 3 <= head.count(0) / len(head) <= 2 / 3
        and head.replace(b"\0", b"").isascii()
        and binary == head.count(0)
    ):
        return "text in UTF-16 that does not say so", "Save its text as UTF-8 in an editor"
    return "no text, and of no kind that is known here", _EXPORT


def _narrow(head: bytes) -> bytes:
    """Return the beginning of a text as it is in UTF-8, so that tags are seen."""
    if head.startswith(_MARKS_16):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(_MARK_8)
