"""Every attack on a receipt, on what opens its leaf and on a promise, each refused for its own reason."""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from attacking import (
    NOW,
    ORIGIN,
    SIZE,
    UNKNOWN_WITNESS,
    WITNESSES,
    Operator,
    believe,
    entry,
    refused,
)
from evidence_packages import TRUST, Files, Log, fact, finished, in_folder, message, payload
from holdfast.kernel.clock import DAY, SystemClock, iso
from holdfast.publishing.promises import Promiser
from holdfast.trail import promise
from holdfast.trail.bag import checking
from holdfast.trail.findings import Finding
from holdfast.trail.keys import LogSigner
from holdfast.trail.note import Note, Signature
from holdfast.trail.opening import Opening, canonical
from holdfast.trail.proof import Receipt
from timestamping import Authority, needs_openssl

INDEX = 73
LOG, W1, W2 = range(3)
"""Where the signatures stand in a checkpoint: of the log, of its two witnesses."""


def signature(one: Receipt, at: int, changed: Signature | None) -> Receipt:
    """A receipt with another signature in one place, or with one less."""
    lines = list(one.note.signatures)
    lines[at : at + 1] = [] if changed is None else [changed]
    return one._replace(note=Note(one.note.text, tuple(lines)))


def text(one: Receipt, **changes: object) -> Receipt:
    """A receipt whose checkpoint says something else, above the same signatures."""
    head = one.checkpoint._replace(**changes)  # pyright: ignore[reportArgumentType]
    return one._replace(note=Note(head.text(), one.note.signatures))


def renamed(one: Receipt) -> Receipt:
    """A receipt that says it is of another log, in its signature too."""
    other = text(one, origin="log.example/other")
    return signature(other, LOG, other.note.signatures[LOG]._replace(name="log.example/other"))


def flipped(one: Signature) -> Signature:
    return one._replace(value=one.value[:-1] + bytes([one.value[-1] ^ 1]))


def older(one: Receipt, witness: int) -> Signature:
    """A cosignature of the same witness, of a head that the log had before."""
    before = one.checkpoint._replace(size=SIZE - 1).text()
    return WITNESSES[witness - 1].sign(before, NOW)


W1_WRONG, W2_WRONG = "the signature of witness.example/w1 is wrong", "the signature of witness.example/w2"
LOG_WRONG = "the signature of log.example/holdfast is wrong"
TOO_FEW = "1 of its witnesses cosigned the checkpoint: no quorum"
NOT_THERE = "the entry does not lead to the root that was signed"

ON_RECEIPTS: dict[str, tuple[Callable[[Receipt], Receipt], str, str]] = {
    "index of another": (lambda one: one._replace(leaf_index=INDEX + 1), "bad_proof", NOT_THERE),
    "index beyond the log": (lambda one: one._replace(leaf_index=SIZE), "bad_proof", "leaf 600 lies outside"),
    "path shortened": (lambda one: one._replace(path=one.path[:-1]), "bad_proof", "the proof is too short"),
    "path lengthened": (lambda one: one._replace(path=(*one.path, bytes(32))), "bad_proof", "is too long"),
    "path turned round": (lambda one: one._replace(path=one.path[::-1]), "bad_proof", NOT_THERE),
    "size edited": (lambda one: text(one, size=SIZE + 1), "bad_note", LOG_WRONG),
    "root edited": (lambda one: text(one, root=bytes(32)), "bad_note", LOG_WRONG),
    "extension added": (lambda one: text(one, extensions=("more",)), "bad_note", LOG_WRONG),
    "origin edited": (
        lambda one: text(one, origin="log.example/other"),
        "untrusted",
        "no log of the policy signed the checkpoint of log.example/other",
    ),
    "log renamed": (renamed, "untrusted", "signed the checkpoint of log.example/other"),
    "log's signature stripped": (lambda one: signature(one, LOG, None), "untrusted", "no log of the policy"),
    "cosignature stripped": (lambda one: signature(one, W2, None), "untrusted", TOO_FEW),
    "cosignature altered": (
        lambda one: signature(one, W2, flipped(one.note.signatures[W2])),
        "bad_note",
        W2_WRONG,
    ),
    "cosignature of an unknown witness": (
        lambda one: signature(one, W2, UNKNOWN_WITNESS.sign(one.note.text, NOW)),
        "untrusted",
        TOO_FEW,
    ),
    "cosignature of the other witness": (
        lambda one: signature(one, W2, one.note.signatures[W2]._replace(value=one.note.signatures[W1].value)),
        "bad_note",
        W2_WRONG,
    ),
    "the same witness twice": (
        lambda one: signature(one, W2, WITNESSES[0].sign(one.note.text, NOW + 1)),
        "untrusted",
        TOO_FEW,
    ),
    "cosignature moved from an older head": (
        lambda one: signature(one, W1, older(one, W1)),
        "bad_note",
        W1_WRONG,
    ),
    "cosignature back-dated": (
        lambda one: signature(
            one,
            W1,
            one.note.signatures[W1]._replace(value=bytes(8) + one.note.signatures[W1].value[8:]),
        ),
        "bad_note",
        W1_WRONG,
    ),
}


@pytest.mark.parametrize("name", ON_RECEIPTS)
def test_a_receipt_that_was_meddled_with(standing: Operator, name: str) -> None:
    attack, code, said = ON_RECEIPTS[name]
    receipt, opened = standing.receipt(INDEX), standing.openings[INDEX]
    assert believe(standing.trust, receipt.encode(), opened.encode()) == opened.leaf
    refused(lambda: believe(standing.trust, attack(receipt).encode(), opened.encode()), code, said)


def test_a_receipt_of_another_index_is_replayed(standing: Operator) -> None:
    receipt, opened = standing.receipt(INDEX + 1), standing.openings[INDEX]
    refused(lambda: believe(standing.trust, receipt.encode(), opened.encode()), "bad_proof", NOT_THERE)


def test_a_receipt_of_another_log_is_replayed(standing: Operator, stranger: Operator) -> None:
    """Its witnesses are trusted, its name is that of our log, and its facts are ours: its key is not."""
    receipt, opened = stranger.receipt(INDEX), stranger.openings[INDEX]
    assert believe(stranger.trust, receipt.encode(), opened.encode()) == opened.leaf
    said = "no log of the policy signed"
    refused(lambda: believe(standing.trust, receipt.encode(), opened.encode()), "untrusted", said)


def altered(one: Opening, **body: object) -> bytes:
    """What would open the leaf of a fact, if it had said something else."""
    return one._replace(fact={**one.fact, "body": {**one.fact["body"], **body}}).encode()


def test_what_a_leaf_says_is_told_otherwise(standing: Operator) -> None:
    one, other = standing.openings[INDEX], standing.openings[INDEX + 1]
    receipt = standing.receipt(INDEX).encode()
    said = "this body is not the one that was logged"
    refused(lambda: believe(standing.trust, receipt, altered(one, amount_minor=1)), "bad_leaf", said)
    of_other = one._replace(salt=other.salt).encode()
    refused(lambda: believe(standing.trust, receipt, of_other), "bad_leaf", said)
    earlier = one._replace(leaf=one.leaf._replace(at=0)).encode()
    refused(lambda: believe(standing.trust, receipt, earlier), "bad_leaf", "another kind or time")


def test_a_body_of_few_forms_is_guessed_without_its_salt(standing: Operator) -> None:
    """Who knows everything but the amount finds it with the salt alone: not with others'."""
    one, other = standing.openings[INDEX], standing.openings[INDEX + 1]

    def found(digest: Callable[[bytes], str]) -> list[int]:
        bodies = ((n, {**one.fact, "body": {**one.fact["body"], "amount_minor": n}}) for n in range(3_000))
        return [amount for amount, fact in bodies if digest(canonical(fact)) == one.leaf.commitment]

    public = (b"", bytes(32), bytes.fromhex(one.fact["id"]), one.leaf.subject.encode(), other.salt)
    assert found(lambda body: hashlib.sha256(body).hexdigest()) == []
    for salt in public:
        assert found(lambda body, salt=salt: hmac.digest(salt, body, "sha256").hex()) == []
    assert found(lambda body: hmac.digest(one.salt, body, "sha256").hex()) == [1_000 + INDEX]


def test_a_promise_is_altered_or_signed_by_another(standing: Operator) -> None:
    where, one = standing.where, entry(SIZE)
    signed = Promiser(where).promise([one], standing.keys, one.at)
    vkey = where.promiser.verifier.encode()
    made = promise.parse_text(signed.text)
    promise.check(made, signed, vkey)
    later = made._replace(by=made.by + DAY)
    wrong = f"the signature of {ORIGIN}/promise is wrong"
    refused(lambda: promise.check(later, Note(later.text(), signed.signatures), vkey), "bad_note", wrong)
    fewer = Note(signed.text, ())
    refused(lambda: promise.check(made, fewer, vkey), "bad_note", f"{ORIGIN}/promise did not sign it")
    stranger = LogSigner(f"{ORIGIN}/promise", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    forged = promise.make(stranger, ORIGIN, made.by, made.facts)
    refused(lambda: promise.check(made, forged, vkey), "bad_note", f"{ORIGIN}/promise did not sign it")
    by_log = promise.make(where.signer, ORIGIN, made.by, made.facts)
    log_key = where.signer.verifier.encode()
    refused(
        lambda: promise.check(made, by_log, log_key),
        "bad_note",
        f"is named {ORIGIN}/promise, this one {ORIGIN}",
    )
    of_other = made._replace(origin="log.example/other")
    refused(
        lambda: promise.check(of_other, Note(of_other.text(), signed.signatures), vkey),
        "bad_note",
        "the key of its promises is named log.example/other/promise",
    )


def stamped(facts: list[dict[str, Any]], authority: Authority) -> Files:
    """The payload of a package of these facts, with a timestamp that the authority gives now."""
    files = payload(facts, Log(facts), blobs=())
    covered = message(files)
    request = TimestampRequestBuilder().data(covered).hash_algorithm(HashAlgorithm.SHA256).build()
    files["data/timestamps/covered.txt"] = covered
    files["data/timestamps/tsa.tsr"] = authority.answer(request.as_bytes())
    return files


@needs_openssl
def test_a_timestamp_is_moved_from_an_older_package_or_back_dated(tmp_path: Path) -> None:
    """What the authority stamped was less than what is shown, or was there before it can have been."""
    authority = Authority(tmp_path / "tsa")

    def check(files: Files, name: str) -> list[Finding]:
        return checking.check(in_folder(finished(files), tmp_path / name), TRUST, [authority.root])

    before = fact(0, "OrderPlaced", order_id="o1")
    old, new = stamped([before], authority), stamped([before, fact(1, "ClaimOpened")], authority)
    assert any(each.proven and "confirms that what proves was there" in each.en for each in check(new, "new"))
    both = {name: old[name] for name in old if name.startswith("data/timestamps/")}
    said = "data/timestamps/covered.txt: the list that was timestamped is not the one of this package's files"
    refused(lambda: check({**new, **both}, "both"), "bag_timestamps_wrong", said)
    answer = {**new, "data/timestamps/tsa.tsr": old["data/timestamps/tsa.tsr"]}
    refused(lambda: check(answer, "answer"), "timestamp_of_other", "it is of other bytes than these")
    late = fact(0, "OrderPlaced", at=SystemClock().now() + DAY, order_id="o1")
    said = f"and covers what happened at {iso(late['at'])}"
    refused(lambda: check(stamped([late], authority), "late"), "timestamp_back_dated", said)
