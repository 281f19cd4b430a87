"""What happens to orders: the facts."""

from typing import ClassVar

from holdfast.kernel.actor import CLOCK, Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody
from holdfast.kernel.told_by import ToldBy
from holdfast.orders.services import Line

_MERCHANT = Actor(Nature.MACHINE, "library", Role.MERCHANT, Door.LIBRARY)
"""The merchant, whose word the program passed on that has the home within itself."""


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
    service: bool = False
    what: str = ""
    not_before: Instant | None = None


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
    statement: tuple[Line, ...] = ()


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

    told_by: ClassVar[ToldBy | None] = ToldBy(others=(("time", CLOCK), ("merchant", _MERCHANT)))

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


class OrderSplit(OrderFact, frozen=True, kw_only=True):
    """A part of the order goes its own way, as `part_id`; `left_minor` is what the order is for now."""

    part_id: str
    amount_minor: int
    left_minor: int


class PartBegan(OrderFact, frozen=True, kw_only=True):
    """A part of the order `of_id` stands where that one stood; `first_id` is the order that was placed.

    `exposed_minor` and `advanced_minor` are what it took of the other's exposure and advance.
    """

    of_id: str
    first_id: str
    currency: str
    amount_minor: int
    owed_minor: int
    policy_version: str
    snapshot_id: str
    what: str
    ship_by: Instant
    not_before: Instant | None
    exposed_minor: int
    advanced_minor: int


class ServicePerformed(OrderFact, frozen=True, kw_only=True):
    """The service, or this step of it, was performed and stated; `capture_at` is the earliest debit."""

    amount_minor: int
    capture_at: Instant
    statement: tuple[Line, ...]


class ParcelLost(OrderFact, frozen=True, kw_only=True):
    """The carrier lost the parcel or could not bring it; the merchant may ship anew until `ship_by`."""

    reason: str
    ship_by: Instant


class DeliveryWithdrawn(OrderFact, frozen=True, kw_only=True):
    """The goods had not arrived, or the service was not performed, though that had been said.

    `claim_id`: money had moved, and this claim is for a person to decide; else nothing is debited yet.
    """

    reason: str
    claim_id: str | None


class ArrivedAfterEnd(OrderFact, frozen=True, kw_only=True):
    """The goods arrived after the order had ended: nothing is owed for them, and they are the merchant's."""


class ReturnRefused(OrderFact, frozen=True, kw_only=True):
    """The merchant says that the goods did not come back; the debit follows a new notice."""

    told_by: ClassVar[ToldBy | None] = ToldBy(role=Role.MERCHANT)

    reason: str
    capture_at: Instant | None
