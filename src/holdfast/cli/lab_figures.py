"""What the lab found, for the terminal and as JSON."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.importers.atomic import replacing
from holdfast.kernel.money import Money
from holdfast.lab.results import Comparison, Duel, PolicyFigures, Strategy, Worst

if TYPE_CHECKING:
    from holdfast.lab.fitting import Fitted
    from holdfast.lab.fund import FundSize
    from holdfast.lab.runs import Found


def document(found: "Found") -> dict[str, Any]:
    """Return a comparison for JSON."""
    comparison = found.comparison
    return {
        "policies": comparison.policies,
        "duels": comparison.duels,
        "learned": found.learned,
        **{
            name: getattr(comparison, name)
            for name in comparison.__struct_fields__
            if name not in {"policies", "duels"}
        },
    }


def show(found: "Found", console: Console) -> None:
    """Print the policies, what each adversary cost, what was learned, and which policy dominates."""
    comparison = found.comparison
    console.print(_policies(comparison))
    console.print(_adversaries(comparison, found.learned))
    for name, worst in found.learned.items():
        if worst.strategy is not None:
            console.print(Text(f"{name}: the learning adversary {told(worst.strategy)}"), soft_wrap=True)
    for duel in comparison.duels:
        console.print(Text(_duel(duel)), soft_wrap=True)
    console.print(
        Text(
            f"{comparison.runs} runs of {comparison.merchants} merchants over {comparison.days} days, "
            f"after {comparison.warm_up_days} more; {comparison.orders:,} orders under each policy; "
            f"{comparison.facts:,} facts in {comparison.seconds:,.0f} s. Ranges are 95% intervals over runs."
        ),
        soft_wrap=True,
    )


def _policies(comparison: Comparison) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("policy")
    for heading in (
        "consumers lose\nof 10,000",
        "fund pays\nof 10,000",
        "locked, days\nmedian honest",
        "locked\nnewest 10%",
        "locked\nlargest 10%",
        "refused",
        "days until\npaid",
    ):
        table.add_column(heading, justify="right")
    for policy in comparison.policies:
        table.add_row(
            policy.policy,
            _with(policy, "consumer_loss_share", 10_000),
            _with(policy, "fund_draw_share", 10_000),
            _with(policy, "locked_days_of_sales"),
            _with(policy, "locked_days_newest_decile"),
            _with(policy, "locked_days_largest_decile"),
            f"{policy.orders_refused_share:.2%}",
            "–" if policy.days_until_paid is None else f"{policy.days_until_paid:.1f}",
        )
    return table


def _with(policy: PolicyFigures, name: str, factor: float = 1.0) -> str:
    """Write a figure with its interval below it."""
    value: float = getattr(policy, name) * factor
    bounds = policy.interval.get(name)
    if bounds is None:
        return f"{value:.2f}"
    return f"{value:.2f}\n{bounds[0] * factor:.2f}–{bounds[1] * factor:.2f}"


def _adversaries(comparison: Comparison, learned: dict[str, Worst]) -> Table:
    """Tabulate what each adversary cost consumers and the fund, in days of its own sales."""
    names = sorted({kind.adversary for policy in comparison.policies for kind in policy.adversaries})
    table = Table("cost in days of its sales", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for policy in comparison.policies:
        table.add_column(policy.policy, justify="right", overflow="fold")
    for name in names:
        costs = [
            {kind.adversary: kind.cost_days for kind in policy.adversaries} for policy in comparison.policies
        ]
        table.add_row(name, *(f"{cost[name]:.2f}" if name in cost else "–" for cost in costs))
    if learned:
        table.add_row(
            "learning",
            *(
                f"{learned[policy.policy].cost_days:.2f}" if policy.policy in learned else "–"
                for policy in comparison.policies
            ),
            style="bold",
        )
    return table


def told(strategy: Strategy) -> str:
    """Return a strategy in words."""
    parts = [f"trades honestly for {strategy.build_days:.0f} days"]
    if strategy.ramp_days >= 1:
        parts.append(f"grows over {strategy.ramp_days:.0f} days to {strategy.ramp_to:.1f} times")
    if strategy.sale_days >= 1:
        parts.append(
            f"sells off for {strategy.sale_days:.0f} days at {strategy.price:.0%} of the price, "
            f"up to {strategy.sale_factor:.1f} times as much, sends {strategy.ships:.0%} of it and fakes "
            f"{strategy.fakes:.0%} of the rest"
        )
    if strategy.stays_days >= 1:
        parts.append(f"waits {strategy.stays_days:.0f} days for its money")
    false = f" ({strategy.false_goods:.0%} of its goods are not as shown)" if strategy.false_goods else ""
    return ", ".join(parts) + f", and is gone{false}"


def _duel(duel: Duel) -> str:
    locked = (
        "which locks nothing"
        if duel.locked_ratio is None
        else f"with {duel.locked_ratio:.0%} of its money locked"
    )
    verdict = "dominates" if duel.dominates else "does not dominate"
    difference = (duel.loss_difference + duel.draw_difference) * 10_000
    more = "".join(
        f"; {name} costs {ours:.2f} days against {theirs:.2f}"
        for name, (ours, theirs) in duel.costlier.items()
    )
    chance = ", ".join(duel.undecided)
    more += f"; within chance {chance} cost more, too" if chance else ""
    return (
        f"{duel.policy} {verdict} {duel.other}, {locked}: {difference:+.2f} of 10,000 in loss and draw{more}"
    )


def show_funds(sizes: Sequence["FundSize"], currency: str, console: Console) -> None:
    """Print how large the fund must be under each policy."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("policy")
    for heading in (
        "capital",
        "95% interval",
        "of sales",
        "without its\nshare of sales",
        "pays a year",
        "is given",
    ):
        table.add_column(heading, justify="right")
    for size in sizes:
        low, high = size.interval
        table.add_row(
            size.policy,
            _money(size.capital_minor, currency),
            f"{_money(low, currency)} – {_money(high, currency)}",
            f"{size.share_of_sales:.3%}",
            _money(size.without_share_minor, currency),
            _money(size.mean_draw_minor, currency),
            _money(size.mean_given_minor, currency),
        )
    console.print(table)
    for size in sizes[:1]:
        console.print(
            Text(
                f"With this capital the fund stays solvent with probability {size.solvency:.2%}: "
                f"{size.years:,} years, put together of {size.merchants_seen:,} merchants"
            ),
            soft_wrap=True,
        )


def _money(minor: int, currency: str) -> str:
    return Money(minor, currency).format()


def show_fitted(fitted: Sequence["Fitted"], console: Console) -> None:
    """Print what was fitted, and how well it fits."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("number", "distribution", "unit"):
        table.add_column(heading)
    for heading in ("observed", "KS", "median off", "90% off"):
        table.add_column(heading, justify="right")
    for one in fitted:
        parameters = ", ".join(
            f"{name} {getattr(one.distribution, name):.4g}" for name in one.distribution.__struct_fields__
        )
        table.add_row(
            one.name,
            f"{one.family}: {parameters}",
            one.unit,
            f"{one.observations:,}",
            "–" if one.ks is None else f"{one.ks:.3f}",
            _off(one.error_median),
            _off(one.error_p90),
        )
    console.print(table)
    for one in fitted:
        if one.remark:
            console.print(Text(f"{one.name}: {one.remark}"), soft_wrap=True)


def _off(error: float) -> str:
    """Write a relative error; there is none where the data's own figure is nothing."""
    return "–" if math.isnan(error) else f"{error:+.1%}"


def write_text(path: Path, text: str) -> None:
    """Write a file: complete, or not at all."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
