"""Heads of logs that are believed: who saw them when, and whether one grew out of another."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.clock import SECOND, Instant
from holdfast.kernel.refusal import Refusal
from holdfast.trail import note as notes
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.cosignature import time_of
from holdfast.trail.findings import Finding, proven, unproven, when
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.growth import Growth
from holdfast.trail.merkle import (
    HASH_SIZE,
    BadProof,
    Hash,
    check_consistency,
    prove_consistency,
    root_at,
)
from holdfast.trail.note import MAX_NOTE, Note
from holdfast.trail.policy import Trust
from holdfast.trail.reading import read_file
from holdfast.trail.tile import WIDTH, Tile, node_at
from holdfast.verify.refusals import GrowthWrong, LogWrong, StaleCheckpoint, TwoStories

_CACHED = 256


class Head(NamedTuple):
    """A head that the policy believes. `seen` has each witness that cosigned it, with its times in order."""

    place: str
    checkpoint: Checkpoint
    seen: dict[str, list[Instant]]


def believed(place: str, note: Note, trust: Trust, newer_than: Instant | None) -> Head:
    """Return the head that a note is.

    Raises:
        BadNote, Untrusted: see `Trust.check`.
        StaleCheckpoint: too few witnesses saw it at or after a time.
    """
    found, names = trust.check(note)
    seen = {name: _times(note, trust, name) for name in names}
    head = Head(place, found, seen)
    if newer_than is not None and not seen_since(head, trust, newer_than):
        times = [times[-1] for times in seen.values()]
        last = when(max(times)) if times else "no time: no witness cosigned it"
        raise StaleCheckpoint(place, newer_than=when(newer_than), last=last)
    return head


def _times(note: Note, trust: Trust, name: str) -> list[Instant]:
    witness = trust.witnesses[name]
    mine = [one for one in note.signatures if (one.name, one.key_id) == (witness.name, witness.key_id)]
    return sorted(time_of(one.value) * SECOND for one in mine)


def seen_since(head: Head, trust: Trust, at: Instant) -> bool:
    """Tell whether enough witnesses, one at least, saw a head at or after a time."""
    names = [name for name, times in head.seen.items() if times[-1] >= at]
    return bool(names) and trust.is_met(names)


def seen_by(head: Head, trust: Trust, at: Instant) -> bool:
    """Tell whether enough witnesses, one at least, had seen a head by a time."""
    names = [name for name, times in head.seen.items() if times[0] <= at]
    return bool(names) and trust.is_met(names)


def of_witnesses(head: Head) -> Finding:
    """Say who saw a head."""
    if not head.seen:
        return unproven(
            "没有见证人签署：别人看到的是否是同一份日志，未被证明。",
            "No witness cosigned it: that others are shown the same log is not proven.",
        )
    times = {name: when(times[0]) for name, times in head.seen.items()}
    return proven(
        "见证人确认看到过同一份日志：" + "；".join(f"{name}（{at}）" for name, at in times.items()) + "。",
        "Witnesses saw this same log: " + ", ".join(f"{name} ({at})" for name, at in times.items()) + ".",
    )


class LogFolder:
    """The files of a log in a folder, and its head, which is believed; its tiles are not."""

    def __init__(self, path: Path, trust: Trust) -> None:
        """Take the log's head.

        Raises:
            LogWrong: there is none.
            BadNote, Untrusted: see `Trust.check`.
        """
        self._path = path
        try:
            data = read_file(path / CHECKPOINT, MAX_NOTE)
        except OSError as error:
            reason = f"it has no checkpoint: {(error.strerror or str(error)).lower()}"
            raise LogWrong(str(path), reason=reason) from error
        self.head = believed(str(path), notes.parse(data), trust, None)

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
                raise LogWrong(
                    str(self._path / name), reason=(error.strerror or str(error)).lower()
                ) from error
            if len(data) < size:
                raise LogWrong(str(self._path / name), reason=f"it has {len(data)} bytes, not {size}")
            return data[:size]
        raise LogWrong(str(self._path / tile.path), reason="it is missing")

    def root(self, size: int) -> Hash:
        """Return the root that the tree of the head had at a smaller size; the tiles prove it.

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
                str(self._path), reason="its tiles do not lead to the head that it signed"
            ) from error
        return root

    def missing(self, wanted: Iterable[Hash]) -> set[Hash]:
        """Return which of these leaf hashes are not in the log: all leaves are read, and lead to its head.

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
            raise LogWrong(str(self._path), reason="its leaves do not lead to the head that it signed")
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
    """A proof that a log grew to a head, and where it was found."""

    growing: Growing
    head: Head


Verdict = Finding | Refusal


def compare(
    heads: Sequence[Head], grown: Sequence[Grown], log: LogFolder | None
) -> list[tuple[str, Verdict]]:
    """Say of each two heads of a log that follow each other whether the larger grew out of the smaller.

    Returns:
        With each verdict the place of the larger head.
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
                raise GrowthWrong(proof.head.place, reason=error.record().what) from error
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
