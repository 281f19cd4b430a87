"""Money that goes other ways than was asked: to consumers as it is their own, to banks, to authorities."""

from enum import StrEnum

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, Row


class RepaymentState(StrEnum):
    """Where the return of a consumer's own money stands. *Bounced*: it waits for another account."""

    ASKED = "asked"
    PAID = "paid"
    BOUNCED = "bounced"


REPAYMENT_TRANSITIONS: dict[RepaymentState, dict[str, RepaymentState]] = {
    RepaymentState.ASKED: {
        "ConfirmRepayment": RepaymentState.PAID,
        "FailRepayment": RepaymentState.BOUNCED,
    },
    RepaymentState.PAID: {"FailRepayment": RepaymentState.BOUNCED},
    RepaymentState.BOUNCED: {
        "ConfirmRepayment": RepaymentState.PAID,
        "RetryRepayment": RepaymentState.ASKED,
    },
}


class Why(StrEnum):
    """Why money at the provider is a consumer's own."""

    OVER = "over"
    LATE = "late"
    DOUBLED = "doubled"
    UNASKED = "unasked"
    RETURNED = "returned"


class Repayment(Row, frozen=True, kw_only=True):
    """Money that is a consumer's own, on its way back: on its credit until the provider confirms.

    `payment_id` is the hold of the last payment that was asked for; `since` is when the money was there.
    """

    order_id: str
    merchant_id: str
    consumer_id: str
    currency: str
    amount_minor: int
    why: Why
    state: RepaymentState
    since: Instant
    payment_id: str | None = None


class PaidOtherwise(Row, frozen=True, kw_only=True):
    """A payout of which another amount left than was asked, or that left late, or came back; `id` is its own.

    `paid_minor` is what the merchant has got of it, all told.
    """

    merchant_id: str
    currency: str
    paid_minor: int


class Loss(StrEnum):
    """Who took money at the provider without being paid by anyone."""

    CHARGEBACK = "chargeback"
    SEIZURE = "seizure"


class Taking(Row, frozen=True, kw_only=True):
    """What a consumer's bank or an authority took; `id` is theirs, with the kind before it.

    `platform_minor` of it the merchant's money did not reach for, and the merchant owes it to the platform;
    `twice_minor` the consumer had got back before.
    """

    immutable = True

    kind: Loss
    merchant_id: str
    order_id: str | None
    currency: str
    amount_minor: int
    platform_minor: int
    twice_minor: int
    at: Instant


class ConfirmRepayment(Command, frozen=True, kw_only=True):
    """The provider paid the consumer back."""

    repayment_id: str
    currency: str = ""
    payment_id: str


class FailRepayment(Command, frozen=True, kw_only=True):
    """The provider could not pay the consumer back, or the consumer's bank sent the payment back."""

    repayment_id: str
    payment_id: str
    reason: str


class RetryRepayment(Command, frozen=True, kw_only=True):
    """The consumer has another account: a person has the money paid back to it."""

    repayment_id: str
    by: str


class RecordRefundReturned(Command, frozen=True, kw_only=True):
    """A refund came back from the consumer's bank; `repayment_id` is the provider's id of that."""

    repayment_id: str
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


class RecordSeizure(Command, frozen=True, kw_only=True):
    """A court or an authority took money that stands as a merchant's, by `document`."""

    seizure_id: str
    merchant_id: str
    amount_minor: int
    authority: str
    document: str
    currency: str = ""
