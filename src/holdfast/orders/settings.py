"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Dimension, Setting, count, flag, time, zone
from holdfast.kernel.text import Text

SETTINGS: Mapping[str, Setting] = {
    "confirm_within": time(
        "orders",
        "消费者在此期间确认订单，否则失效",
        "the consumer confirms a placed order, or it expires",
    ),
    "ship_within": time(
        "orders",
        "商家在此期间发货，另有承诺的除外",
        "the merchant ships, unless it promised another time",
    ),
    "ship_grace": time(
        "orders", "发货期限过后，到订单取消为止", "after the time to ship, until the order is cancelled"
    ),
    "deliver_within": time("orders", "自发货起，到视为丢失为止", "from shipping, until goods count as lost"),
    "trial": time("orders", "自送达到扣款：可以试用", "from delivery to the debit: the goods may be tried"),
    "after_sales_answer": time(
        "orders", "商家答复售后申请的时限", "the merchant answers an after-sales request"
    ),
    "return_confirm": time("orders", "商家确认收到退货的时限", "the merchant confirms returned goods"),
    "notice_before": time("orders", "扣款前多久发出通知", "the notice goes out before the debit"),
    "reminder_every": time("orders", "逾期订单两次提醒的间隔", "between two reminders of an overdue order"),
    "reminders": count("orders", "逾期订单最多提醒几次", "reminders of an overdue order, at most"),
    "quiet_from_hour": Setting(
        "orders", Dimension.COUNT, 0, 23, Text("自此钟点起不再提醒", "no reminder from this hour on")
    ),
    "quiet_to_hour": Setting(
        "orders", Dimension.COUNT, 0, 23, Text("此钟点之前不提醒", "no reminder before this hour")
    ),
    "zone": zone(
        "orders",
        "消费者当地的时区，随其时钟变动",
        "where the consumers' clocks are read, over their changes",
    ),
    "write_off_after": time("orders", "自逾期到核销", "from overdue to the write-off"),
    "claim_stops_capture": flag(
        "claims", "有索赔未决，即停止扣款和一切计时", "an open claim stops the debit and all timers"
    ),
    "notice_answer_within": time(
        "tasks",
        "扣款通知在此期间送达，否则转人工核实",
        "the notice of a debit is out, or somebody finds out why not",
    ),
    "capture_answer_within": time(
        "tasks",
        "支付机构在此期间答复扣款，否则转人工核实",
        "the provider answers a debit that it was asked for, or somebody finds out",
    ),
}
