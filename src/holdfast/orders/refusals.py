"""Why an order may not go on."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

NOTICE = Text("扣款前通知", "notice")
RETURN = Text("退货", "return")
AFTER_SALES = Text("售后申请", "after-sales request")
"""What may be open on an order."""


class OrderExists(Refusal):
    """The order's id is taken."""

    code = "order_exists"
    sort = Sort.CONFLICT
    what = Text("已有此编号的订单", "an order with this id exists")
    fix = Text(
        "新订单请用新编号；重发请求请带同一幂等键",
        "Use the id of a new order; to repeat a request, send its idempotency key again",
    )


class OrderAmountMustBePositive(Refusal):
    """An order of nothing."""

    code = "order_amount_must_be_positive"
    sort = Sort.MALFORMED
    what = Text("金额为 {amount}", "the amount is {amount}")
    fix = Text("请填大于零的整数，单位为最小货币单位", "Send a whole number of minor units above zero")


class OrderCurrencyMismatch(Refusal):
    """The order's currency is not the merchant's and the consumer's."""

    code = "order_currency_mismatch"
    sort = Sort.MALFORMED
    what = Text(
        "订单币种为 {asked}，而{party}的币种为 {kept}", "the order is in {asked}, the {party} has {kept}"
    )
    fix = Text("请以双方共同的币种下单", "Order in the currency of both")


class ShipByPassed(Refusal):
    """A promise to ship in the past."""

    code = "ship_by_passed"
    sort = Sort.UNMET
    what = Text("承诺的发货时间 {ship_by} 已过", "the promised time to ship, {ship_by}, has passed")
    fix = Text("请承诺以后的时间，或不作承诺", "Promise a time to come, or none")


class NotConfirmed(Refusal):
    """The consumer has not confirmed the order."""

    code = "not_confirmed"
    sort = Sort.NOT_YET
    what = Text("消费者尚未确认此订单", "the consumer has not confirmed this order")
    fix = Text("请等待 ConfirmOrder", "Wait for ConfirmOrder")


class AlreadyConfirmed(Refusal):
    """The order is confirmed."""

    code = "already_confirmed"
    sort = Sort.CONFLICT
    what = Text("消费者已确认此订单", "the consumer has confirmed this order")
    fix = Text("无须再做什么", "Nothing is to be done")


class ParcelOnItsWay(Refusal):
    """The order is shipped, and nobody says that the parcel was refused or taken back."""

    code = "parcel_on_its_way"
    sort = Sort.NOT_YET
    what = Text("包裹自 {shipped} 起在途", "the parcel is on its way since {shipped}")
    fix = Text(
        "拒收或退回后，请带 taken_back 取消；或等其送达后退货",
        "Cancel with taken_back once it was refused or came back; or let it arrive, and return the goods",
    )


class OwedOnlyGoesDown(Refusal):
    """More would be owed than before."""

    code = "owed_only_goes_down"
    sort = Sort.UNMET
    what = Text("应付 {owed}，请求改为 {asked}", "{owed} is owed, {asked} was asked for")
    fix = Text(
        "请填小于应付的金额；要增加，须另下新单", "Send less than what is owed; more needs a new order"
    )


class TrialOver(Refusal):
    """The time to send the goods back has passed."""

    code = "trial_over"
    sort = Sort.CONFLICT
    what = Text("试用期已于 {ended} 结束", "the trial ended at {ended}")
    fix = Text("货不对板的，请提出索赔", "File a claim where the goods are not what was shown")


class NothingAsked(Refusal):
    """There is no request to answer, no return to confirm, no notice to send."""

    code = "nothing_asked"
    sort = Sort.NOT_YET
    what = Text("此订单没有待处理的{thing}", "no {thing} is open on this order")
    fix = Text(
        "请用 `holdfast show order` 查看订单经过", "Check the order's story with `holdfast show order`"
    )


class AlreadyAsked(Refusal):
    """The same request is open."""

    code = "already_asked"
    sort = Sort.CONFLICT
    what = Text("此订单已有待处理的{thing}", "a {thing} is open on this order")
    fix = Text("请等待答复", "Wait for its answer")


class Disputed(Refusal):
    """A claim is open: the order's timers stand still."""

    code = "disputed"
    sort = Sort.NOT_YET
    what = Text("此订单自 {since} 起有索赔未决", "a claim is open on this order since {since}")
    fix = Text("请等待处理完毕", "Wait for its end")


class CaptureOnItsWay(Refusal):
    """The provider was asked to debit and has not answered: what it takes can no longer be changed."""

    code = "debit_on_its_way"
    sort = Sort.NOT_YET
    what = Text(
        "扣款已于 {asked} 发起，支付机构尚未答复",
        "the debit was asked for at {asked}, and the provider has not answered",
    )
    fix = Text(
        "请等待答复；之后再对已扣款项退款或索赔", "Wait for its answer; then refund or claim what was debited"
    )


class PartsDoNotFit(Refusal):
    """Parts that are nothing, or leave nothing of the order."""

    code = "parts_do_not_fit"
    sort = Sort.MALFORMED
    what = Text("应付 {owed}，而各部分合计 {asked}", "{owed} is owed, and the parts are for {asked}")
    fix = Text(
        "请列 1 至 {most} 个部分，每个大于零，并给原订单留有余额",
        "Name 1 to {most} parts, each above zero, that leave something of the order",
    )


class TermNotOfService(Refusal):
    """Goods have no time before which they may not be performed, or the time is years away."""

    code = "term_not_of_service"
    sort = Sort.MALFORMED
    what = Text(
        "有一部分在 {not_before} 之前不履行，而{problem}",
        "a part is not to be performed before {not_before}, and {problem}",
    )
    fix = Text("只有服务才可约定时间，且须在三年之内", "Name times within three years, for a service only")


class NotAService(Refusal):
    """Goods are not performed."""

    code = "not_a_service"
    sort = Sort.UNMET
    what = Text("此订单是商品", "this order is of goods")
    fix = Text("请发货并送达；服务须作为服务下单", "Ship and deliver it; a service is placed as one")


class IsAService(Refusal):
    """A service is not shipped."""

    code = "is_a_service"
    sort = Sort.UNMET
    what = Text("此订单是服务", "this order is a service")
    fix = Text("请用 PerformOrder 说明已履行的内容", "State what was performed with PerformOrder")


class NotYetPerformed(Refusal):
    """A step whose time has not come: nothing is debited that is not performed."""

    code = "not_yet_performed"
    sort = Sort.NOT_YET
    what = Text("服务的这一部分到 {not_before} 才结束", "this part of the service runs until {not_before}")
    fix = Text("请在履行后再说明", "State it once it has been performed")


class StatementDoesNotFit(Refusal):
    """A statement of nothing, or of more than is owed."""

    code = "statement_does_not_fit"
    sort = Sort.MALFORMED
    what = Text(
        "{lines} 行清单合计 {stated}，而应付 {owed}", "{lines} lines state {stated}, and {owed} is owed"
    )
    fix = Text(
        "请逐行写明已履行的内容和价格，合计不超过应付金额",
        "State what was performed, each line with its price, and no more than is owed",
    )


class NothingToCancel(Refusal):
    """All parts of the order have begun or ended."""

    code = "nothing_to_cancel"
    sort = Sort.CONFLICT
    what = Text("此订单没有尚待发货或履行的部分", "no part of this order is still to be shipped or performed")
    fix = Text("请退货，或提出索赔", "Return the goods, or file a claim")


class ArrivedAlready(Refusal):
    """It was told before that the goods arrived after the end."""

    code = "arrived_already"
    sort = Sort.CONFLICT
    what = Text(
        "订单结束后，商品已于 {arrived} 送达", "the goods arrived at {arrived}, after the order had ended"
    )
    fix = Text("无须再做什么", "Nothing is to be done")
