"""Tiles and bundles as c2sp.org/tlog-tiles has them: paths, which files a size has, proofs out of tiles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_merkle import LEAVES, MOST, NODES, node

from holdfast.trail.bundle import BadBundle, Bundle, decode, encode, new_bundles
from holdfast.trail.merkle import Hash, prove_consistency, prove_inclusion, root_at
from holdfast.trail.tile import HEIGHT, WIDTH, Tile, new_tiles, node_at, number_path


@pytest.mark.parametrize(
    ("index", "path"), [(0, "000"), (999, "999"), (1_000, "x001/000"), (1_234_067, "x001/x234/067")]
)
def test_numbers_are_written_as_in_the_text(index: int, path: str) -> None:
    assert number_path(index) == path


def test_paths_are_those_of_the_text() -> None:
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert Tile(2, 0, 1).path == "tile/2/000.p/1"
    assert Bundle(273, 112).path == "tile/entries/273.p/112"


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_example() -> None:
    tiles = list(new_tiles(0, 70_000))
    assert sum(tile.level == 0 and tile.width == WIDTH for tile in tiles) == 273
    assert [tile for tile in tiles if tile.width < WIDTH] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert [tile for tile in tiles if tile.level == 1 and tile.width == WIDTH] == [Tile(1, 0)]
    assert list(new_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


def tile_bytes(tile: Tile) -> bytes:
    first = tile.number * WIDTH
    hashes: list[Hash] = [node(tile.level * HEIGHT, first + at) for at in range(tile.width)]
    return b"".join(hashes)


@settings(deadline=None)
@given(st.integers(0, MOST), st.integers(0, MOST))
def test_growing_writes_every_tile_and_bundle_of_the_new_size_that_was_not_there(old: int, size: int) -> None:
    old, size = sorted((old, size))
    had, new, has = set(new_tiles(0, old)), set(new_tiles(old, size)), set(new_tiles(0, size))
    assert has <= had | new
    assert not new & had
    bundles = set(new_bundles(0, size))
    assert bundles <= set(new_bundles(0, old)) | set(new_bundles(old, size))
    assert sum(bundle.width for bundle in bundles) == size


@settings(deadline=None)
@given(st.integers(1, MOST), st.data())
def test_proofs_come_out_of_tiles_as_out_of_the_tree(size: int, data: st.DataObject) -> None:
    asked: set[Tile] = set()

    def read(tile: Tile) -> bytes:
        asked.add(tile)
        return tile_bytes(tile)

    from_tiles = node_at(size, read)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert prove_inclusion(index, size, from_tiles) == prove_inclusion(index, size, node)
    assert prove_consistency(old, size, from_tiles) == prove_consistency(old, size, node)
    assert root_at(size, from_tiles) == root_at(size, node)
    assert asked <= set(new_tiles(0, size))
    assert len(LEAVES) < len(NODES)


@given(st.lists(st.binary(max_size=300), max_size=WIDTH))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    assert decode(encode(entries), len(entries)) == entries


@pytest.mark.parametrize(
    ("data", "width", "reason"),
    [
        (b"\x00", 1, "midst of a length"),
        (b"\x00\x05abc", 1, "midst of an entry"),
        (b"\x00\x01a\x00\x01b", 1, "more than 1"),
        (b"\x00\x01a", 2, "fewer than 2"),
        (b"", 1, "fewer than 1"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, width: int, reason: str) -> None:
    with pytest.raises(BadBundle, match=rf"{reason}.*\[bad_bundle\]"):
        decode(data, width)


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    assert decode(encode([b"x" * 65_535]), 1) == [b"x" * 65_535]
    with pytest.raises(ValueError, match="65536"):
        encode([b"x" * 65_536])
