"""Entry bundles: 256 entries a file, each led by its length (c2sp.org/tlog-tiles v0.1.0).

Path: `tile/entries/<N>[.p/<W>]`. An entry is a big-endian uint16 and so many bytes.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.trail.tile import WIDTH, number_path, partial

MAX_ENTRY = 0xFFFF

_LENGTH = struct.Struct(">H")


class BadBundle(Refusal):
    """A file is no entry bundle."""

    code = "bad_bundle"
    sort = Sort.BROKEN
    what = Text("日志条目文件有误：{reason}", "{reason}")
    fix = Text(
        "请重新获取；仍然如此，则该日志没有提供它所签署的内容",
        "Fetch it again; where it stays so, the log does not serve what it signed",
    )

    def __init__(self, reason: Text) -> None:
        """Refuse a bundle for a reason."""
        super().__init__("entry bundle", reason=reason)


class Bundle(NamedTuple):
    """The coordinates of a bundle: its number, and its width: 256, or less where it is partial."""

    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Return its path below the log's prefix."""
        return f"tile/entries/{number_path(self.number)}{partial(self.width)}"


def new_bundles(old: int, size: int) -> Iterable[Bundle]:
    """Yield the bundles that a log has and had not at size `old`."""
    if size > old:
        for index in range(old // WIDTH, size // WIDTH):
            yield Bundle(index)
        if size % WIDTH:
            yield Bundle(size // WIDTH, size % WIDTH)


def encode(entries: Iterable[bytes]) -> bytes:
    """Return a bundle's bytes.

    Raises:
        ValueError: an entry has more than 65,535 bytes.
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes is longer than {MAX_ENTRY}")
        parts += (_LENGTH.pack(len(entry)), entry)
    return b"".join(parts)


def decode(data: bytes, width: int = WIDTH) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        BadBundle: it is cut off, or has more or fewer than `width` entries.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        if at + _LENGTH.size > len(data):
            raise BadBundle(Text("在长度的中间就结束了", "it ends in the midst of a length"))
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            raise BadBundle(Text("在条目的中间就结束了", "it ends in the midst of an entry"))
        entries.append(data[at : at + length])
        at += length
        if len(entries) > width:
            break
    if len(entries) != width:
        found = Text("多于", "more") if len(entries) > width else Text("少于", "fewer")
        raise BadBundle(
            Text("条目{found} {width} 条", "it has {found} than {width} entries").fill(
                found=found, width=width
            )
        )
    return entries
