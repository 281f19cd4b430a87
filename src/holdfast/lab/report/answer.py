"""The answer in a sentence or two, made of the figures."""

from typing import NamedTuple

from holdfast.lab.results import Comparison, PolicyFigures
from holdfast.replay.wording import Text, days, same

COVERED = "covered"

PER = 10_000


class Answer(NamedTuple):
    """The sentence at the top, and the one beside it."""

    first: Text
    beside: Text | None


def cost(policy: PolicyFigures) -> float:
    """Return what consumers and the fund lose of 10,000 of sales."""
    return (policy.consumer_loss_share + policy.fund_draw_share) * PER


def number(value: float) -> str:
    """Write a figure with two decimals at most, and none where they are nothing."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def chosen(comparison: Comparison) -> PolicyFigures:
    """Return the policy that the answer is about: the first covered one, or that which costs least."""
    ours = [policy for policy in comparison.policies if policy.policy.startswith(COVERED)]
    return ours[0] if ours else min(comparison.policies, key=lambda policy: (cost(policy), policy.policy))


def answer(comparison: Comparison) -> Answer:
    """Say what the first covered policy costs and locks, and beside it what the others do."""
    ours = chosen(comparison)
    first = Text(
        "在 {policy} 之下，每一万元销售额，消费者损失 {lost}，保障基金净支出 {drawn}；"
        "诚信商家（中位数）的资金被占用 {locked}。",
        "Under {policy}, of 10,000 of sales consumers lose {lost} and the fund pays {drawn}; the median "
        "honest merchant has {locked} of its sales locked.",
    ).fill(
        policy=ours.policy,
        lost=number(ours.consumer_loss_share * PER),
        drawn=number(ours.fund_draw_share * PER),
        locked=days(ours.locked_days_of_sales),
    )
    others = [_other(policy) for policy in comparison.policies if policy is not ours]
    if not others:
        return Answer(first, None)
    beside = Text(
        "其他政策：" + "；".join(text.zh for text in others) + "。",
        "The others: " + "; ".join(text.en for text in others) + ".",
    )
    return Answer(first, beside)


def _other(policy: PolicyFigures) -> Text:
    return Text("{policy} 损失 {cost}、占用 {locked}", "{policy} loses {cost} and locks {locked}").fill(
        policy=same(policy.policy), cost=number(cost(policy)), locked=days(policy.locked_days_of_sales)
    )
