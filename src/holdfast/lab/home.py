"""Rows in memory that are forgotten once nothing can happen to them any more.

What is kept grows with the merchants, the consumers and the orders that are open, not with the history.
"""

from collections.abc import Callable
from typing import Any

from holdfast.coverage.model import Coverage
from holdfast.engine.execution import Executed
from holdfast.engine.memory import Memory
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Row
from holdfast.lab.guarantees import cash_of
from holdfast.ledger.model import Hold, HoldState, Transfer
from holdfast.orders.model import ENDED, PARTS, Order
from holdfast.orders.services import Statement
from holdfast.settlement.model import Claim, ClaimState
from holdfast.settlement.payout import PAYOUT

CashChanged = Callable[[str, int, Instant], None]
"""Is told of a merchant, what cash of its is cover now, in minor units, and since when."""

_LIVING = frozenset({ClaimState.OPEN, ClaimState.WAITING, ClaimState.UPHELD, ClaimState.SHORT})


class Forgetful(Memory):
    """A home for simulations: no journal, and no row of what is over.

    `awaited` are orders on which a claim is still to come, though they may have ended; `unpaid` are those on
    which the consumer is still to pay, late, though it may not owe anything any more; of those `on_their_way`
    the parcel is still to arrive, though they may have been cancelled.
    """

    def __init__(self, ids: Ids, cash_changed: CashChanged) -> None:
        super().__init__(ids, guard=None)  # a simulation's time moves by command
        self.awaited: set[str] = set()
        self.unpaid: set[str] = set()
        self.on_their_way: set[str] = set()
        self._cash_changed = cash_changed
        self._now: Instant = 0
        self._looks: dict[type[Row], Callable[[Any, Instant], None]] = {
            Transfer: self._look_at_transfer,
            Hold: self._look_at_hold,
            Claim: self._look_at_claim,
            Order: self._look_at_order,
            Coverage: self._look_at_coverage,
        }

    def _absorb(self, executed: Executed) -> None:
        super()._absorb(executed)
        self._journal.clear()
        facts = executed.outcome.facts
        if facts:
            self._now = facts[-1].at
        for change in executed.changes:
            look = self._looks.get(change.kind)
            if look is not None and (row := self._tables[change.kind][change.id]) is not None:
                look(row, self._now)

    def _look_at_coverage(self, row: Coverage, at: Instant) -> None:
        self._cash_changed(row.id, cash_of(row), at)

    def _look_at_transfer(self, row: Transfer, _at: Instant) -> None:
        del self._tables[Transfer][row.id]

    def _look_at_hold(self, row: Hold, _at: Instant) -> None:
        if row.state is not HoldState.PENDING and row.order_id is None and row.reason == PAYOUT:
            del self._tables[Hold][row.id]

    def _look_at_claim(self, row: Claim, _at: Instant) -> None:
        if row.state not in _LIVING:
            del self._tables[Claim][row.id]

    def _look_at_order(self, row: Order, _at: Instant) -> None:
        self._forget_order(row)

    def _forget_order(self, order: Order) -> None:
        over = order.state in ENDED and order.wake_at is None and order.claim_id is None
        if over and not any(order.id in kept for kept in (self.awaited, self.unpaid, self.on_their_way)):
            del self._tables[Order][order.id]
            self._tables[Statement].pop(order.id, None)
            if order.first_id is not None:
                self._forget_part(order.first_id, order.id)

    def _forget_part(self, first_id: str, order_id: str) -> None:
        groups = self._groups[PARTS.name]
        groups[first_id].remove(order_id)
        if not groups[first_id]:
            del groups[first_id]

    def expects_no_claim(self, order_id: str) -> None:
        """Forget an order that was kept for a claim alone."""
        self.awaited.discard(order_id)
        order = self._tables[Order][order_id]
        if order is not None:
            self._forget_order(order)

    def arrived(self, order_id: str) -> None:
        """Forget an order that was kept for its parcel alone."""
        self.on_their_way.discard(order_id)
        order = self._tables[Order][order_id]
        if order is not None:
            self._forget_order(order)

    def was_paid(self, order_id: str) -> None:
        """Forget an order that was kept for a late payment alone."""
        if order_id in self.unpaid:
            self.unpaid.discard(order_id)
            order = self._tables[Order][order_id]
            if order is not None:
                self._forget_order(order)

    @property
    def size(self) -> int:
        """Return how many rows are kept."""
        return sum(len(table) for table in self._tables.values())
