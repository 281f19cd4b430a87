"""The body of add-checkpoint, and the file: what is written is read, nothing else is."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from witnessing import FORK, LOG, TREE

from holdfast.trail import consistency
from holdfast.trail.consistency import BadConsistency
from holdfast.trail.merkle import BadProof

NOTE = TREE.note(9).encode()
HASH = base64.b64encode(b"h" * 32)


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 9), (9, 9), (1, 2), (7, 200), (128, 199)])
def test_what_is_written_is_read_and_checked(old: int, size: int) -> None:
    asked = TREE.growing(old, size)
    read = consistency.read(asked.encode())
    assert read == asked
    assert read.encode() == asked.encode()
    assert read.checkpoint == TREE.head(size)
    read.check(TREE.head(old).root)


def test_another_tree_is_not_what_it_grew_from() -> None:
    with pytest.raises(BadProof) as found:
        TREE.growing(7, 200).check(FORK.head(7).root)
    assert found.value.record().code == "bad_proof"


def test_the_example_of_the_text_reads_as_it_is_written() -> None:
    data = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
        "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/"
        "V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n"
    ).encode()
    read = consistency.read(data)
    assert (read.old, len(read.proof), read.checkpoint.size) == (20_852_014, 4, 20_852_163)
    assert len(read.note.signatures) == 2
    assert read.encode() == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty line"),
        (b"old 1\n", "empty line"),
        (NOTE, "does not begin with"),
        (b"\n\n" + NOTE, "does not begin with"),
        (b"old\n\n" + NOTE, "does not begin with"),
        (b"old  1\n\n" + NOTE, "no number"),
        (b"old 01\n\n" + NOTE, "no number"),
        (b"old -1\n\n" + NOTE, "no number"),
        (b"old 1 \n\n" + NOTE, "no number"),
        (b"old 1\r\n\n" + NOTE, "no number"),
        (f"old {2**63}\n\n".encode() + NOTE, "no number"),
        ("old １\n\n".encode() + NOTE, "not ASCII"),
        (b"old 1\nx\n\n" + NOTE, "not base64"),
        (b"old 1\n" + HASH + b" \n\n" + NOTE, "base64"),
        (b"old 1\n" + HASH[:-2] + b"B=\n\n" + NOTE, "one form"),
        (b"old 1\nAAAA\n\n" + NOTE, "32 bytes"),
        (b"old 1\n" + (HASH + b"\n") * 64 + b"\n" + NOTE, "more than 63"),
        (b"old 1\n\n\n" + NOTE, "none of them empty"),
        (b"old 1\n\n" + NOTE[:-1], "no signatures"),
        (b"old 1\n\n" + NOTE.partition(b"\n\n")[0] + b"\n\n", "no signatures"),
        (b"old 1\n\no\n01\n" + HASH + b"\n\n" + LOG.sign("").line().encode(), "no number"),
        (b"old 1\n\no\n\xff\n\n", "UTF-8"),
    ],
)
def test_what_is_not_of_the_form_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadConsistency, match=reason) as found:
        consistency.read(data)
    assert found.value.record().code == "bad_consistency"


def test_sixty_three_hashes_are_read() -> None:
    assert len(consistency.read(b"old 1\n" + (HASH + b"\n") * 63 + b"\n" + NOTE).proof) == 63


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_refused_and_never_more(data: bytes) -> None:
    with pytest.raises(BadConsistency):
        consistency.read(data)


@settings(deadline=None)
@given(st.integers(0, len(TREE.growing(7, 100).encode()) - 1), st.integers(1, 255))
def test_whatever_is_read_is_written_the_same(at: int, flip: int) -> None:
    data = bytearray(TREE.growing(7, 100).encode())
    data[at] ^= flip
    try:
        read = consistency.read(bytes(data))
    except BadConsistency:
        return
    assert read.encode() == bytes(data)
