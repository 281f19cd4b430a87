"""Comparison of policies: the figures of all runs, with confidence intervals."""

import hashlib
from collections.abc import Sequence

from holdfast.kernel.clock import DAY
from holdfast.lab.intervals import interval
from holdfast.lab.locked import Parts, SpanOf, parts
from holdfast.lab.market import Market
from holdfast.lab.results import (
    HONEST,
    Figure,
    KindFigures,
    PolicyFigures,
    RunFigures,
    SellerFigures,
    SpanFigures,
    Sums,
    Waits,
    Worst,
)

MEANING: dict[str, str] = {
    "loss_gross_share": "claimed with right and not paid at the time, of sales",
    "loss_late_share": "of it, on orders whose window of claims was over",
    "loss_net_share": "all of it, less what came later",
    "draw_gross_share": "paid by the fund, of sales",
    "draw_net_share": "the same, less what it got back",
    "platform_loss_share": "lost by the platform, of sales",
    "locked_mean_by_sales": "cash locked over sales of all honest merchants, in days",
    "locked_mean_by_merchant": "mean over honest merchants of cash locked in days of their own sales",
    "locked_median_by_sales": "cash locked in days of its own sales, at the middle of sales",
    "locked_median_by_merchant": "the same, of the median honest merchant",
    "locked_newest_by_sales": "the same, of the tenth that joined last, together",
    "locked_newest_by_merchant": "the same, mean of these merchants",
    "locked_heaviest_by_sales": "the same, of the tenth whose cash is locked longest, together",
    "locked_heaviest_by_merchant": "the same, mean of these merchants",
    "locked_largest_by_sales": "the same, of the tenth that sells most, together",
    "locked_largest_by_merchant": "the same, mean of these merchants",
    "newest_cash_without_guarantee": "of the newest tenth, those without a guarantee: cash locked in days",
    "newest_cash_with_guarantee": "those with one: cash locked in days of their sales",
    "newest_premium_with_guarantee": "those with one: the premium paid, in 10,000 of sales",
    "orders_refused_share": "orders refused for want of cover, of those asked for",
    "days_until_paid": "median days from a claim, or a vanishing, to the money; mean over runs",
    "days_until_paid_late": "the days within which 19 of 20 were paid; mean over runs",
}
"""The meaning of each figure of a span, by its name. Locked cash is of merchants without a guarantee."""


def first_year(seller: SellerFigures) -> Sums:
    """Return a merchant's sums over the marketplace's first year."""
    return seller.first_year


def settled(seller: SellerFigures) -> Sums:
    """Return a merchant's sums over the settled time."""
    return seller.settled


def span_parts(run: RunFigures, span: SpanOf) -> dict[str, Parts]:
    """Return every figure of one run over a span, by its name, as a fraction whose terms add up over runs."""
    sums = [span(seller) for seller in run.sellers]
    sales = sum(one.sales_minor for one in sums)
    waits = run.waits_first_year if span is first_year else run.waits_settled
    refused = sum(one.refused for one in sums)
    loss, draw = sum(one.loss_gross_minor for one in sums), sum(one.drawn_minor for one in sums)
    return {
        "loss_gross_share": (loss, sales),
        "loss_late_share": (sum(one.loss_late_minor for one in sums), sales),
        "loss_net_share": (sum(one.loss_minor for one in sums), sales),
        "draw_gross_share": (draw, sales),
        "draw_net_share": (draw - sum(one.recovered_minor for one in sums), sales),
        "platform_loss_share": (sum(one.platform_minor for one in sums), sales),
        "orders_refused_share": (refused, refused + sum(one.orders for one in sums)),
        **_waited(waits),
        **parts(run.sellers, span),
    }


def _waited(waits: Waits | None) -> dict[str, Parts]:
    if waits is None:
        return {}
    return {"days_until_paid": (waits.median, 1), "days_until_paid_late": (waits.late, 1)}


def _figures(runs: Sequence[RunFigures], span: SpanOf) -> dict[str, Figure]:
    each = [span_parts(run, span) for run in runs]
    found: dict[str, Figure] = {}
    for name in MEANING:
        told = [one[name] for one in each if name in one]
        if told:
            above, below = [part[0] for part in told], [part[1] for part in told]
            found[name] = Figure(_ratio(above, below), interval(above, below))
    return found


def summed_up(
    name: str, runs: Sequence[RunFigures], market: Market, learned: Worst | None = None
) -> PolicyFigures:
    """Return a policy's figures over all its runs.

    Args:
        name: the policy's.
        runs: under it, at least one.
        market: in which they were.
        learned: the strategy that the learning adversary found against it, if one was learning.
    """
    kinds = tuple(_kind(kind, runs) for kind in _kinds(runs))
    worst = max(kinds, key=lambda kind: (kind.cost_days, kind.adversary), default=None)
    begins = market.period.warm_up_days
    return PolicyFigures(
        policy=name,
        first_year=SpanFigures(
            1, (market.first_year_ends - market.begins) // DAY, _figures(runs, first_year)
        ),
        settled=SpanFigures(begins + 1, begins + market.period.days, _figures(runs, settled)),
        worst_adversary=_worst(worst, learned),
        best_paid=max(kinds, key=lambda kind: (_rank(kind), kind.adversary), default=None),
        adversaries=kinds,
        facts=sum(run.facts for run in runs),
        facts_sha256=_digest(runs),
        seconds=sum(run.seconds for run in runs),
    )


def _ratio(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(values) / sum(weights) if sum(weights) else 0.0


def _digest(runs: Sequence[RunFigures]) -> str:
    """Return the SHA-256 over those of the runs, in their order."""
    return hashlib.sha256("".join(run.facts_sha256 for run in runs).encode()).hexdigest()


def _kinds(runs: Sequence[RunFigures]) -> list[str]:
    return sorted({seller.kind for run in runs for seller in run.sellers} - {HONEST})


def _rank(kind: KindFigures) -> float:
    return float("inf") if kind.ratio is None else kind.ratio


def gained(gain_minor: float, paid_minor: float) -> float | None:
    """Return the gain for each unit paid in: 0 where nothing was gained, None where nothing was paid."""
    if not gain_minor:
        return 0.0
    return gain_minor / paid_minor if paid_minor else None


def carried_out(runs: Sequence[RunFigures], kind: str) -> list[list[SellerFigures]]:
    """Return, by run, the rings of a kind that carried out their plan; the others had no time to cost."""
    return [[seller for seller in run.sellers if seller.kind == kind and seller.over] for run in runs]


def _kind(kind: str, runs: Sequence[RunFigures]) -> KindFigures:
    each = carried_out(runs, kind)
    rings = [seller for sellers in each for seller in sellers]
    ordinary = [sum(seller.ordinary_minor for seller in sellers) for sellers in each]
    cost = [float(sum(seller.whole.gross_minor for seller in sellers)) for sellers in each]
    paid = [float(sum(seller.whole.paid_minor for seller in sellers)) for sellers in each]
    loss = [float(sum(seller.whole.loss_gross_minor for seller in sellers)) for sellers in each]
    net = [float(sum(seller.whole.net_minor for seller in sellers)) for sellers in each]
    days, count = _ratio(cost, ordinary), max(1, len(rings))
    singles = [gained(seller.whole.gross_minor, seller.whole.paid_minor) for seller in rings]
    return KindFigures(
        adversary=kind,
        merchants=len(rings),
        cost_days=days,
        loss_days=_ratio(loss, ordinary),
        fund_days=days - _ratio(loss, ordinary),
        net_days=_ratio(net, ordinary),
        interval=interval(cost, ordinary) or (days, days),
        gain_minor=sum(cost) / count,
        paid_minor=sum(paid) / count,
        own_paid_minor=sum(seller.whole.own_paid_minor for seller in rings) / count,
        ratio=gained(sum(cost), sum(paid)),
        ratio_interval=interval(cost, paid),
        worst_ratio=None
        if None in singles
        else max((one for one in singles if one is not None), default=0.0),
    )


def _worst(kind: KindFigures | None, learned: Worst | None) -> Worst | None:
    """Return whichever costs more: the worst of the market's adversaries, or the learned strategy."""
    if kind is None:
        return learned
    found = Worst(
        adversary=kind.adversary,
        cost_days=kind.cost_days,
        loss_days=kind.loss_days,
        fund_days=kind.fund_days,
        net_days=kind.net_days,
        ratio=kind.ratio,
    )
    return found if learned is None or found.cost_days > learned.cost_days else learned
