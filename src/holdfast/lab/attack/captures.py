"""The rule of debits: only arrived or performed orders, and of parts together no more than the whole."""

from collections import defaultdict

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody
from holdfast.orders.facts import (
    DeliveryWithdrawn,
    OrderDelivered,
    OrderPlaced,
    OrderSplit,
    PartBegan,
    ServicePerformed,
)
from holdfast.settlement.facts import CaptureAsked, OrderCaptured, RestCaptured


class Captures:
    """When orders arrived or were performed, and the debits of each placed order, in minor units."""

    def __init__(self) -> None:
        self.delivered: dict[str, Instant] = {}
        self._ordered: dict[str, int] = {}
        self._stated: dict[str, int] = {}
        self._first: dict[str, str] = {}
        self._taken: defaultdict[str, int] = defaultdict(int)

    def hear(self, body: FactBody, at: Instant) -> str | None:
        """Take a fact; return the fault in it, if there is one."""
        match body:
            case OrderPlaced(order_id=order):
                self._ordered[order] = body.amount_minor
            case PartBegan(order_id=order, of_id=of):
                self._first[order] = body.first_id
                if of in self.delivered:
                    self.delivered[order] = self.delivered[of]
            case OrderSplit(order_id=order) if order in self._stated:
                self._stated[order] -= body.amount_minor
                self._stated[body.part_id] = body.amount_minor
            case OrderDelivered(order_id=order):
                self.delivered[order] = at
            case ServicePerformed(order_id=order):
                self.delivered[order] = at
                self._stated[order] = body.amount_minor
            case DeliveryWithdrawn(order_id=order, claim_id=None):
                self.delivered.pop(order, None)
                self._stated.pop(order, None)
            case CaptureAsked(order_id=order):
                return self._asked(order, body.amount_minor)
            case OrderCaptured(order_id=order) | RestCaptured(order_id=order):
                return self._captured(order, body.amount_minor)
            case _:
                pass
        return None

    def _asked(self, order: str, amount_minor: int) -> str | None:
        if order not in self.delivered:
            return f"a debit of {amount_minor} is asked for on {order}, which has not arrived"
        stated = self._stated.get(order, amount_minor)
        if amount_minor > stated:
            return f"a debit of {amount_minor} is asked for on {order}, of which {stated} was stated"
        return None

    def _captured(self, order: str, amount_minor: int) -> str | None:
        first = self._first.get(order, order)
        self._taken[first] += amount_minor
        ordered = self._ordered.get(first, self._taken[first])
        if self._taken[first] > ordered:
            return f"{self._taken[first]} is debited of {first} and its parts, which came to {ordered}"
        return None
