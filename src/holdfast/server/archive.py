"""A backup's file: an archive of pg_dump, and after it one line that says what it is and proves it whole.

The line is `HOLDFAST-BACKUP {...}`, JSON of a `Label`. pg_restore reads such a file as it is and ignores the
line, so that a backup is of use without Holdfast too.
"""

import os
from hashlib import sha256
from pathlib import Path

import msgspec

from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.server.refusals import BackupDamaged, FileUnusable

_MARK = b"\nHOLDFAST-BACKUP "
_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 16


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself.

    `revisions` maps each PostgreSQL schema to its revision; `archive_bytes` and `sha256` are of what precedes
    the line.
    """

    server_major: int
    revisions: dict[str, str]
    archive_bytes: int
    sha256: str


def seal(archive: Path, server_major: int, revisions: dict[str, str]) -> Label:
    """Append the label to a fresh archive, and have it on disk when this returns."""
    label = Label(server_major, revisions, archive.stat().st_size, _digest(archive, archive.stat().st_size))
    with archive.open("ab") as end:
        end.write(_MARK + msgspec.json.encode(label) + b"\n")
        end.flush()
        os.fsync(end.fileno())
    return label


def verify(file: Path) -> Label:
    """Read the whole file and return its label.

    Raises:
        FileUnusable: it cannot be read.
        BackupDamaged: it is no backup of Holdfast, is cut short, or a bit of it has changed.
    """
    try:
        label, begins = _label(file)
        if begins != label.archive_bytes or _digest(file, label.archive_bytes) != label.sha256:
            raise BackupDamaged(
                str(file), reason=Text("内容与校验和不符", "its content does not match its checksum")
            )
    except OSError as error:
        raise FileUnusable(str(file), reason=told_by_system(error)) from error
    return label


def _label(file: Path) -> tuple[Label, int]:
    with file.open("rb") as archive:
        size = archive.seek(0, os.SEEK_END)
        archive.seek(max(0, size - _LONGEST_LINE))
        head, mark, line = archive.read().rpartition(_MARK)
    if not mark:
        raise BackupDamaged(
            str(file),
            reason=Text(
                "缺少最后一行，可见被截断，或不是备份",
                "its last line is missing, so it is cut short or is something else",
            ),
        )
    try:
        label = msgspec.json.decode(line, type=Label)
    except msgspec.DecodeError as error:
        raise BackupDamaged(
            str(file), reason=Text(f"最后一行无法读取（{error}）", f"its last line cannot be read ({error})")
        ) from error
    return label, max(0, size - _LONGEST_LINE) + len(head)


def _digest(file: Path, length: int) -> str:
    digest = sha256()
    with file.open("rb") as archive:
        while length and (chunk := archive.read(min(_CHUNK, length))):
            digest.update(chunk)
            length -= len(chunk)
    return digest.hexdigest()
