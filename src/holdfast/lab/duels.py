"""Which policy dominates which: judged where it is worst for the one that would, not where it is best."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import NamedTuple

from holdfast.lab.comparison import carried_out, first_year, settled, span_parts
from holdfast.lab.intervals import interval
from holdfast.lab.locked import SpanOf
from holdfast.lab.results import Duel, PolicyFigures, RunFigures, Worst

LOCKED_AT_MOST = 0.5
"""The share of another policy's locked money that a policy may lock, to dominate it."""

LOCKED_BY = ("locked_mean_by_sales", "locked_median_by_merchant", "locked_newest_by_sales")
"""By what money locked is compared: in the first year and in the settled time."""

_NOTHING = 1e-9
_WORTH_TELLING_DAYS = 0.05

_SPANS: dict[str, SpanOf] = {"first year": first_year, "settled": settled}

Costs = dict[str, tuple[float, float]]
"""The costs of each adversary for our policy and for theirs, in days of its sales."""


class _More(NamedTuple):
    """The extra costs of a policy over another, run by run, as shares of sales."""

    loss: list[float]
    draw: list[float]


def duel(
    ours: tuple[PolicyFigures, Sequence[RunFigures]],
    others: tuple[PolicyFigures, Sequence[RunFigures]],
    learned: Mapping[str, Worst],
) -> Duel:
    """Judge whether our policy dominates another: the same runs under both, so differences are by run.

    It does where it costs consumers and the fund no more, gross, in all and by every adversary, the learning
    one among them, and locks at most half of the money by every one of `LOCKED_BY`; all that in the first
    year and in the settled time. An adversary counts as costlier where the 95% interval of the difference
    lies above zero.
    """
    (we, our_runs), (they, their_runs) = ours, others
    more = {name: _more(our_runs, their_runs, span) for name, span in _SPANS.items()}
    worse = max(more, key=lambda name: mean(more[name].loss) + mean(more[name].draw))
    loss, draw = more[worse]
    costlier, undecided = _costlier(we, they, our_runs, their_runs)
    if we.policy in learned and they.policy in learned:
        both = learned[we.policy].cost_days, learned[they.policy].cost_days
        costlier |= {"learning": both} if both[0] > both[1] + _WORTH_TELLING_DAYS else {}
    ratio, by = _locked(we, they)
    cheap = all(mean(one) <= _NOTHING for each in more.values() for one in each)
    return Duel(
        policy=we.policy,
        other=they.policy,
        worse_span=worse,
        loss_difference=mean(loss),
        loss_interval=interval(loss) or (mean(loss), mean(loss)),
        draw_difference=mean(draw),
        draw_interval=interval(draw) or (mean(draw), mean(draw)),
        locked_ratio=ratio,
        locked_by=by,
        costlier=costlier,
        undecided=undecided,
        dominates=cheap and ratio is not None and ratio <= LOCKED_AT_MOST and not costlier,
    )


def _more(ours: Sequence[RunFigures], theirs: Sequence[RunFigures], span: SpanOf) -> _More:
    found = _More([], [])
    for mine, their in zip(ours, theirs, strict=True):
        both = span_parts(mine, span), span_parts(their, span)
        for name, differences in (("loss_gross_share", found.loss), ("draw_gross_share", found.draw)):
            (my_part, my_sales), (their_part, their_sales) = (one[name] for one in both)
            differences.append(my_part / max(1, my_sales) - their_part / max(1, their_sales))
    return found


def _locked(we: PolicyFigures, they: PolicyFigures) -> tuple[float | None, str]:
    """Return the greatest ratio of money locked, and by which figure; None where the other locks nothing.

    Where we lock nothing, either, the ratio is 0.
    """
    greatest, by = 0.0, LOCKED_BY[0]
    spans = (("first year", we.first_year, they.first_year), ("settled", we.settled, they.settled))
    for span, ours, theirs in spans:
        for name in LOCKED_BY:
            if not ours[name] > _NOTHING:
                continue
            if not theirs[name] > _NOTHING:
                return None, f"{name}, {span}"
            if ours[name] / theirs[name] > greatest:
                greatest, by = ours[name] / theirs[name], f"{name}, {span}"
    return greatest, by


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
    """Return the interval of a kind's extra cost to us over them, run by run, in days of its sales."""
    ordinary, more = list[float](), list[float]()
    for mine, their in zip(carried_out(ours, kind), carried_out(theirs, kind), strict=True):
        ordinary.append(sum(seller.ordinary_minor for seller in mine))
        rest = sum(seller.whole.gross_minor for seller in their)
        more.append(float(sum(seller.whole.gross_minor for seller in mine) - rest))
    return interval(more, ordinary)
