"""One function a command."""

from typing import NamedTuple

from holdfast.evidence import rules
from holdfast.evidence.model import CustodyRecorded, Evidence, EvidenceRecorded, RecordCustody, RecordEvidence
from holdfast.evidence.refusals import EvidenceRecordedAlready
from holdfast.kernel import identity
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant
from holdfast.settlement.model import Claim


class _About(NamedTuple):
    """Whom evidence is about: the subject that was named, and those that follow from it."""

    kind: str
    subject_id: str
    merchant_id: str
    order_id: str | None = None
    consumer_id: str | None = None
    claim_id: str | None = None


def _about(desk: Desk, command: RecordEvidence) -> _About:
    rules.check_one_subject(command.order_id, command.merchant_id, command.claim_id)
    if command.claim_id is not None:
        claim = desk.need(Claim, command.claim_id)
        return _About("claim", claim.id, claim.merchant_id, claim.order_id, claim.consumer_id, claim.id)
    if command.order_id is not None:
        order = desk.need(Order, command.order_id)
        return _About("order", order.id, order.merchant_id, order.id, order.consumer_id)
    merchant = desk.need(Merchant, command.merchant_id or "")
    return _About("merchant", merchant.id, merchant.id)


def record(desk: Desk, command: RecordEvidence, now: Instant) -> list[FactBody]:
    """Record a file for its subject, once."""
    about = _about(desk, command)
    rules.check_digest("sha256", command.sha256)
    rules.check_digest("sm3", command.sm3)
    rules.check_size(command.size_bytes)
    rules.check_media_type(command.media_type)
    for field in ("source", "device", "operator"):
        rules.check_words(field, getattr(command, field))
    rules.check_happened("captured_at", command.captured_at, now)
    digest = rules.digest_of(about.kind, about.subject_id, command.sha256)
    key = identity.within(about.merchant_id, digest)
    # The digest alone is the id of what was recorded before ids named their merchant.
    known = desk.find(Evidence, key) or desk.find(Evidence, digest)
    if known is not None:
        at = iso(known.recorded_at)
        raise EvidenceRecordedAlready(f"{about.kind}:{about.subject_id}", at=at, evidence_id=known.id)
    desk.put(
        Evidence(
            id=key,
            order_id=about.order_id,
            merchant_id=about.merchant_id,
            consumer_id=about.consumer_id,
            claim_id=about.claim_id,
            sha256=command.sha256,
            sm3=command.sm3,
            size_bytes=command.size_bytes,
            media_type=command.media_type,
            captured_at=command.captured_at,
            recorded_at=now,
        ),
        None,
    )
    return [
        EvidenceRecorded(
            evidence_id=key,
            order_id=about.order_id,
            merchant_id=about.merchant_id,
            consumer_id=about.consumer_id,
            claim_id=about.claim_id,
            sha256=command.sha256,
            sm3=command.sm3,
            size_bytes=command.size_bytes,
            media_type=command.media_type,
            source=command.source,
            device=command.device,
            captured_at=command.captured_at,
            operator=command.operator,
        )
    ]


def record_custody(desk: Desk, command: RecordCustody, now: Instant) -> list[FactBody]:
    """Record what was done with evidence; the row stays as it was captured."""
    evidence = desk.need(Evidence, command.evidence_id)
    rules.check_words("operator", command.operator)
    rules.check_words("device", command.device)
    rules.check_note(command.note)
    rules.check_happened("occurred_at", command.occurred_at, now)
    rules.check_after_capture(command.occurred_at, evidence.captured_at)
    return [
        CustodyRecorded(
            evidence_id=evidence.id,
            order_id=evidence.order_id,
            merchant_id=evidence.merchant_id,
            consumer_id=evidence.consumer_id,
            claim_id=evidence.claim_id,
            sha256=evidence.sha256,
            action=command.action,
            operator=command.operator,
            device=command.device,
            occurred_at=command.occurred_at,
            note=command.note,
        )
    ]
