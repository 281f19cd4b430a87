"""The files of a growing log: new tiles and bundles are computed from its right edge alone."""

from collections.abc import Sequence
from typing import NamedTuple

from holdfast.publishing.store import Store, tiles_of
from holdfast.trail import bundle
from holdfast.trail.bundle import Bundle
from holdfast.trail.growth import Growth
from holdfast.trail.merkle import Hash, leaf_hash
from holdfast.trail.tile import WIDTH, Tile

File = tuple[str, bytes]


def edge_of(size: int) -> list[str]:
    """Return the names of the partial files, those of the right edge, of a log of `size`."""
    names = [Bundle(size // WIDTH, size % WIDTH).path] if size % WIDTH else []
    level, count = 0, size
    while count:
        if width := count % WIDTH:
            names.append(Tile(level, count // WIDTH, width).path)
        level, count = level + 1, count // WIDTH
    return names


class Grown(NamedTuple):
    """A log that has grown: its size, root and compact range, and the files to write before its head."""

    size: int
    root: Hash
    compact: list[Hash]
    files: list[File]


class Files:
    """The right edge of a log: the tiles and the bundle that are not full."""

    def __init__(self, growth: Growth | None = None, waiting: Sequence[bytes] = ()) -> None:
        self._growth = Growth() if growth is None else growth
        self._waiting = list(waiting)

    @classmethod
    def of_store(cls, size: int, store: Store) -> "Files":
        """Return the edge of the log of `size` that is in a store.

        Raises:
            FileNotFoundError: a file of the edge is missing.
            BadBundle: the last bundle is damaged.
        """
        waiting: list[bytes] = []
        width = size % WIDTH
        if width:
            last = Bundle(size // WIDTH, width)
            data = store.read(last.path)
            if data is None:
                raise FileNotFoundError(last.path)
            waiting = bundle.decode(data, width)
        return cls(Growth.of_tiles(size, tiles_of(store)), waiting)

    @property
    def size(self) -> int:
        """Return how many entries the log has."""
        return self._growth.size

    def root(self) -> Hash:
        """Return the root of the log's tree."""
        return self._growth.root()

    def grow(self, entries: Sequence[bytes]) -> Grown:
        """Append entries, and return the new size with the files to write."""
        number = self._growth.size // WIDTH
        files = [(tile.path, data) for tile, data in self._growth.add(list(map(leaf_hash, entries)))]
        files += [(tile.path, data) for tile, data in self._growth.partial()]
        pending = self._waiting + list(entries)
        whole = len(pending) // WIDTH * WIDTH
        for at in range(0, whole, WIDTH):
            files.append((Bundle(number + at // WIDTH).path, bundle.encode(pending[at : at + WIDTH])))
        self._waiting = pending[whole:]
        if self._waiting:
            last = Bundle(number + whole // WIDTH, len(self._waiting))
            files.append((last.path, bundle.encode(self._waiting)))
        return Grown(self._growth.size, self._growth.root(), self._growth.compact(), files)
