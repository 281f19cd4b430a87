"""Evidence: a file by its hashes, and who had it when."""

from typing import ClassVar

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text


class CustodyAction(Named):
    """What was done with a piece of evidence after it was recorded."""

    HANDED_OVER = "handed_over", "移交"
    EXPORTED = "exported", "导出"
    VIEWED = "viewed", "查阅"
    COPIED = "copied", "复制"
    VERIFIED = "verified", "核验"


class Evidence(Row, frozen=True, kw_only=True):
    """A file that was recorded for an order, a merchant or a claim; it never changes.

    Of a claim's, the order is the claim's; of an order's, the merchant and the consumer are the order's.
    `sha256` and `sm3` are of its bytes, in hexadecimal.
    """

    called = Text("证据", "piece of evidence")

    immutable: ClassVar[bool] = True

    order_id: str | None
    merchant_id: str
    consumer_id: str | None
    claim_id: str | None
    sha256: str
    sm3: str
    size_bytes: int
    media_type: str
    captured_at: Instant
    recorded_at: Instant


class RecordEvidence(Command, frozen=True, kw_only=True):
    """Record a file for one order, merchant or claim: its hashes, and who captured it where, when, with what.

    `source` says where the bytes come from, `device` what they were captured with.
    """

    order_id: str | None = None
    merchant_id: str | None = None
    claim_id: str | None = None
    sha256: str
    sm3: str
    size_bytes: int
    media_type: str
    source: str
    device: str
    captured_at: Instant
    operator: str


class RecordCustody(Command, frozen=True, kw_only=True):
    """Record what was done with evidence, by whom, with what device, when."""

    evidence_id: str
    action: CustodyAction
    operator: str
    device: str
    occurred_at: Instant
    note: str = ""


class EvidenceFact(FactBody, frozen=True, kw_only=True):
    """A fact about a piece of evidence, and whom that is about."""

    evidence_id: str
    order_id: str | None
    merchant_id: str
    consumer_id: str | None
    claim_id: str | None
    sha256: str


class EvidenceRecorded(EvidenceFact, frozen=True, kw_only=True):
    """A file was captured, and from this fact on nobody can change it unseen."""

    sm3: str
    size_bytes: int
    media_type: str
    source: str
    device: str
    captured_at: Instant
    operator: str


class CustodyRecorded(EvidenceFact, frozen=True, kw_only=True):
    """Something was done with a piece of evidence."""

    action: CustodyAction
    operator: str
    device: str
    occurred_at: Instant
    note: str
