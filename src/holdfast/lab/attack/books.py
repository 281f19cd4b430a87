"""Double entry, added up again from transfers, orders and claims alone: nothing of the engine's own audit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from holdfast.coverage.model import Coverage
from holdfast.engine.home import Home
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Transfer
from holdfast.orders.model import Order, OrderState
from holdfast.parties.model import Consumer
from holdfast.settlement.model import Claim, ClaimState

_BELOW_ZERO = (f"{chart.PSP}/", f"{chart.ADVANCES}/", f"{chart.LOSSES}/", f"{chart.RECEIVABLES}/")
"""Accounts that may be below zero, among them debts by name, and amounts owed back."""


def _is_debt(account_id: str) -> bool:
    return f"/{chart.OWED}/" in account_id or f"/{chart.BACK}/" in account_id


class Entries:
    """The balance of each account, run along as transfers come."""

    def __init__(self) -> None:
        self.balance: defaultdict[str, int] = defaultdict(int)
        self._versions: defaultdict[str, int] = defaultdict(int)
        self.wrong: list[str] = []

    def add(self, transfer: Transfer) -> None:
        """Take a transfer, and see that each of its two entries follows the one before."""
        amount = transfer.amount_minor
        if amount <= 0:
            self.wrong.append(f"transfer {transfer.id} of {amount}")
        self._entry(transfer.from_id, -amount, transfer.from_version, transfer.from_balance_minor)
        self._entry(transfer.to_id, amount, transfer.to_version, transfer.to_balance_minor)

    def _entry(self, account_id: str, by: int, version: int, after: int) -> None:
        self._versions[account_id] += 1
        self.balance[account_id] += by
        if version != self._versions[account_id] or after != self.balance[account_id]:
            self.wrong.append(f"{account_id}: the chain breaks at {version}")
        if after < 0 and not (account_id.startswith(_BELOW_ZERO) or _is_debt(account_id)):
            self.wrong.append(f"{account_id}: below zero")

    def compare(self, home: Home) -> Iterator[str]:
        """Tell where the accounts, orders, consumers, merchants or claims say anything else."""
        yield from self.wrong
        yield from self._accounts(home.rows(Account))
        yield from self._orders(home)
        yield from _claims(home.rows(Claim))

    def _accounts(self, accounts: Iterable[Account]) -> Iterator[str]:
        for account in accounts:
            if account.posted_minor != self.balance[account.id]:
                yield f"{account.id}: {account.posted_minor}, entries say {self.balance[account.id]}"
            if account.never_negative and account.posted_minor < account.pending_out_minor:
                yield f"{account.id}: more is reserved than is there"
        if sum(self.balance.values()):
            yield "the entries do not sum to zero"

    def _orders(self, home: Home) -> Iterator[str]:
        owed: defaultdict[str, int] = defaultdict(int)
        held: defaultdict[str, int] = defaultdict(int)
        exposed: defaultdict[str, int] = defaultdict(int)
        for order in home.rows(Order):
            owed[order.consumer_id] += order.owed_minor
            held[order.merchant_id] += order.held_minor
            exposed[order.merchant_id] += order.exposed_minor
            left = order.captured_minor - order.awarded_minor
            if left < 0 or (order.state is OrderState.CAPTURED and order.exposed_minor != left):
                yield f"{order.id}: exposed {order.exposed_minor}, debited and not given back {left}"
        for consumer in home.rows(Consumer):
            if consumer.outstanding_minor != owed[consumer.id]:
                yield f"{consumer.id}: outstanding {consumer.outstanding_minor}, orders {owed[consumer.id]}"
        for row in home.rows(Coverage):
            kept = [self.balance[chart.merchant(row.id, kind, row.currency)] for kind in _COVER]
            if kept[0] != held[row.id]:
                yield f"{row.id}: {kept[0]} held, orders say {held[row.id]}"
            if row.cover_minor != sum(kept):
                yield f"{row.id}: cover {row.cover_minor}, books {sum(kept)}"
            if row.exposure_minor != exposed[row.id]:
                yield f"{row.id}: exposure {row.exposure_minor}, orders {exposed[row.id]}"


_COVER = (chart.HELD, chart.RESERVE, chart.DEPOSIT)


def _claims(claims: Iterable[Claim]) -> Iterator[str]:
    for claim in claims:
        settled = claim.state in {ClaimState.PAID, ClaimState.SHORT}
        if settled and claim.paid_minor + claim.missing_minor != claim.claimed_minor:
            yield f"claim {claim.id}: {claim.paid_minor} paid and {claim.missing_minor} missing do not add up"
