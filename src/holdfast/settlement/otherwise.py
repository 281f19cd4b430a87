"""Rows and commands of money that goes other ways than was asked: to consumers, banks, authorities."""

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
"""Debits in the order's currency beyond its debt: they count as captured, and as given back."""


class Repayment(Row, frozen=True, kw_only=True):
    """Money that is a consumer's own, on its way back: on its credit until the provider confirms.

    `paid_minor` has reached the consumer. `payment_id` is the hold of the last payment that was asked for, at
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
        """Return the amount, in minor units, that the consumer has still to get: it is on its credit."""
        return self.amount_minor - self.paid_minor


BOUNCED_REPAYMENTS = index(
    "bounced_repayments", Repayment, "order_id", among("state", RepaymentState.BOUNCED)
)
"""The repayments of an order that wait for another account of its consumer."""


class RepaymentPayment(Row, frozen=True, kw_only=True):
    """A payment of a repayment, the newest or an older one; `id` is its hold.

    `paid_minor` of `asked_minor` arrived, and has not come back.
    """

    called = Text("退还的付款", "payment of a repayment")

    repayment_id: str
    asked_minor: int
    paid_minor: int


class OwedBack(Row, frozen=True, kw_only=True):
    """An amount that somebody got twice, or in another currency than was asked; the platform has paid it.

    `id` names the debtor: `consumer/ORDER/CURRENCY`, or `merchant/MERCHANT/CURRENCY`. `since` is from when,
    without a break, anything was owed back.
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

    `id` is the payout's; for a payment in another currency than was asked it is the payout's, or that of a
    repayment's payment, with the currency behind it. `paid_minor` has arrived, of all that was reported.
    """

    called = Text("不符的付款", "payment that went otherwise")

    merchant_id: str
    currency: str
    paid_minor: int


class Loss(Named):
    """How money left at the provider without a request of ours."""

    CHARGEBACK = "chargeback", "拒付"
    SEIZURE = "seizure", "司法扣划"
    PAID_TWICE = "paid_twice", "重复支付"


class Taking(Row, frozen=True, kw_only=True):
    """Money that a consumer's bank or an authority took, or that a consumer got twice.

    `id` is the bank's, the authority's or the provider's, behind the kind. Who bore it: `own_minor` the
    order's proceeds, `available_minor` and `cover_minor` (reserve and deposit) the merchant; `platform_minor`
    the platform, as the merchant's money did not reach: the merchant owes it. `met_minor` was due to the
    consumer, on its credit or for its claim. `twice_minor` it had got back before. `won_minor` has come back,
    in the order of `settlement.chargebacks_won`.
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
    """An order of a court or an authority that money of a merchant stand still; `id` is the authority's own.

    `available_minor` had been the merchant's to take, `cover_minor` reserve and deposit: both are on its
    `frozen` account. `missing_minor` was not there: money that comes in is frozen, too. The difference from
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
        """Return the amount on the merchant's `frozen` account for this freeze, in minor units."""
        return self.available_minor + self.cover_minor


MISSING_FREEZES = index("missing_freezes", Freeze, "merchant_id", nonzero("missing_minor"))
"""The freezes of a merchant for which less money was there than was ordered."""


class DoubtState(Named):
    """Whether a debit without an id moved money, as a person has found."""

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
    """A debit reported without an id while no request was open: a second debit, or a report sent twice.

    A person finds out. `id` is `ORDER/CURRENCY/AMOUNT`: the same report may come any number of `times`.
    `amount_minor` is 0 where the provider named no amount.
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
    """The provider paid the consumer back: the amount asked for, or another; also after it had failed.

    `payment_id` names the payment that arrived, be it an older one.
    """

    repayment_id: str
    currency: str = ""
    payment_id: str
    amount_minor: int | None = None


class FailRepayment(Command, frozen=True, kw_only=True):
    """The provider could not pay the consumer back, or the consumer's bank sent the payment back.

    Without an amount, the whole payment: all that was on its way, or all that had arrived.
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
    """A refund came back from the consumer's bank; `repayment_id` is the provider's id of the return."""

    repayment_id: str
    order_id: str
    amount_minor: int
    reason: str
    currency: str = ""


class RecordPaidTwice(Command, frozen=True, kw_only=True):
    """The provider paid a consumer without a request, or a second time; `payment_id` is its own id."""

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
    """The consumer's bank gave a chargeback back, or a part of it. Without an amount, the rest."""

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
    """The authority lifts a freeze by `document`: the given amount or, without one, all of it."""

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
    """A person has seen with the provider that no such debit moved money: the report came twice."""

    approval: ClassVar[Approval] = A_PERSON

    doubt_id: str
    reason: str
