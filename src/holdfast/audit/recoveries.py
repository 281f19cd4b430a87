"""Invariants of the rounds in which what is recovered is shared among claims that are short."""

from collections import Counter

from holdfast.audit.finding import Books, Finding
from holdfast.ledger.model import Hold, HoldState
from holdfast.settlement.model import Claim, ClaimState, Recovery, RecoveryStage


def recoveries_are_set_aside(books: Books) -> list[Finding]:
    """What a round has still to give is reserved for it; claims wait for the next only while one runs."""
    rows = {row.id: row for row in books.rows(Recovery)}
    kept = {row.hold_id for row in rows.values()}
    open_minor = {
        hold.id: hold.open_minor
        for hold in books.rows(Hold)
        if hold.id in kept and hold.state is HoldState.PENDING
    }
    waiting: Counter[str] = Counter()
    findings: list[Finding] = []
    for claim in books.rows(Claim):
        if claim.next_round:
            waiting[claim.merchant_id] += 1
            if claim.state is not ClaimState.SHORT:
                findings.append(Finding(f"claim:{claim.id}", f"it is {claim.state} and waits for a round"))
    for key, row in rows.items():
        where = f"recovery:{key}"
        sharing = row.stage is RecoveryStage.SHARING
        due = row.pool_minor - row.given_minor if sharing else 0
        has = 0 if row.hold_id is None else open_minor.get(row.hold_id, 0)
        if has < due or (row.stage is RecoveryStage.DONE and row.hold_id is not None):
            findings.append(Finding(where, f"it is {row.stage}: {due} is to be given, {has} is reserved"))
        if not 0 <= row.given_minor <= row.pool_minor <= row.rest_minor:
            findings.append(
                Finding(where, f"{row.given_minor} of {row.pool_minor} given for {row.rest_minor}")
            )
        if sharing:
            waiting.pop(key, None)
    return findings + [Finding(f"merchant:{key}", "claims wait for a round's end") for key in sorted(waiting)]
