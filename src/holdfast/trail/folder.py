"""A log in a folder, with atomic and durable writes of files."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

CHECKPOINT = "checkpoint"
_SERVED = "log"


def served(folder: Path) -> Path:
    """Return the folder with a log's files: `folder`, or its `log` where it was made by `trail init`."""
    within = folder / _SERVED
    return within if not (folder / CHECKPOINT).exists() and within.is_dir() else folder


_AT_ONCE = 8
_DRAFT = ".part"


class Folder:
    """The files of a log below a folder; any client of tlog-tiles reads them from there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, data: bytes) -> None:
        """Write a file atomically and durably: sync it under another name, rename it, sync the folder.

        Raises:
            OSError: it could not be written; what was there stays.
        """
        self.write_all([(name, data)])

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files, each as `write` does, in few trips to the disk.

        Raises:
            OSError: one could not be written; others may have been.
        """
        drafts: list[tuple[Path, Path]] = []
        try:
            for name, data in files:
                path = self.path / name
                make_folder(path.parent)
                draft = path.with_name(f".{path.name}.{os.getpid()}{_DRAFT}")
                drafts.append((draft, path))
                draft.write_bytes(data)
            _all_to_disk([draft for draft, _ in drafts])
            for draft, path in drafts:
                draft.replace(path)
        finally:
            for draft, _ in drafts:
                with suppress(OSError):  # it was renamed, or never came to be
                    draft.unlink()
        for folder in {path.parent for _, path in drafts}:
            to_disk(folder)

    def delete(self, names: Sequence[str]) -> None:
        """Delete files, and the folders that they leave empty; one that cannot be deleted stays."""
        for path in {self.path / name for name in names}:
            with suppress(OSError):
                path.unlink()
            with suppress(OSError):  # there are more in it, or somebody was quicker
                path.parent.rmdir()

    def read(self, name: str) -> bytes | None:
        """Return a file, or None where there is none."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None


def tidy(folder: Path) -> None:
    """Delete temporary files that a process left when it ended in the middle of a write.

    Only the single writer of the folder may call it.
    """
    for draft in folder.rglob(f".*{_DRAFT}"):
        with suppress(OSError):
            draft.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, durably."""
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        to_disk(each.parent)


def _all_to_disk(paths: Sequence[Path]) -> None:
    if len(paths) == 1:  # threads would take longer to start than they save
        to_disk(paths[0])
        return
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(to_disk, paths))


def to_disk(path: Path) -> None:
    """Sync a file's bytes, or a folder's names, to the disk (fsync)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
