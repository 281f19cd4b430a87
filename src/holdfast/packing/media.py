"""What a file is, by its bytes: a name can say anything."""

import codecs
import re
from collections.abc import Callable

import msgspec

from holdfast.kernel.text import Text
from holdfast.packing.refusals import MediaContradicts, MediaUnknown
from holdfast.trail.bag.media import (
    AMR,
    GIF,
    HEIC,
    HTML,
    JPEG,
    JSON,
    KINDS,
    MOV,
    MP3,
    MP4,
    OGG,
    PDF,
    PNG,
    TEXT,
    WAV,
    WEBP,
    ZIP,
    Kind,
)

HEAD = 4_096
"""Bytes of a file's beginning that tell its kind."""

MAX_JSON = 2**24
"""Bytes up to which JSON is told from other text: it has to be read whole."""


CHARSETS = ("utf-8", "gb18030")
"""How text is read, in turn: what Chinese programs export is often the second."""

_MP4_BRANDS = (b"isom", b"iso", b"mp4", b"avc1", b"M4V", b"M4A", b"MSNV", b"dash", b"3gp", b"mmp4")
_HTML = re.compile(r"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12].startswith(_MP4_BRANDS)


def _is_mp3(head: bytes) -> bool:
    """Tell whether it begins with tags, or with a frame of layer III whose rates exist."""
    if head.startswith(b"ID3"):
        return True
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - a frame's header
        return False
    return head[2] >> 4 not in {0, 15} and head[2] >> 2 & 3 != 3  # noqa: PLR2004


_BY_HEAD: tuple[tuple[Kind, Callable[[bytes], bool]], ...] = (
    (JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    (GIF, lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    (WEBP, lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    (WAV, lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE"),
    (PDF, lambda head: head.startswith(b"%PDF-")),
    (OGG, lambda head: head.startswith(b"OggS\0")),
    (ZIP, lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06"))),
    (AMR, lambda head: head.startswith(b"#!AMR\n")),
    (HEIC, lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS),
    (MOV, lambda head: head[4:12] == b"ftypqt  "),
    (MP4, _is_mp4),
    (MP3, _is_mp3),
)


class Sniffer:
    """Told the bytes of a file as they pass, it knows in the end what the file is."""

    def __init__(self) -> None:
        self._head = b""
        self._readings = [codecs.getincrementaldecoder(charset)() for charset in CHARSETS]
        self._small: list[bytes] | None = []
        self._size = 0

    def take(self, piece: bytes) -> None:
        """Take more bytes."""
        self._size += len(piece)
        if len(self._head) < HEAD:
            self._head += piece[: HEAD - len(self._head)]
        self._readings = [reading for reading in self._readings if _is_plain(reading, piece)]
        if self._small is not None:
            self._small.append(piece)
            if self._size > MAX_JSON or not self._readings:
                self._small = None

    def kind(self) -> Kind | None:
        """Return what the file is; None where nobody can tell."""
        for kind, fits in _BY_HEAD:
            if fits(self._head):
                return kind
        if not self._size or not any(_is_plain(reading, b"", final=True) for reading in self._readings):
            return None
        if _is_html(self._head.decode("utf-8", "ignore")):
            return HTML
        return JSON if self._is_json() else TEXT

    def _is_json(self) -> bool:
        if self._small is None or self._head.lstrip()[:1] not in {b"{", b"["}:
            return False
        data = b"".join(self._small)
        try:
            data.decode()
            msgspec.json.decode(data, type=msgspec.Raw)  # it is looked through, and nothing is made of it
        except (ValueError, RecursionError):
            return False
        return True


def _is_html(text: str) -> bool:
    """Tell whether a text begins as a page does, after comments."""
    text = text.removeprefix("\ufeff").lstrip()
    while text.startswith("<!--"):
        text = text.partition("-->")[2].lstrip()
    return _HTML.match(text) is not None


def _is_plain(reading: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    """Tell whether bytes go on as text of a charset, without control characters."""
    try:
        text = reading.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return not any(sign < " " and sign not in "\t\n\r\f" for sign in set(text))


def decided(kind: Kind | None, where: str, ending: str) -> Kind:
    """Return what a file is, where its name does not say another thing; a name may have no ending.

    Raises:
        MediaUnknown: nobody can tell.
        MediaContradicts: the name's ending is that of another kind.
    """
    if kind is None:
        raise MediaUnknown(where, kinds=", ".join(each.media_type for each in KINDS))
    if ending and ending.lower() not in kind.endings:
        endings = Text(" 或 ".join(kind.endings), " or ".join(kind.endings))
        raise MediaContradicts(where, ending=ending, media_type=kind.media_type, endings=endings)
    return kind
