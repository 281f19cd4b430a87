"""Invariants of the ledger: balances, entries and holds."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from holdfast.kernel.check import Books, Check, Finding, Tally, unequal
from holdfast.ledger.model import Account, Hold, HoldState, Transfer


class Entries(Books, Protocol):
    """The books, with the entries of one account."""

    def entries(self, account_id: str) -> Iterator[Transfer]:
        """Return the transfers of an account, ascending by the account's version."""
        ...


def sums_to_zero(books: Books) -> list[Finding]:
    """The sum of all accounts of a currency is zero."""
    sums: defaultdict[str, int] = defaultdict(int)
    for account in books.rows(Account):
        sums[account.currency] += account.posted_minor
    return [
        finding
        for currency, total in sorted(sums.items())
        for finding in unequal(f"currency:{currency}", "the sum of all accounts", total, 0)
    ]


def never_negative(books: Books) -> list[Finding]:
    """No account that is never negative has less than nothing, or less than its holds reserve."""
    return [
        Finding(
            f"account:{account.id}",
            f"{account.posted_minor} is there and {account.pending_out_minor} of it is reserved",
        )
        for account in books.rows(Account)
        if account.never_negative and account.posted_minor < max(0, account.pending_out_minor)
    ]


def entries_chain(books: Entries) -> list[Finding]:
    """Every balance is the sum of its entries: versions without a gap, each balance following from the last.

    An entry leads from (version - 1, balance before) to (version, balance after). Where nothing was tampered
    with, all entries of an account form one way from (0, 0) to the account's present version and balance; so
    a tally of all ends less all beginnings must come out as that one difference. This reads the transfers
    once, in any order, and keeps one number an account.
    """
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for transfer in books.rows(Transfer):
        for account_id, version, balance, before in _entries(transfer):
            tallies[account_id].add(version, balance)
            tallies[account_id].remove(version - 1, before)
    broken: list[Finding] = []
    for account in books.rows(Account):
        tally = tallies.pop(account.id, Tally())
        tally.add(0, 0)
        tally.remove(account.version, account.posted_minor)
        if tally.total:
            broken.append(_first_break(books, account))
    broken += [Finding(f"account:{key}", "it has entries, and does not exist") for key in sorted(tallies)]
    return broken


def _entries(transfer: Transfer) -> Iterator[tuple[str, int, int, int]]:
    """Yield account, version, balance after and balance before of both entries."""
    amount = transfer.amount_minor
    left = transfer.from_balance_minor
    yield transfer.from_id, transfer.from_version, left, left + amount
    arrived = transfer.to_balance_minor
    yield transfer.to_id, transfer.to_version, arrived, arrived - amount


def _first_break(books: Entries, account: Account) -> Finding:
    """Walk the entries of an account that does not add up, to find the first fault."""
    version = balance = 0
    for transfer in books.entries(account.id):
        _, at, after, before = next(entry for entry in _entries(transfer) if entry[0] == account.id)
        if (at - 1, before) != (version, balance):
            return Finding(
                f"account:{account.id}",
                f"transfer {transfer.id} leads from {before} at version {at - 1}, "
                f"and the entries before it to {balance} at version {version}",
            )
        version, balance = at, after
    return Finding(
        f"account:{account.id}",
        f"it stands at {account.posted_minor} at version {account.version}, "
        f"and its entries lead to {balance} at version {version}",
    )


def pending_equals_holds(books: Books) -> list[Finding]:
    """The pending sums of each account, out and in, are the sums that open holds reserve."""
    out: defaultdict[str, int] = defaultdict(int)
    into: defaultdict[str, int] = defaultdict(int)
    for hold in books.rows(Hold):
        out[hold.from_id] += hold.open_minor
        into[hold.to_id] += hold.open_minor
    return [
        finding
        for account in books.rows(Account)
        for name, kept, worked_out in (
            ("pending out", account.pending_out_minor, out[account.id]),
            ("pending in", account.pending_in_minor, into[account.id]),
        )
        for finding in unequal(f"account:{account.id}", name, kept, worked_out)
    ]


def holds_posted(books: Books) -> list[Finding]:
    """The posted amount of each hold is the sum of its transfers, and no more than it reserved."""
    posted: defaultdict[str, int] = defaultdict(int)
    for transfer in books.rows(Transfer):
        if transfer.hold_id is not None:
            posted[transfer.hold_id] += transfer.amount_minor
    findings: list[Finding] = []
    for hold in books.rows(Hold):
        where = f"hold:{hold.id}"
        findings += unequal(where, "what was posted", hold.posted_minor, posted[hold.id])
        whole = hold.posted_minor == hold.amount_minor
        if hold.posted_minor > hold.amount_minor or whole is not (hold.state is HoldState.POSTED):
            findings.append(
                Finding(where, f"it is {hold.state}, with {hold.posted_minor} of {hold.amount_minor} posted")
            )
    return findings


def holds_wake(books: Books) -> list[Finding]:
    """No hold wakes that has ended."""
    return [
        Finding(f"hold:{hold.id}", f"it is {hold.state} and still wakes")
        for hold in books.rows(Hold)
        if hold.wake_at is not None and hold.state is not HoldState.PENDING
    ]


CHECKS: tuple[Check, ...] = (
    sums_to_zero,
    never_negative,
    entries_chain,
    pending_equals_holds,
    holds_posted,
    holds_wake,
)
