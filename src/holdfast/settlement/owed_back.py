"""Owed back (应返还): money that somebody got twice, or in a currency that nobody asked for.

The platform paid it, and is owed it by name.

There is one row per order for a consumer, and one per merchant, by currency: so money that comes back of one
payment settles the excess of another.
"""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.ledger import book, chart
from holdfast.orders.model import Order
from holdfast.settlement.otherwise import OwedBack, Repayment


def of_consumer(desk: Desk, of: Order | Repayment, currency: str, now: Instant) -> OwedBack:
    """Return the consumer's row of an order in a currency; where there is none yet, one with nothing owed."""
    order_id = of.id if isinstance(of, Order) else of.order_id
    key = f"consumer/{order_id}/{currency}"
    return desk.find(OwedBack, key) or OwedBack(
        id=key,
        merchant_id=of.merchant_id,
        order_id=order_id,
        consumer_id=of.consumer_id,
        currency=currency,
        owed_minor=0,
        since=now,
    )


def of_merchant(desk: Desk, merchant_id: str, currency: str, now: Instant) -> OwedBack:
    """Return the merchant's row in a currency other than its own; or, if there is none, one of nothing."""
    key = f"merchant/{merchant_id}/{currency}"
    return desk.find(OwedBack, key) or OwedBack(
        id=key,
        merchant_id=merchant_id,
        order_id=None,
        consumer_id=None,
        currency=currency,
        owed_minor=0,
        since=now,
    )


def account_of(row: OwedBack) -> str:
    """Return the account whose negative balance is the amount owed back."""
    if row.consumer_id is not None:
        return chart.consumer(row.consumer_id, row.currency, chart.BACK)
    return chart.merchant(row.merchant_id, chart.BACK, row.currency)


def paid(desk: Desk, row: OwedBack, amount_minor: int, now: Instant, reason: str) -> None:
    """Book a payment that was due to nobody: the platform bears it, and the receiver owes it back."""
    if not amount_minor:
        return
    psp_id, losses_id = chart.house(chart.PSP, row.currency), chart.house(chart.LOSSES, row.currency)
    receivables_id = chart.house(chart.RECEIVABLES, row.currency)
    book.post(desk, losses_id, psp_id, amount_minor, now, reason, order_id=row.order_id)
    book.post(desk, account_of(row), receivables_id, amount_minor, now, "owed back", order_id=row.order_id)
    since = row.since if row.owed_minor else now
    desk.put(replace(row, owed_minor=row.owed_minor + amount_minor, since=since), row)


def given(desk: Desk, row: OwedBack, from_id: str, most_minor: int, now: Instant, reason: str) -> int:
    """Settle an amount owed back, up to `most_minor`, from the account that the money is on.

    Returns the amount that was settled, in minor units.
    """
    part = min(row.owed_minor, most_minor)
    if not part:
        return 0
    losses_id = chart.house(chart.LOSSES, row.currency)
    receivables_id = chart.house(chart.RECEIVABLES, row.currency)
    book.post(desk, from_id, losses_id, part, now, reason, order_id=row.order_id)
    book.post(desk, receivables_id, account_of(row), part, now, "given back", order_id=row.order_id)
    desk.put(replace(row, owed_minor=row.owed_minor - part), row)
    return part
