"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Setting, money

SETTINGS: Mapping[str, Setting] = {
    "consumer_limit_minor": money(
        "consumers", "消费者起初总共可欠的金额", "what a consumer may owe in all, at first"
    ),
    "deposit_minor": money("coverage", "入驻时应缴的保证金", "the deposit that is due on joining"),
}
