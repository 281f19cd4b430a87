"""Facts of settlement: debits, payouts, releases, claims as they are paid, recoveries."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.orders.facts import OrderFact


class CaptureAsked(OrderFact, frozen=True, kw_only=True):
    """The provider is to debit the consumer."""

    called = Text("向支付机构发起扣款", "capture asked")

    amount_minor: int


class OrderCaptured(OrderFact, frozen=True, kw_only=True):
    """The consumer was debited; the proceeds are held, `held_minor` in all.

    `owed_minor` is the part of the debt that was not taken.
    """

    called = Text("向消费者扣款成功，货款留存", "order captured")

    amount_minor: int
    held_minor: int
    window_ends_at: Instant
    owed_minor: int = 0


class RestCaptured(OrderFact, frozen=True, kw_only=True):
    """The consumer was debited again, for the rest that an earlier debit had left owed.

    `fresh_minor` of it is held; the platform had advanced the remainder.
    """

    called = Text("补扣此前未扣足的款项", "rest captured")

    amount_minor: int
    owed_minor: int
    fresh_minor: int
    exposed_minor: int


class CaptureFailed(OrderFact, frozen=True, kw_only=True):
    """The debit failed: the order is overdue."""

    called = Text("扣款失败，订单逾期", "capture failed")

    amount_minor: int
    reason: str


class OrderWrittenOff(OrderFact, frozen=True, kw_only=True):
    """The consumer's debt is not expected any more; `loss_minor`, advanced by the platform, is its loss."""

    called = Text("欠款核销", "order written off")

    owed_minor: int
    loss_minor: int


class ProceedsAdvanced(OrderFact, frozen=True, kw_only=True):
    """The platform paid the proceeds before the consumer did; they are held."""

    called = Text("平台垫付货款，留存待付", "proceeds advanced")

    amount_minor: int


class AdvanceTakenBack(OrderFact, frozen=True, kw_only=True):
    """The platform took back an advance, as the consumer owes less now.

    `amount_minor` came back; `missing_minor` could not be taken from the merchant.
    """

    called = Text("收回平台垫付的货款", "advance taken back")

    amount_minor: int
    held_minor: int
    reserve_minor: int
    deposit_minor: int
    missing_minor: int


class ProceedsReleased(OrderFact, frozen=True, kw_only=True):
    """Held proceeds were released: fee and fund's share taken, a part to the reserve, the rest available.

    `loss_minor` made good what the platform had lost on the order by an advance that was written off.
    """

    called = Text("留存的货款解冻", "proceeds released")

    held_minor: int
    fee_minor: int
    fund_minor: int
    reserve_minor: int
    available_minor: int
    loss_minor: int = 0


class ReserveReleased(OrderFact, frozen=True, kw_only=True):
    """An order's part of the reserve is available, less fee and fund's share where they were due."""

    called = Text("滚动准备金解冻", "reserve released")

    amount_minor: int
    fee_minor: int = 0
    fund_minor: int = 0
    loss_minor: int = 0


class OrderCompleted(OrderFact, frozen=True, kw_only=True):
    """The window of claims closed."""

    called = Text("订单完结", "order completed")

    amount_minor: int


class PayoutScheduled(FactBody, frozen=True, kw_only=True):
    """The merchant's available money will be paid out."""

    called = Text("安排打款", "payout scheduled")

    merchant_id: str
    payout_at: Instant


class PayoutAsked(FactBody, frozen=True, kw_only=True):
    """The provider is to pay the merchant; the amount is reserved until it confirms."""

    called = Text("向支付机构发起打款", "payout asked")

    merchant_id: str
    payout_id: str
    currency: str
    amount_minor: int


class PayoutConfirmed(FactBody, frozen=True, kw_only=True):
    """The provider paid the merchant. `from_platform_minor` was not the merchant's own: it owes that now.

    A payout in another `currency` than was asked it owes back whole, and the payout that was asked stays
    open.
    """

    called = Text("打款到达商家", "payout confirmed")

    merchant_id: str
    payout_id: str
    amount_minor: int
    from_platform_minor: int = 0
    currency: str = ""


class PayoutReturned(FactBody, frozen=True, kw_only=True):
    """A confirmed payout came back from the merchant's bank: the money is the merchant's as before.

    Of a payout in another `currency` than was asked, the amount is the merchant's debt that this settled.
    """

    merchant_id: str
    payout_id: str
    amount_minor: int
    reason: str
    currency: str = ""


class PayoutFailed(FactBody, frozen=True, kw_only=True):
    """The provider could not pay; the money is the merchant's as before."""

    merchant_id: str
    payout_id: str
    amount_minor: int
    reason: str


class PayoutHeld(FactBody, frozen=True, kw_only=True):
    """A payout that was due is held back: `code`, `reason` and `reason_zh` are those of the refusal.

    Those of earlier times say it in English alone.
    """

    merchant_id: str
    amount_minor: int
    code: str
    reason: str
    reason_zh: str = ""


class DepositPaid(FactBody, frozen=True, kw_only=True):
    """The merchant's deposit grew."""

    merchant_id: str
    amount_minor: int


class DepositReturned(FactBody, frozen=True, kw_only=True):
    """The merchant took a part of its deposit."""

    merchant_id: str
    amount_minor: int


class CoverFreed(FactBody, frozen=True, kw_only=True):
    """A part of reserve and deposit that cover does not need was freed, to pay the merchant's debts."""

    merchant_id: str
    reserve_minor: int
    deposit_minor: int


class FundCapitalised(FactBody, frozen=True, kw_only=True):
    """The fund's capital grew."""

    currency: str
    amount_minor: int


class ClaimFact(OrderFact, frozen=True, kw_only=True):
    """A fact about one claim."""

    claim_id: str


class ClaimForgiven(ClaimFact, frozen=True, kw_only=True):
    """The claim was met before anything was debited: so much less is owed."""

    called = Text("扣款前已免除，不再欠付", "claim forgiven")

    amount_minor: int


class ClaimPaid(ClaimFact, frozen=True, kw_only=True):
    """The consumer was paid, by source; `missing_minor` could not be paid."""

    called = Text("赔付消费者", "claim paid")

    amount_minor: int
    from_order_minor: int
    from_available_minor: int
    from_reserve_minor: int
    from_deposit_minor: int
    from_fund_minor: int
    missing_minor: int
    from_guarantee_minor: int = 0
    late: bool = False


class OrderRefunded(OrderFact, frozen=True, kw_only=True):
    """The merchant refunded, from its own money and from cover that no other order needs."""

    called = Text("商家退款", "order refunded")

    amount_minor: int
    from_order_minor: int
    from_available_minor: int
    reason: str
    from_reserve_minor: int = 0
    from_deposit_minor: int = 0


class ClaimRecovered(ClaimFact, frozen=True, kw_only=True):
    """A claim that was short got more, from money that was recovered of the merchant."""

    called = Text("追回款项，补足赔付", "claim recovered")

    amount_minor: int
    missing_minor: int


class RecoveryStarted(FactBody, frozen=True, kw_only=True):
    """Money recovered of a merchant begins to be shared among all claims that are short now.

    `pool_minor` is shared in proportion to the missing part of each; the missing parts come to
    `missing_minor`. `late`: these are the claims after their windows, which come once the others have theirs.
    """

    merchant_id: str
    missing_minor: int
    pool_minor: int
    late: bool


class RecoveryShared(FactBody, frozen=True, kw_only=True):
    """The round ended: `claims` claims had their shares."""

    merchant_id: str
    claims: int
    paid_minor: int
    late: bool


class FundRecovered(FactBody, frozen=True, kw_only=True):
    """The fund got back money that it had paid for the merchant; `owed_minor` is still to come."""

    merchant_id: str
    amount_minor: int
    owed_minor: int


class LossRecovered(FactBody, frozen=True, kw_only=True):
    """The platform got back money that it had paid for the merchant; `owed_minor` is still to come."""

    merchant_id: str
    amount_minor: int
    owed_minor: int


class RecoveryRecorded(FactBody, frozen=True, kw_only=True):
    """Money of a merchant came in by other ways, such as the police or a court."""

    merchant_id: str
    amount_minor: int
    source: str
