"""The interface to the storage of a log's files."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from holdfast.trail.merkle import HASH_SIZE
from holdfast.trail.tile import WIDTH, Tile


class Store(Protocol):
    """A store of files by their paths in the log, with atomic writes that are durable once a call returns.

    `trail.folder.Folder` is one, `bucket.Bucket` another.
    """

    def read(self, name: str) -> bytes | None:
        """Return a file, or None where there is none."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        ...

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files, in any order."""
        ...

    def delete(self, names: Sequence[str]) -> None:
        """Delete files that nobody needs any more; one that cannot be deleted stays."""
        ...


def tiles_of(store: Store) -> Callable[[Tile], bytes]:
    """Return a function that reads a log's tiles; a full tile serves where a partial one is gone.

    Raises:
        FileNotFoundError: when called: neither is there.
    """

    def read(tile: Tile) -> bytes:
        found = store.read(tile.path)
        if found is None and tile.width < WIDTH:
            whole = store.read(tile._replace(width=WIDTH).path)
            found = None if whole is None else whole[: tile.width * HASH_SIZE]
        if found is None:
            raise FileNotFoundError(tile.path)
        return found

    return read
