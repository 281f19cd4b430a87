"""Policies side by side: what each run found, summed up with confidence, and which policy dominates which."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, median

from holdfast.lab.intervals import interval
from holdfast.lab.results import (
    HONEST,
    Duel,
    KindFigures,
    PolicyFigures,
    RunFigures,
    SellerFigures,
    Worst,
)

LOCKED_AT_MOST = 0.5
"""What a policy may lock of another's money, to dominate it."""

_NOTHING = 1e-9


class _Run:
    """One run, summed up."""

    def __init__(self, run: RunFigures) -> None:
        sellers = run.sellers
        self.sales = sum(seller.sales_minor for seller in sellers)
        self.loss = sum(seller.loss_minor for seller in sellers)
        self.draw = sum(seller.drawn_minor - seller.recovered_minor for seller in sellers)
        self.platform = sum(seller.platform_minor for seller in sellers)
        self.orders = sum(seller.orders for seller in sellers)
        self.refused = sum(seller.refused for seller in sellers)
        honest = [seller for seller in sellers if seller.kind == HONEST and seller.sales_in_time_minor]
        self.locked = median([_locked(seller) for seller in honest]) if honest else 0.0
        self.newest = _tenth(honest, lambda seller: (seller.joined_day, seller.id))
        self.largest = _tenth(honest, lambda seller: (seller.sales_minor, seller.id))
        self.waits = run.days_until_paid


def _locked(seller: SellerFigures) -> float:
    return seller.locked / seller.sales_in_time_minor


def _tenth(honest: Sequence[SellerFigures], rank: Callable[[SellerFigures], tuple[int, str]]) -> float:
    """Return the days of sales that are locked, of the tenth of merchants that ranks highest together."""
    chosen = sorted(honest, key=rank)[-max(1, len(honest) // 10) :]
    sales = sum(seller.sales_in_time_minor for seller in chosen)
    return sum(seller.locked for seller in chosen) / sales if sales else 0.0


def summed_up(name: str, runs: Sequence[RunFigures], learned: Worst | None = None) -> PolicyFigures:
    """Return a policy's figures over all its runs."""
    each = [_Run(run) for run in runs]
    sales = [run.sales for run in each]
    waits = [run.waits for run in each if run.waits is not None]
    asked = [run.orders + run.refused for run in each]
    shares = {
        "consumer_loss_share": ([run.loss for run in each], sales),
        "fund_draw_share": ([run.draw for run in each], sales),
        "platform_loss_share": ([run.platform for run in each], sales),
        "orders_refused_share": ([run.refused for run in each], asked),
        "locked_days_of_sales": ([run.locked for run in each], None),
        "locked_days_newest_decile": ([run.newest for run in each], None),
        "locked_days_largest_decile": ([run.largest for run in each], None),
        "days_until_paid": (waits, None),
    }
    means = {field: _ratio(values, weights) for field, (values, weights) in shares.items()}
    found = {field: interval(values, weights) for field, (values, weights) in shares.items()}
    kinds = tuple(_kind(kind, runs) for kind in _kinds(runs))
    worst = max(kinds, key=lambda kind: (kind.cost_days, kind.adversary), default=None)
    return PolicyFigures(
        policy=name,
        consumer_loss_share=means["consumer_loss_share"],
        fund_draw_share=means["fund_draw_share"],
        locked_days_of_sales=means["locked_days_of_sales"],
        locked_days_newest_decile=means["locked_days_newest_decile"],
        locked_days_largest_decile=means["locked_days_largest_decile"],
        orders_refused_share=means["orders_refused_share"],
        days_until_paid=means["days_until_paid"] if waits else None,
        platform_loss_share=means["platform_loss_share"],
        worst_adversary=_worst(worst, learned),
        interval={field: bounds for field, bounds in found.items() if bounds is not None},
        adversaries=kinds,
        facts=sum(run.facts for run in runs),
        facts_sha256=_digest(runs),
        seconds=sum(run.seconds for run in runs),
    )


def _ratio(values: Sequence[float], weights: Sequence[float] | None) -> float:
    if not values:
        return 0.0
    if weights is None:
        return mean(values)
    return sum(values) / sum(weights) if sum(weights) else 0.0


def _digest(runs: Sequence[RunFigures]) -> str:
    """Return the SHA-256 over those of the runs, in their order."""
    return hashlib.sha256("".join(run.facts_sha256 for run in runs).encode()).hexdigest()


def _kinds(runs: Sequence[RunFigures]) -> list[str]:
    return sorted({seller.kind for run in runs for seller in run.sellers} - {HONEST})


def _kind(kind: str, runs: Sequence[RunFigures]) -> KindFigures:
    each = [[seller for seller in run.sellers if seller.kind == kind] for run in runs]
    ordinary = [sum(seller.ordinary_minor for seller in sellers) for sellers in each]
    cost = [float(sum(seller.cost_minor for seller in sellers)) for sellers in each]
    loss = [float(sum(seller.loss_minor for seller in sellers)) for sellers in each]
    days = _ratio(cost, ordinary)
    return KindFigures(
        adversary=kind,
        merchants=sum(len(sellers) for sellers in each),
        cost_days=days,
        loss_days=_ratio(loss, ordinary),
        fund_days=days - _ratio(loss, ordinary),
        interval=interval(cost, ordinary) or (days, days),
    )


def _worst(kind: KindFigures | None, learned: Worst | None) -> Worst | None:
    """Return whichever costs more: the worst of the market's adversaries, or what was learned."""
    if kind is None:
        return learned
    found = Worst(kind.adversary, kind.cost_days, kind.loss_days, kind.fund_days)
    return found if learned is None or found.cost_days > learned.cost_days else learned


def duel(
    ours: tuple[PolicyFigures, Sequence[RunFigures]],
    others: tuple[PolicyFigures, Sequence[RunFigures]],
    learned: Mapping[str, Worst],
) -> Duel:
    """Judge whether our policy dominates another: the same runs under both, so differences are by run.

    It does where it costs consumers and the fund no more, in all and by every adversary, the learning one
    among them, and locks at most half of the money for the median honest merchant. An adversary counts as
    costlier where the 95% interval of the difference lies above zero.
    """
    (we, our_runs), (they, their_runs) = ours, others
    pairs = [(_Run(mine), _Run(their)) for mine, their in zip(our_runs, their_runs, strict=True)]
    loss = [mine.loss / max(1, mine.sales) - their.loss / max(1, their.sales) for mine, their in pairs]
    draw = [mine.draw / max(1, mine.sales) - their.draw / max(1, their.sales) for mine, their in pairs]
    costlier, undecided = _costlier(we, they, our_runs, their_runs)
    if we.policy in learned and they.policy in learned:
        both = learned[we.policy].cost_days, learned[they.policy].cost_days
        costlier |= {"learning": both} if both[0] > both[1] + _WORTH_TELLING_DAYS else {}
    locked = they.locked_days_of_sales
    ratio = we.locked_days_of_sales / locked if locked > _NOTHING else None
    little = ratio <= LOCKED_AT_MOST if ratio is not None else we.locked_days_of_sales <= _NOTHING
    cheap = mean(loss) <= _NOTHING and mean(draw) <= _NOTHING
    return Duel(
        policy=we.policy,
        other=they.policy,
        loss_difference=mean(loss),
        loss_interval=interval(loss) or (mean(loss), mean(loss)),
        draw_difference=mean(draw),
        draw_interval=interval(draw) or (mean(draw), mean(draw)),
        locked_ratio=ratio,
        costlier=costlier,
        undecided=undecided,
        dominates=cheap and little and not costlier,
    )


_WORTH_TELLING_DAYS = 0.05


Costs = dict[str, tuple[float, float]]
"""By adversary, what it costs us and them, in days of its sales."""


def _costlier(
    we: PolicyFigures, they: PolicyFigures, ours: Sequence[RunFigures], theirs: Sequence[RunFigures]
) -> tuple[Costs, Costs]:
    """Return the adversaries that cost us more than them, and those of which chance may be the reason."""
    costs = {kind.adversary: kind.cost_days for kind in they.adversaries}
    costlier: Costs = {}
    undecided: Costs = {}
    for kind in we.adversaries:
        both = kind.cost_days, costs.get(kind.adversary, 0.0)
        if both[0] <= both[1] + _WORTH_TELLING_DAYS:
            continue
        bounds = _difference(kind.adversary, ours, theirs)
        chance = bounds is not None and bounds[0] <= 0.0
        (undecided if chance else costlier)[kind.adversary] = both
    return costlier, undecided


def _difference(
    kind: str, ours: Sequence[RunFigures], theirs: Sequence[RunFigures]
) -> tuple[float, float] | None:
    """Return the interval of what a kind costs us more than them, run by run, in days of its sales."""
    ordinary, more = list[float](), list[float]()
    for mine, their in zip(ours, theirs, strict=True):
        sellers = [seller for seller in mine.sellers if seller.kind == kind]
        ordinary.append(sum(seller.ordinary_minor for seller in sellers))
        rest = sum(seller.cost_minor for seller in their.sellers if seller.kind == kind)
        more.append(float(sum(seller.cost_minor for seller in sellers) - rest))
    return interval(more, ordinary)
