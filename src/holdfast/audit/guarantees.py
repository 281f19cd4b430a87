"""Invariants of guarantees against coverage, debts, the accounts and their dates."""

from collections import defaultdict
from collections.abc import Iterator

from holdfast.audit.finding import Books, Finding, unequal
from holdfast.coverage.model import Coverage
from holdfast.guarantees.model import IN_FORCE, Guarantee, GuaranteeState
from holdfast.kernel.clock import Instant
from holdfast.ledger import chart
from holdfast.ledger.model import Account
from holdfast.parties.model import Merchant
from holdfast.settlement.model import Debt


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
    """What guarantees count for, and what may be called of them, is what each merchant's coverage says."""
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


def issuers_are_asked(books: Books) -> list[Finding]:
    """The platform is ahead of issuers by open calls; merchants owe them what they paid."""
    ahead: defaultdict[str, int] = defaultdict(int)
    recourse: defaultdict[str, int] = defaultdict(int)
    for row in books.rows(Guarantee):
        ahead[row.currency] += row.open_minor
        recourse[row.merchant_id] += row.recourse_minor
    owed = {debt.id: debt.issuer_minor for debt in books.rows(Debt)}
    findings = [
        finding
        for merchant in books.rows(Merchant)
        for finding in unequal(
            f"debt:{merchant.id}", "what is owed to issuers", owed.get(merchant.id), recourse[merchant.id]
        )
    ]
    for account in books.rows(Account):
        if account.id == chart.house(chart.GUARANTEES, account.currency):
            due = -ahead.pop(account.currency, 0)
            findings += unequal(f"account:{account.id}", "the balance", account.posted_minor, due)
    left = [currency for currency, minor in ahead.items() if minor]
    return findings + [Finding(f"currency:{each}", "what was called is on no account") for each in left]


def guarantees_due(books: Books) -> Iterator[tuple[str, str]]:
    """Yield the guarantees that do not wake when they must, and why."""
    for row in books.rows(Guarantee):
        if row.wake_at not in _dates(row):
            yield f"guarantee:{row.id}", f"it is {row.state}, waking at {row.wake_at}"


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
