"""The columns of the lab's figures, on a terminal and in Markdown: headings and units."""

import math
from typing import NamedTuple

from holdfast.kernel.text import Text
from holdfast.lab.results import Figure, KindFigures, SpanFigures
from holdfast.replay.wording import NONE

PER = 10_000


class Column(NamedTuple):
    """A figure of a span: its name, a heading, a factor to multiply it by; `percent` writes a share."""

    name: str
    heading: Text
    factor: float = 1.0
    percent: bool = False

    def value(self, span: SpanFigures) -> str:
        """Write the figure, or a dash."""
        found = span.figures.get(self.name)
        return NONE if found is None else self.written(found.value)

    def interval(self, span: SpanFigures) -> str:
        """Write its 95% interval, or nothing."""
        found = span.figures.get(self.name)
        return "" if found is None else self.spread(found)

    def spread(self, figure: Figure) -> str:
        """Write the interval of a figure, or nothing."""
        bounds = figure.interval
        return "" if bounds is None else f"{self.written(bounds[0])}–{self.written(bounds[1])}"

    def written(self, value: float) -> str:
        """Write a value in the column's unit."""
        return f"{value:.2%}" if self.percent else decimals(value * self.factor)


def decimals(value: float) -> str:
    """Write a value: three digits where it is small, no minus before nothing."""
    if not math.isfinite(value):
        return NONE
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"  # noqa: PLR2004
    return text.removeprefix("-") if not float(text.replace(",", "")) else text


LOSSES: tuple[Column, ...] = (
    Column("loss_gross_share", Text("消费者\n未获赔", "consumers\nnot paid"), PER),
    Column("loss_late_share", Text("其中\n过期索赔", "of it\nclaimed late"), PER),
    Column("loss_net_share", Text("其中\n最终", "of it\nnever"), PER),
    Column("draw_gross_share", Text("基金\n支出", "fund\npays"), PER),
    Column("draw_net_share", Text("其中\n未追回", "of it never\ngot back"), PER),
    Column("platform_loss_share", Text("平台\n损失", "platform\nloses"), PER),
    Column("orders_refused_share", Text("拒单", "refused"), percent=True),
    Column(
        "days_until_paid",
        Text("到账天数\n中位", "days until\npaid, median"),
    ),
    Column(
        "days_until_paid_late",
        Text("到账天数\n19/20", "days until\n19 of 20"),
    ),
)
"""Who loses, of 10,000 of sales, and how long it takes."""

LOCKED: tuple[Column, ...] = (
    Column("locked_mean_by_sales", Text("全体\n按销售额", "all\nby sales")),
    Column("locked_mean_by_merchant", Text("全体\n按商家", "all by\nmerchant")),
    Column("locked_median_by_sales", Text("中位\n按销售额", "median\nby sales")),
    Column("locked_median_by_merchant", Text("中位\n按商家", "median by\nmerchant")),
    Column("locked_newest_by_sales", Text("最新一成\n按销售额", "newest\ntenth\nby sales")),
    Column("locked_newest_by_merchant", Text("最新一成\n按商家", "newest\ntenth by\nmerchant")),
    Column("locked_heaviest_by_sales", Text("最重一成\n按销售额", "heaviest\ntenth\nby sales")),
    Column("locked_heaviest_by_merchant", Text("最重一成\n按商家", "heaviest\ntenth by\nmerchant")),
    Column("locked_largest_by_sales", Text("最大一成\n按销售额", "largest\ntenth\nby sales")),
    Column("locked_largest_by_merchant", Text("最大一成\n按商家", "largest\ntenth by\nmerchant")),
)
"""Cash locked, in days of sales."""

GUARANTEES: tuple[Column, ...] = (
    Column("newest_cash_without_guarantee", Text("无保函\n占用现金", "without:\ncash locked")),
    Column("newest_cash_with_guarantee", Text("有保函\n占用现金", "with one:\ncash locked")),
    Column("newest_premium_with_guarantee", Text("有保函\n保费", "with one:\npremium paid")),
)
"""The newest tenth with a guarantee and without: cash in days of sales, the premium in 10,000 of sales."""

SPANS: tuple[tuple[str, Text], ...] = (
    ("first_year", Text("第一年", "first year")),
    ("settled", Text("成熟期", "settled")),
)


def ratio(value: float | None) -> str:
    """Write the gain for each unit paid in; a gain for which nothing was paid in is infinite."""
    return "∞" if value is None else decimals(value)


def gain(kind: KindFigures) -> tuple[str, str, str]:
    """Write a kind's gain for each unit paid in, its interval, and the gain of the ring that did best."""
    bounds = kind.ratio_interval
    spread = "" if bounds is None else f"{decimals(bounds[0])}–{decimals(bounds[1])}"
    return ratio(kind.ratio), spread, ratio(kind.worst_ratio)
