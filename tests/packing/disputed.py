"""A disputed order with its evidence, from which packages are made."""

from pathlib import Path
from typing import NamedTuple

from evidence_packages import POLICY, Log
from holdfast.evidence.model import EvidenceRecorded, RecordEvidence
from holdfast.kernel.clock import HOUR
from holdfast.packing.blobs import Blobs
from holdfast.packing.package import Packed, Sources, as_told, write
from holdfast.packing.subject import Subject
from one_market import OneMarket

PHOTO = b"\xff\xd8\xff\xe0 the parcel as it came"
LETTER = "商家的答复：不予处理。".encode()
ORDER = Subject("order", "o1")


class Case(NamedTuple):
    """A market with an order that is disputed, and the store of its evidence."""

    market: OneMarket
    blobs: Blobs
    files: Path

    def add(self, name: str, data: bytes, **about: str) -> str:
        path = self.files / name
        path.write_bytes(data)
        blob = self.blobs.keep(path)
        command = RecordEvidence(
            **about,
            sha256=blob.digests.sha256,
            sm3=blob.digests.sm3,
            size_bytes=blob.digests.size,
            media_type=blob.kind.media_type,
            source="消费者用自己的手机拍摄，当面拆封",
            device="Xiaomi 14（序列号 8F21）",
            captured_at=self.market.now - HOUR,
            operator="李敏（售后）",
        )
        [fact] = [f.body for f in self.market.do(command) if isinstance(f.body, EvidenceRecorded)]
        return fact.evidence_id

    def log(self, count: int | None = None) -> Log:
        return Log([as_told(fact) for fact in self.market.home.facts()][:count])

    def sources(self, *, proofs: Log | None = None, policy: bytes | None = POLICY) -> Sources:
        return Sources(self.blobs, self.log() if proofs is None else proofs, policy)

    def write(self, out: Path, about: Subject = ORDER, sources: Sources | None = None) -> Packed:
        return write(self.market.home, about, out, sources or self.sources(), self.market.now)
