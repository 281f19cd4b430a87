"""A tree that grows by batches, and emits its tiles: only its right edge is in memory."""

from collections.abc import Iterable, Iterator, Sequence

from holdfast.trail.merkle import EMPTY_ROOT, HASH_SIZE, Hash, folded, perfect_parts
from holdfast.trail.tile import HEIGHT, WIDTH, Tile, TileAt, top

Written = tuple[Tile, bytes]
"""A tile, and its hashes one after the other."""


class Growth:
    """The right edge of a tree: for each level of tiles, the hashes of the one that is not full."""

    def __init__(self, size: int = 0, edges: Iterable[Sequence[Hash]] = ()) -> None:
        self.size = size
        self._edges = [list(edge) for edge in edges]

    @classmethod
    def of_tiles(cls, size: int, read: TileAt) -> "Growth":
        """Return the edge of a tree of `size`, from its tiles."""
        edges: list[list[Hash]] = []
        level = 0
        while count := size >> (HEIGHT * level):
            width = count % WIDTH
            data = read(Tile(level, count // WIDTH, width)) if width else b""
            edges.append([data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)])
            level += 1
        return cls(size, edges)

    def add(self, leaves: Sequence[Hash]) -> list[Written]:
        """Add leaves by their hashes; return the tiles that became full, lower levels first."""
        full: list[Written] = []
        more: list[Hash] = list(leaves)
        level, first = 0, self.size
        self.size += len(leaves)
        while more:
            if level == len(self._edges):
                self._edges.append([])
            edge = self._edges[level]
            number = (first >> (HEIGHT * level)) // WIDTH
            hashes = edge + more
            more = []
            whole = len(hashes) // WIDTH * WIDTH
            for at in range(0, whole, WIDTH):
                chunk = hashes[at : at + WIDTH]
                full.append((Tile(level, number + at // WIDTH), b"".join(chunk)))
                more.append(top(chunk))
            self._edges[level] = hashes[whole:]
            level += 1
        return full

    def partial(self) -> Iterator[Written]:
        """Yield the tiles of the right edge that are not full."""
        for level, edge in enumerate(self._edges):
            if edge:
                number = (self.size >> (HEIGHT * level)) // WIDTH
                yield Tile(level, number, len(edge)), b"".join(edge)

    def compact(self) -> list[Hash]:
        """Return the compact range: the roots of the perfect subtrees that make it up, largest first."""
        parts: list[Hash] = []
        for level in reversed(range(len(self._edges))):
            edge = self._edges[level]
            parts += [
                top(edge[index << height : (index + 1) << height])
                for height, index in perfect_parts(0, len(edge))
            ]
        return parts

    def root(self) -> Hash:
        """Return the root of the tree."""
        return folded(self.compact()) if self.size else EMPTY_ROOT
