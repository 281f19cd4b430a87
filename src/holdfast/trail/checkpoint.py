"""Checkpoints: the head of a log, as the text of a signed note (c2sp.org/tlog-checkpoint v1.0.0).

<origin>
<tree size>
<base64 of the root>
[extension lines]
"""

import base64
import re
from typing import NamedTuple

from holdfast.kernel.text import Text
from holdfast.trail.merkle import HASH_SIZE, Hash
from holdfast.trail.note import BadNote, Note, decode64

MAX_SIZE = 2**63 - 1
MAX_TEXT = 16_384
"""Characters of a checkpoint with its extension lines; the texts of C2SP name no limit."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_LEAST_LINES = 3


class Checkpoint(NamedTuple):
    """A head of a log: its origin, the number of its leaves, and their root."""

    origin: str
    size: int
    root: Hash
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the note's text."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def decimal(text: str, what: Text) -> int:
    """Parse a decimal number in its canonical form: no sign, no leading zeroes, below 2**63.

    Raises:
        BadNote: it is not of this form.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise BadNote(
            Text("{what}不是应有写法的数", "{what} is no number as it must be written").fill(what=what)
        )
    return int(text)


def parse_text(text: str) -> Checkpoint:
    """Read a note's text; whether it is signed is another question.

    Raises:
        BadNote: it is no checkpoint.
    """
    if len(text) > MAX_TEXT:
        raise BadNote(
            Text(f"树头最多 {MAX_TEXT:,} 个字符", f"a checkpoint has {MAX_TEXT:,} characters at most")
        )
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _LEAST_LINES or not all(lines):
        raise BadNote(
            Text("树头至少三行，且没有空行", "a checkpoint has three lines or more, none of them empty")
        )
    root = decode64(lines[2], Text("根", "the root"))
    if len(root) != HASH_SIZE:
        raise BadNote(Text(f"根有 {len(root)} 字节", f"the root has {len(root)} bytes"))
    return Checkpoint(
        lines[0], decimal(lines[1], Text("树的条数", "the tree size")), root, tuple(lines[_LEAST_LINES:])
    )


def of(note: Note) -> Checkpoint:
    """Return the checkpoint that a note is.

    Raises:
        BadNote: it is none.
    """
    return parse_text(note.text)
