"""Tiles: the tree as files of 256 hashes, each a subtree of height 8 (c2sp.org/tlog-tiles v0.1.0).

Path: `tile/<L>/<N>[.p/<W>]`, N in groups of three digits of which all but the last begin with an x.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from holdfast.trail.merkle import HASH_SIZE, Hash, NodeAt, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
PARTIAL = ".p/"
"""The part of a path that announces the width of a tile or bundle that is not full."""

_GROUP = 1_000


class Tile(NamedTuple):
    """The coordinates of a tile: its level and number, and its width: 256, or less where it is partial."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Return its path below the log's prefix."""
        return f"tile/{self.level}/{number_path(self.number)}{partial(self.width)}"


def number_path(index: int) -> str:
    """Write an index as path elements, three digits each; all but the last begin with an x.

    >>> number_path(1234067), Tile(0, 5).path, Tile(1, 2, 17).path
    ('x001/x234/067', 'tile/0/005', 'tile/1/002.p/17')
    """
    groups = [f"{index % _GROUP:03d}"]
    while index := index // _GROUP:
        groups.append(f"x{index % _GROUP:03d}")
    return "/".join(reversed(groups))


def partial(width: int) -> str:
    """Return the ending of a path of that width: nothing, where it is full."""
    return "" if width == WIDTH else f"{PARTIAL}{width}"


def new_tiles(old: int, size: int) -> Iterator[Tile]:
    """Yield the tiles that a tree has and had not at size `old`: full ones, and partial ones on its edge."""
    level = 0
    while size >> (HEIGHT * level):
        before, count = old >> (HEIGHT * level), size >> (HEIGHT * level)
        if count > before:
            for index in range(before // WIDTH, count // WIDTH):
                yield Tile(level, index)
            if count % WIDTH:
                yield Tile(level, count // WIDTH, count % WIDTH)
        level += 1


TileAt = Callable[[Tile], bytes]
"""A function that returns the hashes of a tile, concatenated."""


def node_at(size: int, read: TileAt) -> NodeAt:
    """Return a function that reads any node of a tree of `size` out of its tiles."""

    def node(level: int, index: int) -> Hash:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        tile_index, offset = divmod(first, WIDTH)
        count = size >> (HEIGHT * tile_level)
        width = min(WIDTH, count - tile_index * WIDTH)
        hashes = read(Tile(tile_level, tile_index, width))
        span = hashes[offset * HASH_SIZE : (offset + (1 << height)) * HASH_SIZE]
        return top([span[at : at + HASH_SIZE] for at in range(0, len(span), HASH_SIZE)])

    return node


def top(hashes: Sequence[Hash]) -> Hash:
    """Return the root over a power of two of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]
