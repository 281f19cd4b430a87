"""Orders and what was shown when they were placed."""

import hashlib
from functools import lru_cache

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.index import index, outside
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.text import Named, Text


class OrderState(Named):
    """Where an order stands."""

    PLACED = "placed", "已下单"
    SHIPPED = "shipped", "已发货"
    DELIVERED = "delivered", "已送达"
    CAPTURED = "captured", "已扣款"
    COMPLETED = "completed", "已完成"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已失效"
    RETURNED = "returned", "已退货"
    OVERDUE = "overdue", "已逾期"
    WRITTEN_OFF = "written_off", "已核销"


class Timer(Named):
    """The reason of an order's next deadline."""

    EXPIRE = "expire", "逾期未确认则失效"
    SHIP_LATE = "ship_late", "逾期未发货"
    CANCEL_UNSHIPPED = "cancel_unshipped", "未发货则取消"
    LOST = "lost", "视为丢失"
    AFTER_SALES = "after_sales", "售后答复到期"
    RETURN = "return", "退货确认到期"
    NOTICE = "notice", "扣款前通知"
    CAPTURE = "capture", "扣款"
    REMIND = "remind", "逾期提醒"
    WRITE_OFF = "write_off", "核销"
    RELEASE = "release", "放款"
    COMPLETE = "complete", "窗口期结束"
    RESERVE = "reserve", "退还滚动准备金"
    UNANSWERED = "unanswered", "答复逾期"


_S = OrderState

TRANSITIONS: dict[OrderState, dict[str, OrderState]] = {
    _S.PLACED: {
        "RecordCapture": _S.PLACED,
        "ConfirmOrder": _S.PLACED,
        "CancelOrder": _S.CANCELLED,
        "SplitOrder": _S.PLACED,
        "ShipOrder": _S.SHIPPED,
        "PerformOrder": _S.DELIVERED,
        "find": _S.DELIVERED,
        "AskAfterSales": _S.PLACED,
        "AnswerAfterSales": _S.PLACED,
        "ReduceOwed": _S.PLACED,
        "OpenClaim": _S.PLACED,
        "forgive": _S.CANCELLED,
        "abscond": _S.CANCELLED,
        Timer.AFTER_SALES: _S.PLACED,
        Timer.EXPIRE: _S.EXPIRED,
        Timer.SHIP_LATE: _S.PLACED,
        Timer.CANCEL_UNSHIPPED: _S.CANCELLED,
    },
    _S.SHIPPED: {
        "RecordCapture": _S.SHIPPED,
        "CancelOrder": _S.CANCELLED,
        "SplitOrder": _S.SHIPPED,
        "LoseParcel": _S.PLACED,
        "DeliverOrder": _S.DELIVERED,
        "AskAfterSales": _S.SHIPPED,
        "AnswerAfterSales": _S.SHIPPED,
        "ReduceOwed": _S.SHIPPED,
        "OpenClaim": _S.SHIPPED,
        "forgive": _S.CANCELLED,
        "abscond": _S.CANCELLED,
        Timer.AFTER_SALES: _S.SHIPPED,
        Timer.LOST: _S.CANCELLED,
    },
    _S.DELIVERED: {
        "ConfirmNotice": _S.DELIVERED,
        "SplitOrder": _S.DELIVERED,
        "WithdrawDelivery": _S.SHIPPED,
        "redo": _S.PLACED,
        "AskReturn": _S.DELIVERED,
        "ConfirmReturn": _S.RETURNED,
        "RefuseReturn": _S.DELIVERED,
        "AskAfterSales": _S.DELIVERED,
        "AnswerAfterSales": _S.DELIVERED,
        "ReduceOwed": _S.DELIVERED,
        "OpenClaim": _S.DELIVERED,
        "RecordCapture": _S.CAPTURED,
        "RecordCaptureFailure": _S.OVERDUE,
        "forgive": _S.CANCELLED,
        "abscond": _S.DELIVERED,
        Timer.AFTER_SALES: _S.DELIVERED,
        Timer.RETURN: _S.RETURNED,
        Timer.NOTICE: _S.DELIVERED,
        Timer.CAPTURE: _S.DELIVERED,
        Timer.UNANSWERED: _S.DELIVERED,
    },
    _S.OVERDUE: {
        "WithdrawDelivery": _S.OVERDUE,
        "ReduceOwed": _S.OVERDUE,
        "OpenClaim": _S.OVERDUE,
        "RecordCapture": _S.CAPTURED,
        "forgive": _S.CANCELLED,
        "abscond": _S.OVERDUE,
        Timer.REMIND: _S.OVERDUE,
        Timer.WRITE_OFF: _S.WRITTEN_OFF,
    },
    _S.CAPTURED: {
        "RecordCapture": _S.CAPTURED,
        "ReduceOwed": _S.CAPTURED,
        "forgive": _S.CAPTURED,
        "WithdrawDelivery": _S.CAPTURED,
        "AskReturn": _S.CAPTURED,
        "ConfirmReturn": _S.RETURNED,
        "RefuseReturn": _S.CAPTURED,
        "AskAfterSales": _S.CAPTURED,
        "AnswerAfterSales": _S.CAPTURED,
        "OpenClaim": _S.CAPTURED,
        "Refund": _S.CAPTURED,
        "abscond": _S.CAPTURED,
        Timer.AFTER_SALES: _S.CAPTURED,
        Timer.RETURN: _S.RETURNED,
        Timer.RELEASE: _S.CAPTURED,
        Timer.RESERVE: _S.CAPTURED,
        Timer.COMPLETE: _S.COMPLETED,
    },
    _S.COMPLETED: {
        "RecordCapture": _S.COMPLETED,
        "ReduceOwed": _S.COMPLETED,
        "forgive": _S.COMPLETED,
        "WithdrawDelivery": _S.COMPLETED,
        "OpenClaim": _S.COMPLETED,
        "Refund": _S.COMPLETED,
        Timer.RELEASE: _S.COMPLETED,
        Timer.RESERVE: _S.COMPLETED,
    },
    _S.CANCELLED: {"RecordCapture": _S.CANCELLED, "DeliverOrder": _S.CANCELLED},
    _S.EXPIRED: {"RecordCapture": _S.EXPIRED},
    _S.RETURNED: {"RecordCapture": _S.RETURNED, Timer.RESERVE: _S.RETURNED},
    _S.WRITTEN_OFF: {"RecordCapture": _S.CAPTURED},
}

_ENDS = (_S.COMPLETED, _S.CANCELLED, _S.EXPIRED, _S.RETURNED, _S.WRITTEN_OFF)
ENDED = frozenset(_ENDS)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What was shown; claims are judged by it. `photo_hashes` are SHA-256, `price_minor` is of one piece."""

    title: str
    text: str
    price_minor: int
    photo_hashes: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    refund_terms: str = ""

    def digest(self) -> str:
        """Return the SHA-256 of the listing's canonical JSON, in hexadecimal."""
        return _digest(self)


@lru_cache(maxsize=4_096)
def _digest(listing: Listing) -> str:
    """Work it out once for what is ordered again and again; within a batch it is asked for twice an order."""
    return hashlib.sha256(msgspec.json.encode(listing, order="deterministic")).hexdigest()


class Snapshot(Row, frozen=True, kw_only=True):
    """A listing as it was shown; `id` is its digest, so the same listing is kept once."""

    called = Text("商品快照", "listing")

    immutable = True

    listing: Listing


class Order(Row, frozen=True, kw_only=True):
    """An order. Amounts in minor units of `currency`.

    `owed_minor` is what the consumer still owes: after placing it only goes down. It is more than nothing
    after the debit only where the provider took less than was asked. `held_minor` of its proceeds stands on
    the merchant's held account, `reserve_minor` in its reserve. `captured_minor` is all that the provider
    took; `awarded_minor` of it is the consumer's: paid back, still missing on a claim, or never owed and
    given back.
    `capture_asked_minor` is what the provider was asked for, `advanced_minor` what the platform paid ahead
    and has not come back. `loss_minor` is what
    the platform lost by an advance that was written off, until a late debit makes it good. `exposed_minor` is
    its part of the merchant's exposure. `disputed_at` pauses every timer. `release_at` is when held proceeds
    may go.

    What is shipped, delivered, performed or returned in parts is an order a part: `first_id` is the order
    that this one was split from, `parts` how many were split from it. `fee_from_minor` is up to where of the
    whole the fee has been taken. A `service` is performed, not shipped; no sooner than `not_before`.

    `late_asked_at` is when that was asked for of which was told that no answer came in time.
    """

    called = Text("订单", "order")

    merchant_id: str
    consumer_id: str
    currency: str
    amount_minor: int
    owed_minor: int
    policy_version: str
    snapshot_id: str
    state: OrderState
    placed_at: Instant
    ship_by: Instant
    confirmed_at: Instant | None = None
    ship_late: bool = False
    shipped_at: Instant | None = None
    deliver_by: Instant | None = None
    delivered_at: Instant | None = None
    advanced_minor: int = 0
    notice_asked_at: Instant | None = None
    notice_sent_at: Instant | None = None
    capture_at: Instant | None = None
    capture_asked_at: Instant | None = None
    captured_at: Instant | None = None
    captured_minor: int = 0
    awarded_minor: int = 0
    window_ends_at: Instant | None = None
    release_at: Instant | None = None
    held_minor: int = 0
    reserve_minor: int = 0
    reserve_until: Instant | None = None
    exposed_minor: int = 0
    claim_id: str | None = None
    disputed_at: Instant | None = None
    return_asked_at: Instant | None = None
    after_sales_asked_at: Instant | None = None
    overdue_at: Instant | None = None
    reminders: int = 0
    durable: bool = False
    loss_minor: int = 0
    capture_asked_minor: int = 0
    first_id: str | None = None
    parts: int = 0
    fee_from_minor: int = 0
    service: bool = False
    not_before: Instant | None = None
    late_asked_at: Instant | None = None
    wake_at: Instant | None = None


OPEN_ORDERS = index("open_orders", Order, "merchant_id", outside("state", *_ENDS))
"""The orders of a merchant that have not ended."""


PARTS = index("parts", Order, "first_id")
"""The orders that were split from one."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an order, with an id of its own: a parcel, pieces of a parcel, a step or term of a service.

    `what` says which. A step is performed no sooner than `not_before`, and by `ship_by`.
    """

    id: str
    amount_minor: int
    what: str = ""
    ship_by: Instant | None = None
    not_before: Instant | None = None


class PlaceOrder(Command, frozen=True, kw_only=True):
    """The consumer orders now and pays later. `confirmed`: this very order; `durable`: see 消保法 art 23.

    `parts` are parts of `amount_minor` that go their own ways from the first; the rest is the order itself,
    which `what` and `not_before` speak of.
    """

    order_id: str
    merchant_id: str
    consumer_id: str
    currency: str
    amount_minor: int
    listing: Listing
    confirmed: bool = True
    ship_by: Instant | None = None
    durable: bool = False
    service: bool = False
    what: str = ""
    not_before: Instant | None = None
    parts: tuple[Part, ...] = ()


class ConfirmOrder(Command, frozen=True, kw_only=True):
    """The consumer confirms an order that was placed for it."""

    order_id: str


class CancelOrder(Command, frozen=True, kw_only=True):
    """Cancel before the goods arrive; once they are shipped, only as the parcel was `taken_back`."""

    order_id: str
    reason: str
    taken_back: bool = False


class ShipOrder(Command, frozen=True, kw_only=True):
    """The merchant ships."""

    order_id: str
    tracking: str = ""


class DeliverOrder(Command, frozen=True, kw_only=True):
    """The goods arrived; the trial begins."""

    order_id: str


class ConfirmNotice(Command, frozen=True, kw_only=True):
    """The notice of the coming debit went out to the consumer."""

    order_id: str


class AskReturn(Command, frozen=True, kw_only=True):
    """The consumer sends the goods back, within the trial."""

    order_id: str


class ConfirmReturn(Command, frozen=True, kw_only=True):
    """The merchant has the goods back."""

    order_id: str


class AskAfterSales(Command, frozen=True, kw_only=True):
    """The consumer asks the merchant for help; the merchant has a time to answer."""

    order_id: str
    question: str


class AnswerAfterSales(Command, frozen=True, kw_only=True):
    """The merchant answers."""

    order_id: str
    answer: str


class ReduceOwed(Command, frozen=True, kw_only=True):
    """Lower what the consumer owes; it is never raised."""

    order_id: str
    owed_minor: int
    reason: str


class LoseParcel(Command, frozen=True, kw_only=True):
    """The carrier lost the parcel, or brings it back to the merchant: it has not arrived."""

    order_id: str
    reason: str


class WithdrawDelivery(Command, frozen=True, kw_only=True):
    """What was told of the arrival, or of the performance, was wrong."""

    order_id: str
    reason: str


class RefuseReturn(Command, frozen=True, kw_only=True):
    """The merchant says that what was sent back did not come back; the consumer may claim."""

    order_id: str
    reason: str
