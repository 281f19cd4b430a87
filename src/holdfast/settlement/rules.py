"""How much of an order can be claimed or paid back."""

from holdfast.orders.model import Order
from holdfast.settlement.refusals import NothingToClaim


def claimable(order: Order) -> int:
    """Return the amount that can be claimed, in minor units: the debt, and debits that were not paid back."""
    return order.owed_minor + refundable(order)


def refundable(order: Order) -> int:
    """Return the amount that was debited and not paid back, in minor units."""
    return order.captured_minor - order.awarded_minor


def check_amount(order: Order, amount_minor: int, most: int) -> None:
    """Refuse an amount that is not above zero, or beyond the most that there is.

    Raises:
        NothingToClaim: it is.
    """
    if not 0 < amount_minor <= most:
        raise NothingToClaim(f"order:{order.id}", most=most, asked=amount_minor)


def is_late(order: Order) -> bool:
    """Tell whether a claim on a debited order comes after its window: nothing of it is exposed any more."""
    return not order.exposed_minor
