"""Rebuilding the root from the entries: incrementally, from where the last run stopped, in a stream.

Where entries and tiles differ, the signed root tells which of them are wrong.
"""

from collections.abc import Callable
from copy import deepcopy

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.monitor.refusals import (
    EntriesDiffer,
    LogFileMissing,
    LogFileWrong,
    LogRewritten,
    LogRolledBack,
    LogTruncated,
    TilesDiffer,
)
from holdfast.monitor.source import Log
from holdfast.trail import leaf as leaves
from holdfast.trail.bundle import Bundle, new_bundles
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.growth import Growth
from holdfast.trail.leaf import BadLeaf
from holdfast.trail.merkle import HASH_SIZE, Hash, leaf_hash
from holdfast.trail.tile import WIDTH, Tile

NAMED = 20
"""The maximal number of differing files that are named."""

Tell = Callable[[float], None]
"""A listener to progress: the share that is done."""


def rebuild(log: Log, head: Checkpoint, growth: Growth, latest: Instant, tell: Tell) -> Instant:
    """Grow a verified tree by the log's new entries up to a head, and check that they lead to its root.

    Args:
        log: where the files are.
        head: the signed head, whose size and root have to result.
        growth: the tree that was verified before; it grows to that of the head.
        latest: the latest time of the leaves before.
        tell: a listener to progress.

    Returns:
        The latest time that a leaf has.

    Raises:
        LogRolledBack: the head is smaller than the verified tree.
        LogTruncated: a file below the signed head is not there.
        LogFileWrong: a file is not of its form, or an entry is no leaf.
        EntriesDiffer: the tiles lead to the root, and these entries do not.
        TilesDiffer: the entries lead to the root, and these tiles do not.
        LogRewritten: nothing leads to the root.
        LogUnreachable: a file could not be asked for.
    """
    if head.size < growth.size:
        raise LogRolledBack(log.name, size=head.size, known=growth.size)
    work = _Rebuilding(log, growth, latest)
    try:
        for bundle in new_bundles(growth.size, head.size):
            work.add(bundle)
            tell(growth.size / head.size)
        work.check_edge()
    except LogFileMissing as error:
        raise LogTruncated(
            error.where, size=head.size, path=error.where.removeprefix(f"{log.name}/")
        ) from None
    work.judge(head)
    return work.latest


class _Rebuilding:
    """A tree while entries are added, with the differences found so far."""

    def __init__(self, log: Log, growth: Growth, latest: Instant) -> None:
        self.latest = latest
        self._log = log
        self._growth = growth
        self._began = growth.size
        self._tiles: list[str] = []
        self._bundles: list[str] = []
        self._served: Growth | None = None

    def add(self, bundle: Bundle) -> None:
        """Add the entries of a bundle, and compare the tiles that it fills."""
        growth = self._growth
        known = growth.size - bundle.number * WIDTH
        before = next((data for tile, data in growth.partial() if tile.level == 0), b"") if known else b""
        hashes = self._leaves(bundle, known)
        tile = Tile(0, bundle.number, bundle.width)
        served = self._log.hashes(tile)
        if b"".join(hashes[:known]) != before:
            _name(self._bundles, bundle.path)
        if served[: len(before)] != before:
            _name(self._tiles, tile.path)
        self._follow(bundle, tile, served[len(before) :], hashes[known:])
        for full, data in growth.add(hashes[known:]):
            if full.level:
                self._compare(full, data)

    def _leaves(self, bundle: Bundle, known: int) -> list[Hash]:
        entries = self._log.entries(bundle)
        for index, entry in enumerate(entries[known:], start=self._growth.size):
            try:
                self.latest = max(self.latest, leaves.read(entry).at)
            except BadLeaf as error:
                where = f"{self._log.name}/{bundle.path}"
                raise LogFileWrong(
                    where,
                    reason=Text("第 {index} 条：{said}", "entry {index}: {said}").fill(
                        index=index, said=error.told()
                    ),
                ) from error
        return [leaf_hash(entry) for entry in entries]

    def _follow(self, bundle: Bundle, tile: Tile, served: bytes, hashes: list[Hash]) -> None:
        """From the first difference on, grow a second tree from the served tiles."""
        if b"".join(hashes) != served:
            _name(self._tiles, tile.path)
            _name(self._bundles, bundle.path)
            self._served = self._served or deepcopy(self._growth)
        if self._served is not None:
            self._served.add([served[at : at + HASH_SIZE] for at in range(0, len(served), HASH_SIZE)])

    def check_edge(self) -> None:
        """Compare the tiles above the leaves that are not full."""
        if self._growth.size > self._began:
            for tile, data in self._growth.partial():
                if tile.level:
                    self._compare(tile, data)

    def _compare(self, tile: Tile, data: bytes) -> None:
        if self._log.hashes(tile) != data:
            _name(self._tiles, tile.path)

    def judge(self, head: Checkpoint) -> None:
        """Raise the refusal that follows from the differences and the signed root, if any."""
        if self._growth.root() == head.root:
            if self._tiles:
                raise TilesDiffer(self._where(self._tiles))
            if self._bundles:
                raise EntriesDiffer(self._where(self._bundles))
        elif self._served is not None and self._served.root() == head.root:
            raise EntriesDiffer(self._where(self._bundles))
        else:
            entries = Text("所提供的条目", "the entries that it serves")
            if self._began:
                entries = Text(
                    "此前核对过的 {began} 条和{entries}",
                    "what was verified before, {began} entries, and {entries}",
                ).fill(began=self._began, entries=entries)
            raise LogRewritten(self._log.name, entries=entries, size=head.size)

    def _where(self, paths: list[str]) -> str:
        return ", ".join(f"{self._log.name}/{path}" for path in paths)


def _name(paths: list[str], path: str) -> None:
    if path not in paths and len(paths) < NAMED:
        paths.append(path)
