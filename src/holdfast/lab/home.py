"""Rows in memory that are forgotten once nothing can happen to them any more.

The memory grows with the merchants, the consumers and the orders that are open, not with the history.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from holdfast.coverage.model import Coverage
from holdfast.engine.execution import Executed
from holdfast.engine.memory import Memory
from holdfast.house import KEPT
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.room import WITH_ORDER, Over
from holdfast.kernel.rows import Row
from holdfast.lab.guarantees import cash_of
from holdfast.orders.model import PARTS, Order

CashChanged = Callable[[str, int, Instant], None]
"""A listener to changes of a merchant's cash in cover: its id, the sum in minor units, and the time."""

_OVER: dict[type[Row], Over] = {
    kind: kept.forgotten for kind, kept in KEPT.items() if not isinstance(kept.forgotten, str)
}
_WITH_ORDER = [kind for kind, kept in KEPT.items() if kept.forgotten == WITH_ORDER]


class Forgetful(Memory):
    """A home for simulations, of bounded memory: no journal, and no rows in a final state.

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
            **{kind: partial(self._forget_when_over, over) for kind, over in _OVER.items()},
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

    def _forget_when_over(self, over: Over, row: Row, _at: Instant) -> None:
        if over(row):
            del self._tables[type(row)][row.id]

    def _look_at_order(self, row: Order, _at: Instant) -> None:
        self._forget_order(row)

    def _forget_order(self, order: Order) -> None:
        kept = order.id in self.awaited or order.id in self.unpaid or order.id in self.on_their_way
        if _OVER[Order](order) and not kept:
            del self._tables[Order][order.id]
            for kind in _WITH_ORDER:
                self._tables[kind].pop(order.id, None)
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
