"""What happens to orders: the facts."""

from typing import ClassVar

from holdfast.kernel.actor import CLOCK, Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Named, Text
from holdfast.kernel.told_by import ToldBy
from holdfast.orders.services import Line

_MERCHANT = Actor(Nature.MACHINE, "library", Role.MERCHANT, Door.LIBRARY)
"""The merchant, whose statement the program that embeds the home has passed on."""


class Question(Named):
    """What somebody outside was asked for."""

    NOTICE = "notice", "扣款前通知"
    DEBIT = "debit", "扣款"
    PAYOUT = "payout", "打款"
    REPAYMENT = "repayment", "退还"


class AnswerOverdue(FactBody, frozen=True, kw_only=True):
    """What was asked for at `asked_at` was not answered in time: somebody finds out. No money moves by it.

    `asked_id` is the id that the answer names: the order's, the payout's, the payment's.
    """

    question: Question
    asked_id: str
    asked_at: Instant
    currency: str
    amount_minor: int
    merchant_id: str
    order_id: str | None = None
    consumer_id: str | None = None


class OrderFact(FactBody, frozen=True, kw_only=True):
    """A fact about one order, with its parties."""

    order_id: str
    merchant_id: str
    consumer_id: str


class OrderPlaced(OrderFact, frozen=True, kw_only=True):
    """An order was placed; nothing is debited yet."""

    called = Text("消费者下单", "order placed")

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

    called = Text("消费者确认订单", "order confirmed")


class OrderExpired(OrderFact, frozen=True, kw_only=True):
    """The consumer did not confirm in time."""

    called = Text("消费者逾期未确认，订单失效", "order expired")

    released_minor: int


class OrderCancelled(OrderFact, frozen=True, kw_only=True):
    """The order ended without a debit; `released_minor` is no longer owed."""

    called = Text("订单取消", "order cancelled")

    reason: str
    released_minor: int


class ShipmentOverdue(OrderFact, frozen=True, kw_only=True):
    """The merchant did not ship in time."""

    called = Text("商家逾期未发货", "shipment overdue")

    ship_by: Instant


class OrderShipped(OrderFact, frozen=True, kw_only=True):
    """The merchant shipped."""

    called = Text("商家发货", "order shipped")

    tracking: str


class OrderDelivered(OrderFact, frozen=True, kw_only=True):
    """The goods arrived; `capture_at` is the earliest debit."""

    called = Text("商品送达，试用期开始", "order delivered")

    amount_minor: int
    capture_at: Instant


class CaptureNoticeAsked(OrderFact, frozen=True, kw_only=True):
    """A notice is to go out: what will be debited, when, and how to object."""

    called = Text("安排扣款前通知", "capture notice asked")

    amount_minor: int
    capture_at: Instant
    statement: tuple[Line, ...] = ()


class CaptureNoticeSent(OrderFact, frozen=True, kw_only=True):
    """The notice went out; without it there is no debit."""

    called = Text("扣款前通知已送达", "capture notice sent")

    capture_at: Instant


class AfterSalesAsked(OrderFact, frozen=True, kw_only=True):
    """The consumer asked the merchant."""

    called = Text("消费者申请售后", "after sales asked")

    question: str
    answer_by: Instant


class AfterSalesAnswered(OrderFact, frozen=True, kw_only=True):
    """The merchant answered."""

    called = Text("商家答复售后", "after sales answered")

    answer: str


class AfterSalesUnanswered(OrderFact, frozen=True, kw_only=True):
    """The merchant let the time to answer pass."""

    called = Text("商家逾期未答复售后", "after sales unanswered")


class ReturnAsked(OrderFact, frozen=True, kw_only=True):
    """The goods are on their way back; the debit waits."""

    called = Text("消费者申请退货", "return asked")

    confirm_by: Instant


class OrderReturned(OrderFact, frozen=True, kw_only=True):
    """The goods are back, or the merchant let the time pass; `released_minor` is no longer owed."""

    told_by: ClassVar[ToldBy | None] = ToldBy(others=(("time", CLOCK), ("merchant", _MERCHANT)))

    called = Text("退货完成", "order returned")

    released_minor: int


class OwedReduced(OrderFact, frozen=True, kw_only=True):
    """The consumer owes less."""

    called = Text("应付金额减少", "owed reduced")

    owed_minor: int
    by_minor: int
    reason: str


class ReminderDue(OrderFact, frozen=True, kw_only=True):
    """The consumer is reminded, without a fee and outside of quiet hours."""

    called = Text("逾期提醒", "reminder due")

    number: int
    owed_minor: int


class OrderSplit(OrderFact, frozen=True, kw_only=True):
    """A part of the order goes its own way, as `part_id`; `left_minor` is what the order is for now."""

    called = Text("订单拆分，部分另行履行", "order split")

    part_id: str
    amount_minor: int
    left_minor: int


class PartBegan(OrderFact, frozen=True, kw_only=True):
    """A part of the order `of_id` stands where that one stood; `first_id` is the order that was placed.

    `exposed_minor` and `advanced_minor` are what it took of the other's exposure and advance.
    """

    called = Text("拆分出的部分开始单独履行", "part began")

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

    called = Text("服务完成，已出具结算清单", "service performed")

    amount_minor: int
    capture_at: Instant
    statement: tuple[Line, ...]


class ParcelLost(OrderFact, frozen=True, kw_only=True):
    """The carrier lost the parcel or could not bring it; the merchant may ship anew until `ship_by`."""

    called = Text("包裹丢失或未能送达", "parcel lost")

    reason: str
    ship_by: Instant


class DeliveryWithdrawn(OrderFact, frozen=True, kw_only=True):
    """The goods had not arrived, or the service was not performed, though that had been said.

    `claim_id`: money had moved, and this claim is for a person to decide; else nothing is debited yet.
    """

    called = Text("撤回送达（完成）记录", "delivery withdrawn")

    reason: str
    claim_id: str | None


class ArrivedAfterEnd(OrderFact, frozen=True, kw_only=True):
    """The goods arrived after the order had ended: nothing is owed for them, and they are the merchant's."""

    called = Text("订单结束后商品送达，不再付款", "arrived after end")


class ReturnRefused(OrderFact, frozen=True, kw_only=True):
    """The merchant says that the goods did not come back; the debit follows a new notice."""

    told_by: ClassVar[ToldBy | None] = ToldBy(role=Role.MERCHANT)

    called = Text("商家称未收到退货", "return refused")

    reason: str
    capture_at: Instant | None
