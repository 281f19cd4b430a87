"""A tree grown by batches leaves the very tiles of the tree, has its root, and goes on from its files."""

from hypothesis import given, settings
from hypothesis import strategies as st
from test_merkle import LEAVES, MOST, node
from test_tiles import tile_bytes

from holdfast.trail.growth import Growth
from holdfast.trail.merkle import EMPTY_ROOT, root_at
from holdfast.trail.tile import Tile, new_tiles


@settings(deadline=None)
@given(st.lists(st.integers(0, MOST), max_size=6))
def test_it_leaves_the_tiles_of_every_size_it_had(sizes: list[int]) -> None:
    tree, files = Growth(), dict[Tile, bytes]()
    assert tree.root() == EMPTY_ROOT
    for size in sorted(sizes):
        files |= dict(tree.add(LEAVES[tree.size : size]))
        files |= dict(tree.partial())
        assert tree.size == size
        assert tree.root() == (root_at(size, node) if size else EMPTY_ROOT)
        for tile in new_tiles(0, size):
            assert files[tile] == tile_bytes(tile)
        again = Growth.of_tiles(size, files.__getitem__)
        assert again.root() == tree.root()
        tree = again
