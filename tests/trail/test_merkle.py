"""The tree against RFC 6962 written down naively, for every size up to some hundreds, and to ten thousand."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.trail.merkle import (
    EMPTY_ROOT,
    BadProof,
    CompactRange,
    Hash,
    check_consistency,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_at,
    root_of_inclusion,
)

MOST = 10_000
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def naive_root(leaves: list[Hash]) -> Hash:
    """MTH of section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[Hash]) -> list[Hash]:
    """PATH of section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(old: int, leaves: list[Hash], *, whole: bool) -> list[Hash]:
    """SUBPROOF of section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*naive_subproof(old, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_subproof(old - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def nodes(count: int) -> dict[tuple[int, int], Hash]:
    """Every perfect subtree of a tree, as a log that only grows finds them."""
    found: dict[tuple[int, int], Hash] = {}
    growing = CompactRange()
    for leaf in LEAVES[:count]:
        found |= {(level, index): top for level, index, top in growing.append(leaf)}
    return found


NODES = nodes(MOST)


def node(level: int, index: int) -> Hash:
    return NODES[level, index]


def test_the_hashes_of_the_rfc() -> None:
    """The vectors of Certificate Transparency's own tests: eight leaves of known bytes."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    growing = CompactRange()
    assert growing.root() == EMPTY_ROOT
    for entry, root in zip(inputs, roots, strict=True):
        growing.append(leaf_hash(bytes.fromhex(entry)))
        assert growing.root().hex() == root


@pytest.mark.parametrize("size", [*range(140), 255, 256, 257, 511, 513, 1_000, 4_097, MOST])
def test_roots_are_those_of_the_rfc(size: int) -> None:
    root = naive_root(LEAVES[:size])
    assert root_at(size, node) == root
    growing = CompactRange()
    for leaf in LEAVES[:size]:
        growing.append(leaf)
    assert growing.root() == root
    assert CompactRange(growing.size, growing.hashes).root() == root


@pytest.mark.parametrize("size", [*range(1, 70), 257, MOST])
def test_inclusion_is_proven_as_in_the_rfc_and_of_nothing_else(size: int) -> None:
    root = root_at(size, node)
    for index in {*range(min(size, 40)), size // 2, size - 1}:
        proof = prove_inclusion(index, size, node)
        if size < MOST or index in {0, size - 1}:
            assert proof == naive_path(index, LEAVES[:size])
        assert root_of_inclusion(LEAVES[index], index, size, proof) == root
        for other in {index + 1, index - 1, index ^ 1} - {index}:
            if 0 <= other < size:
                assert _root(LEAVES[index], other, size, proof) != root
        assert _root(LEAVES[index], index, size, proof[:-1]) != root or size == 1
        assert _root(LEAVES[index], index, size, [*proof, root]) != root
        assert _root(leaf_hash(b"another"), index, size, proof) != root


def _root(leaf: Hash, index: int, size: int, proof: list[Hash]) -> Hash | None:
    try:
        return root_of_inclusion(leaf, index, size, proof)
    except BadProof:
        return None


@pytest.mark.parametrize("size", [*range(1, 50), 256, 257, MOST])
def test_consistency_is_proven_as_in_the_rfc(size: int) -> None:
    for old in {*range(min(size + 1, 50)), size // 2, size - 1, size}:
        proof = prove_consistency(old, size, node)
        if 0 < old < size:
            assert size == MOST or proof == naive_subproof(old, LEAVES[:size], whole=True)
        check_consistency(old, root_at(old, node), size, root_at(size, node), proof)


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_no_altered_proof_of_consistency_is_believed(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    proof = prove_consistency(old, size, node)
    roots = [root_at(old, node), root_at(size, node)]
    what = data.draw(st.sampled_from(["old root", "root", "hash", "cut", "more", "sizes"]))
    sizes = [old, size]
    if what in {"old root", "root"}:
        roots[what == "root"] = leaf_hash(b"forged")
    elif what == "hash" and proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        proof[at] = leaf_hash(b"forged")
    elif what == "cut" and proof:
        proof.pop()
    elif what == "sizes" and old < size:
        sizes = [size, old]
    else:
        proof.append(leaf_hash(b"forged"))
    with pytest.raises(BadProof):
        check_consistency(sizes[0], roots[0], sizes[1], roots[1], proof)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 5"):
        prove_inclusion(5, 5, node)
    with pytest.raises(ValueError, match="did not begin with 6"):
        prove_consistency(6, 5, node)
    with pytest.raises(ValueError, match="no compact range"):
        CompactRange(3, [EMPTY_ROOT])
    with pytest.raises(BadProof, match="outside"):
        root_of_inclusion(EMPTY_ROOT, 5, 5, [])
