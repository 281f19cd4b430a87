"""The book of parties, for other rooms: merchants with their owners, and consumers' debts."""

from holdfast.kernel.desk import Desk
from holdfast.parties import rules
from holdfast.parties.model import Consumer, Merchant, Owner


def owners_of(desk: Desk, merchant: Merchant) -> list[Owner]:
    """Return the people behind a merchant."""
    return [desk.need(Owner, owner_id) for owner_id in merchant.owner_ids]


def check_paid(desk: Desk, merchant: Merchant) -> None:
    """Refuse to let money go to a merchant that may not be paid. See `rules.check_paid`."""
    rules.check_paid(merchant, owners_of(desk, merchant))


def owe(desk: Desk, consumer_id: str, by_minor: int) -> None:
    """Add to the total debt of a consumer, or take off."""
    consumer = desk.need(Consumer, consumer_id)
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
