"""Openings: what a leaf of the log says in full, for those who may know it.

An opening holds the fact, the salt and the leaf, as JSON in the form of RFC 8785:

    {"fact":{"at":…,"body":{…},"id":"…","kind":"…"},"leaf":{…},"salt":"<hex>"}

The commitment in the leaf is over the canonical bytes of `fact`. Files of many have one a line.
"""

import json
from typing import Any, NamedTuple, cast

from holdfast.trail import leaf as leaves
from holdfast.trail.leaf import BadLeaf, Leaf

MAX_OPENING = 1_000_000

_DEEPEST = 64
_KEYS = {"fact", "leaf", "salt"}
_FACT_KEYS = {"at", "body", "id", "kind"}


class Opening(NamedTuple):
    """An opening that was checked: the leaf speaks of this fact. `fact` holds at, body, id and kind."""

    leaf: Leaf
    salt: bytes
    fact: dict[str, Any]

    def encode(self) -> bytes:
        """Return the file's bytes."""
        return canonical({"fact": self.fact, "leaf": json.loads(self.leaf.encode()), "salt": self.salt.hex()})


def canonical(value: Any) -> bytes:
    """Return a value as RFC 8785 has it, for what facts consist of: no fractions, keys of ASCII."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.encode()


def read(data: bytes) -> Opening:
    """Read an opening and check it.

    Raises:
        BadLeaf: it is none, or its leaf does not speak of its fact.
    """
    if len(data) > MAX_OPENING:
        raise BadLeaf(f"an opening of {len(data)} bytes is longer than {MAX_OPENING}")
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadLeaf("the opening is not JSON") from error
    if not isinstance(found, dict) or found.keys() != _KEYS:
        raise BadLeaf("an opening has a fact, a leaf and a salt")
    fields = cast("dict[str, Any]", found)
    fact, salt, plain = fields["fact"], fields["salt"], fields["leaf"]
    if not isinstance(fact, dict) or cast("dict[str, Any]", fact).keys() != _FACT_KEYS:
        raise BadLeaf("the opening's fact has at, body, id and kind")
    _check_depth(plain, 1)
    _check_depth(fact, _DEEPEST)
    try:
        leaf = leaves.read(canonical(plain))
        body = canonical(fact)
        secret = bytes.fromhex(salt)
    except (ValueError, TypeError) as error:
        raise BadLeaf("the opening is not in its form") from error
    fact = cast("dict[str, Any]", fact)
    leaves.check_opening(leaf, secret, body)
    if (fact["kind"], fact["at"]) != (leaf.kind, leaf.at):
        raise BadLeaf("the leaf names another kind or time than its fact")
    found = Opening(leaf, secret, fact)
    if found.encode() != data:
        raise BadLeaf("the opening is not in its one form: who reads it must see what was checked")
    return found


def _check_depth(value: Any, left: int) -> None:
    """Refuse what lies deeper than it ever does: whoever writes it down again goes as deep."""
    if not isinstance(value, (dict, list)):
        return
    if not left:
        raise BadLeaf("the opening is deeper than any fact")
    mapping = isinstance(value, dict)
    for one in list(cast("dict[str, Any]", value).values()) if mapping else cast("list[Any]", value):
        _check_depth(one, left - 1)
