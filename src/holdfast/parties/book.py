"""What is asked of a merchant together with the people behind it."""

from holdfast.kernel.desk import Desk
from holdfast.parties import rules
from holdfast.parties.model import Merchant, Owner


def owners_of(desk: Desk, merchant: Merchant) -> list[Owner]:
    """Return the people behind a merchant."""
    return [desk.need(Owner, owner_id) for owner_id in merchant.owner_ids]


def check_paid(desk: Desk, merchant: Merchant) -> None:
    """Refuse to let money go to a merchant that may not be paid. See `rules.check_paid`."""
    rules.check_paid(merchant, owners_of(desk, merchant))
