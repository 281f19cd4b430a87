"""Files of our own form, read as whoever gives one reads it."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.importers.history import History, Progress
from holdfast.importers.source import read
from holdfast.kernel.zones import UTC


def read_plain(
    path: Path, progress: Progress | None = None, zone: str = UTC, refunds: Sequence[Path] = ()
) -> History:
    return read(str(path), zone=zone, progress=progress, refunds=[*map(str, refunds)])
