"""Which handler answers which command."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from holdfast.coverage.model import RecordPeers
from holdfast.coverage.record import record_peers
from holdfast.enforcement import handlers as enforcement
from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.engine import clock
from holdfast.engine.clock import ConfirmClock
from holdfast.evidence import handlers as evidence
from holdfast.evidence.model import RecordCustody, RecordEvidence
from holdfast.guarantees import handlers as guarantees
from holdfast.guarantees.model import (
    RecordGuarantee,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody
from holdfast.ledger import handlers as ledger
from holdfast.ledger.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.orders import deliveries
from holdfast.orders import handlers as orders
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    PlaceOrder,
    ReduceOwed,
    ShipOrder,
)
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.services import LoseParcel, PerformOrder, RefuseReturn, WithdrawDelivery
from holdfast.parties import handlers as parties
from holdfast.parties.model import (
    ClearMerchant,
    ClosePayLater,
    OpenPayLater,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.policy import handlers as policy
from holdfast.policy.model import AdoptPolicy
from holdfast.settlement import (
    capture,
    chargebacks,
    chargebacks_won,
    claims,
    deposits,
    doubts,
    payout,
    receipts,
    refunds,
    repayment,
    returns,
    takings,
    withdrawn,
)
from holdfast.settlement.model import (
    CapitaliseFund,
    ConfirmPayout,
    FailPayout,
    OpenClaim,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Refund,
    RejectClaim,
    ReturnDeposit,
    UpholdClaim,
)
from holdfast.settlement.otherwise import (
    ConfirmDoubt,
    ConfirmRepayment,
    DismissDoubt,
    FailRepayment,
    RecordChargeback,
    RecordChargebackWon,
    RecordFreeze,
    RecordFreezeLifted,
    RecordPaidTwice,
    RecordRefundReturned,
    RecordSeizure,
    RetryRepayment,
)
from holdfast.settlement.received import AssignReceipt, RecordProviderFee, RecordUnassigned

Handler = Callable[[Desk, Any, Instant], Sequence[FactBody]]

HANDLERS: Mapping[type[Command], Handler] = {
    AdoptPolicy: policy.adopt,
    ConfirmClock: clock.confirm,
    OpenAccount: ledger.open_account,
    MoveMoney: ledger.move,
    MoveLinked: ledger.move_linked,
    PlaceHold: ledger.place_hold,
    PostHold: ledger.post_hold,
    VoidHold: ledger.void_hold,
    ReverseTransfer: ledger.reverse,
    RecordPeers: record_peers,
    RegisterMerchant: parties.register_merchant,
    SuspendMerchant: parties.suspend,
    ReinstateMerchant: parties.reinstate,
    ClearMerchant: parties.clear,
    OpenPayLater: parties.open_pay_later,
    ClosePayLater: parties.close_pay_later,
    SetConsumerLimit: parties.set_limit,
    RecordGuarantee: guarantees.record,
    ReleaseGuarantee: guarantees.release,
    RecordGuaranteePaid: guarantees.paid,
    RecordGuaranteeRefused: guarantees.refused,
    RecordIssuerSettled: guarantees.settled,
    PlaceOrder: orders.place,
    ConfirmOrder: orders.confirm,
    CancelOrder: orders.cancel,
    SplitOrder: deliveries.split,
    CancelRest: deliveries.cancel_rest,
    ShipOrder: deliveries.ship,
    LoseParcel: deliveries.lose,
    DeliverOrder: deliveries.deliver,
    PerformOrder: deliveries.perform,
    WithdrawDelivery: withdrawn.withdraw,
    ConfirmNotice: orders.confirm_notice,
    AskReturn: orders.ask_return,
    ConfirmReturn: returns.confirm,
    RefuseReturn: withdrawn.refuse_return,
    AskAfterSales: orders.ask_after_sales,
    AnswerAfterSales: orders.answer_after_sales,
    ReduceOwed: orders.lower_owed,
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
    OpenClaim: claims.open_claim,
    UpholdClaim: claims.uphold,
    RejectClaim: claims.reject,
    Refund: refunds.refund,
    DeclareAbsconded: enforcement.declare,
    WithdrawDeclaration: enforcement.withdraw,
    RecordEvidence: evidence.record,
    RecordCustody: evidence.record_custody,
}
