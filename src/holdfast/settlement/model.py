"""Claims as they are paid, payouts and debts."""

from typing import Self

from holdfast.kernel.clock import Instant
from holdfast.kernel.index import among, false, index, nonzero, told, true
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.text import Named, Text
from holdfast.orders.model import Order


class ClaimState(Named):
    """Where a claim stands.

    *Waiting*: decided before a debit that policy does not stop, or that is on its way. *Upheld*: to be paid.
    *Short*: paid in part.
    """

    OPEN = "open", "待决定"
    REJECTED = "rejected", "已驳回"
    WAITING = "waiting", "等待赔付"
    UPHELD = "upheld", "获支持"
    FORGIVEN = "forgiven", "已豁免"
    SHORT = "short", "尚有不足"
    PAID = "paid", "已赔付"


CLAIM_TRANSITIONS: dict[ClaimState, dict[str, ClaimState]] = {
    ClaimState.OPEN: {
        "UpholdClaim": ClaimState.UPHELD,
        "RejectClaim": ClaimState.REJECTED,
        "abscond": ClaimState.UPHELD,
        "forgive": ClaimState.FORGIVEN,
        "wait": ClaimState.WAITING,
        "cancel": ClaimState.FORGIVEN,
    },
    ClaimState.WAITING: {
        "captured": ClaimState.UPHELD,
        "forgive": ClaimState.FORGIVEN,
        "cancel": ClaimState.FORGIVEN,
    },
    ClaimState.UPHELD: {
        "pay": ClaimState.PAID,
        "pay_short": ClaimState.SHORT,
        "cancel": ClaimState.FORGIVEN,
    },
    ClaimState.SHORT: {"recover": ClaimState.PAID, "recover_part": ClaimState.SHORT},
    ClaimState.REJECTED: {},
    ClaimState.FORGIVEN: {},
    ClaimState.PAID: {},
}


class Claim(Row, frozen=True, kw_only=True):
    """A claim on an order. Amounts in minor units; paid + missing = claimed once it is paid or short.

    `hold_id` reserves the merchant's available money for it while it is open. `late`, once it is upheld: the
    order's window had closed, so that no cover is kept for it. `asked_minor`, while it is open, is the part
    of the claimed amount that neither its order, nor the hold, nor cover is kept for. `next_round`: it became
    short while a recovery was shared among earlier short claims, and joins the round after that.
    """

    called = Text("赔付申请", "claim")

    order_id: str
    merchant_id: str
    consumer_id: str
    currency: str
    state: ClaimState
    claimed_minor: int
    paid_minor: int
    missing_minor: int
    opened_at: Instant
    reason: str
    hold_id: str | None = None
    late: bool = False
    asked_minor: int = 0
    next_round: bool = False

    @classmethod
    def on(
        cls, order: Order, claim_id: str, amount_minor: int, reason: str, state: ClaimState, now: Instant
    ) -> Self:
        """Return a new claim on an order, of which nothing is paid yet."""
        return cls(
            id=claim_id,
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            currency=order.currency,
            state=state,
            claimed_minor=amount_minor,
            paid_minor=0,
            missing_minor=0,
            opened_at=now,
            reason=reason,
        )

    @property
    def subjects(self) -> dict[str, str]:
        """Return the ids that every fact about the claim names."""
        return {
            "order_id": self.order_id,
            "merchant_id": self.merchant_id,
            "consumer_id": self.consumer_id,
            "claim_id": self.id,
        }


_SHORT = among("state", ClaimState.SHORT)
_UPHELD = among("state", ClaimState.UPHELD)
_LATE, _IN_TIME = true("late"), false("late")

SHORT_CLAIMS = index("short_claims", Claim, "merchant_id", _SHORT, _IN_TIME)
"""The claims of a merchant, made in their window, that were paid in part only."""

SHORT_LATE_CLAIMS = index("short_late_claims", Claim, "merchant_id", _SHORT, _LATE)
"""Those that were made after their window: recovered money comes to them later."""


SHORT_OF_ORDER = index("short_of_order", Claim, "order_id", _SHORT)
"""The claims on an order that were paid in part only."""

UPHELD_CLAIMS = index("upheld_claims", Claim, "merchant_id", _UPHELD, _IN_TIME)
"""The claims of a merchant, made in their window, that wait for their payment."""

UPHELD_LATE_CLAIMS = index("upheld_late_claims", Claim, "merchant_id", _UPHELD, _LATE)
"""Those that were made after their window: they are paid from the money that the others leave."""


ASKING_CLAIMS = index("asking_claims", Claim, "merchant_id", nonzero("asked_minor"))
"""The open claims of a merchant for which less is kept than they ask."""


HOLDING_CLAIMS = index("holding_claims", Claim, "merchant_id", told("hold_id"))
"""The claims of a merchant for which some of its available money is reserved."""


class PayoutState(Named):
    """Where the payout of a merchant's available money stands."""

    IDLE = "idle", "无打款"
    SCHEDULED = "scheduled", "已安排"
    ASKED = "asked", "打款中"


PAYOUT_TRANSITIONS: dict[PayoutState, dict[str, PayoutState]] = {
    PayoutState.IDLE: {
        "schedule": PayoutState.SCHEDULED,
        "ask": PayoutState.ASKED,
        "put_off": PayoutState.SCHEDULED,
        "refuse": PayoutState.IDLE,
    },
    PayoutState.SCHEDULED: {
        "ask": PayoutState.ASKED,
        "put_off": PayoutState.SCHEDULED,
        "refuse": PayoutState.IDLE,
        "nothing_left": PayoutState.IDLE,
    },
    PayoutState.ASKED: {
        "confirmed": PayoutState.IDLE,
        "failed": PayoutState.SCHEDULED,
    },
}
"""A report about a payout that is not on its way any more leaves the row in its state."""


class Payout(Row, frozen=True, kw_only=True):
    """The payouts of one merchant, whose id it has: one at a time. `refused`: the last one was refused.

    `waits_since`: of a payout that was asked for, since when the provider is to answer; otherwise since when
    nothing is paid until a person has looked, as an owner ran away with another merchant.
    """

    called = Text("打款", "payout")

    state: PayoutState
    hold_id: str | None = None
    refused: bool = False
    waits_since: Instant | None = None
    wake_at: Instant | None = None


class Debt(Row, frozen=True, kw_only=True):
    """The debts of a merchant, whose id it has: to consumers whose claims are short, to the fund, and others.

    `issuer_minor` was called of its guarantees: the merchant settles it with their issuers. `platform_minor`
    the platform paid in the merchant's place, as where an issuer refused. `late_minor` is the part of
    `short_minor` that claims after their windows miss.
    """

    called = Text("欠款", "debt")

    currency: str
    short_minor: int
    fund_minor: int
    issuer_minor: int = 0
    platform_minor: int = 0
    late_minor: int = 0

    @property
    def here_minor(self) -> int:
        """Return the debts, in minor units, that are taken from the merchant's money as it comes.

        Those to issuers of guarantees are not.
        """
        return self.short_minor + self.fund_minor + self.platform_minor

    @property
    def owed_minor(self) -> int:
        """Return the sum of all debts, in minor units."""
        return self.here_minor + self.issuer_minor


class RecoveryStage(Named):
    """Where the sharing of recovered money stands, while more claims are short than are paid at once.

    *Sharing*: a round shares it out. *Waiting*: it is set aside for the round that comes next.
    """

    DONE = "done", "已分完"
    SHARING = "sharing", "分配中"
    WAITING = "waiting", "待分配"


RECOVERY_TRANSITIONS: dict[RecoveryStage, dict[str, RecoveryStage]] = {
    RecoveryStage.DONE: {"begin": RecoveryStage.SHARING, "set_aside": RecoveryStage.WAITING},
    RecoveryStage.SHARING: {"shared": RecoveryStage.DONE},
    RecoveryStage.WAITING: {
        "begin": RecoveryStage.SHARING,
        "set_aside": RecoveryStage.WAITING,
        "few": RecoveryStage.DONE,
    },
}


class Recovery(Row, frozen=True, kw_only=True):
    """The rounds in which money recovered of a merchant, whose id it has, is shared among its short claims.

    A round, begun at `begun_at`, shares `pool_minor` among all claims that were short then, which missed
    `rest_minor`; `late`: those after their windows. `cursor` is the last id that it is done with;
    `swept_minor` and `given_minor` run with it, so that each claim gets its share exactly, whatever the
    slices. `hold_id` reserves the money, and money that comes in meanwhile, for the next round.
    """

    called = Text("追偿", "recovery")

    stage: RecoveryStage
    begun_at: Instant | None = None
    late: bool = False
    cursor: str = ""
    rest_minor: int = 0
    pool_minor: int = 0
    swept_minor: int = 0
    given_minor: int = 0
    claims: int = 0
    hold_id: str | None = None
    wake_at: Instant | None = None


class RecordCapture(Command, frozen=True, kw_only=True):
    """The provider debited the consumer.

    Without an amount, the one that it was asked for. `debit_id` is the provider's own id of the debit: with
    it every debit is recorded, once, also one that nobody asked for or that came twice. Without it the
    command is the answer to our request, whenever it comes; where no request is open, a person finds out if
    money moved.
    """

    order_id: str
    amount_minor: int | None = None
    currency: str = ""
    debit_id: str = ""


class RecordCaptureFailure(Command, frozen=True, kw_only=True):
    """The provider could not debit the consumer."""

    order_id: str
    reason: str


class ConfirmPayout(Command, frozen=True, kw_only=True):
    """The provider paid the merchant: the amount asked for, or another; also after it had failed."""

    merchant_id: str
    payout_id: str
    amount_minor: int | None = None
    currency: str = ""


class FailPayout(Command, frozen=True, kw_only=True):
    """The provider could not pay the merchant, or its bank sent the payment back: all of it, or an amount."""

    merchant_id: str
    payout_id: str
    reason: str
    amount_minor: int | None = None
    currency: str = ""


class PayDeposit(Command, frozen=True, kw_only=True):
    """The merchant pays into its deposit."""

    merchant_id: str
    amount_minor: int


class ReturnDeposit(Command, frozen=True, kw_only=True):
    """The merchant takes a part of its deposit that no order needs as cover."""

    merchant_id: str
    amount_minor: int


class CapitaliseFund(Command, frozen=True, kw_only=True):
    """Pay capital into the guarantee fund."""

    currency: str
    amount_minor: int


class Refund(Command, frozen=True, kw_only=True):
    """The merchant refunds from its own money: the order's proceeds, available money, cover not needed."""

    order_id: str
    amount_minor: int
    reason: str


class RecordRecovery(Command, frozen=True, kw_only=True):
    """Money came back from a merchant by other ways: by the police, by a court."""

    merchant_id: str
    amount_minor: int
    source: str
