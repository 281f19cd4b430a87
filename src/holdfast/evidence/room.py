"""What the room of evidence has. See `kernel.room`."""

from holdfast.evidence import handlers
from holdfast.evidence.checks import CHECKS
from holdfast.evidence.model import Evidence, RecordCustody, RecordEvidence
from holdfast.evidence.words import WORDS
from holdfast.kernel.room import STAYS, Kept, Room

ROOM = Room(
    "evidence",
    handles={RecordEvidence: handlers.record, RecordCustody: handlers.record_custody},
    still=frozenset({RecordEvidence, RecordCustody}),
    keeps=(Kept(Evidence, "evidence", STAYS, begun_by={"EvidenceRecorded": "evidence_id"}),),
    names={"evidence_id": (Evidence,)},
    checks=CHECKS,
    words=WORDS,
)
