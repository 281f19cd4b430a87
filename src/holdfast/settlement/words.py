"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.settlement.facts import (
    AdvanceTakenBack,
    CaptureAsked,
    CaptureFailed,
    ClaimForgiven,
    ClaimPaid,
    ClaimRecovered,
    CoverFreed,
    DepositPaid,
    DepositReturned,
    FundCapitalised,
    FundRecovered,
    LossRecovered,
    OrderCaptured,
    OrderCompleted,
    OrderRefunded,
    OrderWrittenOff,
    PayoutAsked,
    PayoutConfirmed,
    PayoutFailed,
    PayoutHeld,
    PayoutReturned,
    PayoutScheduled,
    ProceedsAdvanced,
    ProceedsReleased,
    RecoveryRecorded,
    RecoveryShared,
    RecoveryStarted,
    ReserveReleased,
    RestCaptured,
)
from holdfast.settlement.otherwise_facts import (
    ChargebackWon,
    ChargedBack,
    ClaimMet,
    DebitDoubted,
    DebitedBeyond,
    DoubtConfirmed,
    DoubtDismissed,
    FreezeLifted,
    MoneyFrozen,
    MoneySeized,
    MoreFrozen,
    OwedBackReturned,
    PaidTwice,
    ProviderFeeTaken,
    ReceiptAssigned,
    ReceiptRecorded,
    RefundReturned,
    RepaymentAsked,
    RepaymentConfirmed,
    RepaymentFailed,
)

WORDS: Mapping[type[FactBody], Text] = {
    AdvanceTakenBack: Text(
        "收回平台垫付的货款",
        "{amount_minor} of the advance was taken back; {missing_minor} could not be",
    ),
    CaptureAsked: Text(
        "向支付机构发起扣款",
        "the provider was asked to debit {amount_minor}",
    ),
    CaptureFailed: Text(
        "扣款失败，订单逾期",
        "the debit of {amount_minor} failed: {reason}; the order is overdue",
    ),
    ChargebackWon: Text(
        "拒付申诉成功，款项退回",
        "the consumer's bank gave {amount_minor} back: {to_order_minor} to the order, "
        "{to_available_minor} to the balance, {to_deposit_minor} to the deposit, "
        "{to_platform_minor} to the platform, {to_consumer_minor} to the consumer; "
        "{owed_back_minor} is not owed back any more",
    ),
    ChargedBack: Text(
        "消费者的银行撤回扣款（拒付）",
        "the consumer's bank took {amount_minor} back ({reason}): {from_order_minor} from the "
        "order, {from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
        "{from_deposit_minor} from the deposit, {from_platform_minor} from the platform; "
        "{twice_minor} the consumer had got back before; {from_credit_minor} waited for it, "
        "{met_minor} its claim missed",
    ),
    ClaimForgiven: Text(
        "扣款前已免除，不再欠付",
        "claim {claim_id} was met before the debit: {amount_minor} less is owed",
    ),
    ClaimMet: Text(
        "索赔未获部分已由消费者另行取得",
        "{amount_minor} of claim {claim_id} the consumer got by another way; {missing_minor} is missing",
    ),
    ClaimPaid: Text(
        "赔付消费者",
        "claim {claim_id} was paid {amount_minor}: {from_order_minor} from the order, "
        "{from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
        "{from_deposit_minor} from the deposit, {from_guarantee_minor} from the guarantees, "
        "{from_fund_minor} from the fund; {missing_minor} is missing",
    ),
    ClaimRecovered: Text(
        "追回款项，补足赔付",
        "claim {claim_id} got {amount_minor} more; {missing_minor} is missing",
    ),
    CoverFreed: Text(
        "多余的保障转偿欠款",
        "{reserve_minor} of the reserve and {deposit_minor} of the deposit, which no order needs "
        "as cover, went to what the merchant owes",
    ),
    DebitDoubted: Text(
        "扣款存疑，待人工核实",
        "a debit of {amount_minor} was told without an id, and answers no question ({times} "
        "times): a person finds out if money moved",
    ),
    DebitedBeyond: Text(
        "多扣、迟到或重复的扣款，属消费者所有，予以退还",
        "the provider took {amount_minor} that is not owed ({why}): it goes back",
    ),
    DepositPaid: Text(
        "商家缴纳保证金",
        "the merchant paid {amount_minor} into its deposit",
    ),
    DepositReturned: Text(
        "退还保证金",
        "{amount_minor} of the deposit was returned",
    ),
    DoubtConfirmed: Text(
        "{actor}核实存疑扣款确有其事",
        "{actor} found the debit in doubt to be {debit_id}",
    ),
    DoubtDismissed: Text(
        "{actor}核实存疑扣款为重复通知",
        "{actor} found that the debit in doubt moved no money: {reason}",
    ),
    FreezeLifted: Text(
        "冻结解除",
        "{amount_minor} was let go by {document}: {to_available_minor} to the balance, "
        "{to_deposit_minor} to the deposit",
    ),
    FundCapitalised: Text(
        "保障基金注资",
        "the guarantee fund got {amount_minor} of capital",
    ),
    FundRecovered: Text(
        "保障基金追偿到账",
        "the fund got back {amount_minor}; the merchant still owes it {owed_minor}",
    ),
    LossRecovered: Text(
        "平台追回因开立人拒付而承担的损失",
        "the platform got back {amount_minor} that an issuer had refused; the merchant still owes "
        "it {owed_minor}",
    ),
    MoneyFrozen: Text(
        "有权机关冻结商家款项",
        "{authority} froze {amount_minor} by {document}: {from_available_minor} from the balance, "
        "{from_reserve_minor} from the reserve, {from_deposit_minor} from the deposit; "
        "{missing_minor} is not there",
    ),
    MoneySeized: Text(
        "有权机关扣划商家款项",
        "{authority} took {amount_minor} by {document}: {from_available_minor} from the balance, "
        "{from_reserve_minor} from the reserve, {from_deposit_minor} from the deposit, "
        "{from_platform_minor} from the platform, {from_frozen_minor} from what was frozen",
    ),
    MoreFrozen: Text(
        "新到账款项依冻结令冻结",
        "{amount_minor} that came in was frozen; {missing_minor} is not there",
    ),
    OrderCaptured: Text(
        "向消费者扣款成功，货款留存",
        "the consumer was debited {amount_minor}; {held_minor} is held; claims are covered until "
        "{window_ends_at}",
    ),
    OrderCompleted: Text(
        "赔付期届满，订单完结",
        "the window of claims closed over {amount_minor}",
    ),
    OrderRefunded: Text(
        "商家退款",
        "the merchant refunded {amount_minor} ({reason}): {from_order_minor} from the order, "
        "{from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
        "{from_deposit_minor} from the deposit",
    ),
    OrderWrittenOff: Text(
        "欠款核销",
        "{owed_minor} is not expected any more; the platform lost {loss_minor}",
    ),
    OwedBackReturned: Text(
        "多得款项已返还",
        "{amount_minor} that was owed back came; {owed_minor} is still to come",
    ),
    PaidTwice: Text(
        "向消费者重复支付，多付部分应予返还",
        "the provider paid the consumer {amount_minor} that nobody had asked for ({reason}): "
        "{met_minor} was to come to it, {owed_back_minor} it owes back",
    ),
    PayoutAsked: Text(
        "向支付机构发起打款",
        "the provider was asked to pay out {amount_minor}",
    ),
    PayoutConfirmed: Text(
        "打款到达商家",
        "{amount_minor} was paid out to the merchant",
    ),
    PayoutFailed: Text(
        "打款失败",
        "the payout of {amount_minor} failed: {reason}",
    ),
    PayoutHeld: Text(
        "打款被暂缓",
        "a payout of {amount_minor} was held back: {reason}",
    ),
    PayoutReturned: Text(
        "打款被银行退回",
        "the payout of {amount_minor} came back: {reason}",
    ),
    PayoutScheduled: Text(
        "安排打款",
        "a payout was scheduled for {payout_at}",
    ),
    ProceedsAdvanced: Text(
        "平台垫付货款，留存待付",
        "the platform advanced {amount_minor}, which is held",
    ),
    ProceedsReleased: Text(
        "留存的货款解冻",
        "{held_minor} was released: {available_minor} to the merchant's balance, {reserve_minor} "
        "to its reserve, {fund_minor} to the fund, {fee_minor} as fee, {loss_minor} to the "
        "platform for what it had lost on the order",
    ),
    ProviderFeeTaken: Text(
        "支付机构收取手续费",
        "the provider took {amount_minor} for itself, as {fee_id}: {what}",
    ),
    ReceiptAssigned: Text(
        "{actor}认领来源不明款项",
        "{actor} assigned {amount_minor} of {receipt_id} to {to} {target_id}; {left_minor} is left",
    ),
    ReceiptRecorded: Text(
        "收到来源不明款项，待认领",
        "{amount_minor} came in, as {receipt_id}, and names nothing that is known: {reference}",
    ),
    RecoveryRecorded: Text(
        "从其他途径追回商家的款项",
        "{amount_minor} of the merchant's was recovered from {source}",
    ),
    RecoveryShared: Text(
        "追回款项按比例分配完毕",
        "the round of recovery ended: {claims} claims got {paid_minor} together",
    ),
    RecoveryStarted: Text(
        "开始按比例分配追回款项",
        "{pool_minor} that was recovered is shared among all claims that miss {missing_minor}",
    ),
    RefundReturned: Text(
        "退款被银行退回，等待消费者另供账户",
        "{amount_minor} paid back returned ({reason}): another account is needed",
    ),
    RepaymentAsked: Text(
        "向支付机构发起退还",
        "the provider was asked to pay the consumer {amount_minor} back",
    ),
    RepaymentConfirmed: Text(
        "款项退还到消费者",
        "the consumer has {amount_minor} of its own back; {owed_back_minor} it owes back",
    ),
    RepaymentFailed: Text(
        "退还失败，等待消费者另供账户",
        "{amount_minor} could not be paid back ({reason}): another account is needed",
    ),
    ReserveReleased: Text(
        "滚动准备金解冻",
        "{amount_minor} of the reserve was released, {fund_minor} to the fund, {fee_minor} as fee, "
        "{loss_minor} to the platform for what it had lost on the order",
    ),
    RestCaptured: Text(
        "补扣此前未扣足的款项",
        "the consumer was debited {amount_minor} more; {owed_minor} is still owed",
    ),
}
