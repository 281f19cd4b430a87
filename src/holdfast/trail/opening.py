"""Openings: the content behind a leaf of the log, for those who may know it.

An opening holds the fact, the salt and the leaf, as JSON in the form of RFC 8785:

    {"fact":{"actor":{…},"at":…,"body":{…},"id":"…","kind":"…"},"leaf":{…},"salt":"<hex>"}

The commitment in the leaf is over the canonical bytes of `fact`. Its actor is shown by nature (person,
machine, system), role, door and pseudonym; facts of leaves of version 1 have none. Files of many have one a
line.
"""

import json
from typing import Any, NamedTuple, cast

from holdfast.kernel.text import Text
from holdfast.trail import leaf as leaves
from holdfast.trail.leaf import BadLeaf, Leaf, is_pseudonym

MAX_OPENING = 1_000_000

_DEEPEST = 64
_KEYS = {"fact", "leaf", "salt"}
_FACT_KEYS = {"at", "body", "id", "kind"}
_ACTOR_KEYS = {"door", "nature", "pseudonym", "role"}


class Opening(NamedTuple):
    """A verified opening: the leaf commits to this fact. `fact` holds at, body, id, kind, actor."""

    leaf: Leaf
    salt: bytes
    fact: dict[str, Any]

    def encode(self) -> bytes:
        """Return the file's bytes."""
        return canonical({"fact": self.fact, "leaf": json.loads(self.leaf.encode()), "salt": self.salt.hex()})


def canonical(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value of the sorts in facts: no fractions, keys of ASCII."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.encode()


_NOT_CANONICAL = Text(
    "原文不是唯一的写法：读到的须与核对过的一致",
    "the opening is not in its one form: who reads it must see what was checked",
)


def read(data: bytes) -> Opening:
    """Read an opening and check it.

    Raises:
        BadLeaf: it is no opening, or its leaf does not commit to its fact.
    """
    if len(data) > MAX_OPENING:
        raise BadLeaf(
            Text(
                f"原文有 {len(data)} 字节，超过 {MAX_OPENING}",
                f"an opening of {len(data)} bytes is longer than {MAX_OPENING}",
            )
        )
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadLeaf(Text("原文不是 JSON", "the opening is not JSON")) from error
    if not isinstance(found, dict) or found.keys() != _KEYS:
        raise BadLeaf(Text("原文应有事实、条目和盐", "an opening has a fact, a leaf and a salt"))
    fields = cast("dict[str, Any]", found)
    fact, salt, plain = fields["fact"], fields["salt"], fields["leaf"]
    if not isinstance(fact, dict) or cast("dict[str, Any]", fact).keys() - {"actor"} != _FACT_KEYS:
        raise BadLeaf(
            Text(
                "原文的事实应有 actor、at、body、id 和 kind",
                "the opening's fact has actor, at, body, id and kind",
            )
        )
    _check_depth(plain, 1)
    _check_depth(fact, _DEEPEST)
    try:
        leaf = leaves.read(canonical(plain))
        body = canonical(fact)
        secret = bytes.fromhex(salt)
    except (ValueError, TypeError) as error:
        raise BadLeaf(Text("原文的写法有误", "the opening is not in its form")) from error
    fact = cast("dict[str, Any]", fact)
    leaves.check_opening(leaf, secret, body)
    _check_actor(fact, told=leaf.version >= leaves.ACTOR_SINCE)
    if (fact["kind"], fact["at"]) != (leaf.kind, leaf.at):
        raise BadLeaf(
            Text("条目所写的种类或时间与事实不同", "the leaf names another kind or time than its fact")
        )
    found = Opening(leaf, secret, fact)
    if found.encode() != data:
        raise BadLeaf(_NOT_CANONICAL)
    return found


def _check_actor(fact: dict[str, Any], *, told: bool) -> None:
    """Refuse a fact with an actor under a leaf of version 1, and one without under a later leaf."""
    if ("actor" in fact) is not told:
        raise BadLeaf(
            Text(
                "条目为第 2 版的，原文的事实应写明行为人",
                "the opening's fact tells its actor, where its leaf is of version 2",
            )
        )
    if not told:
        return
    told_as: Any = fact["actor"]
    if not isinstance(told_as, dict) or cast("dict[str, Any]", told_as).keys() != _ACTOR_KEYS:
        raise BadLeaf(
            Text(
                "原文的行为人应有 door、nature、pseudonym 和 role",
                "the opening's actor has door, nature, pseudonym and role",
            )
        )
    actor = cast("dict[str, Any]", told_as)
    if not all(isinstance(text, str) for text in actor.values()) or not is_pseudonym(actor["pseudonym"]):
        raise BadLeaf(Text("原文的行为人写法有误", "the opening's actor is not in its form"))


def _check_depth(value: Any, left: int) -> None:
    """Refuse values that are nested deeper than facts ever are: encoding them would recurse as deep."""
    if not isinstance(value, (dict, list)):
        return
    if not left:
        raise BadLeaf(Text("原文的层次比任何事实都深", "the opening is deeper than any fact"))
    mapping = isinstance(value, dict)
    for one in list(cast("dict[str, Any]", value).values()) if mapping else cast("list[Any]", value):
        _check_depth(one, left - 1)
