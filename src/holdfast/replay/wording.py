"""Figures for people, in Chinese and in English. Money is exact unless its function says that it is short."""

import math
from decimal import ROUND_DOWN, Decimal

from holdfast.kernel.currencies import sign
from holdfast.kernel.money import Money
from holdfast.kernel.text import Language, Text, each, same

NONE = "–"
"""The sign for a missing figure."""

_STEPS: dict[Language, tuple[tuple[int, str], ...]] = {
    "zh": ((100_000_000, "亿"), (10_000, "万")),
    "en": ((1_000_000_000, "bn"), (1_000_000, "m")),
}
_NAME_LENGTH = 20
_NAME_START = 8


def money(minor: int, currency: str) -> Text:
    """Write an amount exactly, by the kernel's `Money.format`.

    Raises:
        UnknownCurrency: no such currency.
        AmountOverflow: the amount is beyond what can be kept.
    """
    amount = Money(minor, currency)
    return each(amount.format)


def short_money(minor: int, currency: str) -> Text:
    """Write an amount short: `¥123.4万` and `CN¥1.23m`, cut and never rounded up; small amounts stay exact.

    Raises:
        UnknownCurrency: no such currency.
        AmountOverflow: the amount is beyond what can be kept.
    """
    return each(lambda language: _short(Money(minor, currency), language))


def _short(amount: Money, language: Language) -> str:
    whole = Decimal(amount.decimal())
    before = f"{'-' if whole < 0 else ''}{sign(amount.currency, language)}"
    for step, unit in _STEPS[language]:
        if abs(whole) >= step:
            cut = (abs(whole) / step).quantize(Decimal("0.01"), ROUND_DOWN)
            return f"{before}{cut:,}{unit}"
    return amount.format(language)


def count(number: int) -> str:
    """Write a whole number with separators, the same in both languages."""
    return f"{number:,}"


def ratio(value: float | None) -> str:
    """Write a ratio as a percentage with one decimal, cut: what is not fully covered never reads 100%."""
    if value is None or not math.isfinite(value):
        return NONE
    tenths = int(Decimal(repr(value)).scaleb(3))
    whole, tenth = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole:,}{f'.{tenth}' if tenth else ''}%"


def decimal(value: float | None) -> str:
    """Write a number with at most one decimal."""
    if value is None or not math.isfinite(value):
        return NONE
    return f"{value:,.1f}".removesuffix(".0")


def days(value: float | None) -> Text:
    """Write a number of days."""
    number = decimal(value)
    if number == NONE:
        return same(NONE)
    return Text(f"{number} 天", f"{number} day" if number == "1" else f"{number} days")


def many(number: int, one: str, several: str) -> str:
    """Write an English count with its noun."""
    return f"{count(number)} {one if number == 1 else several}"


def short_name(name: str) -> str:
    """Cut a long id, such as a hash, to its start; the tables of the report carry it whole."""
    return name if len(name) <= _NAME_LENGTH else f"{name[:_NAME_START]}…"
