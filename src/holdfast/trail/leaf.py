"""Leaves: the log's entry for a fact, a hiding commitment, which its opening reveals.

A leaf holds the fact's kind and time, the pseudonym of its subject and a commitment to the fact, no more:

    {"at":1790000000000,"commitment":"<hex>","kind":"OrderPlaced","subject":"<hex>","v":2}

as JSON in the form of RFC 8785: the same leaf has the same bytes. The commitment is HMAC-SHA256 of the
fact under a salt of its own: whoever has salt and fact can show that they are meant, and once the salt is
destroyed nobody can, not even by trying facts, while every proof still holds. Of version 2 the fact says
whose act it was; of version 1, that of facts which were recorded before actors were told, it does not.
"""

import hmac
import json
import re
from json.encoder import encode_basestring as _quoted
from typing import Any, NamedTuple, cast

from holdfast.kernel.clock import Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

SALT_SIZE = 32
LAST_TIME: Instant = 2**53
"""The largest integer that every parser of RFC 8785 represents exactly: a larger one is no time."""

VERSIONS = (1, 2)
ACTOR_SINCE = 2
"""The version from which on a fact says whose act it was."""

_KEYS = ("at", "commitment", "kind", "subject", "v")
_PSEUDONYM_SIZE = 16
_PSEUDONYM = re.compile(r"[0-9a-f]{32}")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")


class BadLeaf(Refusal):
    """Bytes are no leaf of this log, or do not open it."""

    code = "bad_leaf"
    sort = Sort.BROKEN
    what = Text("日志条目或原文有误：{reason}", "{reason}")
    fix = Text(
        "请重新索取该事实的原文；没有盐值，条目只能证明有事发生，不能证明何事",
        "Ask for the fact's opening again; without its salt a leaf proves that something happened, not what",
    )

    def __init__(self, reason: Text) -> None:
        """Refuse a leaf for a reason."""
        super().__init__("leaf", reason=reason)


class Leaf(NamedTuple):
    """The log's entry for a fact. `subject` and `commitment` are hexadecimal."""

    kind: str
    at: Instant
    subject: str
    commitment: str
    version: int = ACTOR_SINCE

    def encode(self) -> bytes:
        """Return the entry of the log: RFC 8785, which for these values is sorted keys and no spaces."""
        kind, subject, commitment = map(_quoted, (self.kind, self.subject, self.commitment))
        return (
            f'{{"at":{self.at},"commitment":{commitment},"kind":{kind},"subject":{subject}'
            f',"v":{self.version}}}'
        ).encode()


def commit(salt: bytes, body: bytes) -> str:
    """Return the commitment to a body, in hexadecimal."""
    return hmac.digest(salt, body, "sha256").hex()


def pseudonym(key: bytes, subject: str) -> str:
    """Return the pseudonym of a subject in the log, in hexadecimal; it cannot be linked without the key."""
    return hmac.digest(key, subject.encode(), "sha256")[:_PSEUDONYM_SIZE].hex()


def is_pseudonym(text: str) -> bool:
    """Tell whether a text has the form of a pseudonym."""
    return _PSEUDONYM.fullmatch(text) is not None


def read(entry: bytes) -> Leaf:
    """Read an entry of the log.

    Raises:
        BadLeaf: it is no leaf in canonical form.
    """
    try:
        found: Any = json.loads(entry)
    except (ValueError, RecursionError) as error:
        raise BadLeaf(Text("条目不是 JSON", "the entry is not JSON")) from error
    if not isinstance(found, dict):
        raise BadLeaf(Text("条目不是 JSON 对象", "the entry is no object"))
    fields = cast("dict[str, Any]", found)
    if tuple(sorted(fields)) != _KEYS or type(fields["v"]) is not int or type(fields["at"]) is not int:
        raise BadLeaf(Text("条目的字段不是应有的字段", "the entry has not the fields of a leaf"))
    if fields["v"] not in VERSIONS:
        raise BadLeaf(
            Text(
                f"条目为第 {fields['v']} 版，较新的 Holdfast 或许能读",
                f"the entry is of version {fields['v']}, which a newer Holdfast may read",
            )
        )
    texts = (fields["kind"], fields["subject"], fields["commitment"])
    if not all(isinstance(text, str) for text in texts):
        raise BadLeaf(Text("条目的字段不是应有的字段", "the entry has not the fields of a leaf"))
    if not 0 <= fields["at"] <= LAST_TIME:
        raise BadLeaf(
            Text(
                "条目的时间不是 0 至 2**53 的毫秒数",
                "the entry's time is no number of milliseconds from 0 to 2**53",
            )
        )
    leaf = Leaf(texts[0], fields["at"], texts[1], texts[2], fields["v"])
    if not (_PSEUDONYM.fullmatch(leaf.subject) and _COMMITMENT.fullmatch(leaf.commitment)):
        raise BadLeaf(
            Text(
                "条目的主体或承诺值不是十六进制，或长度不对",
                "the entry's subject or commitment is not hexadecimal, or has not its length",
            )
        )
    try:
        again = leaf.encode()
    except ValueError as error:  # half a character, or a number of thousands of digits
        raise BadLeaf(Text("条目没有唯一的写法", "the entry has no one form")) from error
    if again != entry:
        raise BadLeaf(Text("条目不是唯一的写法", "the entry is not in its one form"))
    return leaf


def check_opening(leaf: Leaf, salt: bytes, body: bytes) -> None:
    """Check that a leaf speaks of this body.

    Raises:
        BadLeaf: it does not.
    """
    if len(salt) != SALT_SIZE:
        raise BadLeaf(Text(f"盐应有 {SALT_SIZE} 字节", f"a salt has {SALT_SIZE} bytes"))
    if not hmac.compare_digest(commit(salt, body), leaf.commitment):
        raise BadLeaf(Text("此内容不是写入日志的内容", "this body is not the one that was logged"))
