"""Facts of money that goes other ways than was asked."""

from typing import ClassVar

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.kernel.told_by import ToldBy
from holdfast.orders.facts import OrderFact
from holdfast.settlement.facts import ClaimFact


class DebitedBeyond(OrderFact, frozen=True, kw_only=True):
    """The provider took an amount that is not owed, or not any more: it is the consumer's, and goes back.

    `currency` is given where it is another than the order's.
    """

    called = Text("多扣款项待退还", "debited beyond")

    repayment_id: str
    amount_minor: int
    why: str
    debit_id: str = ""
    currency: str = ""


class RepaymentAsked(OrderFact, frozen=True, kw_only=True):
    """The provider is to pay a consumer's own money back; the amount is reserved until it confirms."""

    told_by: ClassVar[ToldBy | None] = ToldBy()
    called = Text("向支付机构发起退还", "repayment asked")

    repayment_id: str
    payment_id: str
    currency: str
    amount_minor: int


class RepaymentConfirmed(OrderFact, frozen=True, kw_only=True):
    """The consumer has its own money back. `owed_back_minor` was not its own: it owes that back.

    `currency` is given here, and in the facts below, since it may be another than the order's.
    """

    called = Text("款项退还到消费者", "repayment confirmed")

    repayment_id: str
    payment_id: str
    amount_minor: int
    currency: str = ""
    owed_back_minor: int = 0


class RepaymentFailed(OrderFact, frozen=True, kw_only=True):
    """The consumer could not be paid back: its money waits for another account.

    `owed_back_minor` is the platform's: the consumer had got that part twice, and does not owe it back any
    more.
    """

    called = Text("退还失败", "repayment failed")

    repayment_id: str
    payment_id: str
    amount_minor: int
    reason: str
    currency: str = ""
    owed_back_minor: int = 0


class RefundReturned(OrderFact, frozen=True, kw_only=True):
    """Money that had been paid to the consumer came back from its bank, and waits for another account.

    `owed_back_minor` is the platform's: the consumer had got that part twice, and does not owe it back any
    more.
    """

    called = Text("退款被银行退回", "refund returned")

    repayment_id: str
    amount_minor: int
    reason: str
    currency: str = ""
    owed_back_minor: int = 0


class ChargedBack(OrderFact, frozen=True, kw_only=True):
    """The consumer's bank took a debit back; the fields say from which sources it was met.

    The merchant owes `from_platform_minor` now; the consumer had got back `twice_minor` before. It had still
    to get `from_credit_minor`, which waited for it, and `met_minor`, which its claim missed (`ClaimMet`).
    """

    called = Text("消费者的银行撤回扣款（拒付）", "charged back")

    chargeback_id: str
    amount_minor: int
    from_order_minor: int
    from_available_minor: int
    from_reserve_minor: int
    from_deposit_minor: int
    from_platform_minor: int
    twice_minor: int
    reason: str
    currency: str = ""
    from_credit_minor: int = 0
    met_minor: int = 0


class MoneySeized(FactBody, frozen=True, kw_only=True):
    """An authority took money that stood as the merchant's. The merchant owes `from_platform_minor` now.

    `from_frozen_minor` had been frozen before. In another `currency` than the merchant's, the merchant owes
    it all.
    """

    merchant_id: str
    seizure_id: str
    amount_minor: int
    from_available_minor: int
    from_reserve_minor: int
    from_deposit_minor: int
    from_platform_minor: int
    authority: str
    document: str
    currency: str = ""
    from_frozen_minor: int = 0
    freeze_id: str | None = None


class DebitDoubted(OrderFact, frozen=True, kw_only=True):
    """A debit was reported without an id while no request was open: a person finds out if money moved."""

    called = Text("扣款存疑", "debit doubted")

    doubt_id: str
    currency: str
    amount_minor: int
    times: int


class DoubtConfirmed(OrderFact, frozen=True, kw_only=True):
    """The debit in doubt did move money: it is booked under this id."""

    told_by: ClassVar[ToldBy | None] = ToldBy()
    called = Text("存疑扣款属实", "doubt confirmed")

    doubt_id: str
    debit_id: str


class DoubtDismissed(OrderFact, frozen=True, kw_only=True):
    """The debit in doubt was reported twice: no money moved."""

    told_by: ClassVar[ToldBy | None] = ToldBy()
    called = Text("存疑扣款为重复通知", "doubt dismissed")

    doubt_id: str
    reason: str


class PaidTwice(OrderFact, frozen=True, kw_only=True):
    """The provider paid a consumer without a request.

    `met_minor` was due to the consumer, on its credit or for a claim that is short; of that the merchant owes
    the claim's part, `from_platform_minor`, to the platform now. The consumer owes back `owed_back_minor`.
    """

    called = Text("重复支付", "paid twice")

    payment_id: str
    currency: str
    amount_minor: int
    met_minor: int
    from_platform_minor: int
    owed_back_minor: int
    reason: str


class ClaimMet(ClaimFact, frozen=True, kw_only=True):
    """The consumer got the unpaid part of a claim by another way: from its bank, or by a second payment.

    `was_short`: the merchant owed it to the consumer, and owes it to the platform now.
    """

    called = Text("索赔未获部分已由消费者另行取得", "claim met")

    amount_minor: int
    missing_minor: int
    was_short: bool


class ChargebackWon(OrderFact, frozen=True, kw_only=True):
    """The consumer's bank gave a chargeback back, and those who had borne it have the money.

    `to_order_minor` is the order's proceeds again, `exposed_minor` of it within its window; the consumer does
    not owe back `owed_back_minor` any more; `to_consumer_minor` is the consumer's own.
    """

    called = Text("拒付申诉成功，款项退回", "chargeback won")

    chargeback_id: str
    currency: str
    amount_minor: int
    to_order_minor: int
    to_available_minor: int
    to_deposit_minor: int
    to_platform_minor: int
    to_consumer_minor: int
    owed_back_minor: int
    exposed_minor: int


class OwedBackReturned(FactBody, frozen=True, kw_only=True):
    """Money that somebody had got twice, or in another currency, came back; `owed_minor` is still due."""

    owed_back_id: str
    merchant_id: str
    order_id: str | None
    consumer_id: str | None
    currency: str
    amount_minor: int
    owed_minor: int


class ReceiptRecorded(FactBody, frozen=True, kw_only=True):
    """Money came in that names nothing that is known: it waits for a person to assign it."""

    receipt_id: str
    currency: str
    amount_minor: int
    reference: str


class ReceiptAssigned(FactBody, frozen=True, kw_only=True):
    """A person found out what a receipt is, for this amount; `left_minor` still waits."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    receipt_id: str
    to: str
    target_id: str
    currency: str
    amount_minor: int
    left_minor: int


class ProviderFeeTaken(FactBody, frozen=True, kw_only=True):
    """The provider took a fee of its own: the platform bears it."""

    fee_id: str
    order_id: str | None
    currency: str
    amount_minor: int
    what: str


class FreezeFact(FactBody, frozen=True, kw_only=True):
    """A fact about one freeze."""

    merchant_id: str
    freeze_id: str
    currency: str
    amount_minor: int
    missing_minor: int


class MoneyFrozen(FreezeFact, frozen=True, kw_only=True):
    """An authority ordered an amount to stand still: it is paid to nobody, and is cover no more.

    `missing_minor` of it is not there: money that comes in is frozen, too.
    """

    from_available_minor: int
    from_reserve_minor: int
    from_deposit_minor: int
    authority: str
    document: str


class MoreFrozen(FreezeFact, frozen=True, kw_only=True):
    """Money that came in was frozen, as an authority had ordered more than there was."""

    from_available_minor: int
    from_reserve_minor: int
    from_deposit_minor: int


class FreezeLifted(FreezeFact, frozen=True, kw_only=True):
    """The authority lifted a freeze, in part or whole: the money is the merchant's; cover becomes deposit."""

    to_available_minor: int
    to_deposit_minor: int
    document: str
