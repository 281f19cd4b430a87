"""From facts to leaves: whom a fact is about, which keys hide it, and what the log says of it.

Each subject has a key, and each of its deals one more. The pseudonym comes from the subject's key, a fact's
salt from its deal's: salt = HMAC(key of subject and deal, "salt" and the fact's id). So a deal is erased by
destroying one key, when the law no longer asks to keep it, and nothing else becomes unreadable with it.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.trail.leaf import Leaf, commit, pseudonym
from holdfast.trail.opening import Opening

KEY_SIZE = 32
HOUSE = "house"

Name = tuple[str, str]
"""A key's name: the subject, and the deal; the deal is empty where the key is the subject's own."""

Keys = Mapping[Name, bytes]

_canonical = msgspec.json.Encoder(order="sorted").encode


class Entry(NamedTuple):
    """A fact as the trail takes it: `body` as it stands in the journal, its ids as hexadecimal."""

    fact_id: str
    at: Instant
    kind: str
    body: dict[str, Any]

    @classmethod
    def of(cls, fact: Fact) -> "Entry":
        """Return a fact of the engine."""
        return cls(fact.id, fact.at, fact.kind, msgspec.json.decode(msgspec.json.encode(fact.body)))

    @property
    def subject(self) -> str:
        """Return whom the fact is about: its consumer before its merchant; else the house."""
        body = self.body
        if (consumer := body.get("consumer_id")) is not None:
            return f"consumer:{consumer}"
        if (merchant := body.get("merchant_id")) is not None:
            return f"merchant:{merchant}"
        return HOUSE

    @property
    def deal(self) -> str:
        """Return which order the fact belongs to; empty where it is none's."""
        return self.body.get("order_id") or ""

    def canonical(self) -> bytes:
        """Return what the leaf commits to (RFC 8785): facts have whole numbers and keys of ASCII alone."""
        return _canonical({"at": self.at, "body": self.body, "id": self.fact_id, "kind": self.kind})


def names_of(entries: Iterable[Entry]) -> set[Name]:
    """Return the names of the keys that entries need."""
    names: set[Name] = set()
    for entry in entries:
        subject = entry.subject
        names.add((subject, ""))
        names.add((subject, entry.deal))
    return names


def salt_of(keys: Keys, entry: Entry) -> bytes:
    """Return the salt of a fact."""
    return hmac.digest(keys[entry.subject, entry.deal], b"salt" + bytes.fromhex(entry.fact_id), "sha256")


def leaf_of(keys: Keys, entry: Entry) -> Leaf:
    """Return the leaf of a fact."""
    subject = entry.subject
    name = pseudonym(keys[subject, ""], subject)
    return Leaf(entry.kind, entry.at, name, commit(salt_of(keys, entry), entry.canonical()))


def leaves_of(keys: Keys, entries: Sequence[Entry]) -> list[bytes]:
    """Return the log's entries of facts."""
    return [leaf_of(keys, entry).encode() for entry in entries]


def opening_of(keys: Keys, entry: Entry) -> Opening:
    """Return what opens the leaf of a fact."""
    fact = {"at": entry.at, "body": entry.body, "id": entry.fact_id, "kind": entry.kind}
    return Opening(leaf_of(keys, entry), salt_of(keys, entry), fact)
