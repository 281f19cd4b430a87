"""Detection of split views: heads of a log from several places, of which each must extend the one before.

Two heads that the log signed, and of which neither tree is a prefix of the other, prove equivocation to
anyone who has them.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text
from holdfast.monitor.refusals import BadLogPlace
from holdfast.monitor.source import Log
from holdfast.trail import checkpoint, proof
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.folder import Folder
from holdfast.trail.merkle import BadProof, Hash, check_consistency, prove_consistency, root_at
from holdfast.trail.note import MAX_NOTE, Note, parse, verified
from holdfast.trail.policy import Trust, Untrusted
from holdfast.trail.reading import read_file
from holdfast.trail.tile import Tile, TileAt, node_at

CONFLICTS = "conflicts"

_MAX_FILE = MAX_NOTE + 100_000
_MOST_CACHED = 128


class Head(NamedTuple):
    """A signed head, and where it was found; `log` is the place of its tiles, where it has some."""

    place: str
    note: Note
    checkpoint: Checkpoint
    log: Log | None = None

    @property
    def file(self) -> str:
        """Return the name of the file in which it is stored."""
        return f"{CONFLICTS}/{self.checkpoint.size}-{self.checkpoint.root.hex()}"


class Relation(Enum):
    """The relation of two heads. *Unknown*: no place has the tiles that would tell."""

    GREW = "grew"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Compared(NamedTuple):
    """Two heads, the smaller first, and their relation."""

    small: Head
    large: Head
    relation: Relation


def signed(trust: Trust, place: str, note: Note, log: Log | None = None) -> Head:
    """Return the head in a note, if a log of the policy signed it: that binds the log even without witnesses.

    Raises:
        BadNote: it is no checkpoint, or its signature is wrong.
        Untrusted: no log of the policy signed it.
    """
    found = checkpoint.of(note)
    if not verified(note, [log for log in trust.logs if log.name == found.origin]):
        raise Untrusted(
            Text(
                f"名单中没有日志签署了 {found.origin} 的树头",
                f"no log of the policy signed the checkpoint of {found.origin}",
            )
        )
    return Head(place, note, found, log)


def note_in_file(path: Path) -> Note:
    """Return the checkpoint in a file, which is a checkpoint or a receipt.

    Raises:
        BadLogPlace: there is no such file.
        FileWrong: it is no file, or too long.
        BadNote: it is neither.
        OSError: it cannot be read.
    """
    try:
        data = read_file(path, _MAX_FILE)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise BadLogPlace(
            repr(str(path)),
            reason=Text(
                "没有此文件，也不是文件夹或网址", "there is no such file, and it is no folder or URL"
            ),
        ) from error
    if data.startswith(proof.HEADER.encode()):
        return proof.read(data).note
    return parse(data)


def compare(heads: Iterable[Head], logs: Sequence[Log]) -> list[Compared]:
    """Compare each two different heads of one log.

    Args:
        heads: each signed by the log.
        logs: places with tiles; the larger head's own place is asked first.
    """
    distinct = {(one.checkpoint.origin, *one.checkpoint[1:3]): one for one in reversed(list(heads))}
    ordered = sorted(distinct.values(), key=lambda one: one.checkpoint.size)
    return [
        Compared(small, large, relation(small, large, logs))
        for small, large in combinations(ordered, 2)
        if small.checkpoint.origin == large.checkpoint.origin
    ]


def relation(small: Head, large: Head, logs: Sequence[Log]) -> Relation:
    """Return the relation of two different heads, as far as tiles prove it."""
    one, other = small.checkpoint, large.checkpoint
    if one.size == other.size:
        return Relation.CONFLICT if one.root != other.root else Relation.GREW
    own = [] if large.log is None else [large.log]
    for log in dict.fromkeys((*own, *logs)):
        root = _root_within(one.size, other, log)
        if root is not None:
            return Relation.GREW if root == one.root else Relation.CONFLICT
    return Relation.UNKNOWN


def _root_within(size: int, large: Checkpoint, log: Log) -> Hash | None:
    """Return the root of a head's tree at a smaller size; None where the tiles do not prove it."""
    node = node_at(large.size, _cached(log))
    try:
        root = root_at(size, node)
        check_consistency(size, root, large.size, large.root, prove_consistency(size, large.size, node))
    except (BadProof, Refusal):
        return None
    return root


def _cached(log: Log) -> TileAt:
    held: dict[Tile, bytes] = {}

    def read(tile: Tile) -> bytes:
        if tile not in held:
            if len(held) >= _MOST_CACHED:
                held.clear()
            held[tile] = log.hashes(tile)
        return held[tile]

    return read


def keep(folder: Folder, conflict: Compared) -> list[str]:
    """Store both heads of a conflict durably, as evidence, and return their files.

    Raises:
        OSError: they could not be written.
    """
    both = (conflict.small, conflict.large)
    folder.write_all([(head.file, head.note.encode()) for head in both])
    return [str(folder.path / head.file) for head in both]
