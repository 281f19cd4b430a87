"""Invariants of guarantees against the coverage that they count for, and of their dates."""

from collections import defaultdict

from holdfast.coverage.model import Coverage
from holdfast.guarantees.model import IN_FORCE, Guarantee, GuaranteeState
from holdfast.kernel.check import Books, Check, Finding, unequal
from holdfast.kernel.clock import Instant


def guarantees_add_up(books: Books) -> list[Finding]:
    """No more is called of a guarantee than its limit, answered than called, or settled than paid."""
    findings: list[Finding] = []
    for row in books.rows(Guarantee):
        where = f"guarantee:{row.id}"
        if min(row.left_minor, row.open_minor, row.paid_minor - row.settled_minor) < 0:
            findings.append(Finding(where, f"{row.called_minor} of {row.limit_minor} is called: sums cross"))
        if (row.called_at is not None) is not bool(row.open_minor):
            findings.append(Finding(where, f"{row.open_minor} is not answered, since {row.called_at}"))
        if min(row.called_minor, row.paid_minor, row.refused_minor, row.settled_minor) < 0:
            findings.append(Finding(where, "a sum is below zero"))
    return findings


def guarantees_are_cover(books: Books) -> list[Finding]:
    """Guarantees' cover, and the sum that may be called of them, are those in each merchant's coverage."""
    counted: defaultdict[str, int] = defaultdict(int)
    uncalled: defaultdict[str, int] = defaultdict(int)
    for row in books.rows(Guarantee):
        counted[row.merchant_id] += row.counted_minor
        uncalled[row.merchant_id] += row.left_minor if row.state in IN_FORCE else 0
    findings: list[Finding] = []
    for sums in books.rows(Coverage):
        where = f"coverage:{sums.id}"
        findings += unequal(
            where, "what guarantees count for", sums.guaranteed_minor, counted.pop(sums.id, 0)
        )
        findings += unequal(where, "what can be called", sums.uncalled_minor, uncalled.pop(sums.id, 0))
    left = {key for sums in (counted, uncalled) for key, minor in sums.items() if minor}
    return findings + [Finding(f"coverage:{key}", "its guarantees are not in it") for key in sorted(left)]


def guarantees_wake(books: Books) -> list[Finding]:
    """Each guarantee wakes on the date that its state waits for."""
    return [
        Finding(f"guarantee:{row.id}", f"it is {row.state}, waking at {row.wake_at}")
        for row in books.rows(Guarantee)
        if row.wake_at not in _dates(row)
    ]


def _dates(row: Guarantee) -> tuple[Instant | None, ...]:
    match row.state:
        case GuaranteeState.AGREED:
            return (row.starts_at,)
        case GuaranteeState.COVERING:
            return (row.counts_until,)
        case GuaranteeState.CALLABLE:
            return row.call_by, row.ends_at
        case _:
            return (None,)


CHECKS: tuple[Check, ...] = (
    guarantees_add_up,
    guarantees_are_cover,
    guarantees_wake,
)
