"""Recording evidence and its custody: what is kept, what is refused, the same in both homes."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from histories import opening
from holdfast.claims.model import OpenClaim
from holdfast.engine.execution import Submission
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.evidence.model import (
    CustodyAction,
    CustodyRecorded,
    Evidence,
    EvidenceRecorded,
    RecordCustody,
    RecordEvidence,
)
from holdfast.evidence.rules import MAX_BYTES
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.postgres.home import Postgres
from one_market import START, OneMarket, of, policy, sale

SHA256 = "a" * 64
SM3 = "b" * 64


def recording(**changes: Any) -> RecordEvidence:
    whole: dict[str, Any] = {
        "sha256": SHA256,
        "sm3": SM3,
        "size_bytes": 1_234,
        "media_type": "image/jpeg",
        "source": "photo of the parcel, from the consumer's phone",
        "device": "Xiaomi 14",
        "captured_at": START - HOUR,
        "operator": "Li, after-sales",
    }
    about: dict[str, Any] = {} if {"merchant_id", "claim_id"} & changes.keys() else {"order_id": "o1"}
    return RecordEvidence(**whole | about | changes)


def custody(evidence_id: str, **changes: Any) -> RecordCustody:
    whole: dict[str, Any] = {
        "evidence_id": evidence_id,
        "action": CustodyAction.HANDED_OVER,
        "operator": "Wang, legal",
        "device": "safe 3",
        "occurred_at": START,
        "note": "to the police, on a disk",
    }
    return RecordCustody(**{**whole, **changes})


@pytest.fixture
def market() -> OneMarket:
    """An order o1 of c1 at m1, delivered, with claim k1."""
    made = OneMarket()
    made.sell()
    made.claim(5_000)
    return made


def test_evidence_of_an_order_names_its_parties(market: OneMarket) -> None:
    [fact] = of(EvidenceRecorded, market.do(recording()))
    row = market.row(Evidence, fact.evidence_id)
    assert (row.order_id, row.merchant_id, row.consumer_id, row.claim_id) == ("o1", "m1", "c1", None)
    assert (fact.order_id, fact.merchant_id, fact.consumer_id, fact.claim_id) == ("o1", "m1", "c1", None)
    assert (row.sha256, row.sm3, row.size_bytes) == (fact.sha256, fact.sm3, fact.size_bytes)
    assert fact.sha256 == SHA256
    assert (row.captured_at, row.recorded_at) == (START - HOUR, market.now)


def test_evidence_of_a_claim_names_its_order(market: OneMarket) -> None:
    [fact] = of(EvidenceRecorded, market.do(recording(claim_id="k1")))
    assert (fact.order_id, fact.merchant_id, fact.consumer_id, fact.claim_id) == ("o1", "m1", "c1", "k1")


def test_evidence_of_a_merchant_names_no_consumer(market: OneMarket) -> None:
    [fact] = of(EvidenceRecorded, market.do(recording(merchant_id="m2")))
    assert (fact.order_id, fact.merchant_id, fact.consumer_id, fact.claim_id) == (None, "m2", None, None)


def test_the_same_bytes_for_another_subject_are_other_evidence(market: OneMarket) -> None:
    facts = market.do(recording(), recording(claim_id="k1"), recording(merchant_id="m1"))
    assert len({fact.evidence_id for fact in of(EvidenceRecorded, facts)}) == 3


def test_the_same_bytes_for_the_same_subject_are_refused_with_their_id(market: OneMarket) -> None:
    [fact] = of(EvidenceRecorded, market.do(recording()))
    refusal = market.refusal(recording(device="another"))
    assert (refusal.code, refusal.where) == ("evidence_recorded_already", "order:o1")
    assert fact.evidence_id in refusal.fix


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (recording(order_id=None), "one_subject_needed"),
        (recording(order_id="o1", claim_id="k1"), "one_subject_needed"),
        (recording(order_id="nobody"), "not_found"),
        (recording(claim_id="nobody"), "not_found"),
        (recording(merchant_id=""), "not_found"),
        (recording(sha256="A" * 64), "bad_digest"),
        (recording(sha256="a" * 63), "bad_digest"),
        (recording(sm3="b" * 64 + "\n"), "bad_digest"),
        (recording(size_bytes=0), "bad_evidence_size"),
        (recording(size_bytes=MAX_BYTES + 1), "bad_evidence_size"),
        (recording(media_type="jpeg"), "bad_media_type"),
        (recording(media_type="image/JPEG"), "bad_media_type"),
        (recording(source=" "), "bad_evidence_text"),
        (recording(device="d" * 501), "bad_evidence_text"),
        (recording(operator="Li\nWang"), "bad_evidence_text"),
        (recording(captured_at=START + 1), "not_yet_happened"),
    ],
)
def test_what_cannot_be_recorded_is_refused(market: OneMarket, command: Command, code: str) -> None:
    assert market.refused(command) == code
    assert not list(market.home.rows(Evidence))


def test_the_largest_file_and_a_capture_just_now_are_recorded(market: OneMarket) -> None:
    market.do(recording(size_bytes=MAX_BYTES, captured_at=market.now))


def test_custody_is_a_fact_and_the_row_stays(market: OneMarket) -> None:
    [recorded] = of(EvidenceRecorded, market.do(recording()))
    before = market.row(Evidence, recorded.evidence_id)
    market.wait(DAY)
    [fact] = of(CustodyRecorded, market.do(custody(recorded.evidence_id)))
    assert (fact.order_id, fact.merchant_id, fact.consumer_id) == ("o1", "m1", "c1")
    assert (fact.action, fact.sha256) == (CustodyAction.HANDED_OVER, SHA256)
    assert market.row(Evidence, recorded.evidence_id) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"evidence_id": "0" * 64}, "not_found"),
        ({"operator": ""}, "bad_evidence_text"),
        ({"device": "\u200b\n"}, "bad_evidence_text"),
        ({"note": "n" * 2_001}, "bad_evidence_text"),
        ({"occurred_at": START + 1}, "not_yet_happened"),
        ({"occurred_at": START - HOUR - 1}, "custody_before_capture"),
    ],
)
def test_custody_that_cannot_be_is_refused(market: OneMarket, changes: dict[str, Any], code: str) -> None:
    [recorded] = of(EvidenceRecorded, market.do(recording()))
    assert market.refused(custody(**{"evidence_id": recorded.evidence_id, **changes})) == code


def timeline() -> Iterator[Command]:
    yield from opening()
    yield from sale("o1", "m1", "c1", 10_000, 3)
    yield OpenClaim(claim_id="k1", order_id="o1", amount_minor=5_000, reason="broken")
    yield recording()
    yield recording(claim_id="k1")
    yield recording(merchant_id="m1", sha256="c" * 64)
    yield recording()
    yield recording(order_id="o1", merchant_id="m1")
    yield recording(captured_at=START + DAY)


def played(home: Home) -> list[object]:
    home.adopt(policy("full"), START)
    outcomes = [home.run([Submission(command, START)])[0] for command in timeline()]
    for number, row in enumerate(list(home.rows(Evidence))):
        changes = {"action": list(CustodyAction)[number], "note": ""}
        outcomes += home.run([Submission(custody(row.id, **changes), START + HOUR)])
    outcomes += home.run([Submission(custody("0" * 64), START + HOUR)])
    return [(outcome.refusal, [fact.body for fact in outcome.facts]) for outcome in outcomes]


def test_both_homes_keep_the_same(migrated_url: str) -> None:
    memory = Memory(Ids(Random(1)))
    with Postgres.open(migrated_url, ids=Ids(Random(1))) as stored:
        assert played(stored) == played(memory)
        assert list(stored.rows(Evidence)) == list(memory.rows(Evidence))
        for home in (stored, memory):
            kinds = [fact.kind for fact in home.facts(order_id="o1")]
            assert kinds.count("EvidenceRecorded") == 2
            assert kinds.count("CustodyRecorded") == 2
            told = [fact.kind for fact in home.facts(merchant_id="m1")]
            assert told.count("EvidenceRecorded") == told.count("CustodyRecorded") == 3
