"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.orders.facts import (
    AfterSalesAnswered,
    AfterSalesAsked,
    AfterSalesUnanswered,
    AnswerOverdue,
    ArrivedAfterEnd,
    CaptureNoticeAsked,
    CaptureNoticeSent,
    DeliveryWithdrawn,
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderExpired,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
    OrderSplit,
    OwedReduced,
    ParcelLost,
    PartBegan,
    ReminderDue,
    ReturnAsked,
    ReturnRefused,
    ServicePerformed,
    ShipmentOverdue,
)

WORDS: Mapping[type[FactBody], Text] = {
    AfterSalesAnswered: Text(
        "商家答复售后：{answer}",
        "the merchant answered: {answer}",
    ),
    AfterSalesAsked: Text(
        "消费者申请售后：{question}；应在 {answer_by} 前答复",
        "the consumer asked for help: {question}; an answer is due by {answer_by}",
    ),
    AfterSalesUnanswered: Text(
        "商家逾期未答复售后",
        "the merchant let the time to answer pass",
    ),
    AnswerOverdue: Text(
        "{asked_at} 要求的{question}（{amount_minor}）逾期未获答复，转人工核实",
        "no answer came to the {question} of {amount_minor} that was asked for at {asked_at}: "
        "somebody finds out",
    ),
    ArrivedAfterEnd: Text(
        "订单结束后商品送达，无须付款",
        "the goods arrived after the order had ended; nothing is owed for them",
    ),
    CaptureNoticeAsked: Text(
        "安排扣款前通知：{capture_at} 扣款 {amount_minor}",
        "a notice of the debit of {amount_minor} on {capture_at} was asked for",
    ),
    CaptureNoticeSent: Text(
        "扣款前通知已送达：{capture_at} 扣款",
        "the notice of the debit on {capture_at} went out",
    ),
    DeliveryWithdrawn: Text(
        "撤回送达（完成）记录（{reason}）：确已送达或完成之前不扣款",
        "it had not arrived or been performed after all ({reason}): nothing is debited until it has",
    ),
    OrderCancelled: Text(
        "订单取消（{reason}）；{released_minor} 不再应付",
        "the order was cancelled ({reason}); {released_minor} is no longer owed",
    ),
    OrderConfirmed: Text(
        "消费者确认订单",
        "the consumer confirmed the order",
    ),
    OrderDelivered: Text(
        "商品送达，试用期开始；{capture_at} 起扣款 {amount_minor}",
        "the goods arrived; {amount_minor} is to be debited from {capture_at}",
    ),
    OrderExpired: Text(
        "消费者逾期未确认，订单失效；{released_minor} 不再应付",
        "the consumer did not confirm in time; {released_minor} is no longer owed",
    ),
    OrderPlaced: Text(
        "消费者 {consumer_id} 向商家 {merchant_id} 下单 {amount_minor}；应在 {ship_by} 前发货",
        "consumer {consumer_id} ordered from merchant {merchant_id} for {amount_minor}; to be "
        "shipped by {ship_by}",
    ),
    OrderReturned: Text(
        "退货完成（{actor}）；{released_minor} 不再应付",
        "the goods count as returned, by {actor}; {released_minor} is no longer owed",
    ),
    OrderShipped: Text(
        "商家发货",
        "the merchant shipped",
    ),
    OrderSplit: Text(
        "订单拆分：{amount_minor} 作为订单 {part_id} 另行履行；原订单现为 {left_minor}",
        "{amount_minor} of the order goes its own way, as order {part_id}; the order is for {left_minor} now",
    ),
    OwedReduced: Text(
        "应付减少 {by_minor}（{reason}）：现为 {owed_minor}",
        "{by_minor} less is owed ({reason}): {owed_minor}",
    ),
    ParcelLost: Text(
        "包裹丢失或未能送达（{reason}）；商家可在 {ship_by} 前重新发货",
        "the parcel is lost or could not be brought ({reason}); the merchant may ship anew until {ship_by}",
    ),
    PartBegan: Text(
        "订单 {of_id} 的 {amount_minor} 自此单独履行{what}",
        "{amount_minor} of order {of_id} goes its own way from here{what}",
    ),
    ReminderDue: Text(
        "第 {number} 次逾期提醒：逾期 {owed_minor}",
        "reminder {number}: {owed_minor} is overdue",
    ),
    ReturnAsked: Text(
        "消费者申请退货；商家应在 {confirm_by} 前确认",
        "the consumer sends the goods back; the merchant confirms by {confirm_by}",
    ),
    ReturnRefused: Text(
        "{actor}代表商家称未收到退货（{reason}）",
        "{actor} said for the merchant that the goods did not come back ({reason})",
    ),
    ServicePerformed: Text(
        "服务完成，结算 {amount_minor}（{statement}）；{capture_at} 起扣款",
        "{amount_minor} was performed and stated ({statement}); it is to be debited from {capture_at}",
    ),
    ShipmentOverdue: Text(
        "商家未在 {ship_by} 前发货",
        "the merchant did not ship by {ship_by}",
    ),
}

WHERE: Mapping[type[FactBody], Mapping[str, Text]] = {
    OrderPlaced: {
        "service": Text(
            ("消费者 {consumer_id} 向商家 {merchant_id} 下单服务 {amount_minor}；应在 {ship_by} 前履行"),
            "consumer {consumer_id} ordered a service from merchant {merchant_id} for {amount_minor}; "
            "to be performed by {ship_by}",
        ),
    },
    DeliveryWithdrawn: {
        "claim_id": Text(
            "撤回送达（完成）记录（{reason}）：款项已变动，赔付申请 {claim_id} 由人决定",
            "it had not arrived or been performed after all ({reason}): money had moved, and claim "
            "{claim_id} is for a person to decide",
        ),
    },
}
"""The words where a field has a value."""
