"""Claims, payouts and debts."""

from enum import StrEnum

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Index
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.orders.model import OrderFact


class ClaimState(StrEnum):
    """Where a claim stands.

    *Waiting*: decided before a debit that policy does not stop, or that is on its way. *Upheld*: to be paid.
    *Short*: paid in part.
    """

    OPEN = "open"
    REJECTED = "rejected"
    WAITING = "waiting"
    UPHELD = "upheld"
    FORGIVEN = "forgiven"
    SHORT = "short"
    PAID = "paid"


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
    },
    ClaimState.SHORT: {"recover": ClaimState.PAID, "recover_part": ClaimState.SHORT},
    ClaimState.REJECTED: {},
    ClaimState.FORGIVEN: {},
    ClaimState.PAID: {},
}


class Claim(Row, frozen=True, kw_only=True):
    """A claim on an order. Amounts in minor units; paid + missing = claimed once it is paid or short.

    `hold_id` reserves the merchant's available money for it while it is open.
    """

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


def _merchant_while_short(claim: Claim) -> str | None:
    return claim.merchant_id if claim.state is ClaimState.SHORT else None


def _merchant_while_upheld(claim: Claim) -> str | None:
    return claim.merchant_id if claim.state is ClaimState.UPHELD else None


SHORT_CLAIMS = Index("short_claims", Claim, _merchant_while_short)
"""The claims of a merchant that were paid in part only."""

UPHELD_CLAIMS = Index("upheld_claims", Claim, _merchant_while_upheld)
"""The claims of a merchant that wait for their payment."""


class PayoutState(StrEnum):
    """What happens to a merchant's available money next."""

    IDLE = "idle"
    SCHEDULED = "scheduled"
    ASKED = "asked"


class Payout(Row, frozen=True, kw_only=True):
    """The payouts of one merchant, whose id it has: one at a time. `refused` says that the last was."""

    state: PayoutState
    hold_id: str | None = None
    refused: bool = False
    wake_at: Instant | None = None


class Debt(Row, frozen=True, kw_only=True):
    """What a merchant, whose id it has, owes: to consumers whose claims are short, and to the fund."""

    currency: str
    short_minor: int
    fund_minor: int


class RecordCapture(Command, frozen=True, kw_only=True):
    """The provider debited the consumer."""

    order_id: str


class RecordCaptureFailure(Command, frozen=True, kw_only=True):
    """The provider could not debit the consumer."""

    order_id: str
    reason: str


class ConfirmPayout(Command, frozen=True, kw_only=True):
    """The provider paid the merchant."""

    merchant_id: str
    payout_id: str


class FailPayout(Command, frozen=True, kw_only=True):
    """The provider could not pay the merchant."""

    merchant_id: str
    payout_id: str
    reason: str


class PayDeposit(Command, frozen=True, kw_only=True):
    """The merchant pays into its deposit."""

    merchant_id: str
    amount_minor: int


class ReturnDeposit(Command, frozen=True, kw_only=True):
    """The merchant takes out of its deposit what cover allows."""

    merchant_id: str
    amount_minor: int


class CapitaliseFund(Command, frozen=True, kw_only=True):
    """Pay capital into the guarantee fund."""

    currency: str
    amount_minor: int


class OpenClaim(Command, frozen=True, kw_only=True):
    """The consumer claims: the debit stops and the payout is held in the same transaction."""

    claim_id: str
    order_id: str
    amount_minor: int
    reason: str


class UpholdClaim(Command, frozen=True, kw_only=True):
    """Decide a claim for the consumer, for all of it or a part; it is paid at once."""

    claim_id: str
    by: str
    amount_minor: int | None = None


class RejectClaim(Command, frozen=True, kw_only=True):
    """Decide a claim for the merchant; the order goes on where it stopped."""

    claim_id: str
    by: str
    reason: str


class Refund(Command, frozen=True, kw_only=True):
    """The merchant refunds from what is its own: the order's proceeds, then its available money."""

    order_id: str
    amount_minor: int
    reason: str


class RecordRecovery(Command, frozen=True, kw_only=True):
    """Money came back from a merchant by other ways: by the police, by a court."""

    merchant_id: str
    amount_minor: int
    source: str


class CaptureAsked(OrderFact, frozen=True, kw_only=True):
    """The provider is to debit the consumer."""

    amount_minor: int


class OrderCaptured(OrderFact, frozen=True, kw_only=True):
    """The consumer was debited; the proceeds are held, of `held_minor` in all."""

    amount_minor: int
    held_minor: int
    window_ends_at: Instant


class CaptureFailed(OrderFact, frozen=True, kw_only=True):
    """The debit failed: the order is overdue."""

    amount_minor: int
    reason: str


class OrderWrittenOff(OrderFact, frozen=True, kw_only=True):
    """What is owed is not expected any more; `loss_minor` is the platform's, where it paid in advance."""

    owed_minor: int
    loss_minor: int


class ProceedsAdvanced(OrderFact, frozen=True, kw_only=True):
    """The platform paid the proceeds before the consumer did; they are held."""

    amount_minor: int


class AdvanceTakenBack(OrderFact, frozen=True, kw_only=True):
    """An advance on what is no longer owed went back; `missing_minor` could not."""

    amount_minor: int
    held_minor: int
    reserve_minor: int
    deposit_minor: int
    missing_minor: int


class ProceedsReleased(OrderFact, frozen=True, kw_only=True):
    """Held proceeds were released: fee and fund's share taken, a part to the reserve, the rest available."""

    held_minor: int
    fee_minor: int
    fund_minor: int
    reserve_minor: int
    available_minor: int


class ReserveReleased(OrderFact, frozen=True, kw_only=True):
    """What an order had put into the reserve is available."""

    amount_minor: int


class OrderCompleted(OrderFact, frozen=True, kw_only=True):
    """The window of claims closed."""

    amount_minor: int


class PayoutScheduled(FactBody, frozen=True, kw_only=True):
    """The merchant's available money will be paid out."""

    merchant_id: str
    payout_at: Instant


class PayoutAsked(FactBody, frozen=True, kw_only=True):
    """The provider is to pay the merchant; the amount is reserved until it confirms."""

    merchant_id: str
    payout_id: str
    currency: str
    amount_minor: int


class PayoutConfirmed(FactBody, frozen=True, kw_only=True):
    """The provider paid the merchant."""

    merchant_id: str
    payout_id: str
    amount_minor: int


class PayoutFailed(FactBody, frozen=True, kw_only=True):
    """The provider could not pay; the money is the merchant's as before."""

    merchant_id: str
    payout_id: str
    amount_minor: int
    reason: str


class PayoutHeld(FactBody, frozen=True, kw_only=True):
    """A payout that was due is held back, with the reason and what is missing."""

    merchant_id: str
    amount_minor: int
    code: str
    reason: str


class DepositPaid(FactBody, frozen=True, kw_only=True):
    """The merchant's deposit grew."""

    merchant_id: str
    amount_minor: int


class DepositReturned(FactBody, frozen=True, kw_only=True):
    """The merchant took a part of its deposit."""

    merchant_id: str
    amount_minor: int


class FundCapitalised(FactBody, frozen=True, kw_only=True):
    """The fund's capital grew."""

    currency: str
    amount_minor: int


class ClaimFact(OrderFact, frozen=True, kw_only=True):
    """A fact about one claim."""

    claim_id: str


class ClaimOpened(ClaimFact, frozen=True, kw_only=True):
    """A claim was filed; `payout_held_minor` of the merchant's available money is reserved for it."""

    amount_minor: int
    reason: str
    payout_held_minor: int


class ClaimUpheld(ClaimFact, frozen=True, kw_only=True):
    """The claim is justified, for this amount."""

    amount_minor: int
    by: str


class ClaimWaits(ClaimFact, frozen=True, kw_only=True):
    """The claim is justified, but the debit is on its way, or policy lets it happen first."""

    amount_minor: int
    by: str


class ClaimRejected(ClaimFact, frozen=True, kw_only=True):
    """The claim is not justified."""

    by: str
    reason: str


class ClaimForgiven(ClaimFact, frozen=True, kw_only=True):
    """The claim was met before anything was debited: so much less is owed."""

    amount_minor: int


class ClaimPaid(ClaimFact, frozen=True, kw_only=True):
    """The consumer was paid, and from where; `missing_minor` could not be."""

    amount_minor: int
    from_order_minor: int
    from_available_minor: int
    from_reserve_minor: int
    from_deposit_minor: int
    from_fund_minor: int
    missing_minor: int


class OrderRefunded(OrderFact, frozen=True, kw_only=True):
    """The merchant refunded."""

    amount_minor: int
    from_order_minor: int
    from_available_minor: int
    reason: str


class ClaimRecovered(ClaimFact, frozen=True, kw_only=True):
    """A claim that was short got more, from what the merchant was found to have."""

    amount_minor: int
    missing_minor: int


class FundRecovered(FactBody, frozen=True, kw_only=True):
    """The fund got back what it had paid for the merchant."""

    merchant_id: str
    amount_minor: int
    owed_minor: int


class RecoveryRecorded(FactBody, frozen=True, kw_only=True):
    """Money of a merchant came in by other ways."""

    merchant_id: str
    amount_minor: int
    source: str
