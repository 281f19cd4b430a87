"""What of an order can be claimed or paid back."""

from holdfast.orders.model import Order
from holdfast.settlement.refusals import NothingToClaim


def claimable(order: Order) -> int:
    """Return what can be claimed: what is owed, and what was debited and not paid back."""
    return order.owed_minor + refundable(order)


def refundable(order: Order) -> int:
    """Return what was debited and not paid back."""
    return order.captured_minor - order.awarded_minor


def check_amount(order: Order, amount_minor: int, most: int) -> None:
    """Refuse an amount of nothing, or beyond the most that there is."""
    if not 0 < amount_minor <= most:
        raise NothingToClaim(f"order:{order.id}", most=most, asked=amount_minor)


def is_late(order: Order) -> bool:
    """Tell whether a claim on a debited order comes after its window: nothing of it is exposed any more."""
    return not order.exposed_minor
