"""Refusals of settlement: why money may not move."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

NOTHING = Text("无", "none")


class CaptureNotAsked(Refusal):
    """A debit was reported that nobody asked for."""

    code = "capture_not_asked"
    sort = Sort.NOT_YET
    what = Text("此订单没有发起过扣款", "no debit was asked for on this order")
    fix = Text(
        "请核对支付机构的流水号；确已扣款的，请写明 debit_id 和 amount_minor",
        (
            "Check the provider's reference; if money did leave the consumer, say its debit_id "
            "and amount_minor"
        ),
    )


class CaptureRecorded(Refusal):
    """The debit is in the books."""

    code = "debit_recorded"
    sort = Sort.CONFLICT
    what = Text("此订单的扣款已入账", "the debit of this order is recorded")
    fix = Text(
        "无须再做什么；若支付机构另扣一笔，请写明其 debit_id 和 amount_minor",
        ("Nothing is to be done; if the provider took another one, say its debit_id and amount_minor"),
    )


class CaptureOfNoOrder(Refusal):
    """A debit was reported of an order that nobody knows."""

    code = "debit_of_no_order"
    sort = Sort.NOT_FOUND
    what = Text(
        "没有此编号的订单；若已扣款，款项在支付机构处",
        "there is no order with this id; if the debit took money, it is with the provider",
    )
    fix = Text(
        "请核对编号；确无此订单的，请以支付机构的流水号 RecordUnassigned，再由人认领",
        (
            "Check the id; if no order has it, RecordUnassigned with the provider's id, and a "
            "person assigns it"
        ),
    )


class ToldOtherwise(Refusal):
    """The provider speaks of another currency than was asked for, and names no amount."""

    code = "told_in_another_currency"
    sort = Sort.MALFORMED
    what = Text(
        "请求的币种为 {asked}，答复的币种为 {told}，且没有金额",
        "{asked} was asked for, and the answer is in {told}, without an amount",
    )
    fix = Text(
        "请写明以 {told} 计的 amount_minor：实际变动的款项将按其币种入账",
        "Say amount_minor in {told}: what moved is then recorded in its own currency",
    )


class ToldAmount(Refusal):
    """The provider names an amount that cannot have moved."""

    code = "told_no_amount"
    sort = Sort.MALFORMED
    what = Text("{amount} 个最小货币单位不可能是变动的金额", "{amount} minor units cannot have moved")
    fix = Text(
        ("请填实际变动的金额，大于零，单位为最小货币单位；退回多于支出的，超出部分请 RecordUnassigned"),
        (
            "Say the amount that moved, above zero, in minor units; where more came back than "
            "had left, RecordUnassigned what is beyond it"
        ),
    )


class RepaymentNotAsked(Refusal):
    """A repayment was reported that is not on its way."""

    code = "repayment_not_asked"
    sort = Sort.NOT_YET
    what = Text(
        "付款 {payment} 不在途；在途的是 {current}",
        "the payment {payment} is not on its way; on its way is {current}",
    )
    fix = Text("请核对支付机构的流水号", "Check the provider's reference")


class TakingRecorded(Refusal):
    """The chargeback, the seizure or the returned refund is in the books."""

    code = "taking_recorded"
    sort = Sort.CONFLICT
    what = Text("此笔已入账，金额 {amount}（最小货币单位）", "this is recorded, with {amount} minor units")
    fix = Text(
        "无须再做什么；若是另一笔，请用它自己的编号",
        "Nothing is to be done; if it is another one, say its own id",
    )


class PayoutNotAsked(Refusal):
    """A payout was reported that is not on its way."""

    code = "payout_not_asked"
    sort = Sort.NOT_YET
    what = Text(
        "打款 {payout} 不在途；在途的是 {current}",
        "the payout {payout} is not on its way; on its way is {current}",
    )
    fix = Text("请核对支付机构的流水号", "Check the provider's reference")


class ClaimOpenAlready(Refusal):
    """One claim at a time."""

    code = "claim_open_already"
    sort = Sort.NOT_YET
    what = Text("此订单的索赔 {claim} 未决", "the claim {claim} is open on this order")
    fix = Text("请等待决定，或向其补充", "Wait for its decision, or add to it")


class NothingToClaim(Refusal):
    """Nothing is owed and nothing was paid that has not been refunded."""

    code = "nothing_to_claim"
    sort = Sort.UNMET
    what = Text(
        "最多可索赔 {most}，请求 {asked}（最小货币单位）",
        "at most {most} minor units can be claimed, {asked} are asked for",
    )
    fix = Text(
        "索赔不得超过应付或已付而未退的金额", "Claim at most what is owed or was paid and not refunded"
    )


class RefundNotCovered(Refusal):
    """The merchant has not enough of its own."""

    code = "refund_not_covered"
    sort = Sort.UNMET
    what = Text(
        "退款尚缺 {missing}（最小货币单位），订单和商家的资金不足",
        ("{missing} minor units of the refund are not covered by the order and the merchant's money"),
    )
    fix = Text(
        "请减少退款，或由消费者索赔：届时由准备金、保证金和保障基金支付",
        "Refund less, or let the consumer claim: then reserve, deposit and fund pay",
    )


class DebtFirst(Refusal):
    """The merchant's debts come before the return of its deposit."""

    code = "debt_first"
    sort = Sort.UNMET
    what = Text(
        "商家尚欠消费者、保障基金、保函开立人或平台 {owed}（最小货币单位）",
        (
            "the merchant owes {owed} minor units to consumers, the fund, issuers of guarantees "
            "or the platform"
        ),
    )
    fix = Text(
        "请先登记追偿，或登记已与开立人结清，再退保证金",
        ("Record a recovery of it, or that its issuer was settled with; then the deposit can go back"),
    )


class NothingOwed(Refusal):
    """Nothing is owed by this merchant."""

    code = "nothing_owed"
    sort = Sort.CONFLICT
    what = Text("此商家没有欠款", "the merchant owes nothing")
    fix = Text("请改为存入保证金", "Pay it into the deposit instead")


class ReceiptNotLeft(Refusal):
    """More would be assigned of a receipt than is left of it, or than is owed back."""

    code = "receipt_not_left"
    sort = Sort.UNMET
    what = Text(
        "可认领 {left}，请求 {asked}（最小货币单位）",
        "{left} minor units can be assigned, {asked} are asked for",
    )
    fix = Text(
        "认领不得超过此数；不写金额即认领该笔来款的全部余额",
        "Assign at most that; without an amount all that is left of the receipt is assigned",
    )


class FeeRecorded(Refusal):
    """The provider's fee is in the books."""

    code = "fee_recorded"
    sort = Sort.CONFLICT
    what = Text(
        "此笔手续费已入账，金额 {amount}（最小货币单位）", "this fee is recorded, with {amount} minor units"
    )
    fix = Text(
        "无须再做什么；若是另一笔，请用它自己的编号",
        "Nothing is to be done; if it is another one, say its own id",
    )


class FreezeNotLeft(Refusal):
    """More would be lifted of a freeze than is left of it."""

    code = "freeze_not_left"
    sort = Sort.UNMET
    what = Text(
        "此订单尚有 {left} 被司法冻结，请求解除 {asked}（最小货币单位）",
        "{left} minor units of this order stand still, {asked} are to be let go",
    )
    fix = Text(
        "请核对机关的文书；不写金额即全部解除",
        "Check the authority's document; without an amount all that is left is let go",
    )
