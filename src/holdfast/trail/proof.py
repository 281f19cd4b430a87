"""Receipts: an inclusion proof of an entry, with a cosigned checkpoint, in one file (c2sp.org/tlog-proof@v1).

c2sp.org/tlog-proof@v1
[extra <base64>]
index <index of the entry>
<base64 of each hash of the audit path, the leaf's sibling first>

<the checkpoint, with its signatures>
"""

import base64
from typing import NamedTuple

from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import Checkpoint, decimal
from holdfast.trail.merkle import HASH_SIZE, BadProof, Hash, leaf_hash, root_of_inclusion
from holdfast.trail.note import BadNote, Note, decode64, parse

HEADER = "c2sp.org/tlog-proof@v1"

_MAX_HASHES = 63


class Receipt(NamedTuple):
    """A parsed receipt. It does not prove `extra`."""

    leaf_index: int
    path: tuple[Hash, ...]
    note: Note
    extra: bytes | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint that it leads up to."""
        return checkpoint.of(self.note)

    def encode(self) -> bytes:
        """Return the file's bytes."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.leaf_index}")
        lines += [base64.b64encode(one).decode() for one in self.path]
        return ("\n".join(lines) + "\n\n").encode() + self.note.encode()

    def check(self, entry: bytes) -> None:
        """Check that the entry stands in the log whose checkpoint this is.

        Raises:
            BadProof: it does not.
            BadNote: the note is no checkpoint.
        """
        found = self.checkpoint
        if root_of_inclusion(leaf_hash(entry), self.leaf_index, found.size, self.path) != found.root:
            raise BadProof("the entry does not lead to the root that was signed")


def read(data: bytes) -> Receipt:
    """Read a receipt.

    Raises:
        BadNote: it is none; the text says where.
    """
    head, blank, rest = data.partition(b"\n\n")
    if not blank:
        raise BadNote("a receipt has an empty line before its checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise BadNote("a receipt begins with lines of ASCII") from error
    if lines.pop(0) != HEADER:
        raise BadNote(f"a receipt begins with {HEADER}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode64(lines.pop(0).removeprefix("extra "), "the extra data")
    if not lines or not lines[0].startswith("index "):
        raise BadNote("a receipt names the index of its entry")
    index = decimal(lines.pop(0).removeprefix("index "), "the index")
    if len(lines) > _MAX_HASHES:
        raise BadNote(f"a receipt has no more than {_MAX_HASHES} hashes")
    path = tuple(decode64(line, "a hash") for line in lines)
    if any(len(one) != HASH_SIZE for one in path):
        raise BadNote(f"a hash has not {HASH_SIZE} bytes")
    note = parse(rest)
    checkpoint.of(note)
    return Receipt(index, path, note, extra)
