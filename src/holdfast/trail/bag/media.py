"""Kinds of files of evidence, and how their names end in a package: by its ending a file is opened."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of file: its media type, and the endings of names that it may have, the usual one first."""

    media_type: str
    endings: tuple[str, ...]


JPEG = Kind("image/jpeg", (".jpg", ".jpeg"))
PNG = Kind("image/png", (".png",))
GIF = Kind("image/gif", (".gif",))
WEBP = Kind("image/webp", (".webp",))
PDF = Kind("application/pdf", (".pdf",))
HEIC = Kind("image/heic", (".heic", ".heif"))
MP4 = Kind("video/mp4", (".mp4", ".m4v", ".m4a"))
MOV = Kind("video/quicktime", (".mov",))
MP3 = Kind("audio/mpeg", (".mp3",))
WAV = Kind("audio/wav", (".wav",))
AMR = Kind("audio/amr", (".amr",))
OGG = Kind("application/ogg", (".ogg", ".oga", ".ogv"))
ZIP = Kind("application/zip", (".zip",))
JSON = Kind("application/json", (".json", ".txt"))
HTML = Kind("text/html", (".html", ".htm"))
TEXT = Kind("text/plain", (".txt", ".csv", ".log", ".md"))

KINDS = (JPEG, PNG, GIF, WEBP, HEIC, PDF, MP4, MOV, MP3, WAV, AMR, OGG, ZIP, JSON, HTML, TEXT)


def ending_of(media_type: str) -> str:
    """Return the usual ending of a media type; .bin of one that is not known here."""
    return next((kind.endings[0] for kind in KINDS if kind.media_type == media_type), ".bin")
