"""What must hold of the parties' evidence."""

from collections import Counter

from holdfast.evidence.model import Evidence, EvidenceRecorded
from holdfast.kernel.check import Books, Check, Finding, Tally


def evidence_is_told(books: Books) -> list[Finding]:
    """Every piece of evidence is told of by the journal once, with the hashes that it has."""
    tally = Tally()
    for fact in books.facts():
        if isinstance(fact.body, EvidenceRecorded):
            tally.add(fact.body.evidence_id, fact.body.sha256, fact.body.sm3)
    for row in books.rows(Evidence):
        tally.remove(row.id, row.sha256, row.sm3)
    return _untold(books) if tally.total else []


def _untold(books: Books) -> list[Finding]:
    """Say which differ: slower, as it keeps all of their hashes."""
    told: Counter[tuple[str, str, str]] = Counter()
    for fact in books.facts():
        if isinstance(fact.body, EvidenceRecorded):
            told[fact.body.evidence_id, fact.body.sha256, fact.body.sm3] += 1
    told.subtract((row.id, row.sha256, row.sm3) for row in books.rows(Evidence))
    return [
        Finding(
            f"evidence:{key}", "it is not told with these hashes" if times < 0 else "no such row is there"
        )
        for (key, _, _), times in sorted(told.items())
        if times
    ]


CHECKS: tuple[Check, ...] = (evidence_is_told,)
