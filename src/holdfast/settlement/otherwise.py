"""Money that goes other ways than was asked: to consumers as it is their own, to banks, to authorities."""

from typing import ClassVar

from holdfast.kernel.approval import A_PERSON, Approval
from holdfast.kernel.clock import Instant
from holdfast.kernel.index import among, index, nonzero
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.text import Named, Text


class RepaymentState(Named):
    """Where the return of a consumer's own money stands. *Bounced*: it waits for another account."""

    ASKED = "asked", "退还中"
    PAID = "paid", "已退还"
    BOUNCED = "bounced", "被退回"


REPAYMENT_TRANSITIONS: dict[RepaymentState, dict[str, RepaymentState]] = {
    RepaymentState.ASKED: {
        "ConfirmRepayment": RepaymentState.PAID,
        "FailRepayment": RepaymentState.BOUNCED,
        "on_its_way": RepaymentState.ASKED,
    },
    RepaymentState.PAID: {
        "ConfirmRepayment": RepaymentState.PAID,
        "FailRepayment": RepaymentState.BOUNCED,
    },
    RepaymentState.BOUNCED: {
        "ConfirmRepayment": RepaymentState.PAID,
        "FailRepayment": RepaymentState.BOUNCED,
        "RetryRepayment": RepaymentState.ASKED,
    },
}


class Why(Named):
    """Why money at the provider is a consumer's own."""

    OVER = "over", "多扣", "debited beyond what was owed"
    LATE = "late", "迟到的扣款", "debited late"
    DOUBLED = "doubled", "重复扣款", "debited twice"
    UNASKED = "unasked", "未发起的扣款", "debited unasked"
    RETURNED = "returned", "退款被银行退回", "a refund that came back"
    CURRENCY = "currency", "币种不符", "in another currency"
    WON = "won", "拒付申诉成功", "a chargeback that was won"


OF_THE_ORDER = frozenset({Why.OVER, Why.LATE, Why.DOUBLED, Why.UNASKED})
"""What was debited in the order's currency, beyond what it owed: it counts as captured, and as given back."""


class Repayment(Row, frozen=True, kw_only=True):
    """Money that is a consumer's own, on its way back: on its credit until the provider confirms.

    `paid_minor` of it the consumer has. `payment_id` is the hold of the last payment that was asked for, at
    `asked_at` while it is not answered; `since` is when the money was there.
    """

    called = Text("退还", "repayment")

    order_id: str
    merchant_id: str
    consumer_id: str
    currency: str
    amount_minor: int
    why: Why
    state: RepaymentState
    since: Instant
    payment_id: str | None = None
    paid_minor: int = 0
    asked_at: Instant | None = None
    wake_at: Instant | None = None

    @property
    def left_minor(self) -> int:
        """Return what the consumer has still to get, in minor units: it stands on its credit."""
        return self.amount_minor - self.paid_minor


BOUNCED_REPAYMENTS = index(
    "bounced_repayments", Repayment, "order_id", among("state", RepaymentState.BOUNCED)
)
"""What waits, of an order, for another account of its consumer."""


class RepaymentPayment(Row, frozen=True, kw_only=True):
    """A payment of a repayment, the newest or an older one; `id` is its hold.

    `paid_minor` of `asked_minor` arrived, and has not come back.
    """

    called = Text("退还的付款", "payment of a repayment")

    repayment_id: str
    asked_minor: int
    paid_minor: int


class OwedBack(Row, frozen=True, kw_only=True):
    """What a consumer got twice of an order, or a merchant in another currency: the platform has paid it.

    `id` says who: `consumer/ORDER/CURRENCY`, or `merchant/MERCHANT/CURRENCY`. `since` is from when, without a
    break, anything was owed back.
    """

    called = Text("应返还款", "owed back")

    merchant_id: str
    order_id: str | None
    consumer_id: str | None
    currency: str
    owed_minor: int
    since: Instant


class PaidOtherwise(Row, frozen=True, kw_only=True):
    """A payment of which another amount left than was asked, or that left late, or came back.

    `id` is the payout's; where it left in another currency than was asked, that is written behind it, also of
    a repayment's payment. `paid_minor` is what has been got of it, all told.
    """

    called = Text("不符的付款", "payment that went otherwise")

    merchant_id: str
    currency: str
    paid_minor: int


class Loss(Named):
    """Who took money at the provider without being paid by anyone, or got it twice."""

    CHARGEBACK = "chargeback", "拒付"
    SEIZURE = "seizure", "司法扣划"
    PAID_TWICE = "paid_twice", "重复支付"


class Taking(Row, frozen=True, kw_only=True):
    """What a consumer's bank or an authority took, or a consumer got twice; `id` is theirs, behind the kind.

    Who bore it: `own_minor` the order's proceeds, `available_minor` and `cover_minor` (reserve and deposit)
    the merchant; for `platform_minor` the merchant's money did not reach, and it owes it to the platform.
    `met_minor` was the consumer's: on its credit, or what its claim had still to get. `twice_minor` it had
    got back before. `won_minor` has come back, in the order of `settlement.chargebacks`.
    """

    called = Text("拒付或扣划", "taking")

    kind: Loss
    merchant_id: str
    order_id: str | None
    currency: str
    amount_minor: int
    platform_minor: int
    twice_minor: int
    at: Instant
    own_minor: int = 0
    available_minor: int = 0
    cover_minor: int = 0
    met_minor: int = 0
    won_minor: int = 0


class Freeze(Row, frozen=True, kw_only=True):
    """What a court or an authority ordered to stand still of a merchant's money; `id` is its own.

    `available_minor` of it was the merchant's to take, `cover_minor` reserve and deposit: both are on its
    `frozen` account. `missing_minor` was not there: what comes in is frozen, too. What is left of
    `amount_minor` was lifted or seized.
    """

    called = Text("司法冻结", "freeze")

    merchant_id: str
    currency: str
    amount_minor: int
    available_minor: int
    cover_minor: int
    missing_minor: int
    authority: str
    document: str
    since: Instant

    @property
    def frozen_minor(self) -> int:
        """Return what is on the merchant's `frozen` account for it, in minor units."""
        return self.available_minor + self.cover_minor


MISSING_FREEZES = index("missing_freezes", Freeze, "merchant_id", nonzero("missing_minor"))
"""The freezes of a merchant for which not all was there."""


class DoubtState(Named):
    """Whether a person has said of a debit without an id if it moved money."""

    OPEN = "open", "待查明"
    CONFIRMED = "confirmed", "确有扣款"
    DISMISSED = "dismissed", "并无扣款"


DOUBT_TRANSITIONS: dict[DoubtState, dict[str, DoubtState]] = {
    DoubtState.OPEN: {
        "ConfirmDoubt": DoubtState.CONFIRMED,
        "DismissDoubt": DoubtState.DISMISSED,
        "told_again": DoubtState.OPEN,
    },
    DoubtState.CONFIRMED: {"told_again": DoubtState.OPEN},
    DoubtState.DISMISSED: {"told_again": DoubtState.OPEN},
}


class Doubt(Row, frozen=True, kw_only=True):
    """A debit that answers no question and has no id: a second one, or the first told again. A person says.

    `id` is `ORDER/CURRENCY/AMOUNT`: the same is told any number of `times`. `amount_minor` is 0 where the
    provider said none.
    """

    called = Text("存疑扣款", "doubt")

    order_id: str
    merchant_id: str
    consumer_id: str
    currency: str
    amount_minor: int
    state: DoubtState
    times: int
    since: Instant


class ConfirmRepayment(Command, frozen=True, kw_only=True):
    """The provider paid the consumer back: all that was asked, or another amount; also after it had failed.

    `payment_id` is the payment's that arrived, be it an older one.
    """

    repayment_id: str
    currency: str = ""
    payment_id: str
    amount_minor: int | None = None


class FailRepayment(Command, frozen=True, kw_only=True):
    """The provider could not pay the consumer back, or the consumer's bank sent the payment back.

    Without an amount: all that is on its way, or all that had arrived.
    """

    repayment_id: str
    payment_id: str
    reason: str
    amount_minor: int | None = None
    currency: str = ""


class RetryRepayment(Command, frozen=True, kw_only=True):
    """The consumer has another account: the money is paid back to it."""

    repayment_id: str


class RecordRefundReturned(Command, frozen=True, kw_only=True):
    """A refund came back from the consumer's bank; `repayment_id` is the provider's id of that."""

    repayment_id: str
    order_id: str
    amount_minor: int
    reason: str
    currency: str = ""


class RecordPaidTwice(Command, frozen=True, kw_only=True):
    """The provider paid a consumer what nobody asked for, or a second time; `payment_id` is its own id."""

    payment_id: str
    order_id: str
    amount_minor: int
    reason: str
    currency: str = ""


class RecordChargeback(Command, frozen=True, kw_only=True):
    """The consumer's bank took a debit back; `chargeback_id` is its own id."""

    chargeback_id: str
    order_id: str
    amount_minor: int
    reason: str
    currency: str = ""


class RecordChargebackWon(Command, frozen=True, kw_only=True):
    """The consumer's bank gave a chargeback back, or a part. Without an amount: the rest."""

    chargeback_id: str
    amount_minor: int | None = None
    currency: str = ""


class RecordSeizure(Command, frozen=True, kw_only=True):
    """A court or an authority took money that stands as a merchant's, by `document`, frozen before or not."""

    seizure_id: str
    merchant_id: str
    amount_minor: int
    authority: str
    document: str
    currency: str = ""
    freeze_id: str | None = None


class RecordFreeze(Command, frozen=True, kw_only=True):
    """A court or an authority ordered money of a merchant to stand still, by `document`; none is taken."""

    freeze_id: str
    merchant_id: str
    amount_minor: int
    authority: str
    document: str
    currency: str = ""


class RecordFreezeLifted(Command, frozen=True, kw_only=True):
    """The authority lets go of what it froze, all or a part, by `document`."""

    freeze_id: str
    document: str
    amount_minor: int | None = None


class ConfirmDoubt(Command, frozen=True, kw_only=True):
    """A person has seen with the provider that the debit is one of its own: it is recorded with its id."""

    approval: ClassVar[Approval] = A_PERSON

    doubt_id: str
    debit_id: str
    amount_minor: int | None = None


class DismissDoubt(Command, frozen=True, kw_only=True):
    """A person has seen with the provider that no such debit moved money: it was told twice."""

    approval: ClassVar[Approval] = A_PERSON

    doubt_id: str
    reason: str
