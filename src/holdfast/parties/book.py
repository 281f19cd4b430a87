"""The book of parties, for other rooms: merchants and their owners, what consumers may still owe, ids."""

from holdfast.kernel import identity
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.parties import rules
from holdfast.parties.model import Consumer, Merchant, Owner


def owners_of(desk: Desk, merchant: Merchant) -> list[Owner]:
    """Return the people behind a merchant."""
    return [desk.need(Owner, owner_id) for owner_id in merchant.owner_ids]


def check_paid(desk: Desk, merchant: Merchant) -> None:
    """Refuse to let money go to a merchant that may not be paid. See `rules.check_paid`."""
    rules.check_paid(merchant, owners_of(desk, merchant))


def new_id(desk: Desk, merchant_id: str, now: Instant) -> str:
    """Return a fresh id of a thing of a merchant: whoever is told it knows whose it is."""
    return identity.within(merchant_id, desk.ids.new(now))


def reserve(desk: Desk, consumer: Consumer, amount_minor: int) -> None:
    """Take an order's amount out of what a consumer may still owe.

    With `free`, it is all that orders do to a consumer's row, and it needs nothing of the merchant's.

    Raises:
        NotOptedIn, LimitExceeded: see `rules.check_buys`.
    """
    rules.check_buys(consumer, amount_minor)
    _shift(desk, consumer, amount_minor)


def free(desk: Desk, consumer_id: str, amount_minor: int) -> None:
    """Give back what was reserved: it was paid, or is not owed any more."""
    _shift(desk, desk.need(Consumer, consumer_id), -amount_minor)


def _shift(desk: Desk, consumer: Consumer, by_minor: int) -> None:
    desk.put(
        Consumer(
            id=consumer.id,
            currency=consumer.currency,
            opted_in=consumer.opted_in,
            limit_minor=consumer.limit_minor,
            outstanding_minor=consumer.outstanding_minor + by_minor,
        ),
        consumer,
    )
