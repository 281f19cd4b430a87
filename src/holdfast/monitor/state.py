"""The stored state of a monitor: the last head that it verified, and the right edge of its tree.

{"latest":<ms>,"note":"<the checkpoint, with its signatures>","tiles":{"<path>":"<hex>"},"v":1}
"""

import json
from typing import Any, NamedTuple, cast

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.monitor.refusals import MonitorStateBroken
from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.folder import Folder
from holdfast.trail.growth import Growth
from holdfast.trail.merkle import HASH_SIZE
from holdfast.trail.note import BadNote, Note, parse
from holdfast.trail.policy import Trust
from holdfast.trail.reading import read_file
from holdfast.trail.tile import Tile

FILE = "verified.json"

_VERSION = 1
_LIMIT = 4_000_000


class Verified(NamedTuple):
    """A verified head: its entries have its root. `latest` is the latest time of its leaves."""

    note: Note
    growth: Growth
    latest: Instant

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the head."""
        return checkpoint.of(self.note)


def write(folder: Folder, verified: Verified) -> None:
    """Store a verified head, durably.

    Raises:
        OSError: it could not be written; the state before stays.
    """
    tiles = {tile.path: data.hex() for tile, data in verified.growth.partial()}
    fields = {
        "latest": verified.latest,
        "note": verified.note.encode().decode(),
        "tiles": tiles,
        "v": _VERSION,
    }
    folder.write(FILE, json.dumps(fields, ensure_ascii=False, sort_keys=True).encode())


def read(folder: Folder, trust: Trust) -> Verified | None:
    """Return the stored state, verified again; None before the first run.

    Raises:
        MonitorStateBroken: it was changed, or the policy does not know this log.
        OSError: it cannot be read.
    """
    where = str(folder.path / FILE)
    try:
        data = read_file(folder.path / FILE, _LIMIT)
    except FileNotFoundError:
        return None
    try:
        found = _read(data)
        head = found.checkpoint
        known = {log.name for log in trust.logs}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadNote) as error:
        raise MonitorStateBroken(
            where, reason=Text("不是监督者的写法", "it is not as the monitor writes it")
        ) from error
    if head.origin not in known:
        raise MonitorStateBroken(
            where,
            reason=Text(
                f"属于信任名单中没有的日志 {head.origin!r}",
                f"it is of the log {head.origin!r}, which the policy lacks",
            ),
        )
    if found.growth.root() != head.root:
        raise MonitorStateBroken(
            where, reason=Text("其树不是树头的那一棵", "its tree is not the one of its checkpoint")
        )
    return found


def _read(data: bytes) -> Verified:
    fields: Any = json.loads(data)
    if fields["v"] != _VERSION or type(fields["latest"]) is not int:
        raise ValueError("another version")
    note = parse(fields["note"].encode())
    tiles = cast("dict[str, str]", fields["tiles"])

    def saved(tile: Tile) -> bytes:
        hashes = bytes.fromhex(tiles[tile.path])
        if len(hashes) != tile.width * HASH_SIZE:
            raise ValueError(tile.path)
        return hashes

    growth = Growth.of_tiles(checkpoint.of(note).size, saved)
    return Verified(note, growth, fields["latest"])
