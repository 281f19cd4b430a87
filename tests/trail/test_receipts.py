"""Notes, checkpoints, cosignatures, receipts, policies: what is written is read, nothing else is believed."""

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from test_merkle import node

from holdfast.trail import checkpoint, note, policy, proof
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.cosignature import WitnessSigner, WitnessVerifier, seen_at
from holdfast.trail.keys import LogSigner, LogVerifier, parse_vkey
from holdfast.trail.merkle import BadProof, prove_inclusion, root_at
from holdfast.trail.note import BadNote, Note, verified
from holdfast.trail.policy import BadTrust, Trust, Untrusted
from holdfast.trail.proof import Receipt

SIZE = 1_000
INDEX = 73
ENTRY = str(INDEX).encode()
AT = 1_790_000_000

LOG = LogSigner("log.example/holdfast", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER_LOG = LogSigner("log.example/holdfast", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
WITNESSES = [
    WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)),
    WitnessSigner("witness.example/w2", Ed25519PrivateKey.from_private_bytes(b"\x04" * 32)),
    WitnessSigner("witness.example/w3", MLDSA44PrivateKey.from_seed_bytes(b"\x05" * 32)),
]
HEAD = Checkpoint("log.example/holdfast", SIZE, root_at(SIZE, node))


def signed(head: Checkpoint = HEAD, *, log: LogSigner = LOG, witnesses: int = 2) -> Note:
    text = head.text()
    cosigned = [witness.sign(text, AT + number) for number, witness in enumerate(WITNESSES[:witnesses])]
    return Note(text, (log.sign(text), *cosigned))


RECEIPT = Receipt(INDEX, tuple(prove_inclusion(INDEX, SIZE, node)), signed())

POLICY = f"""
# whom to believe
log {LOG.verifier.encode()} https://log.example/
witness w1 {WITNESSES[0].verifier.encode()}
witness\tw2  {WITNESSES[1].verifier.encode()} https://w2.example/
witness w3 {WITNESSES[2].verifier.encode()}
group two 2 w1 w2 w3
quorum two
"""


def trust(text: str = POLICY) -> Trust:
    return policy.read(text.encode())


def test_the_note_of_gos_documentation_verifies() -> None:
    """golang.org/x/mod/sumdb/note: an implementation that is not ours, and its key."""
    key = parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    data = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
        "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    ).encode()
    read = note.parse(data)
    assert verified(read, [LogVerifier(key)]) == [LogVerifier(key)]
    assert read.encode() == data
    assert key.encode() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_the_example_of_the_text_reads_as_it_is_written() -> None:
    data = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
        "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1n"
        "PZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    ).encode()
    read = note.parse(data)
    head = checkpoint.of(read)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert read.encode() == data
    assert int.from_bytes(read.signatures[1].value[:8]) == 1_679_315_147


def test_a_receipt_is_written_read_and_believed() -> None:
    data = RECEIPT.encode()
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 73\n")
    read = proof.read(data)
    assert read == RECEIPT
    read.check(ENTRY)
    head, names = trust().check(read.note)
    assert (head, names) == (HEAD, ["w1", "w2"])
    witness = WitnessVerifier(WITNESSES[1].verifier)
    assert seen_at(read.note, witness) == AT + 1
    assert len(data) <= 1_300
    with_extra = read._replace(extra=b"anything")
    assert proof.read(with_extra.encode()) == with_extra


def test_post_quantum_cosignatures_count_and_commit_to_the_name() -> None:
    text = HEAD.text()
    _, names = trust().check(
        Note(text, (LOG.sign(text), WITNESSES[2].sign(text, AT), WITNESSES[0].sign(text, AT)))
    )
    assert names == ["w1", "w3"]
    renamed = WitnessVerifier(WITNESSES[2].verifier._replace(name="witness.example/w9"))
    assert not renamed.verifies(text, WITNESSES[2].sign(text, AT).value)


Attack = Callable[[Receipt], Receipt]


def forged(read: Receipt, **changes: object) -> Receipt:
    return read._replace(note=signed(HEAD._replace(**changes), log=OTHER_LOG, witnesses=0))  # pyright: ignore[reportArgumentType]


def resigned(read: Receipt, text: str) -> Receipt:
    """Another text under the same signatures."""
    return read._replace(note=Note(text, read.note.signatures))


ATTACKS: dict[str, tuple[Attack, str]] = {
    "index": (lambda read: read._replace(leaf_index=74), "bad_proof"),
    "hash": (lambda read: read._replace(path=(b"\0" * 32, *read.path[1:])), "bad_proof"),
    "cut": (lambda read: read._replace(path=read.path[:-1]), "bad_proof"),
    "longer": (lambda read: read._replace(path=(*read.path, b"\0" * 32)), "bad_proof"),
    "size edited": (lambda read: resigned(read, HEAD._replace(size=SIZE + 1).text()), "bad_note"),
    "root edited": (lambda read: resigned(read, HEAD._replace(root=b"\1" * 32).text()), "bad_note"),
    "another key": (lambda read: read._replace(note=signed(log=OTHER_LOG)), "untrusted"),
    "another log": (lambda read: forged(read, origin="log.example/other"), "untrusted"),
    "stripped": (lambda read: read._replace(note=signed(witnesses=1)), "untrusted"),
    "same twice": (
        lambda read: read._replace(
            note=Note(read.note.text, (*read.note.signatures[:2], WITNESSES[0].sign(read.note.text, AT + 9)))
        ),
        "untrusted",
    ),
    "cosignature of another head": (
        lambda read: read._replace(
            note=Note(
                read.note.text,
                (*read.note.signatures[:2], WITNESSES[1].sign(HEAD._replace(size=5).text(), AT)),
            )
        ),
        "bad_note",
    ),
    "back-dated": (
        lambda read: read._replace(
            note=Note(
                read.note.text,
                tuple(
                    one._replace(value=b"\0" * 8 + one.value[8:]) if one.name == "witness.example/w1" else one
                    for one in read.note.signatures
                ),
            )
        ),
        "bad_note",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_rejected_for_its_reason(name: str) -> None:
    attack, code = ATTACKS[name]
    read = proof.read(attack(RECEIPT).encode())
    with pytest.raises((BadProof, BadNote, Untrusted)) as found:
        believe(read)
    assert found.value.record().code == code


def believe(read: Receipt) -> None:
    """Do what a verifier does: look whether the checkpoint is to be believed, and whether it leads there."""
    trust().check(read.note)
    read.check(ENTRY)


def test_another_entry_is_not_proven() -> None:
    with pytest.raises(BadProof, match="does not lead to the root"):
        RECEIPT.check(b"another")


@settings(deadline=None)
@given(st.integers(0, len(RECEIPT.encode()) - 1), st.integers(1, 255))
def test_no_flipped_byte_goes_unseen(at: int, flip: int) -> None:
    """Whatever byte of a receipt is changed, it is refused, or it says the same."""
    data = bytearray(RECEIPT.encode())
    data[at] ^= flip
    try:
        read = proof.read(bytes(data))
        head, names = trust().check(read.note)
        read.check(ENTRY)
    except (BadProof, BadNote, Untrusted):
        return
    assert (read.leaf_index, head, names) == (INDEX, HEAD, ["w1", "w2"])


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_garbage_is_refused_and_never_more(data: bytes) -> None:
    for read in (note.parse, proof.read):
        with pytest.raises(BadNote):
            read(data)
    with pytest.raises(BadTrust):
        policy.read(data + b"\0")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no signatures"),
        (b"text\n\n", "no signatures"),
        (b"text\n\n- name AAAAAAA=\n", "not of the form"),
        ("text\n\n— name\n".encode(), "not of the form"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "no name"),
        ("text\n\n— name AAAAAA==\n".encode(), "shorter"),
        ("text\n\n— name AAAAAAB=\n".encode(), "one form"),
        ("text\n\n— name !!!!\n".encode(), "not base64"),
        ("te\txt\n\n— name AAAAAAA=\n".encode(), "control"),
        (b"\xff\n\n", "UTF-8"),
        (b"x" * 1_000_001, "longer"),
        (("t\n\n" + "— name AAAAAAA=\n" * 65).encode(), "more than 64"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        note.parse(data)


ROOT = base64.b64encode(b"r" * 32).decode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("o\n1\n", "three lines"),
        (f"o\n01\n{ROOT}\n", "no number"),
        (f"o\n-1\n{ROOT}\n", "no number"),
        (f"o\n{2**63}\n{ROOT}\n", "no number"),
        ("o\n1\nAAAA\n", "3 bytes"),
        (f"o\n1\n{ROOT}\n\nx\n", "none of them empty"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        checkpoint.parse_text(text)


W1, L1 = WITNESSES[0].verifier.encode(), LOG.verifier.encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no quorum line"),
        ("quorum w1", "line 1.*not defined"),
        ("quorum none\nquorum none", "line 2.*one line"),
        ("log x", "line 1.*name\\+id\\+base64"),
        (f"log {W1}\nquorum none", "type 0x04"),
        (f"log {L1}\nlog {L1}\nquorum none", "line 2.*twice"),
        (f"witness w1 {L1}", "type 0x01"),
        (f"witness none {W1}", "taken"),
        (f"witness w1 {W1}\ngroup g 2 w1", "number from 1 to 1"),
        (f"witness w1 {W1}\ngroup g 0 w1", "number from 1 to 1"),
        (f"witness w1 {W1}\ngroup g any w1\ngroup h all w1 g", "member already"),
        (f"witness w1 {W1}\ngroup g any", "write: group"),
        ("witnes w1", "none of log"),
        (f"log {L1[:-4]}AAA=\nquorum none", "not its own|has"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(BadTrust, match=reason) as found:
        policy.read(text.encode())
    assert found.value.record().code == "bad_trust_policy"


@pytest.mark.parametrize("spoiled", [POLICY.replace("\n", "\r\n"), f"\ufeff{POLICY}"])
def test_a_policy_that_windows_saved_is_told_as_that(spoiled: str) -> None:
    with pytest.raises(BadTrust, match="CR LF"):
        policy.read(spoiled.encode())


def test_groups_may_be_as_deep_as_a_policy_is_long() -> None:
    chain = "".join(f"group g{number} any g{number - 1}\n" for number in range(1, 3_000))
    text = POLICY.replace("group two 2 w1 w2 w3\nquorum two", f"group g0 2 w1 w2 w3\n{chain}quorum g2999")
    trust = policy.read(text.encode())
    assert trust.is_met(["w1", "w3"])
    assert not trust.is_met(["w2"])


def test_quorums_of_groups_of_groups() -> None:
    text = POLICY.replace("group two 2 w1 w2 w3\nquorum two", "group a any w1 w2\ngroup b all a w3\nquorum b")
    chosen = trust(text)
    chosen.check(signed(witnesses=3))
    with pytest.raises(Untrusted, match="no quorum"):
        chosen.check(signed(witnesses=2))
    assert trust(f"log {L1}\nquorum none").check(signed(witnesses=0))[1] == []


def test_two_witnesses_of_one_name_are_two() -> None:
    one = WitnessSigner("witness.example/w", Ed25519PrivateKey.from_private_bytes(b"\x06" * 32))
    two = WitnessSigner("witness.example/w", Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
    lines = (
        f"log {LOG.verifier.encode()}",
        f"witness a {one.verifier.encode()}",
        f"witness b {two.verifier.encode()}",
        "group both all a b",
        "quorum both",
    )
    text = HEAD.text()
    with pytest.raises(Untrusted, match="1 of its witnesses"):
        trust("\n".join(lines)).check(Note(text, (LOG.sign(text), one.sign(text, AT))))
