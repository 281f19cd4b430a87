"""Tasks of settlement: debits in doubt, receipts, freezes, requests that nobody outside answered."""

from holdfast.kernel.actor import Role
from holdfast.kernel.index import among, nonzero, told
from holdfast.kernel.money import Money
from holdfast.kernel.task import Find, May, TaskKind
from holdfast.kernel.text import Text
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Hold
from holdfast.orders.model import Order, OrderState
from holdfast.parties.model import ClearMerchant, Merchant
from holdfast.settlement.model import (
    ConfirmPayout,
    FailPayout,
    Payout,
    PayoutState,
    RecordCapture,
    RecordCaptureFailure,
)
from holdfast.settlement.otherwise import (
    ConfirmDoubt,
    ConfirmRepayment,
    DismissDoubt,
    Doubt,
    DoubtState,
    FailRepayment,
    Freeze,
    RecordFreezeLifted,
    RecordSeizure,
    Repayment,
    RepaymentState,
    RetryRepayment,
)
from holdfast.settlement.received import AssignReceipt, Receipt


def _amount(row: Doubt, _find: Find) -> Money:
    return Money(row.amount_minor, row.currency)


def _left(row: Repayment | Receipt, _find: Find) -> Money:
    return Money(row.left_minor, row.currency)


def _missing(row: Freeze, _find: Find) -> Money:
    return Money(row.missing_minor, row.currency)


def _asked(row: Order, _find: Find) -> Money:
    return Money(row.capture_asked_minor, row.currency)


def _on_its_way(row: Payout, find: Find) -> Money | None:
    hold = None if row.hold_id is None else find(Hold, row.hold_id)
    return None if hold is None else Money(hold.open_minor, hold.currency)


def _kept_back(row: Payout, find: Find) -> Money | None:
    merchant = find(Merchant, row.id)
    if merchant is None:
        return None
    account = find(Account, chart.merchant(row.id, chart.AVAILABLE, merchant.currency))
    free = 0 if account is None else account.posted_minor - account.pending_out_minor
    return Money(free, merchant.currency)


DOUBT = TaskKind(
    "doubt",
    Doubt,
    (among("state", DoubtState.OPEN),),
    since="since",
    within="look_within",
    role=Role.STAFF,
    at_stake=_amount,
    may=(May(ConfirmDoubt, {"doubt_id": "id"}), May(DismissDoubt, {"doubt_id": "id"})),
    words=Text(
        "一笔没有编号的扣款，可能已划走款项：请向支付机构核实",
        "a debit was told without an id: ask the provider if it moved money",
    ),
)

RECEIPT = TaskKind(
    "receipt",
    Receipt,
    (nonzero("left_minor"),),
    since="since",
    within="look_within",
    role=Role.STAFF,
    at_stake=_left,
    may=(May(AssignReceipt, {"receipt_id": "id"}),),
    words=Text("收到来历不明的款项：请认领", "money came in that names nothing known: find out what it is"),
)

BOUNCED_REPAYMENT = TaskKind(
    "bounced_repayment",
    Repayment,
    (among("state", RepaymentState.BOUNCED),),
    since="since",
    within="look_within",
    role=Role.STAFF,
    at_stake=_left,
    may=(
        May(RetryRepayment, {"repayment_id": "id"}),
        May(ConfirmRepayment, {"repayment_id": "id", "payment_id": "payment_id"}),
    ),
    words=Text(
        "应退给消费者的款项未能退到：请联系消费者另给账户",
        "a consumer's own money did not reach it: have it name another account",
    ),
)

FREEZE_MISSING = TaskKind(
    "freeze_missing",
    Freeze,
    (nonzero("missing_minor"),),
    since="since",
    within="look_within",
    role=Role.STAFF,
    at_stake=_missing,
    may=(May(RecordFreezeLifted, {"freeze_id": "id"}), May(RecordSeizure, {"freeze_id": "id"})),
    words=Text(
        "商家款项不足以按要求冻结：请告知有权机关",
        "less was there than an authority ordered to stand still: tell it so",
    ),
)

OWNER_RAN_ELSEWHERE = TaskKind(
    "owner_ran_elsewhere",
    Payout,
    (among("state", PayoutState.IDLE, PayoutState.SCHEDULED), told("waits_since")),
    since="waits_since",
    within="look_within",
    role=Role.STAFF,
    at_stake=_kept_back,
    may=(May(ClearMerchant, {"merchant_id": "id"}),),
    words=Text(
        "商家的负责人曾在另一家店跑路，货款停止打款：请审查",
        "an owner ran away with another merchant, and this one is not paid: look at it",
    ),
)

CAPTURE_UNANSWERED = TaskKind(
    "capture_unanswered",
    Order,
    (among("state", OrderState.DELIVERED), told("capture_asked_at")),
    since="capture_asked_at",
    within="look_within",
    role=Role.STAFF,
    at_stake=_asked,
    may=(May(RecordCapture, {"order_id": "id"}), May(RecordCaptureFailure, {"order_id": "id"})),
    words=Text(
        "支付机构逾期未答复扣款：请核实是否扣到",
        "the provider did not answer a debit: ask it if it debited",
    ),
    answered_within="capture_answer_within",
)

PAYOUT_UNANSWERED = TaskKind(
    "payout_unanswered",
    Payout,
    (among("state", PayoutState.ASKED),),
    since="waits_since",
    within="look_within",
    role=Role.STAFF,
    at_stake=_on_its_way,
    may=(
        May(ConfirmPayout, {"merchant_id": "id", "payout_id": "hold_id"}),
        May(FailPayout, {"merchant_id": "id", "payout_id": "hold_id"}),
    ),
    words=Text(
        "支付机构逾期未答复打款：请核实是否到账",
        "the provider did not answer a payout: ask it if the merchant was paid",
    ),
    answered_within="payout_answer_within",
)

REPAYMENT_UNANSWERED = TaskKind(
    "repayment_unanswered",
    Repayment,
    (among("state", RepaymentState.ASKED),),
    since="asked_at",
    within="look_within",
    role=Role.STAFF,
    at_stake=_left,
    may=(
        May(ConfirmRepayment, {"repayment_id": "id", "payment_id": "payment_id"}),
        May(FailRepayment, {"repayment_id": "id", "payment_id": "payment_id"}),
    ),
    words=Text(
        "支付机构逾期未答复退款：请核实消费者是否收到",
        "the provider did not answer a repayment: ask it if the consumer was paid",
    ),
    answered_within="repayment_answer_within",
)

TASKS: tuple[TaskKind, ...] = (
    DOUBT,
    RECEIPT,
    BOUNCED_REPAYMENT,
    FREEZE_MISSING,
    OWNER_RAN_ELSEWHERE,
    CAPTURE_UNANSWERED,
    PAYOUT_UNANSWERED,
    REPAYMENT_UNANSWERED,
)
