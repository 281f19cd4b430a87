"""Leaves: one form, opened by their salt and body alone."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trail.leaf import VERSIONS, BadLeaf, Leaf, check_opening, commit, pseudonym, read

SALT = bytes(range(32))
BODY = b'{"amount_minor":10000,"type":"OrderPlaced"}'
LEAF = Leaf("OrderPlaced", 1_790_000_000_000, pseudonym(b"key", "c1"), commit(SALT, BODY))


def test_a_leaf_is_read_as_it_is_written() -> None:
    entry = LEAF.encode()
    assert entry.startswith(b'{"at":1790000000000,"commitment":"')
    assert entry.endswith(b',"v":2}')
    assert read(entry) == LEAF
    check_opening(read(entry), SALT, BODY)


def test_neither_another_body_nor_a_guess_without_the_salt_opens_it() -> None:
    """A body that has few forms is not found by trying them: each try needs the salt."""
    for salt, body in ((SALT, BODY + b" "), (os.urandom(32), BODY), (bytes(32), BODY)):
        with pytest.raises(BadLeaf, match="not the one that was logged"):
            check_opening(LEAF, salt, body)
    with pytest.raises(BadLeaf, match="32 bytes"):
        check_opening(LEAF, b"", BODY)


def test_a_subject_is_found_by_its_key_alone() -> None:
    assert pseudonym(b"key", "c1") == pseudonym(b"key", "c1") != pseudonym(b"another", "c1")
    assert len(pseudonym(b"key", "c1")) == 32


def hexadecimal(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=digits, max_size=digits)


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        LEAF.encode().replace(b'"v":2', b'"v":3'),
        LEAF.encode().replace(b'"v":2', b'"v":true'),
        LEAF.encode().replace(b'"v":2', b'"v":2,"w":1'),
        LEAF.encode().replace(b":1790000000000", b':"1790000000000"'),
        LEAF.encode().replace(b",", b", ", 1),
        LEAF.encode() + b"\n",
        LEAF._replace(commitment="\N{CYRILLIC SMALL LETTER A}" * 64).encode(),
        LEAF._replace(commitment=LEAF.commitment.upper()).encode(),
        LEAF._replace(commitment=LEAF.commitment[:-1]).encode(),
        LEAF._replace(subject="consumer:c1").encode(),
        LEAF.encode().replace(b"OrderPlaced", rb"\ud800"),
        LEAF.encode().replace(b":1790000000000", b":" + b"9" * 5_000),
    ],
)
def test_what_is_no_leaf_is_refused(entry: bytes) -> None:
    with pytest.raises(BadLeaf, match=r"\[bad_leaf\]"):
        read(entry)


@given(st.text(), st.integers(0, 2**53), hexadecimal(32), hexadecimal(64), st.sampled_from(VERSIONS))
def test_any_leaf_survives_its_form(kind: str, at: int, subject: str, commitment: str, version: int) -> None:
    leaf = Leaf(kind, at, subject, commitment, version)
    try:
        entry = leaf.encode()
    except UnicodeEncodeError:
        return
    assert read(entry) == leaf
