"""Money that goes back to the consumer, apart from cancellations: refunds, and bad reviews as claims."""

from typing import NamedTuple

from holdfast.kernel.clock import Instant

REFUNDED = "refunded in the history"
"""The reason of every command that plays a refund: by it its facts and refusals are told from others."""


class Refunded(NamedTuple):
    """A refund that the merchant makes. `owed_minor` is what is owed after it, if nothing was debited before.

    So a debit of no more than `owed_minor` came after the refund, and a greater one before it.
    """

    at: Instant
    amount_minor: int
    owed_minor: int


class Review(NamedTuple):
    """A review that is taken for a claim, and by when that is decided."""

    at: Instant
    decided_at: Instant
    amount_minor: int


class MoneyBack(NamedTuple):
    """What an order's consumer gets back. `refunds` ascend by time.

    `lost_minor` is what the merchant would have refunded from `lost_at` on, had it not vanished before.
    """

    review: Review | None
    refunds: tuple[Refunded, ...] = ()
    lost_minor: int = 0
    lost_at: Instant = 0

    @property
    def refunded_minor(self) -> int:
        """Return the sum of all refunds, in minor units."""
        return sum(refund.amount_minor for refund in self.refunds)

    def taken_by(self, at: Instant) -> int:
        """Return what refunds, and a review's claim that is decided by then, take of the order's amount."""
        review = self.review
        return self.refunded_minor + (0 if review is None or review.decided_at > at else review.amount_minor)
