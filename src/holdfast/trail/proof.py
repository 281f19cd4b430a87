"""Receipts: an inclusion proof of an entry, with a cosigned checkpoint, in one file (c2sp.org/tlog-proof@v1).

c2sp.org/tlog-proof@v1
[extra <base64>]
index <index of the entry>
<base64 of each hash of the audit path, the leaf's sibling first>

<the checkpoint, with its signatures>
"""

import base64
from typing import NamedTuple

from holdfast.kernel.text import Text
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
            raise BadProof(
                Text("由条目推不出所签署的根", "the entry does not lead to the root that was signed")
            )


def read(data: bytes) -> Receipt:
    """Read a receipt.

    Raises:
        BadNote: it is none; the text says where.
    """
    head, blank, rest = data.partition(b"\n\n")
    if not blank:
        raise BadNote(Text("收据的树头之前应有空行", "a receipt has an empty line before its checkpoint"))
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise BadNote(Text("收据开头各行应为 ASCII", "a receipt begins with lines of ASCII")) from error
    if lines.pop(0) != HEADER:
        raise BadNote(Text(f"收据应以 {HEADER} 开头", f"a receipt begins with {HEADER}"))
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode64(lines.pop(0).removeprefix("extra "), Text("附加数据", "the extra data"))
    if not lines or not lines[0].startswith("index "):
        raise BadNote(Text("收据应写明条目的位置", "a receipt names the index of its entry"))
    index = decimal(lines.pop(0).removeprefix("index "), Text("位置", "the index"))
    if len(lines) > _MAX_HASHES:
        raise BadNote(
            Text(f"收据的哈希最多 {_MAX_HASHES} 个", f"a receipt has no more than {_MAX_HASHES} hashes")
        )
    path = tuple(decode64(line, Text("哈希", "a hash")) for line in lines)
    if any(len(one) != HASH_SIZE for one in path):
        raise BadNote(Text(f"有哈希不是 {HASH_SIZE} 字节", f"a hash has not {HASH_SIZE} bytes"))
    note = parse(rest)
    checkpoint.of(note)
    return Receipt(index, path, note, extra)
