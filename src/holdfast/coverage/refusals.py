"""Refusals of coverage: why an order or a payout waits for cover."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class CoverTooLow(Refusal):
    """The merchant's cover is below the level that policy requires for new orders."""

    code = "cover_too_low"
    sort = Sort.UNMET
    what = Text(
        "担保为 {cover}，规则要求 {required}（最小货币单位）",
        "cover is {cover} of {required} minor units that policy requires",
    )
    fix = Text(
        "请商家补缴保证金 {missing}，之后可接新订单",
        "The merchant tops up its deposit by {missing}; then new orders are taken again",
    )


class PayoutBreaksCover(Refusal):
    """The payout would leave less than the policy's cover."""

    code = "payout_breaks_cover"
    sort = Sort.UNMET
    what = Text(
        "担保为 {cover}，规则要求 {required}（最小货币单位），尚缺 {missing}",
        "cover is {cover} of {required} minor units that policy requires; {missing} are missing",
    )
    fix = Text(
        "请等窗口期结束，或补缴保证金 {missing}",
        "Wait until windows close, or top up the deposit by {missing}",
    )


class BadPeers(Refusal):
    """The record of a category cannot be true."""

    code = "bad_peers"
    sort = Sort.MALFORMED
    what = Text(
        "{windows} 个窗口期中有 {run_aways} 次跑路，不成立",
        "{run_aways} run-aways in {windows} windows cannot be",
    )
    fix = Text(
        "各数不小于 0；跑路次数不多于窗口期数，窗口期数不多于 10^12",
        "Send counts from 0 on, no more run-aways than windows, and no more windows than 10^12",
    )
