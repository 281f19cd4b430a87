"""Comparison of heads of a log: whether one extends another, by proofs or by the files of the log."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.system_errors import told_by_system
from holdfast.kernel.text import Text
from holdfast.trail import note as notes
from holdfast.trail.consistency import Growing
from holdfast.trail.findings import Finding, proven, unproven
from holdfast.trail.folder import CHECKPOINT, served
from holdfast.trail.growth import Growth
from holdfast.trail.heads import ANY_TIME, Head, Times, TwoStories, believed
from holdfast.trail.merkle import (
    HASH_SIZE,
    BadProof,
    Hash,
    check_consistency,
    prove_consistency,
    root_at,
)
from holdfast.trail.note import MAX_NOTE
from holdfast.trail.policy import Trust
from holdfast.trail.reading import read_file
from holdfast.trail.tile import WIDTH, Tile, node_at
from holdfast.verify.refusals import GrowthWrong, LogWrong

_CACHED = 256


class LogFolder:
    """The files of a log in a folder: the head is verified first, the tiles by leading to it."""

    def __init__(self, path: Path, trust: Trust, times: Times = ANY_TIME) -> None:
        """Read and verify the log's head.

        Raises:
            LogWrong: there is none.
            BadNote, Untrusted, StaleCheckpoint: see `trail.heads.believed`.
        """
        self._path = served(path)
        try:
            data = read_file(self._path / CHECKPOINT, MAX_NOTE)
        except OSError as error:
            told = Text("没有树头：{reason}", "it has no checkpoint: {reason}")
            reason = told.fill(reason=told_by_system(error))
            raise LogWrong(str(path), reason=reason) from error
        self.head = believed(str(path), notes.parse(data), trust, times)

    def tile(self, tile: Tile) -> bytes:
        """Return a tile, of the width that was asked for.

        Raises:
            LogWrong: it is missing, or too short.
        """
        size = tile.width * HASH_SIZE
        for name in dict.fromkeys((tile.path, tile._replace(width=WIDTH).path)):
            try:
                data = read_file(self._path / name, WIDTH * HASH_SIZE)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise LogWrong(str(self._path / name), reason=told_by_system(error)) from error
            if len(data) < size:
                raise LogWrong(
                    str(self._path / name),
                    reason=Text(f"有 {len(data)} 字节，应为 {size}", f"it has {len(data)} bytes, not {size}"),
                )
            return data[:size]
        raise LogWrong(str(self._path / tile.path), reason=Text("缺失", "it is missing"))

    def root(self, size: int) -> Hash:
        """Return the root of the head's tree at a smaller size, as proven by the tiles.

        Raises:
            LogWrong: a tile is missing, or they do not lead to the head.
        """
        head = self.head.checkpoint
        node = node_at(head.size, _cached(self.tile))
        root = root_at(size, node)
        try:
            check_consistency(size, root, head.size, head.root, prove_consistency(size, head.size, node))
        except BadProof as error:
            raise LogWrong(
                str(self._path),
                reason=Text(
                    "由其 tile 推不出它签署的树头", "its tiles do not lead to the head that it signed"
                ),
            ) from error
        return root

    def missing(self, wanted: Iterable[Hash]) -> set[Hash]:
        """Return the leaf hashes that are not in the log: all leaves are read, and their root is the head's.

        Raises:
            LogWrong: a tile is missing, or they do not lead to the head.
        """
        left = set(wanted)
        size = self.head.checkpoint.size
        growth = Growth()
        for first in range(0, size, WIDTH):
            data = self.tile(Tile(0, first // WIDTH, min(WIDTH, size - first)))
            hashes = [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
            growth.add(hashes)
            left.difference_update(hashes)
        if growth.root() != self.head.checkpoint.root:
            raise LogWrong(
                str(self._path),
                reason=Text(
                    "由其条目推不出它签署的树头", "its leaves do not lead to the head that it signed"
                ),
            )
        return left


def _cached(read: Callable[[Tile], bytes]) -> Callable[[Tile], bytes]:
    held: dict[Tile, bytes] = {}

    def get(tile: Tile) -> bytes:
        if tile not in held:
            if len(held) >= _CACHED:
                held.clear()
            held[tile] = read(tile)
        return held[tile]

    return get


class Grown(NamedTuple):
    """A consistency proof up to a head, and where it was found."""

    growing: Growing
    head: Head


Verdict = Finding | Refusal


def compare(
    heads: Sequence[Head], grown: Sequence[Grown], log: LogFolder | None
) -> list[tuple[str, Verdict]]:
    """Return for each two successive heads of a log whether the larger extends the smaller.

    Returns:
        The verdicts, each with the place of the larger head.
    """
    verdicts: list[tuple[str, Verdict]] = []
    for origin in dict.fromkeys(head.checkpoint.origin for head in heads):
        distinct = {head.checkpoint[:3]: head for head in reversed(heads) if head.checkpoint.origin == origin}
        ordered = sorted(distinct.values(), key=lambda head: head.checkpoint.size)
        for small, large in pairwise(ordered):
            try:
                verdicts.append((large.place, _grew(small, large, grown, log)))
            except Refusal as refusal:
                verdicts.append((large.place, refusal))
    return verdicts


def _grew(small: Head, large: Head, grown: Sequence[Grown], log: LogFolder | None) -> Finding:
    one, other = small.checkpoint, large.checkpoint
    if one.size == other.size:
        raise _two_stories(small, large)
    zh = f"日志 {other.origin} 由 {one.size} 条增长到 {other.size} 条：原有记录没有被改动、删除或插入。"
    en = f"{other.origin} grew from {one.size} to {other.size} leaves: none of the first was changed."
    for proof in grown:
        if proof.growing.old == one.size and proof.head.checkpoint[:3] == other[:3]:
            try:
                proof.growing.check(one.root)
            except BadProof as error:
                raise GrowthWrong(proof.head.place, reason=error.told()) from error
            return proven(zh, en)
    if log is not None and log.head.checkpoint.origin == one.origin:
        size = log.head.checkpoint.size
        for head in (small, large):
            if head.checkpoint.size <= size and log.root(head.checkpoint.size) != head.checkpoint.root:
                raise _two_stories(log.head, head)
        if other.size <= size:
            return proven(zh, en)
    return unproven(
        f"两个树头（{one.size} 条与 {other.size} 条）之间没有增长证明：后者是否包含前者，未被证明。"
        "请提供日志文件夹（--log）或增长证明。",
        f"Nothing connects the heads of {one.size} and {other.size} leaves: that the larger grew out of the "
        "smaller is not proven. Give the log's folder (--log), or a proof of growth.",
    )


def _two_stories(one: Head, other: Head) -> TwoStories:
    return TwoStories(
        other.place, origin=other.checkpoint.origin, size=other.checkpoint.size, other=one.place
    )
