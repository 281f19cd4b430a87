"""The policies side by side: every figure of `PolicyResult`, grouped by whom it concerns."""

from collections.abc import Callable
from typing import NamedTuple

from holdfast.kernel.text import Text, same
from holdfast.replay.report.texts import SOURCE_LABELS, STATUSES
from holdfast.replay.results import MerchantRisk, PolicyResult, Replay
from holdfast.replay.sentence import as_they_pay
from holdfast.replay.taken import BY_POLICY, EVENTS, share
from holdfast.replay.wording import count, days, decimal, money, ratio

_RISKIEST = 25


class Row(NamedTuple):
    """One figure under every policy. Where it counts a loss, `losses` tells under which there is any."""

    label: Text
    cells: list[Text]
    losses: tuple[bool, ...] = ()


class Group(NamedTuple):
    """Figures that concern the same people."""

    title: Text
    rows: list[Row]


class Cell(NamedTuple):
    """A table cell, with its sort key."""

    text: Text
    key: float | int | str


def compare(replay: Replay) -> list[Group]:
    """Set the policies of a replay side by side."""
    return [
        Group(Text("消费者", "Consumers"), _consumers(replay)),
        Group(Text("赔付来源", "Where compensation came from"), _sources(replay)),
        Group(Text("商家", "Merchants"), _merchants(replay)),
        Group(Text("账本", "Books"), _books(replay)),
    ]


def _consumers(replay: Replay) -> list[Row]:
    amount, number, span = _figures(replay)
    lost = tuple(policy.uncovered_minor > 0 for policy in replay.policies)
    hurt = tuple(policy.consumers_uncovered > 0 for policy in replay.policies)
    return [
        number(Text("索赔数", "Claims"), lambda p: p.claims),
        amount(Text("索赔额", "Claimed"), lambda p: p.claimed_minor),
        amount(Text("其中窗口期后提出", "Of it claimed after the window"), lambda p: p.late_claimed_minor),
        amount(Text("已赔付", "Compensated"), lambda p: p.compensated_minor),
        amount(Text("没有着落", "Uncovered"), lambda p: p.uncovered_minor)._replace(losses=lost),
        amount(Text("其中窗口期后提出", "Of it claimed after the window"), lambda p: p.late_uncovered_minor),
        number(Text("得到赔付的消费者", "Consumers compensated"), lambda p: p.consumers_compensated),
        number(Text("受损的消费者", "Consumers uncovered"), lambda p: p.consumers_uncovered)._replace(
            losses=hurt
        ),
        span(Text("到账时间（中位数）", "Median time until paid"), lambda p: p.median_days_until_paid),
        amount(Text("扣款前叫停", "Debits stopped"), lambda p: p.captures_stopped_minor),
    ]


def _merchants(replay: Replay) -> list[Row]:
    amount, number, span = _figures(replay)
    lowest = Text("单个商家最低保障率", "Lowest coverage ratio of any merchant")
    return [
        number(Text("接受的订单", "Orders taken"), replay.taken),
        number(Text("未被接受的订单", "Orders not taken"), lambda p: p.orders_refused),
        *_refusals(replay),
        _row(replay, Text("占下单总额", "Of what was ordered"), lambda p: same(share(p))),
        number(
            Text("未照历史走到底的订单", "Orders that went another way than in the history"),
            lambda p: p.orders_cut_short,
        ),
        *_cut_short(replay),
        amount(Text("成交额（已接受的订单）", "Sales, of the orders taken"), lambda p: p.gmv_minor),
        amount(Text("其中已扣款", "Of these, debited"), lambda p: p.captured_minor),
        amount(
            Text("商家退款（扣款前后）", "Refunded by merchants, before and after the debit"),
            lambda p: p.refunded_minor,
        ),
        span(
            Text("占用资金（销售天数）", "Money locked, in days of sales"), lambda p: p.locked_days_of_sales
        ),
        _row(replay, lowest, lambda p: same(ratio(p.min_coverage_ratio))),
    ]


def _books(replay: Replay) -> list[Row]:
    amount, number, _ = _figures(replay)
    return [
        amount(
            Text("所有账户之和（应为零）", "Sum of all accounts (must be zero)"), lambda p: p.ledger_sum_minor
        ),
        number(Text("事实条数", "Facts"), lambda p: p.facts),
        _row(replay, Text("计算用时（秒）", "Running time (seconds)"), lambda p: same(decimal(p.seconds))),
    ]


def _row(replay: Replay, label: Text, cell: Callable[[PolicyResult], Text]) -> Row:
    return Row(label, [cell(policy) for policy in replay.policies])


def _figures(
    replay: Replay,
) -> tuple[
    Callable[[Text, Callable[[PolicyResult], int]], Row],
    Callable[[Text, Callable[[PolicyResult], int]], Row],
    Callable[[Text, Callable[[PolicyResult], float | None]], Row],
]:
    """Return the makers of rows of amounts, of counts and of spans of days."""
    return (
        lambda label, of: _row(replay, label, lambda policy: money(of(policy), replay.currency)),
        lambda label, of: _row(replay, label, lambda policy: same(count(of(policy)))),
        lambda label, of: _row(replay, label, lambda policy: days(of(policy))),
    )


def _sources(replay: Replay) -> list[Row]:
    paid = [dict(as_they_pay(policy.sources)) for policy in replay.policies]
    rows = [
        Row(SOURCE_LABELS[name], [money(amounts[name], replay.currency) for amounts in paid])
        for name, _ in as_they_pay(replay.policies[0].sources)
    ]
    recovered = _row(
        replay,
        Text("向商家追回、归还基金", "Recovered into the fund"),
        lambda policy: money(policy.fund_recovered_minor, replay.currency),
    )
    return [*rows, recovered]


def _refusals(replay: Replay) -> list[Row]:
    codes = sorted({code for policy in replay.policies for code in policy.refusals})
    return [
        Row(
            Text("其中：{why}", "of these: {why}").fill(why=BY_POLICY.get(code, same(code))),
            [same(count(policy.refusals.get(code, 0))) for policy in replay.policies],
        )
        for code in codes
    ]


def _cut_short(replay: Replay) -> list[Row]:
    events = [name for name in EVENTS if any(name in policy.cut_short for policy in replay.policies)]
    return [
        Row(
            Text("其中：引擎未接受{event}", "of these, not taken as {event}").fill(event=EVENTS[name]),
            [same(count(policy.cut_short.get(name, 0))) for policy in replay.policies],
        )
        for name in events
    ]


def riskiest(policy: PolicyResult, currency: str) -> list[list[Cell]]:
    """List the riskiest merchants of a policy as cells, in the order of the replay."""
    return [_risk(merchant, currency) for merchant in policy.riskiest[:_RISKIEST]]


def _risk(merchant: MerchantRisk, currency: str) -> list[Cell]:
    def amount(minor: int) -> Cell:
        return Cell(money(minor, currency), minor)

    status = STATUSES.get(merchant.status, same(merchant.status))
    return [
        Cell(same(merchant.merchant_id), merchant.merchant_id),
        Cell(status, merchant.status),
        amount(merchant.sales_minor),
        Cell(same(count(merchant.orders)), merchant.orders),
        Cell(same(count(merchant.claims)), merchant.claims),
        amount(merchant.claimed_minor),
        amount(merchant.uncovered_minor),
        amount(merchant.peak_exposure_minor),
        Cell(same(ratio(merchant.min_ratio)), "" if merchant.min_ratio is None else merchant.min_ratio),
    ]
