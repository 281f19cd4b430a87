"""The Merkle tree of RFC 6962, section 2.1: hashes, the compact range, proofs and their verification.

A perfect subtree of 2**level leaves that begins at leaf index * 2**level is a node (level, index). Proofs are
made from a function that returns nodes; verifiers need nothing but the proof.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

Hash = bytes
"""32 bytes of SHA-256."""

NodeAt = Callable[[int, int], Hash]
"""A function that returns the hash of a node, by its level and index."""

HASH_SIZE = 32
EMPTY_ROOT: Hash = hashlib.sha256(b"").digest()

_LEAF = b"\x00"
_NODE = b"\x01"


class BadProof(Refusal):
    """A proof does not verify."""

    code = "bad_proof"
    sort = Sort.BROKEN
    what = Text("默克尔证明不成立：{reason}", "{reason}")
    fix = Text("请勿采信；请重新索取，并保留两份", "Do not rely on it; ask for it again, and keep both")

    def __init__(self, reason: Text) -> None:
        """Refuse a proof for a reason."""
        super().__init__("proof", reason=reason)


def leaf_hash(entry: bytes) -> Hash:
    """Return the hash of a leaf. A prefix byte keeps leaves and nodes apart: neither passes for the other."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of a node."""
    return hashlib.sha256(_NODE + left + right).digest()


class CompactRange:
    """A compact range: an append-only tree, kept as the roots of the perfect subtrees that it is made of.

    `hashes` are these roots, the largest subtree first: as many as `size` has bits set.

    >>> tree = CompactRange()
    >>> for entry in (b"one", b"two", b"three"):
    ...     _ = tree.append(leaf_hash(entry))
    >>> tree.size, len(tree.hashes)  # 3 = 2 + 1
    (3, 2)
    >>> pair = node_hash(leaf_hash(b"one"), leaf_hash(b"two"))
    >>> tree.root() == node_hash(pair, leaf_hash(b"three"))
    True
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[Hash] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if size < 0 or len(self.hashes) != size.bit_count():
            raise ValueError(f"{len(self.hashes)} hashes are no compact range of size {size}")

    def append(self, leaf: Hash) -> list[tuple[int, int, Hash]]:
        """Add a leaf by its hash; return the nodes that became complete, as level, index and hash."""
        index, level, top = self.size, 0, leaf
        done = [(0, index, leaf)]
        while index & 1:
            top = node_hash(self.hashes.pop(), top)
            index >>= 1
            level += 1
            done.append((level, index, top))
        self.hashes.append(top)
        self.size += 1
        return done

    def root(self) -> Hash:
        """Return the root of the tree."""
        if not self.hashes:
            return EMPTY_ROOT
        return folded(self.hashes)


def folded(hashes: Sequence[Hash]) -> Hash:
    """Return the root over the roots of subtrees, given from the largest to the smallest."""
    top = hashes[-1]
    for left in reversed(hashes[:-1]):
        top = node_hash(left, top)
    return top


def _split(count: int) -> int:
    """Return the largest power of two that is less than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def perfect_parts(start: int, end: int) -> list[tuple[int, int]]:
    """Return the nodes that make up the leaves from `start` to before `end`, left to right.

    `start` is a multiple of a power of two that is not less than the range's length.
    """
    parts: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def _range_hash(start: int, end: int, node: NodeAt) -> Hash:
    return folded([node(level, index) for level, index in perfect_parts(start, end)])


def root_at(size: int, node: NodeAt) -> Hash:
    """Return the root of the tree as it was at `size`."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, node: NodeAt) -> list[Hash]:
    """Return the audit path of a leaf, from its sibling up to the root's child (RFC 6962, section 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of size {size} has no leaf {index}")
    proof: list[Hash] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_hash(middle, end, node))
            end = middle
        else:
            proof.append(_range_hash(start, middle, node))
            start = middle
    return proof[::-1]


def prove_consistency(old: int, size: int, node: NodeAt) -> list[Hash]:
    """Return the proof that the tree of `size` begins with that of `old` (RFC 6962, section 2.1.2).

    It is empty where `old` is 0 or `size`.

    Raises:
        ValueError: the tree was never so small, or is not so large.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of size {size} did not begin with {old} leaves")
    if old in {0, size}:
        return []
    proof: list[Hash] = []
    start, end = 0, size
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_hash(middle, end, node))
            end = middle
        else:
            proof.append(_range_hash(start, middle, node))
            start = middle
    if start:
        proof.append(_range_hash(start, end, node))
    return proof[::-1]


def _sides(at: int, last: int, count: int) -> list[bool]:
    """Return for each hash of a proof, from the bottom up, whether it is the left sibling.

    `at` is the node that the proof begins with, `last` the last one of its level (RFC 9162, 2.1.3.2).
    """
    sides: list[bool] = []
    for _ in range(count):
        if last == 0:
            raise BadProof(Text("对这棵树而言，证明过长", "the proof is too long for the tree"))
        left = bool(at & 1) or at == last
        sides.append(left)
        while left and at and not at & 1:
            at >>= 1
            last >>= 1
        at >>= 1
        last >>= 1
    if last != 0:
        raise BadProof(Text("对这棵树而言，证明过短", "the proof is too short for the tree"))
    return sides


def root_of_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash]) -> Hash:
    """Return the root that the tree must have if the leaf stands at `index` (RFC 9162, section 2.1.3.2).

    Raises:
        BadProof: the index lies outside of the tree, or the proof is too long or too short.
    """
    if not 0 <= index < size:
        raise BadProof(
            Text(f"第 {index} 条在 {size} 条的树之外", f"leaf {index} lies outside of a tree of size {size}")
        )
    root = leaf
    for sibling, left in zip(proof, _sides(index, size - 1, len(proof)), strict=True):
        root = node_hash(sibling, root) if left else node_hash(root, sibling)
    return root


def check_consistency(old: int, old_root: Hash, size: int, root: Hash, proof: Sequence[Hash]) -> None:
    """Check that a tree grew out of another: nothing was changed, nothing was taken (RFC 9162, 2.1.4.2).

    Raises:
        BadProof: it did not, or the proof does not show it.
    """
    if old > size:
        raise BadProof(Text(f"树由 {old} 条缩减到 {size} 条", f"the tree shrank from {old} to {size} leaves"))
    if old in {0, size}:
        _check_trivial(old, old_root, size, root, proof)
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise BadProof(Text("证明是空的", "the proof is empty"))
    at, last = old - 1, size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    was = now = path[0]
    for sibling, left in zip(path[1:], _sides(at, last, len(path) - 1), strict=True):
        if left:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
        else:
            now = node_hash(now, sibling)
    if was != old_root:
        raise BadProof(Text("旧树不是所签署的那一棵", "the old tree is not the one that was signed"))
    if now != root:
        raise BadProof(Text("新树不是由旧树增长而来", "the new tree did not grow out of the old one"))


def _check_trivial(old: int, old_root: Hash, size: int, root: Hash, proof: Sequence[Hash]) -> None:
    if proof:
        raise BadProof(
            Text(
                "树没有增长或刚刚开始的，证明应为空",
                "the proof must be empty where a tree did not grow, or began",
            )
        )
    if old == 0 and old_root != EMPTY_ROOT:
        raise BadProof(Text("空树的根不是应有的值", "the root of the empty tree is not what it must be"))
    if old == size and old_root != root:
        raise BadProof(
            Text(f"两棵 {size} 条的树，根不相同", f"two trees of size {size} have different roots")
        )
