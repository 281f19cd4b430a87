"""The lab's results, for the terminal and as JSON."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.cli.lab_columns import (
    GUARANTEES,
    LOCKED,
    LOSSES,
    PER,
    SPANS,
    Column,
    decimals,
    gain,
    ratio,
)
from holdfast.importers.atomic import replacing
from holdfast.kernel.money import Money
from holdfast.kernel.text import Text as Words
from holdfast.lab.results import (
    Comparison,
    Duel,
    KindFigures,
    PolicyFigures,
    SpanFigures,
    Strategy,
    Worst,
)

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
    """Print the policies in both spans, adversaries' cost and gain, strategies learned, who dominates."""
    comparison = found.comparison
    for title, columns in (
        (Words("损失，每一万元销售额", "Lost, of 10,000 of sales"), LOSSES),
        (Words("占用现金，销售天数", "Cash locked, in days of sales"), LOCKED),
        (Words("最新的一成，有无保函", "The newest tenth, with a guarantee and without"), GUARANTEES),
    ):
        if any(column.name in one.figures for one in _all_spans(comparison) for column in columns):
            console.print(_policies(comparison, title, columns))
    console.print(_adversaries(comparison, found.learned))
    console.print(_gains(comparison, found.learned))
    for name, worst in found.learned.items():
        if worst.strategy is not None:
            console.print(Text(f"{name}: the learning adversary {told(worst.strategy)}"), soft_wrap=True)
    for duel in comparison.duels:
        console.print(Text(_duel(duel)), soft_wrap=True)
    first, settled = comparison.policies[0].first_year, comparison.policies[0].settled
    console.print(
        Text(
            f"第一年 first year: days {first.from_day} to {first.to_day}, every merchant new. "
            f"成熟期 settled: days {settled.from_day} to {settled.to_day}. "
            "Below each figure its 95% interval (95% 置信区间, bootstrap over runs).\n"
            f"{comparison.runs} runs of {comparison.merchants} merchants; "
            f"{comparison.orders:,} orders under each policy; "
            f"{comparison.facts:,} facts in {comparison.seconds:,.0f} s."
        ),
        soft_wrap=True,
    )


def _all_spans(comparison: Comparison) -> list[SpanFigures]:
    return [span for policy in comparison.policies for span in (policy.first_year, policy.settled)]


def _policies(comparison: Comparison, title: Words, columns: Sequence[Column]) -> Table:
    table = Table(
        title=f"{title.zh} {title.en}", title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False
    )
    table.add_column("policy 政策", overflow="fold", min_width=13)
    table.add_column("")
    for column in columns:
        table.add_column(f"{column.heading.zh}\n{column.heading.en}", justify="right", vertical="bottom")
    for policy in comparison.policies:
        for number, (name, span_title) in enumerate(SPANS):
            span: SpanFigures = getattr(policy, name)
            cells = (f"{column.value(span)}\n{column.interval(span)}".rstrip() for column in columns)
            table.add_row(policy.policy if not number else "", f"{span_title.zh}\n{span_title.en}", *cells)
    return table


def _adversaries(comparison: Comparison, learned: dict[str, Worst]) -> Table:
    """Tabulate the cost of each adversary before anything came back, in days of its sales."""
    table = _by_policy(comparison, "对手造成的损失，其销售天数\ncost in days of its sales")
    for name in _names(comparison):
        costs = _of(comparison, name)
        table.add_row(name, *("–" if kind is None else _cost(kind) for kind in costs))
    if learned:
        table.add_row("learning", *(_learned(learned, policy, "cost_days") for policy in comparison.policies))
    return table


def _gains(comparison: Comparison, learned: dict[str, Worst]) -> Table:
    """Tabulate each adversary's gain for each unit that it paid in; below it, the ring that did best."""
    table = _by_policy(comparison, "所得 / 投入，下为最得手者\ngain over paid in, best ring below")
    for name in _names(comparison):
        table.add_row(name, *("–" if kind is None else _gain(kind) for kind in _of(comparison, name)))
    if learned:
        table.add_row("learning", *(_learned(learned, policy, "ratio") for policy in comparison.policies))
    return table


def _by_policy(comparison: Comparison, heading: str) -> Table:
    table = Table(heading, box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for policy in comparison.policies:
        table.add_column(policy.policy, justify="right", overflow="fold")
    return table


def _names(comparison: Comparison) -> list[str]:
    return sorted({kind.adversary for policy in comparison.policies for kind in policy.adversaries})


def _of(comparison: Comparison, name: str) -> list[KindFigures | None]:
    """Return a kind under each policy; None where none of its merchants had the time to do its act."""
    return [
        next((kind for kind in policy.adversaries if kind.adversary == name and kind.merchants), None)
        for policy in comparison.policies
    ]


def _cost(kind: KindFigures) -> str:
    low, high = kind.interval
    spread = f"\n{decimals(low)}–{decimals(high)}" if low < high else ""
    return decimals(kind.cost_days) + spread


def _gain(kind: KindFigures) -> str:
    value, _, best = gain(kind)
    return f"{value}\n{best}"


def _learned(learned: dict[str, Worst], policy: PolicyFigures, name: str) -> str:
    worst = learned.get(policy.policy)
    if worst is None:
        return "–"
    return ratio(worst.ratio) if name == "ratio" else decimals(worst.cost_days)


_WORTH_TELLING = 0.05


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
    if strategy.deposit_days >= 1:
        parts.append(f"pays a deposit of {strategy.deposit_days:.0f} days of sales")
    if strategy.wash >= _WORTH_TELLING:
        parts.append(
            f"has accomplices order {strategy.wash:.1f} times its sales, "
            f"claim {strategy.claims_late:.0%} of it late, and refunds {strategy.refunds:.0%} of the rest"
        )
    false = f" ({strategy.false_goods:.0%} of its goods are not as shown)" if strategy.false_goods else ""
    return ", ".join(parts) + f", and is gone{false}"


def _duel(duel: Duel) -> str:
    locked = (
        f"which locks nothing ({duel.locked_by})"
        if duel.locked_ratio is None
        else f"with {duel.locked_ratio:.0%} of its money locked ({duel.locked_by})"
    )
    verdict = "dominates" if duel.dominates else "does not dominate"
    difference = (duel.loss_difference + duel.draw_difference) * PER
    more = "".join(
        f"; {name} costs {ours:.2f} days against {theirs:.2f}"
        for name, (ours, theirs) in duel.costlier.items()
    )
    chance = ", ".join(duel.undecided)
    more += f"; within chance {chance} cost more, too" if chance else ""
    return (
        f"{duel.policy} {verdict} {duel.other}, at worst {locked}: "
        f"{difference:+.2f} of 10,000 in loss and draw ({duel.worse_span}){more}"
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
    """Print the fitted distributions, and how well they fit."""
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
