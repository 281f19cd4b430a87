"""Sources of a log's files, by the paths of tlog-tiles, in a folder or over HTTP, each of a bounded size.

No path comes from outside: the names are those of tiles, bundles and the checkpoint.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.monitor.refusals import BadLogPlace, LogFileMissing, LogFileWrong, LogUnreachable
from holdfast.trail import bundle as bundles
from holdfast.trail.bundle import MAX_ENTRY, BadBundle, Bundle
from holdfast.trail.folder import CHECKPOINT, served
from holdfast.trail.merkle import HASH_SIZE
from holdfast.trail.note import MAX_NOTE
from holdfast.trail.reading import FileWrong, read_file
from holdfast.trail.tile import WIDTH, Tile

MAX_BUNDLE = WIDTH * (2 + MAX_ENTRY)
MAX_TILE = WIDTH * HASH_SIZE


class Source(Protocol):
    """A source of the files of a log."""

    @property
    def name(self) -> str:
        """Return the name of the place, for people."""
        ...

    def fetch(self, path: str, limit: int) -> bytes | None:
        """Return a file, or None where there is none.

        Raises:
            LogUnreachable: nobody can tell whether there is one.
            LogFileWrong: it has more than `limit` bytes.
        """
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...


class Disk:
    """The files below a folder. A link that leads out of it is not followed."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._root = os.path.realpath(folder)

    def fetch(self, path: str, limit: int) -> bytes | None:
        """See `Source.fetch`."""
        full = os.path.realpath(Path(self._root, path))
        if not full.startswith(self._root.rstrip(os.sep) + os.sep):
            raise LogFileWrong(
                f"{self.name}/{path}",
                reason=Text("是通往文件夹之外的链接", "it is a link that leads out of the folder"),
            )
        try:
            return read_file(Path(full), limit)
        except FileWrong as wrong:
            raise LogFileWrong(f"{self.name}/{path}", reason=wrong.told()) from wrong
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise LogUnreachable(f"{self.name}/{path}", reason=told_by_system(error)) from error

    def close(self) -> None:
        """See `Source.close`."""


class Log(NamedTuple):
    """The files of a log as a place serves them; nothing of them is to be believed yet."""

    source: Source

    @property
    def name(self) -> str:
        """Return the name of the place, for people."""
        return self.source.name

    def checkpoint(self) -> bytes:
        """Return the log's head as it is served.

        Raises:
            LogFileMissing: there is none.
            LogUnreachable, LogFileWrong: see `Source.fetch`.
        """
        return self._need(CHECKPOINT, MAX_NOTE)

    def entries(self, bundle: Bundle) -> list[bytes]:
        """Return the entries of a bundle; where a partial one is gone, out of the full one.

        Raises:
            LogFileMissing: neither is there.
            LogFileWrong: it is no bundle of that width.
            LogUnreachable: see `Source.fetch`.
        """
        data, width = self.source.fetch(bundle.path, MAX_BUNDLE), bundle.width
        path = bundle.path
        if data is None and bundle.width < WIDTH:
            path, width = bundle._replace(width=WIDTH).path, WIDTH
            data = self.source.fetch(path, MAX_BUNDLE)
        if data is None:
            raise LogFileMissing(f"{self.name}/{bundle.path}")
        try:
            return bundles.decode(data, width)[: bundle.width]
        except BadBundle as error:
            raise LogFileWrong(f"{self.name}/{path}", reason=error.told()) from error

    def hashes(self, tile: Tile) -> bytes:
        """Return a tile's hashes; where a partial one is gone, out of the full one.

        Raises:
            LogFileMissing: neither is there.
            LogFileWrong: it has not the size that it must have.
            LogUnreachable: see `Source.fetch`.
        """
        path = tile.path
        data, width = self.source.fetch(path, MAX_TILE), tile.width
        if data is None and tile.width < WIDTH:
            path, width = tile._replace(width=WIDTH).path, WIDTH
            data = self.source.fetch(path, MAX_TILE)
        if data is None:
            raise LogFileMissing(f"{self.name}/{tile.path}")
        if len(data) != width * HASH_SIZE:
            reason = Text(
                f"有 {len(data):,} 字节，而此宽度的 tile 有 {width * HASH_SIZE:,} 字节",
                f"it has {len(data):,} bytes, a tile of that width has {width * HASH_SIZE:,}",
            )
            raise LogFileWrong(f"{self.name}/{path}", reason=reason)
        return data[: tile.width * HASH_SIZE]

    def _need(self, path: str, limit: int) -> bytes:
        data = self.source.fetch(path, limit)
        if data is None:
            raise LogFileMissing(f"{self.name}/{path}")
        return data


def source_of(place: str) -> Source:
    """Return where the log is that people name by a folder or a URL.

    Raises:
        BadLogPlace: it is neither.
    """
    if "://" in place:
        from holdfast.monitor.web import Web  # noqa: PLC0415 - it brings httpx

        return Web(place)
    try:
        is_folder = Path(place).is_dir()
    except (OSError, ValueError):  # too long for a name, or not one at all
        is_folder = False
    if not is_folder:
        raise BadLogPlace(
            repr(place), reason=Text("没有此文件夹，也不是网址", "there is no such folder, and it is no URL")
        )
    return Disk(served(Path(place)))


@contextmanager
def opened(place: str) -> Generator[Log]:
    """Read a log as long as the block goes on.

    Raises:
        BadLogPlace: it is neither a folder nor a URL.
    """
    source = source_of(place)
    try:
        yield Log(source)
    finally:
        source.close()
