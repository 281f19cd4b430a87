"""The tables: policies side by side, adversaries, learned strategies, which policy dominates."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from holdfast.kernel.money import Money
from holdfast.kernel.text import Text, same
from holdfast.lab.report.answer import PER, number
from holdfast.lab.report.texts import ADVERSARIES, FIGURES, PAGE
from holdfast.lab.results import (
    LEARNED,
    Comparison,
    Duel,
    KindFigures,
    PolicyFigures,
    SpanFigures,
    Strategy,
    Worst,
)
from holdfast.replay.wording import NONE, count, days, decimal

_SHADES = 5
_SHADED_AT = (0.05, 1.0, 4.0, 10.0)
"""Costs in days of sales from which on a cell is a shade darker."""


class Cell(NamedTuple):
    """A figure with its interval below, or with its parts, and below these its interval.

    `shade` tells how bad it is, from 0 to 4.
    """

    text: Text
    below: Text | None = None
    shade: int = 0
    spread: Text | None = None


class Row(NamedTuple):
    """A label and its cells, one for each policy; `span` where a figure has a row for each."""

    label: Text
    cells: list[Cell]
    span: Text | None = None


def policies(comparison: Comparison) -> list[Row]:
    """Set every figure of the policies side by side, in both spans, each with its interval."""
    rows: list[Row] = []
    for name, label in FIGURES.items():
        for span in ("first_year", "settled"):
            found: list[SpanFigures] = [getattr(policy, span) for policy in comparison.policies]
            if any(name in one.figures for one in found):
                rows.append(Row(label, [_figure(one, name) for one in found], PAGE[span]))
    worst = [_costliest(policy.worst_adversary) for policy in comparison.policies]
    gained = [_most_gained(policy.best_paid) for policy in comparison.policies]
    return [
        *rows,
        Row(PAGE["worst"], worst),
        Row(PAGE["most_gained"], gained),
        Row(PAGE["facts"], [Cell(same(count(policy.facts))) for policy in comparison.policies]),
        Row(PAGE["seconds"], [Cell(same(decimal(policy.seconds))) for policy in comparison.policies]),
    ]


def _most_gained(kind: KindFigures | None) -> Cell:
    if kind is None:
        return Cell(same(NONE))
    return Cell(_ratio(kind.ratio), _name(kind.adversary))


def _ratio(ratio: float | None) -> Text:
    return PAGE["nothing_paid"] if ratio is None else same(number(ratio))


def _costliest(worst: Worst | None) -> Cell:
    if worst is None:
        return Cell(same(NONE))
    return Cell(same(number(worst.cost_days)), _name(worst.adversary))


def _name(adversary: str) -> Text:
    """Return the name of an adversary for people; the learning one has two."""
    known = {**ADVERSARIES, "learning": PAGE["learning"], LEARNED: PAGE["learning"]}
    return known.get(adversary, same(adversary))


def _written(name: str) -> Callable[[float], Text]:
    """Return how a figure is written, by its name."""
    if name == "orders_refused_share":
        return lambda value: same(f"{value:.2%}")
    if name.endswith("_share"):
        return lambda value: same(number(value * PER))
    return lambda value: same(number(value))


def _figure(span: SpanFigures, name: str) -> Cell:
    found = span.figures.get(name)
    if found is None:
        return Cell(same(NONE))
    write = _written(name)
    if found.interval is None:
        return Cell(write(found.value))
    low, high = (write(bound).zh for bound in found.interval)
    return Cell(write(found.value), same(f"{low} – {high}"))


def adversaries(comparison: Comparison, learned: Mapping[str, Worst]) -> list[Row]:
    """Tabulate the cost of each adversary to each policy, the learning one last."""
    names = sorted({kind.adversary for policy in comparison.policies for kind in policy.adversaries})
    rows = [
        Row(ADVERSARIES.get(name, same(name)), [_kind(policy, name) for policy in comparison.policies])
        for name in names
    ]
    if learned:
        cells = [_worst(learned.get(policy.policy)) for policy in comparison.policies]
        rows.append(Row(PAGE["learning"], cells))
    return rows


def _shade(cost_days: float) -> int:
    return sum(cost_days >= least for least in _SHADED_AT)


def _kind(policy: PolicyFigures, name: str) -> Cell:
    found = next((kind for kind in policy.adversaries if kind.adversary == name), None)
    if found is None or not found.merchants:
        return Cell(same(NONE))
    parts = same(f"{number(found.loss_days)} + {number(found.fund_days)}")
    low, high = found.interval
    spread = same(f"{number(low)} – {number(high)}") if low < high else None
    return Cell(same(number(found.cost_days)), parts, _shade(found.cost_days), spread)


_PAYS, _PAYS_WELL = 1.0, 5.0
"""Gain for each unit paid in from which on a cell is darker: it pays, and it pays well."""


def gains(comparison: Comparison, learned: Mapping[str, Worst]) -> list[Row]:
    """Tabulate each adversary's gain for each unit paid in, the learning one last."""
    names = sorted({kind.adversary for policy in comparison.policies for kind in policy.adversaries})
    rows = [
        Row(_name(name), [_gain(policy, name, comparison.currency) for policy in comparison.policies])
        for name in names
    ]
    if learned:
        found = [learned.get(policy.policy) for policy in comparison.policies]
        cells = [
            Cell(same(NONE)) if one is None else Cell(_ratio(one.ratio), None, _pays(one.ratio))
            for one in found
        ]
        rows.append(Row(PAGE["learning"], cells))
    return rows


def _pays(ratio: float | None) -> int:
    if ratio is None or ratio >= _PAYS_WELL:
        return _SHADES - 1
    return 2 if ratio > _PAYS else 0


def _gain(policy: PolicyFigures, name: str, currency: str) -> Cell:
    found = next((kind for kind in policy.adversaries if kind.adversary == name), None)
    if found is None or not found.merchants:
        return Cell(same(NONE))
    gain, paid, own = (
        Money(round(minor), currency).format()
        for minor in (found.gain_minor, found.paid_minor, found.own_paid_minor)
    )
    best = PAGE["best_ring"].fill(x=_ratio(found.worst_ratio))
    return Cell(_ratio(found.ratio), same(f"{gain} / {paid} ({own})"), _pays(found.ratio), best)


def _worst(worst: Worst | None) -> Cell:
    if worst is None:
        return Cell(same(NONE))
    parts = same(f"{number(worst.loss_days)} + {number(worst.fund_days)}")
    return Cell(same(number(worst.cost_days)), parts, _shade(worst.cost_days))


class Learned(NamedTuple):
    """The strategy found against a policy, in words."""

    policy: str
    cost: Text
    strategy: Text
    tried: str


def learned(comparison: Comparison, found: Mapping[str, Worst]) -> list[Learned]:
    """Tell the strategy found against each policy."""
    return [
        Learned(policy.policy, days(worst.cost_days), strategy(worst.strategy), count(worst.tried))
        for policy in comparison.policies
        if (worst := found.get(policy.policy)) is not None and worst.strategy is not None
    ]


def strategy(found: Strategy) -> Text:
    """Tell a strategy in words."""
    parts = [Text("诚信经营 {n} 天", "trades honestly for {n} days").fill(n=f"{found.build_days:.0f}")]
    if found.ramp_days >= 1:
        parts.append(
            Text("用 {n} 天把销量做到 {x} 倍", "grows over {n} days to {x} times").fill(
                n=f"{found.ramp_days:.0f}", x=f"{found.ramp_to:.1f}"
            )
        )
    if found.sale_days >= 1:
        parts.append(_sale(found))
    if found.false_goods >= 0.01:  # noqa: PLR2004 - a hundredth is nothing to tell of
        share = f"{found.false_goods:.0%}"
        parts.append(Text("{s} 的货不对板", "{s} of its goods are not as shown").fill(s=share))
    if found.stays_days >= 1:
        parts.append(Text("等货款 {n} 天", "waits {n} days for its money").fill(n=f"{found.stays_days:.0f}"))
    parts += _among_friends(found)
    parts.append(Text("然后失联", "and is gone"))
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


_WORTH_TELLING = 0.05


def _among_friends(found: Strategy) -> list[Text]:
    """Tell the use of its deposit and its accomplices."""
    parts: list[Text] = []
    if found.deposit_days >= 1:
        deposit = f"{found.deposit_days:.0f}"
        parts.append(Text("交 {n} 天销售额的保证金", "pays a deposit of {n} days of sales").fill(n=deposit))
    if found.wash < _WORTH_TELLING:
        return parts
    wash = f"{found.wash:.1f}"
    parts.append(Text("同伙下单为平常的 {x} 倍", "accomplices order {x} times its sales").fill(x=wash))
    for share, zh, en in (
        (found.claims_late, "其中 {s} 过期索赔", "claim {s} of it late"),
        (found.refunds, "其余 {s} 退款", "are refunded {s} of the rest"),
    ):
        if share >= _WORTH_TELLING:
            parts.append(Text(zh, en).fill(s=f"{share:.0%}"))
    return parts


def _sale(found: Strategy) -> Text:
    return Text(
        "以 {price} 的价格甩卖 {n} 天（销量至多 {x} 倍），发货 {ships}，其余 {fakes} 伪造物流",
        "sells off for {n} days at {price} of the price (up to {x} times as much), sends {ships} of it and "
        "fakes the tracking of {fakes} of the rest",
    ).fill(
        n=f"{found.sale_days:.0f}",
        price=f"{found.price:.0%}",
        x=f"{found.sale_factor:.1f}",
        ships=f"{found.ships:.0%}",
        fakes=f"{found.fakes:.0%}",
    )


class Told(NamedTuple):
    """A duel: whether the policy dominates, and why not."""

    policy: str
    other: str
    dominates: bool
    verdict: Text
    cost: Cell
    locked: Cell
    costlier: Text
    undecided: Text


def duels(comparison: Comparison) -> list[Told]:
    """Tell each duel."""
    return [_told(one) for one in comparison.duels]


def _told(one: Duel) -> Told:
    difference = (one.loss_difference + one.draw_difference) * PER
    low = (one.loss_interval[0] + one.draw_interval[0]) * PER
    high = (one.loss_interval[1] + one.draw_interval[1]) * PER
    verdict = Text("更优", "dominates") if one.dominates else Text("未能更优", "does not")
    figure, _, span = one.locked_by.partition(", ")
    worse = PAGE[span.replace(" ", "_")]
    by = Text(f"{FIGURES[figure].zh}，{worse.zh}", f"{FIGURES[figure].en}, {worse.en}")
    ratio = None if one.locked_ratio is None else f"{one.locked_ratio:.0%}"
    locked = Cell(Text("对方不占用", "the other locks none") if ratio is None else same(ratio), by)
    return Told(
        one.policy,
        one.other,
        one.dominates,
        verdict,
        Cell(same(_signed(difference)), same(f"{_signed(low)} … {_signed(high)}") if low < high else None),
        locked,
        _costs(one.costlier),
        _costs(one.undecided),
    )


def _costs(costs: Mapping[str, tuple[float, float]]) -> Text:
    """Tell adversaries with their costs to both policies."""
    if not costs:
        return same(NONE)
    told = [(_name(name), f"{number(ours)} / {number(theirs)}") for name, (ours, theirs) in costs.items()]
    return Text(
        "；".join(f"{name.zh} {pair}" for name, pair in told),
        "; ".join(f"{name.en} {pair}" for name, pair in told),
    )


def _signed(value: float) -> str:
    text = number(value)
    return text if value <= 0 or text == "0" else f"+{text}"
