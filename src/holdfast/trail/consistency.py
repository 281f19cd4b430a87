"""A log's growth: an old size, a consistency proof, and the new checkpoint (c2sp.org/tlog-witness).

old <size of the log before>
<base64 of each hash of the proof, 63 at most>

<the checkpoint, with its signatures>

It is the body of `add-checkpoint`, and a file for whoever has the old checkpoint and checks offline.
"""

import base64
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.trail import checkpoint
from holdfast.trail.checkpoint import Checkpoint, decimal
from holdfast.trail.merkle import HASH_SIZE, Hash, check_consistency
from holdfast.trail.note import BadNote, Note, decode64, parse

_OLD = "old "
_MAX_HASHES = 63


class BadConsistency(Refusal):
    """Bytes do not parse as the growth of a log."""

    code = "bad_consistency"
    sort = Sort.BROKEN
    what = Text("增长证明的格式有误：{reason}", "{reason}")
    fix = Text(
        "格式见 c2sp.org/tlog-witness",
        "Write it as c2sp.org/tlog-witness has it: old <size>, the proof, an empty line, the checkpoint",
    )

    def __init__(self, reason: Text) -> None:
        """Refuse bytes for a reason."""
        super().__init__("consistency", reason=reason)


class Growing(NamedTuple):
    """A log that grew from `old` leaves to a checkpoint; it is not to be believed before it is checked."""

    old: int
    proof: tuple[Hash, ...]
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint that it leads up to."""
        return checkpoint.of(self.note)

    def encode(self) -> bytes:
        """Return its bytes."""
        lines = [f"{_OLD}{self.old}", *(base64.b64encode(one).decode() for one in self.proof)]
        return ("\n".join(lines) + "\n\n").encode() + self.note.encode()

    def check(self, old_root: Hash) -> None:
        """Check that the checkpoint's tree begins with the one of `old` leaves that has this root.

        Raises:
            BadProof: it does not, or the proof does not show it.
        """
        found = self.checkpoint
        check_consistency(self.old, old_root, found.size, found.root, self.proof)


def read(data: bytes) -> Growing:
    """Read how a log grew.

    Raises:
        BadConsistency: it is not of this form; the text says where.
    """
    head, blank, rest = data.partition(b"\n\n")
    if not blank:
        raise BadConsistency(Text("树头之前缺少空行", "an empty line is missing before the checkpoint"))
    if not head.isascii():
        raise BadConsistency(
            Text("树头之前的内容不是 ASCII", "what stands before the checkpoint is not ASCII")
        )
    first, *hashes = head.decode().split("\n")
    if not first.startswith(_OLD):
        raise BadConsistency(Text("开头不是 old <size>", "it does not begin with: old <size>"))
    if len(hashes) > _MAX_HASHES:
        raise BadConsistency(Text(f"哈希超过 {_MAX_HASHES} 个", f"it has more than {_MAX_HASHES} hashes"))
    try:
        old = decimal(first.removeprefix(_OLD), Text("旧的条数", "the old size"))
        proof = tuple(decode64(line, Text("哈希", "a hash")) for line in hashes)
        note = parse(rest)
        checkpoint.of(note)
    except BadNote as error:
        raise BadConsistency(error.told()) from error
    if any(len(one) != HASH_SIZE for one in proof):
        raise BadConsistency(Text(f"有哈希不是 {HASH_SIZE} 字节", f"a hash has not {HASH_SIZE} bytes"))
    return Growing(old, proof, note)
