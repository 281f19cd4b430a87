"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Dimension, Setting, count, money, share, time
from holdfast.kernel.text import Text

SETTINGS: Mapping[str, Setting] = {
    "claim_window": time(
        "orders",
        "自送达起：索赔获足额担保；扣款迟了的，与按时扣款的一样长",
        ("from delivery: claims are covered in full; after a late debit, as long as after one on time"),
    ),
    "late_fund_minor": money(
        "claims",
        "一个商家的逾期索赔：在其销售所缴之外，基金最多支付的金额",
        ("of late claims on one merchant: what the fund pays at most, beside what its sales brought in"),
    ),
    "least_cover_bp": share(
        "coverage", "占应有担保的比例：低于此不接新订单", "of the required cover: below it no new orders"
    ),
    "young_for": time(
        "coverage",
        "商家视为新商家的期间：全部敞口都须担保",
        "a merchant counts as young: all exposure is covered",
    ),
    "young_orders": count(
        "coverage", "完成多少订单后不再是新商家", "orders completed before a merchant is not young"
    ),
    "floor_bp": share(
        "coverage",
        "占敞口的比例：不论记录如何，始终担保",
        "of the exposure: covered always, whatever the record",
    ),
    "prior_run_aways": count(
        "coverage",
        "没有记录时，每 1,000 个窗口期假定的跑路次数",
        "run-aways assumed per 1,000 windows, before any record",
    ),
    "peer_windows": count(
        "coverage",
        "该假定相当于同类商家多少个窗口期",
        "windows of a category's that the assumption weighs",
    ),
    "prior_windows": count(
        "coverage",
        "商家自身经过多少个窗口期后，风险减半",
        "windows of its own after which a merchant's hazard is half",
    ),
    "line_bp": Setting(
        "coverage",
        Dimension.SHARE,
        0,
        100_000,
        Text(
            (
                "占商家销售所缴手续费和基金份额的比例：未覆盖额度不得超过此数，"
                "基金对其逾期索赔的支付也不得超过"
            ),
            (
                "of the fees and fund shares that a merchant's sales paid: no more may stand "
                "uncovered, and the fund pays no more for its claims after their window"
            ),
        ),
    ),
}
