"""Promises: that facts will stand in the log by a time, signed before they do.

Whoever submits a command gets one at once. Where its leaf is absent from a head that witnesses saw after the
deadline, promise and head together prove that it was broken. It is a signed note, of a key that is used for
nothing else, named <origin>/promise:

    holdfast-promise/v1
    <origin of the log>
    by <milliseconds since the Epoch>
    <the fact's id, 32 hexadecimal digits> <base64 of its leaf's hash>
    …one line for each fact of the command
"""

import base64
import re
from collections.abc import Sequence
from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.trail.checkpoint import decimal
from holdfast.trail.keys import ED25519, LogSigner, LogVerifier, parse_vkey
from holdfast.trail.merkle import HASH_SIZE, Hash
from holdfast.trail.note import BadNote, Note, decode64, parse, verified

SUFFIX = "/promise"
HEADER = "holdfast-promise/v1"
MAX_FACTS = 10_000

_BY = "by "
_FIXED_LINES = 3
_ID = re.compile(r"[0-9a-f]{32}")


class Promised(NamedTuple):
    """A fact's id, and the hash of the leaf that will stand in the log."""

    fact_id: str
    leaf_hash: Hash


class Promise(NamedTuple):
    """A promise: all of these facts will be in the log of `origin` by a time."""

    origin: str
    by: Instant
    facts: tuple[Promised, ...]

    def text(self) -> str:
        """Return the note's text."""
        lines = [HEADER, self.origin, f"{_BY}{self.by}"]
        lines += [f"{one.fact_id} {base64.b64encode(one.leaf_hash).decode()}" for one in self.facts]
        return "".join(f"{line}\n" for line in lines)


def make(signer: LogSigner, origin: str, by: Instant, facts: Sequence[Promised]) -> Note:
    """Promise facts, and return the signed note."""
    text = Promise(origin, by, tuple(facts)).text()
    return Note(text, (signer.sign(text),))


def parse_text(text: str) -> Promise:
    """Read a note's text; whether it is signed is another question.

    Raises:
        BadNote: it is no promise.
    """
    lines = text.removesuffix("\n").split("\n")
    if lines[0] != HEADER:
        raise BadNote(Text(f"承诺应以 {HEADER} 开头", f"a promise begins with {HEADER}"))
    if not _FIXED_LINES < len(lines) <= _FIXED_LINES + MAX_FACTS:
        raise BadNote(
            Text(
                f"承诺应写明日志、时间和 1 至 {MAX_FACTS:,} 条事实",
                f"a promise names a log, a time and 1 to {MAX_FACTS:,} facts",
            )
        )
    if not lines[1] or not lines[2].startswith(_BY):
        raise BadNote(
            Text("承诺应写明日志和时间：by <毫秒>", "a promise names a log and a time: by <milliseconds>")
        )
    by = decimal(lines[2].removeprefix(_BY), Text("时间", "the time"))
    return Promise(lines[1], by, tuple(_promised(line) for line in lines[_FIXED_LINES:]))


def _promised(line: str) -> Promised:
    fact_id, _, encoded = line.partition(" ")
    if not _ID.fullmatch(fact_id):
        raise BadNote(Text("事实的编号为 32 位十六进制", "a fact's id has 32 hexadecimal digits"))
    found = decode64(encoded, Text("条目的哈希", "the hash of a leaf"))
    if len(found) != HASH_SIZE:
        raise BadNote(Text(f"条目的哈希有 {len(found)} 字节", f"the hash of a leaf has {len(found)} bytes"))
    return Promised(fact_id, found)


def read(data: bytes) -> tuple[Promise, Note]:
    """Read a promise; whether it is signed is another question.

    Raises:
        BadNote: it is none.
    """
    note = parse(data)
    return parse_text(note.text), note


def check(promise: Promise, note: Note, vkey: str) -> None:
    """Check that the log of the promise signed it with this key, which is named for that.

    Raises:
        BadNote: the key is none of that log for promises, or did not sign it.
    """
    key = parse_vkey(vkey)
    if key.kind != ED25519 or key.name != promise.origin + SUFFIX:
        raise BadNote(
            Text(
                f"其承诺的密钥名为 {promise.origin}{SUFFIX}，而此密钥名为 {key.name}",
                f"the key of its promises is named {promise.origin}{SUFFIX}, this one {key.name}",
            )
        )
    if not verified(note, [LogVerifier(key)]):
        raise BadNote(Text(f"{key.name} 没有签署它", f"{key.name} did not sign it"))
