"""Trees of any size up to ten thousand leaves, any leaf, any old size: against RFC 6962 written naively."""

from hypothesis import given, settings
from hypothesis import strategies as st
from test_merkle import LEAVES, MOST, naive_path, naive_root, naive_subproof, node

from holdfast.trail.growth import Growth
from holdfast.trail.merkle import (
    CompactRange,
    check_consistency,
    prove_consistency,
    prove_inclusion,
    root_at,
    root_of_inclusion,
)
from thorough import examples

SIZES = st.integers(1, MOST)


@settings(deadline=None, max_examples=examples(60))
@given(SIZES)
def test_roots_of_any_size_are_the_naive_ones(size: int) -> None:
    root = naive_root(LEAVES[:size])
    tree, batches = CompactRange(), Growth()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    batches.add(LEAVES[: size // 3])
    batches.add(LEAVES[size // 3 : size])
    assert root_at(size, node) == tree.root() == batches.root() == root


@settings(deadline=None, max_examples=examples(60))
@given(SIZES, st.data())
def test_any_leafs_path_is_the_naive_one(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = prove_inclusion(index, size, node)
    assert path == naive_path(index, LEAVES[:size])
    assert root_of_inclusion(LEAVES[index], index, size, path) == naive_root(LEAVES[:size])


@settings(deadline=None, max_examples=examples(60))
@given(SIZES, st.data())
def test_any_old_sizes_proof_is_the_naive_one(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    found = prove_consistency(old, size, node)
    assert found == naive_subproof(old, LEAVES[:size], whole=True)
    check_consistency(old, naive_root(LEAVES[:old]), size, naive_root(LEAVES[:size]), found)
