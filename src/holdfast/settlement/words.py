"""The sentences that tell this room's facts. Names in braces are fields; `{actor}` is who acted."""

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
        "收回平台垫付的货款 {amount_minor}；{missing_minor} 未能收回",
        "{amount_minor} of the advance was taken back; {missing_minor} could not be",
    ),
    CaptureAsked: Text(
        "向支付机构发起扣款 {amount_minor}",
        "the provider was asked to debit {amount_minor}",
    ),
    CaptureFailed: Text(
        "扣款 {amount_minor} 失败：{reason}；订单逾期",
        "the debit of {amount_minor} failed: {reason}; the order is overdue",
    ),
    ChargebackWon: Text(
        (
            "拒付申诉成功，消费者的银行退回 {amount_minor}：{to_order_minor} 归订单，"
            "{to_available_minor} 归商家余额，{to_deposit_minor} 归保证金，"
            "{to_platform_minor} 归平台，{to_consumer_minor} 归消费者；{owed_back_minor} 不再须返还"
        ),
        "the consumer's bank gave {amount_minor} back: {to_order_minor} to the order, "
        "{to_available_minor} to the balance, {to_deposit_minor} to the deposit, "
        "{to_platform_minor} to the platform, {to_consumer_minor} to the consumer; "
        "{owed_back_minor} is not owed back any more",
    ),
    ChargedBack: Text(
        (
            "消费者的银行撤回扣款（拒付）{amount_minor}（{reason}）：取自订单 {from_order_minor}、"
            "商家余额 {from_available_minor}、滚动准备金 {from_reserve_minor}、"
            "保证金 {from_deposit_minor}、平台 {from_platform_minor}；其中 {twice_minor} 消费者此前已经取回；"
            "{from_credit_minor} 原待退还，{met_minor} 原为其赔付所缺"
        ),
        "the consumer's bank took {amount_minor} back ({reason}): {from_order_minor} from the "
        "order, {from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
        "{from_deposit_minor} from the deposit, {from_platform_minor} from the platform; "
        "{twice_minor} the consumer had got back before; {from_credit_minor} waited for it, "
        "{met_minor} its claim missed",
    ),
    ClaimForgiven: Text(
        "赔付申请 {claim_id} 在扣款前已获满足：应付减少 {amount_minor}",
        "claim {claim_id} was met before the debit: {amount_minor} less is owed",
    ),
    ClaimMet: Text(
        "赔付申请 {claim_id} 的 {amount_minor} 已由消费者另行取得；尚缺 {missing_minor}",
        "{amount_minor} of claim {claim_id} the consumer got by another way; {missing_minor} is missing",
    ),
    ClaimPaid: Text(
        (
            "赔付申请 {claim_id} 赔付 {amount_minor}：取自订单 {from_order_minor}、"
            "商家余额 {from_available_minor}、滚动准备金 {from_reserve_minor}、"
            "保证金 {from_deposit_minor}、保函 {from_guarantee_minor}、基金 {from_fund_minor}；"
            "尚缺 {missing_minor}"
        ),
        "claim {claim_id} was paid {amount_minor}: {from_order_minor} from the order, "
        "{from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
        "{from_deposit_minor} from the deposit, {from_guarantee_minor} from the guarantees, "
        "{from_fund_minor} from the fund; {missing_minor} is missing",
    ),
    ClaimRecovered: Text(
        "追回款项，赔付申请 {claim_id} 补付 {amount_minor}；尚缺 {missing_minor}",
        "claim {claim_id} got {amount_minor} more; {missing_minor} is missing",
    ),
    CoverFreed: Text(
        "订单的担保所不需要的滚动准备金 {reserve_minor}、保证金 {deposit_minor} 转偿商家欠款",
        "{reserve_minor} of the reserve and {deposit_minor} of the deposit, which no order needs "
        "as cover, went to what the merchant owes",
    ),
    DebitDoubted: Text(
        ("扣款 {amount_minor} 没有编号，也不答复任何请求（第 {times} 次）：由人核实款项是否变动"),
        "a debit of {amount_minor} was told without an id, and answers no question ({times} "
        "times): a person finds out if money moved",
    ),
    DebitedBeyond: Text(
        "支付机构扣取了不应付的 {amount_minor}（{why}）：予以退还",
        "the provider took {amount_minor} that is not owed ({why}): it goes back",
    ),
    DepositPaid: Text(
        "商家缴纳保证金 {amount_minor}",
        "the merchant paid {amount_minor} into its deposit",
    ),
    DepositReturned: Text(
        "退还保证金 {amount_minor}",
        "{amount_minor} of the deposit was returned",
    ),
    DoubtConfirmed: Text(
        "{actor}核实存疑扣款即 {debit_id}",
        "{actor} found the debit in doubt to be {debit_id}",
    ),
    DoubtDismissed: Text(
        "{actor}核实存疑扣款没有变动款项：{reason}",
        "{actor} found that the debit in doubt moved no money: {reason}",
    ),
    FreezeLifted: Text(
        (
            "依 {document} 解除司法冻结 {amount_minor}：{to_available_minor} 归商家余额，"
            "{to_deposit_minor} 归保证金"
        ),
        "{amount_minor} was let go by {document}: {to_available_minor} to the balance, "
        "{to_deposit_minor} to the deposit",
    ),
    FundCapitalised: Text(
        "保障基金注资 {amount_minor}",
        "the guarantee fund got {amount_minor} of capital",
    ),
    FundRecovered: Text(
        "保障基金追偿到账 {amount_minor}；商家尚欠基金 {owed_minor}",
        "the fund got back {amount_minor}; the merchant still owes it {owed_minor}",
    ),
    LossRecovered: Text(
        "平台追回此前为商家承担的 {amount_minor}；商家尚欠平台 {owed_minor}",
        "the platform got back {amount_minor} that it had borne for the merchant, which still owes "
        "it {owed_minor}",
    ),
    MoneyFrozen: Text(
        (
            "{authority} 依 {document} 冻结 {amount_minor}：商家余额 {from_available_minor}、"
            "滚动准备金 {from_reserve_minor}、保证金 {from_deposit_minor}；"
            "不足 {missing_minor}"
        ),
        "{authority} froze {amount_minor} by {document}: {from_available_minor} from the balance, "
        "{from_reserve_minor} from the reserve, {from_deposit_minor} from the deposit; "
        "{missing_minor} is not there",
    ),
    MoneySeized: Text(
        (
            "{authority} 依 {document} 扣划 {amount_minor}：商家余额 {from_available_minor}、"
            "滚动准备金 {from_reserve_minor}、保证金 {from_deposit_minor}、"
            "平台 {from_platform_minor}、已冻结款项 {from_frozen_minor}"
        ),
        "{authority} took {amount_minor} by {document}: {from_available_minor} from the balance, "
        "{from_reserve_minor} from the reserve, {from_deposit_minor} from the deposit, "
        "{from_platform_minor} from the platform, {from_frozen_minor} from what was frozen",
    ),
    MoreFrozen: Text(
        "新到账款项 {amount_minor} 依冻结令冻结；不足 {missing_minor}",
        "{amount_minor} that came in was frozen; {missing_minor} is not there",
    ),
    OrderCaptured: Text(
        "向消费者扣款 {amount_minor}，留存 {held_minor}；{window_ends_at} 前的索赔获担保",
        "the consumer was debited {amount_minor}; {held_minor} is held; claims are covered until "
        "{window_ends_at}",
    ),
    OrderCompleted: Text(
        "窗口期届满，订单完结，涉及 {amount_minor}",
        "the window of claims closed over {amount_minor}",
    ),
    OrderRefunded: Text(
        (
            "商家退款 {amount_minor}（{reason}）：取自订单 {from_order_minor}、"
            "商家余额 {from_available_minor}、滚动准备金 {from_reserve_minor}、"
            "保证金 {from_deposit_minor}"
        ),
        "the merchant refunded {amount_minor} ({reason}): {from_order_minor} from the order, "
        "{from_available_minor} from the balance, {from_reserve_minor} from the reserve, "
        "{from_deposit_minor} from the deposit",
    ),
    OrderWrittenOff: Text(
        "欠款 {owed_minor} 核销；平台损失 {loss_minor}",
        "{owed_minor} is not expected any more; the platform lost {loss_minor}",
    ),
    OwedBackReturned: Text(
        "应返还款到账 {amount_minor}；尚待返还 {owed_minor}",
        "{amount_minor} that was owed back came; {owed_minor} is still to come",
    ),
    PaidTwice: Text(
        (
            "支付机构向消费者支付了无人请求的 {amount_minor}（{reason}）：其中 {met_minor} 本应付给消费者，"
            "{owed_back_minor} 应予返还"
        ),
        "the provider paid the consumer {amount_minor} that nobody had asked for ({reason}): "
        "{met_minor} was to come to it, {owed_back_minor} it owes back",
    ),
    PayoutAsked: Text(
        "向支付机构发起打款 {amount_minor}",
        "the provider was asked to pay out {amount_minor}",
    ),
    PayoutConfirmed: Text(
        "打款 {amount_minor} 到达商家",
        "{amount_minor} was paid out to the merchant",
    ),
    PayoutFailed: Text(
        "打款 {amount_minor} 失败：{reason}",
        "the payout of {amount_minor} failed: {reason}",
    ),
    PayoutHeld: Text(
        "打款 {amount_minor} 被暂缓：{reason}",
        "a payout of {amount_minor} was held back: {reason}",
    ),
    PayoutReturned: Text(
        "打款 {amount_minor} 被银行退回：{reason}",
        "the payout of {amount_minor} came back: {reason}",
    ),
    PayoutScheduled: Text(
        "安排于 {payout_at} 打款",
        "a payout was scheduled for {payout_at}",
    ),
    ProceedsAdvanced: Text(
        "平台垫付货款 {amount_minor}，留存待付",
        "the platform advanced {amount_minor}, which is held",
    ),
    ProceedsReleased: Text(
        (
            "留存的货款 {held_minor} 解冻：{available_minor} 归商家余额，{reserve_minor} 归滚动准备金，"
            "{fund_minor} 归基金，{fee_minor} 为手续费，{loss_minor} 抵平台在此订单上的损失"
        ),
        "{held_minor} was released: {available_minor} to the merchant's balance, {reserve_minor} "
        "to its reserve, {fund_minor} to the fund, {fee_minor} as fee, {loss_minor} to the "
        "platform for what it had lost on the order",
    ),
    ProviderFeeTaken: Text(
        "支付机构收取手续费 {amount_minor}，编号 {fee_id}{what}",
        "the provider took {amount_minor} for itself, as {fee_id}{what}",
    ),
    ReceiptAssigned: Text(
        "{actor}将 {receipt_id} 的 {amount_minor} 认领给{to} {target_id}；尚余 {left_minor}",
        "{actor} assigned {amount_minor} of {receipt_id} to {to} {target_id}; {left_minor} is left",
    ),
    ReceiptRecorded: Text(
        "收到来源不明款项 {amount_minor}，编号 {receipt_id}，待认领：{reference}",
        "{amount_minor} came in, as {receipt_id}, and names nothing that is known: {reference}",
    ),
    RecoveryRecorded: Text(
        "从 {source} 追回商家的款项 {amount_minor}",
        "{amount_minor} of the merchant's was recovered from {source}",
    ),
    RecoveryShared: Text(
        "追回款项分配完毕：{claims} 件赔付申请共得 {paid_minor}",
        "the round of recovery ended: {claims} claims got {paid_minor} together",
    ),
    RecoveryStarted: Text(
        "追回款项 {pool_minor} 开始在尚缺 {missing_minor} 的各赔付申请间按比例分配",
        "{pool_minor} that was recovered is shared among all claims that miss {missing_minor}",
    ),
    RefundReturned: Text(
        "退款 {amount_minor} 被银行退回（{reason}）：等待消费者另供账户",
        "{amount_minor} paid back returned ({reason}): another account is needed",
    ),
    RepaymentAsked: Text(
        "向支付机构发起退还 {amount_minor} 给消费者",
        "the provider was asked to pay the consumer {amount_minor} back",
    ),
    RepaymentConfirmed: Text(
        "消费者取回 {amount_minor}；尚应返还 {owed_back_minor}",
        "the consumer has {amount_minor} of its own back; {owed_back_minor} it owes back",
    ),
    RepaymentFailed: Text(
        "退还 {amount_minor} 失败（{reason}）：等待消费者另供账户",
        "{amount_minor} could not be paid back ({reason}): another account is needed",
    ),
    ReserveReleased: Text(
        (
            "滚动准备金 {amount_minor} 解冻，{fund_minor} 归基金，{fee_minor} 为手续费，"
            "{loss_minor} 抵平台在此订单上的损失"
        ),
        "{amount_minor} of the reserve was released, {fund_minor} to the fund, {fee_minor} as fee, "
        "{loss_minor} to the platform for what it had lost on the order",
    ),
    RestCaptured: Text(
        "向消费者补扣 {amount_minor}；尚欠 {owed_minor}",
        "the consumer was debited {amount_minor} more; {owed_minor} is still owed",
    ),
}
