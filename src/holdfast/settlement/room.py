"""The declaration of the room of settlement. See `kernel.room`."""

from collections.abc import Iterator
from functools import lru_cache

from holdfast.guarantees.model import Guarantee
from holdfast.kernel.desk import Page
from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States, Turns
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Hold
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant
from holdfast.settlement import (
    capture,
    chargebacks,
    chargebacks_won,
    deposits,
    doubts,
    payout,
    receipts,
    recovery,
    refunds,
    repayment,
    takings,
)
from holdfast.settlement.checks import CHECKS
from holdfast.settlement.model import (
    ASKING_CLAIMS,
    CLAIM_TRANSITIONS,
    HOLDING_CLAIMS,
    PAYOUT_TRANSITIONS,
    RECOVERY_TRANSITIONS,
    SHORT_CLAIMS,
    SHORT_LATE_CLAIMS,
    SHORT_OF_ORDER,
    UPHELD_CLAIMS,
    UPHELD_LATE_CLAIMS,
    CapitaliseFund,
    Claim,
    ClaimState,
    ConfirmPayout,
    Debt,
    FailPayout,
    PayDeposit,
    Payout,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Recovery,
    RecoveryStage,
    Refund,
    ReturnDeposit,
)
from holdfast.settlement.otherwise import (
    BOUNCED_REPAYMENTS,
    DOUBT_TRANSITIONS,
    MISSING_FREEZES,
    REPAYMENT_TRANSITIONS,
    ConfirmDoubt,
    ConfirmRepayment,
    DismissDoubt,
    Doubt,
    FailRepayment,
    Freeze,
    OwedBack,
    PaidOtherwise,
    RecordChargeback,
    RecordChargebackWon,
    RecordFreeze,
    RecordFreezeLifted,
    RecordPaidTwice,
    RecordRefundReturned,
    RecordSeizure,
    Repayment,
    RepaymentPayment,
    RetryRepayment,
    Taking,
)
from holdfast.settlement.otherwise_checks import CHECKS as OTHERWISE_CHECKS
from holdfast.settlement.received import AssignReceipt, Receipt, RecordProviderFee, RecordUnassigned
from holdfast.settlement.settings import SETTINGS
from holdfast.settlement.tasks import TASKS
from holdfast.settlement.words import WORDS

_REMEMBERED = 4096
"""The number of merchants whose neighbours are cached: slices have the same ones again and again."""

_LIVING = frozenset({ClaimState.OPEN, ClaimState.WAITING, ClaimState.UPHELD, ClaimState.SHORT})


def _is_decided(claim: Claim) -> bool:
    return claim.state not in _LIVING


def _claim(claim_id: str | None) -> Iterator[Key]:
    if claim_id is not None:
        yield Claim, claim_id


def _of_merchant(merchant_id: str) -> Iterator[Key]:
    yield Payout, merchant_id
    yield Debt, merchant_id


def _order(order_id: str) -> Iterator[Key]:
    yield Order, order_id


def _hold(hold_id: str | None) -> Iterator[Key]:
    if hold_id is not None:
        yield Hold, hold_id


@lru_cache(_REMEMBERED)
def _sources(merchant_id: str, currency: str) -> tuple[Key, ...]:
    own = (chart.HELD, chart.RESERVE, chart.DEPOSIT, chart.OWED)
    return (
        *((Account, chart.merchant(merchant_id, kind, currency)) for kind in own),
        (Account, chart.house(chart.FUND, currency)),
        (Account, chart.house(chart.RECEIVABLES, currency)),
    )


def _merchant_and_hold(merchant_id: str, hold_id: str | None) -> Iterator[Key]:
    yield Merchant, merchant_id
    yield from _hold(hold_id)


def _rounds(merchant_id: str, stage: RecoveryStage, cursor: str, late: bool) -> Iterator[Page]:  # noqa: FBT001 - a column
    if stage is RecoveryStage.SHARING:
        index = SHORT_LATE_CLAIMS if late else SHORT_CLAIMS
        yield Page(index, merchant_id, cursor, recovery.SLICE)


ROOM = Room(
    "settlement",
    handles={
        RecordCapture: capture.record,
        RecordCaptureFailure: capture.record_failure,
        ConfirmPayout: payout.confirm,
        FailPayout: payout.fail,
        ConfirmRepayment: repayment.confirm,
        FailRepayment: repayment.fail,
        RetryRepayment: repayment.retry,
        RecordRefundReturned: repayment.returned,
        RecordPaidTwice: chargebacks.pay_twice,
        RecordChargeback: chargebacks.charge_back,
        RecordChargebackWon: chargebacks_won.win,
        RecordSeizure: takings.seize,
        RecordFreeze: takings.freeze,
        RecordFreezeLifted: takings.lift,
        ConfirmDoubt: capture.confirm_doubt,
        DismissDoubt: doubts.dismiss,
        RecordUnassigned: receipts.record,
        AssignReceipt: receipts.assign,
        RecordProviderFee: receipts.take_fee,
        PayDeposit: deposits.pay,
        ReturnDeposit: deposits.give_back,
        CapitaliseFund: deposits.capitalise,
        RecordRecovery: deposits.record_recovery,
        Refund: refunds.refund,
    },
    keeps=(
        Kept(
            Claim,
            "claims",
            _is_decided,
            begun_by={"ClaimOpened": "claim_id"},
            fixed=("order_id", "merchant_id", "consumer_id", "currency", "opened_at", "reason"),
            indexes=(
                ASKING_CLAIMS,
                HOLDING_CLAIMS,
                SHORT_CLAIMS,
                SHORT_LATE_CLAIMS,
                SHORT_OF_ORDER,
                UPHELD_CLAIMS,
                UPHELD_LATE_CLAIMS,
            ),
            states=States("Claims", CLAIM_TRANSITIONS),
            bounded=True,
        ),
        Kept(
            Payout,
            "payouts",
            STAYS,
            states=States("Payouts", PAYOUT_TRANSITIONS),
            named_after="merchant_id",
        ),
        Kept(
            Repayment,
            "repayments",
            STAYS,
            fixed=("order_id", "merchant_id", "consumer_id", "currency", "amount_minor", "why", "since"),
            indexes=(BOUNCED_REPAYMENTS,),
            states=States("Repayments", REPAYMENT_TRANSITIONS),
        ),
        Kept(RepaymentPayment, "repayment_payments", STAYS, fixed=("repayment_id", "asked_minor")),
        Kept(OwedBack, "owed_back", STAYS, fixed=("merchant_id", "order_id", "consumer_id", "currency")),
        Kept(
            PaidOtherwise,
            "paid_otherwise",
            STAYS,
            fixed=("merchant_id", "currency"),
            unchecked="it is what a provider told of one payment; the money is on accounts that are checked",
        ),
        Kept(
            Taking,
            "takings",
            STAYS,
            fixed=(
                "kind",
                "merchant_id",
                "order_id",
                "currency",
                "amount_minor",
                "platform_minor",
                "twice_minor",
                "at",
                "own_minor",
                "available_minor",
                "cover_minor",
                "met_minor",
            ),
        ),
        Kept(
            Freeze,
            "freezes",
            STAYS,
            fixed=("merchant_id", "currency", "amount_minor", "authority", "document", "since"),
            indexes=(MISSING_FREEZES,),
        ),
        Kept(
            Doubt,
            "doubts",
            STAYS,
            fixed=("order_id", "merchant_id", "consumer_id", "currency", "amount_minor"),
            states=States("Doubts", DOUBT_TRANSITIONS),
            unchecked="it is what a provider told, and moved no money",
        ),
        Kept(Receipt, "receipts", STAYS, fixed=("currency", "amount_minor", "reference", "since")),
        Kept(Debt, "debts", STAYS, fixed=("currency",), named_after="merchant_id"),
        Kept(
            Recovery,
            "recoveries",
            STAYS,
            states=States("Recoveries", RECOVERY_TRANSITIONS),
            named_after="merchant_id",
        ),
    ),
    names={
        "claim_id": (Claim,),
        "payment_id": (RepaymentPayment,),
        "repayment_id": (Repayment,),
        "freeze_id": (Freeze,),
        "doubt_id": (Doubt,),
        "receipt_id": (Receipt,),
    },
    neighbours=(
        Neighbours(Order, ("claim_id",), _claim),
        Neighbours(Merchant, ("id",), _of_merchant),
        Neighbours(Guarantee, ("merchant_id",), _of_merchant),
        Neighbours(Claim, ("order_id",), _order, enough=True),
        Neighbours(Claim, ("hold_id",), _hold),
        Neighbours(Claim, ("merchant_id", "currency"), _sources, money=True),
        Neighbours(Payout, ("id", "hold_id"), _merchant_and_hold),
        Neighbours(Recovery, ("id", "hold_id"), _merchant_and_hold),
    ),
    turns=(Turns(Recovery, ("id", "stage", "cursor", "late"), _rounds),),
    checks=(*CHECKS, *OTHERWISE_CHECKS),
    settings=SETTINGS,
    words=WORDS,
    tasks=TASKS,
)
