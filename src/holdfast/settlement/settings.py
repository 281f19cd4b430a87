"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Setting, flag, money, share, time

SETTINGS: Mapping[str, Setting] = {
    "fee_bp": share(
        "settlement", "平台手续费，放款时收取", "the platform's fee, taken when proceeds are released"
    ),
    "fund_share_bp": share(
        "settlement", "保障基金份额，随手续费收取", "the fund's share, taken with the fee"
    ),
    "payout_cycle": time(
        "settlement", "打款在其整数倍的时刻进行；0 为立即", "payouts leave at multiples of it; 0: at once"
    ),
    "advance_on_delivery": flag(
        "settlement", "平台在消费者付款之前垫付", "the platform pays before the consumer does"
    ),
    "fund_capital_minor": money("fund", "保障基金的初始资金", "the guarantee fund's initial capital"),
    "release_retry": time(
        "coverage", "两次查看担保是否容许放款的间隔", "between two looks whether cover allows a release"
    ),
    "payout_answer_within": time(
        "tasks",
        "支付机构在此期间答复打款，否则转人工核实",
        "the provider answers a payout that it was asked for, or somebody finds out",
    ),
    "repayment_answer_within": time(
        "tasks",
        "支付机构在此期间答复退还，否则转人工核实",
        "the provider answers a repayment that it was asked for, or somebody finds out",
    ),
}
