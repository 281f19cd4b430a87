"""What happens to orders: the facts."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody


class OrderFact(FactBody, frozen=True, kw_only=True):
    """A fact about one order, with its parties."""

    order_id: str
    merchant_id: str
    consumer_id: str


class OrderPlaced(OrderFact, frozen=True, kw_only=True):
    """An order was placed; nothing is debited yet."""

    currency: str
    amount_minor: int
    policy_version: str
    snapshot_id: str
    confirmed: bool
    ship_by: Instant
    durable: bool = False


class OrderConfirmed(OrderFact, frozen=True, kw_only=True):
    """The consumer confirmed."""


class OrderExpired(OrderFact, frozen=True, kw_only=True):
    """The consumer did not confirm in time."""

    released_minor: int


class OrderCancelled(OrderFact, frozen=True, kw_only=True):
    """The order ended without a debit; `released_minor` is no longer owed."""

    reason: str
    released_minor: int


class ShipmentOverdue(OrderFact, frozen=True, kw_only=True):
    """The merchant did not ship in time."""

    ship_by: Instant


class OrderShipped(OrderFact, frozen=True, kw_only=True):
    """The merchant shipped."""

    tracking: str


class OrderDelivered(OrderFact, frozen=True, kw_only=True):
    """The goods arrived; `capture_at` is the earliest debit."""

    amount_minor: int
    capture_at: Instant


class CaptureNoticeAsked(OrderFact, frozen=True, kw_only=True):
    """A notice is to go out: what will be debited, when, and how to object."""

    amount_minor: int
    capture_at: Instant


class CaptureNoticeSent(OrderFact, frozen=True, kw_only=True):
    """The notice went out; without it there is no debit."""

    capture_at: Instant


class AfterSalesAsked(OrderFact, frozen=True, kw_only=True):
    """The consumer asked the merchant."""

    question: str
    answer_by: Instant


class AfterSalesAnswered(OrderFact, frozen=True, kw_only=True):
    """The merchant answered."""

    answer: str


class AfterSalesUnanswered(OrderFact, frozen=True, kw_only=True):
    """The merchant let the time to answer pass."""


class ReturnAsked(OrderFact, frozen=True, kw_only=True):
    """The goods are on their way back; the debit waits."""

    confirm_by: Instant


class OrderReturned(OrderFact, frozen=True, kw_only=True):
    """The goods are back, or the merchant let the time pass; `released_minor` is no longer owed."""

    by: str
    released_minor: int


class OwedReduced(OrderFact, frozen=True, kw_only=True):
    """The consumer owes less."""

    owed_minor: int
    by_minor: int
    reason: str


class ReminderDue(OrderFact, frozen=True, kw_only=True):
    """The consumer is reminded, without a fee and outside of quiet hours."""

    number: int
    owed_minor: int
