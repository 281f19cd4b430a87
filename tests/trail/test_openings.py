import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trail import opening
from holdfast.trail.leaf import BadLeaf, Leaf, commit, pseudonym
from holdfast.trail.opening import Opening, canonical

SALT = bytes(range(32))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
keys = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


ACTOR = {"door": "api", "nature": "person", "pseudonym": "ef" * 16, "role": "consumer"}


def made(body: dict[str, Any], *, version: int = 1, **more: Any) -> Opening:
    fact = {"at": 5, "body": body, "id": "ab" * 16, "kind": "OrderPlaced", **more}
    leaf = Leaf("OrderPlaced", 5, pseudonym(b"k", "consumer:c1"), commit(SALT, canonical(fact)), version)
    return Opening(leaf, SALT, fact)


@given(values)
def test_canonical_bytes_are_those_of_the_rfc(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(keys, values, max_size=4))
def test_an_opening_comes_back_as_it_was(body: dict[str, Any]) -> None:
    for one in (made(body), made(body, version=2, actor=ACTOR)):
        assert opening.read(one.encode()) == one


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (made({}, version=2), "tells its actor"),
        (made({}, version=1, actor=ACTOR), "tells its actor"),
        (made({}, version=2, actor="Li"), "door, nature, pseudonym and role"),
        (made({}, version=2, actor={**ACTOR, "id": "Li"}), "door, nature, pseudonym and role"),
        (made({}, version=2, actor={**ACTOR, "pseudonym": "Li"}), "not in its form"),
        (made({}, version=2, actor={**ACTOR, "role": 7}), "not in its form"),
        (made({}, version=3, actor=ACTOR), "a newer Holdfast"),
    ],
)
def test_a_fact_says_whose_act_it_was_as_its_leaf_has_it(one: Opening, reason: str) -> None:
    with pytest.raises(BadLeaf, match=reason):
        opening.read(one.encode())


def changed(**fields: Any) -> bytes:
    found = json.loads(made({"amount_minor": 900}).encode())
    found.update(fields)
    return canonical(found)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "a fact, a leaf and a salt"),
        (changed(more=1), "a fact, a leaf and a salt"),
        (changed(salt="00" * 32), "not the one that was logged"),
        (changed(salt="00"), "a salt has 32 bytes"),
        (changed(salt="zz"), "not in its form"),
        (changed(salt=7), "not in its form"),
        (changed(fact={}), "at, body, id and kind"),
        (
            changed(fact={"at": 5, "body": {"amount_minor": 901}, "id": "ab" * 16, "kind": "OrderPlaced"}),
            "body",
        ),
        (changed(leaf={}), "fields of a leaf"),
        (b"1" * (opening.MAX_OPENING + 1), "longer"),
    ],
)
def test_what_is_no_opening_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadLeaf, match=reason):
        opening.read(data)


def test_a_leaf_that_names_another_kind_is_refused() -> None:
    one = made({})
    with pytest.raises(BadLeaf, match="another kind or time"):
        opening.read(one._replace(leaf=one.leaf._replace(kind="ClaimPaid")).encode())


def test_who_reads_an_opening_sees_what_was_checked() -> None:
    data = made({"amount_minor": 900}).encode()
    twice = data.replace(b'"amount_minor":900', b'"amount_minor":100,"amount_minor":900')
    for spoiled in (twice, data + b"\n", data.replace(b":", b": ")):
        with pytest.raises(BadLeaf, match="one form"):
            opening.read(spoiled)


@pytest.mark.parametrize("depth", [65, 500, 980, 5_000])
def test_an_opening_is_not_deeper_than_any_fact(depth: int) -> None:
    data = made({"a": 1}).encode().replace(b'{"a":1}', b'{"a":' + b"[" * depth + b"]" * depth + b"}")
    with pytest.raises(BadLeaf, match=r"deeper than any fact|not JSON"):
        opening.read(data)
    assert opening.read(made({"a": [[[[]]]]}).encode())
