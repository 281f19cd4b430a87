"""Money that came in and names nothing that is known; fees that the provider takes for itself."""

from typing import ClassVar

from holdfast.kernel.approval import A_PERSON, Approval
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.text import Named, Text


class Target(Named):
    """The purpose of a receipt, as a person found it; `target_id` of the assignment names the one meant."""

    ORDER = "order", "订单"
    DEPOSIT = "deposit", "保证金"
    DEBT = "debt", "欠款"
    OWED_BACK = "owed_back", "应返还款"
    SENDER = "sender", "汇款人"


class Receipt(Row, frozen=True, kw_only=True):
    """Money that arrived at the provider and is not assigned yet; `id` is the provider's. `left_minor` waits.

    `reference` is the text that came with it, such as the order that it named.
    """

    called = Text("待认领款项", "receipt")

    currency: str
    amount_minor: int
    left_minor: int
    reference: str
    since: Instant


class RecordUnassigned(Command, frozen=True, kw_only=True):
    """Money arrived at the provider that names no order that is known; `receipt_id` is the provider's own."""

    receipt_id: str
    currency: str
    amount_minor: int
    reference: str


class AssignReceipt(Command, frozen=True, kw_only=True):
    """A person has found what a receipt is: an order's debit, a merchant's money, or the sender's again.

    `target_id` is the id of the order, of the merchant (deposit, debt), or of the row that is owed back; for
    the sender, a text that names the payment. Without an amount, all that is left.
    """

    approval: ClassVar[Approval] = A_PERSON

    receipt_id: str
    to: Target
    target_id: str
    amount_minor: int | None = None


class RecordProviderFee(Command, frozen=True, kw_only=True):
    """The provider took a fee of its own, for an order or not; `fee_id` is its id. The platform bears it."""

    fee_id: str
    currency: str
    amount_minor: int
    what: str
    order_id: str | None = None
