"""A merchant's money within reach of its consumers, and the amounts they may still claim. Minor units."""

from holdfast.kernel.clock import Instant
from holdfast.lab.attack.schedule import CURRENCY
from holdfast.lab.attack.watched import Watched
from holdfast.ledger import chart
from holdfast.orders.model import ENDED, Order


def reachable(home: Watched, shop: str) -> int:
    """Return the money of a merchant that is not held for running windows of other orders."""
    kinds = (chart.AVAILABLE, chart.RESERVE, chart.DEPOSIT, chart.HELD)
    has = sum(max(0, home.available(chart.merchant(shop, kind, CURRENCY))) for kind in kinds)
    held = sum(
        order.held_minor
        for order in home.rows(Order)
        if order.merchant_id == shop and order.state not in ENDED
    )
    return has - held


def unclaimed(home: Watched, shop: str, at: Instant) -> int:
    """Return the amount that consumers may still be paid in running windows beyond their orders' proceeds.

    The window of an order stands still while a claim is being decided.
    """
    return sum(
        max(0, order.captured_minor - order.awarded_minor - order.held_minor)
        for order in home.rows(Order)
        if order.merchant_id == shop
        and order.window_ends_at is not None
        and order.window_ends_at > (order.disputed_at or at)
    )
