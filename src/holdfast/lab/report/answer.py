"""The answer in a sentence or two, made of the figures."""

import math
from typing import NamedTuple

from holdfast.kernel.currencies import sign
from holdfast.kernel.text import Text, each, listed, same, sentences
from holdfast.lab.duels import LOCKED_AT_MOST
from holdfast.lab.results import Comparison, Duel, PolicyFigures, SpanFigures
from holdfast.replay.wording import NONE, days

COVERED = "covered"

PER = 10_000

_RIVALS = ("rolling_reserve", "delivery_plus")
"""The policies that the answer judges a covered policy against, by how their names begin."""


class Answer(NamedTuple):
    """The sentence at the top, and the one beside it."""

    first: Text
    beside: Text | None


def lost(span: SpanFigures) -> float:
    """Return the loss of consumers and the fund of 10,000 of sales, before anything comes back."""
    return (span["loss_gross_share"] + span["draw_gross_share"]) * PER


def cost(policy: PolicyFigures) -> float:
    """Return the same in the span that is the worse for the policy."""
    return max(lost(policy.first_year), lost(policy.settled))


_NOTHING = 1e-9
_LEAST = 0.01


def number(value: float) -> str:
    """Write a figure with two decimals at most; one that they do not show reads as less than the least."""
    if not math.isfinite(value):
        return NONE
    if _NOTHING < abs(value) < _LEAST / 2:
        return f"<{_LEAST}" if value > 0 else f">-{_LEAST}"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def ten_thousand(currency: str) -> Text:
    """Write `¥10,000`: losses are told for so much of sales."""
    return each(lambda language: f"{sign(currency, language)}{PER:,}")


def money(value: float, currency: str) -> Text:
    """Write a loss of ten thousand in the currency: `¥3.2`."""
    text = number(value)
    digits = text.lstrip("<>-")
    before = text.removesuffix(digits)
    return each(lambda language: f"{before}{sign(currency, language)}{digits}")


def chosen(comparison: Comparison) -> PolicyFigures:
    """Return the policy that the answer is about: the first covered one, or that which costs least."""
    ours = [policy for policy in comparison.policies if policy.policy.startswith(COVERED)]
    return ours[0] if ours else min(comparison.policies, key=lambda policy: (cost(policy), policy.policy))


def answer(comparison: Comparison) -> Answer:
    """Say the policy's cost and locked money, and whether it dominates its rivals; beside it the others'."""
    ours = chosen(comparison)
    first = Text(
        "在 {policy} 之下，每 {of} 销售额：市场的第一年里{year}；自第 {day} 天起{settled}。",
        "Under {policy}, of every {of} of sales: in the marketplace’s first year {year}; from day {day} on "
        "{settled}.",
    ).fill(
        policy=ours.policy,
        of=ten_thousand(comparison.currency),
        year=_span(ours.first_year, comparison.currency),
        day=str(ours.settled.from_day),
        settled=_span(ours.settled, comparison.currency),
    )
    others = [
        _other(policy, comparison.currency) for policy in comparison.policies if policy.policy != ours.policy
    ]
    if not others:
        return Answer(first, None)
    beside = Text(
        "消费者与基金的损失（较差的时期），其他政策：" + "；".join(text.zh for text in others) + "。",
        "What consumers and the fund lose under the others, in the worse span: "
        + "; ".join(text.en for text in others)
        + ".",
    )
    return Answer(sentences(first, *_verdicts(comparison, ours)), beside)


def _span(span: SpanFigures, currency: str) -> Text:
    """Say the loss in a span, gross, and the money locked: of all and of the newest."""
    return Text(
        "消费者当时未获赔 {lost}，保障基金支出 {drawn}，诚信商家被占用 {locked}的销售额，最新的一成 {newest}",
        "consumers are not paid {lost}, the fund pays {drawn}, and honest merchants have {locked} of their "
        "sales locked, the newest tenth {newest}",
    ).fill(
        lost=money(span["loss_gross_share"] * PER, currency),
        drawn=money(span["draw_gross_share"] * PER, currency),
        locked=days(span["locked_mean_by_sales"]),
        newest=days(span["locked_newest_by_sales"]),
    )


def _other(policy: PolicyFigures, currency: str) -> Text:
    return Text(
        "{policy} 损失 {cost}、第一年占用 {year}而后 {settled}",
        "{policy} {cost}, with {year} locked in the first year and {settled} later",
    ).fill(
        policy=same(policy.policy),
        cost=money(cost(policy), currency),
        year=days(policy.first_year["locked_mean_by_sales"]),
        settled=days(policy.settled["locked_mean_by_sales"]),
    )


def _verdicts(comparison: Comparison, ours: PolicyFigures) -> list[Text]:
    """Judge our policy against its rivals; for one without rivals there, say the price of its small loss."""
    fought = [
        duel for duel in comparison.duels if duel.policy == ours.policy and duel.other.startswith(_RIVALS)
    ]
    if not fought:
        return _traded(comparison, ours) if not ours.policy.startswith(COVERED) else []
    beaten = [same(duel.other) for duel in fought if duel.dominates]
    told = [Text("它优于 {names}。", "It dominates {names}.").fill(names=listed(beaten))] if beaten else []
    missed = [
        Text("它未能优于 {name}：{why}。", "It does not dominate {name}: {why}.").fill(
            name=duel.other, why=listed(_misses(duel, comparison.currency))
        )
        for duel in fought
        if not duel.dominates
    ]
    return told + missed


def _misses(duel: Duel, currency: str) -> list[Text]:
    """Return by how much a policy misses to dominate another."""
    why: list[Text] = []
    for more, zh, en in (
        (duel.loss_difference * PER, "消费者多损失 {more}", "consumers lose {more} more"),
        (duel.draw_difference * PER, "基金多支出 {more}", "the fund pays {more} more"),
    ):
        if more > _NOTHING:
            why.append(Text(zh, en).fill(more=money(more, currency)))
    if duel.locked_ratio is None:
        why.append(Text("对方不占用资金", "that one locks nothing"))
    elif duel.locked_ratio > LOCKED_AT_MOST:
        share, most = f"{duel.locked_ratio:.0%}", f"{LOCKED_AT_MOST:.0%}"
        why.append(
            Text(
                f"占用资金是它的 {share}（须不超过 {most}）",
                f"it locks {share} of its money (at most {most} will do)",
            )
        )
    if duel.costlier:
        names = len(duel.costlier)
        why.append(
            Text(
                f"有 {names} 种对手使损失更大",
                f"{names} {'adversary costs' if names == 1 else 'adversaries cost'} more under it",
            )
        )
    return why or [Text("差别太小", "the difference is too small")]


def _traded(comparison: Comparison, ours: PolicyFigures) -> list[Text]:
    """Set the policy that costs least against the one that costs most: the saving, and the money locked."""
    worst = max(comparison.policies, key=lambda policy: (cost(policy), policy.policy))
    if cost(worst) - cost(ours) <= _NOTHING:
        return (
            [Text("各项政策的损失没有差别。", "No policy loses more than another.")] if worst != ours else []
        )
    return [
        Text(
            "它损失最少，比损失最多的 {worst} 少 {less}；占用资金则是 {ours_locked}对 {theirs}。",
            "It loses least, {less} less than {worst}, which loses most; it locks {ours_locked} "
            "against {theirs}.",
        ).fill(
            worst=worst.policy,
            less=money(cost(worst) - cost(ours), comparison.currency),
            ours_locked=days(ours.settled["locked_mean_by_sales"]),
            theirs=days(worst.settled["locked_mean_by_sales"]),
        )
    ]
