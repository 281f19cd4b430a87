"""The scribe: it makes the leaf of a fact, a commitment under keys of the subject that it is about.

Each subject has a key, and each of its deals one more. The pseudonym comes from the subject's key, a fact's
salt from its deal's: salt = HMAC(key of subject and deal, "salt" and the fact's id). So a deal is erased by
destroying one key, when the law no longer asks to keep it, and nothing else becomes unreadable with it.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from holdfast.kernel.actor import Actor, parse
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.trail.leaf import ACTOR_SINCE, Leaf, commit, pseudonym
from holdfast.trail.opening import Opening

KEY_SIZE = 32
HOUSE = "house"

Name = tuple[str, str]
"""The name of a key: the subject, and the deal (an order); the subject's own key has an empty deal."""

Keys = Mapping[Name, bytes]

_canonical = msgspec.json.Encoder(order="sorted").encode


class Entry(NamedTuple):
    """A fact in the form of the log: `body` as in the journal, ids as hexadecimal."""

    fact_id: str
    at: Instant
    kind: str
    body: dict[str, Any]
    actor: Actor | None

    @classmethod
    def of(cls, fact: Fact) -> "Entry":
        """Return a fact of the engine."""
        body = msgspec.json.decode(msgspec.json.encode(fact.body))
        return cls(fact.id, fact.at, fact.kind, body, fact.actor)

    @classmethod
    def stored(cls, row: tuple[str, Instant, str, bytes, str | None]) -> "Entry":
        """Return a fact of the database, by its id, at, kind, body and actor as they are stored."""
        fact_id, at, kind, body, actor = row
        return cls(fact_id, at, kind, msgspec.json.decode(body), None if actor is None else parse(actor))

    @property
    def subject(self) -> str:
        """Return the subject of the fact: its consumer, else its merchant, else the house."""
        body = self.body
        if (consumer := body.get("consumer_id")) is not None:
            return f"consumer:{consumer}"
        if (merchant := body.get("merchant_id")) is not None:
            return f"merchant:{merchant}"
        return HOUSE

    @property
    def deal(self) -> str:
        """Return the deal of the fact: its order, or empty."""
        return self.body.get("order_id") or ""

    def shown(self, keys: Keys) -> dict[str, Any]:
        """Return the fact as its opening shows it, with a pseudonym for its actor."""
        fact = {"at": self.at, "body": self.body, "id": self.fact_id, "kind": self.kind}
        actor = self.actor
        if actor is None:
            return fact
        name = actor.subject
        told = {
            "door": actor.door,
            "nature": actor.nature,
            "pseudonym": pseudonym(keys[name, ""], name),
            "role": actor.role,
        }
        return {**fact, "actor": told}


def names_of(entries: Iterable[Entry]) -> set[Name]:
    """Return the names of the keys that entries need."""
    names: set[Name] = set()
    for entry in entries:
        subject = entry.subject
        names.add((subject, ""))
        names.add((subject, entry.deal))
        if entry.actor is not None:
            names.add((entry.actor.subject, ""))
    return names


def salt_of(keys: Keys, entry: Entry) -> bytes:
    """Return the salt of a fact."""
    return hmac.digest(keys[entry.subject, entry.deal], b"salt" + bytes.fromhex(entry.fact_id), "sha256")


def leaf_of(keys: Keys, entry: Entry) -> Leaf:
    """Return the leaf of a fact."""
    return _leaf(keys, entry, entry.shown(keys))


def _leaf(keys: Keys, entry: Entry, fact: dict[str, Any]) -> Leaf:
    """Return the leaf that commits to a fact as it is shown (RFC 8785): numbers are whole, keys of ASCII."""
    subject = entry.subject
    name = pseudonym(keys[subject, ""], subject)
    version = 1 if entry.actor is None else ACTOR_SINCE
    return Leaf(entry.kind, entry.at, name, commit(salt_of(keys, entry), _canonical(fact)), version)


def leaves_of(keys: Keys, entries: Sequence[Entry]) -> list[bytes]:
    """Return the log's entries of facts."""
    return [leaf_of(keys, entry).encode() for entry in entries]


def opening_of(keys: Keys, entry: Entry) -> Opening:
    """Return the opening of a fact's leaf."""
    fact = entry.shown(keys)
    return Opening(_leaf(keys, entry, fact), salt_of(keys, entry), fact)
