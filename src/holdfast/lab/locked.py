"""Money locked in days of a merchant's own sales: on average, for the middle merchant, for the worst off.

`by_merchant` each merchant counts for one, `by_sales` for its sales.
"""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import NamedTuple

from holdfast.lab.results import HONEST, SellerFigures, Sums

SpanOf = Callable[[SellerFigures], Sums]

_TENTH = 10


class _One(NamedTuple):
    """An honest merchant with sales: its integral of cash locked, its sales, both in minor units."""

    locked: float
    sales: int
    joined: int
    id: str
    guaranteed: bool
    premium: int

    @property
    def days(self) -> float:
        return self.locked / self.sales


Parts = tuple[float, float]
"""A figure of one run as a fraction: runs are summed above and below, so that each counts by its weight."""


def _honest(sellers: Iterable[SellerFigures], span: SpanOf) -> list[_One]:
    found: list[_One] = []
    for seller in sellers:
        sums = span(seller)
        if seller.kind == HONEST and sums.sales_in_time_minor:
            one = (sums.locked, sums.sales_in_time_minor, seller.joined_day, seller.id)
            found.append(_One(*one, seller.guaranteed, sums.premium_minor))
    return found


def parts(sellers: Sequence[SellerFigures], span: SpanOf) -> dict[str, Parts]:
    """Return every figure of money locked of one run, by its name, as a fraction.

    All (`mean`), the middle one, and tenths: that joined last, whose money is locked longest, that sell most.
    Those that brought a guarantee are left out but for the figures of their own: money that they do not lock
    shall make no policy look better. A run without any honest merchant tells nothing.
    """
    everybody = _honest(sellers, span)
    plain = [one for one in everybody if not one.guaranteed]
    found: dict[str, Parts] = {}
    if plain:
        by_days = sorted(plain, key=lambda one: (one.days, one.id))
        by_sales = sorted(plain, key=lambda one: (one.sales, one.id))
        chosen = {
            "mean": plain,
            "newest": _newest(plain),
            "heaviest": _last_tenth(by_days),
            "largest": _last_tenth(by_sales),
        }
        for name, group in chosen.items():
            found[f"locked_{name}_by_merchant"] = sum(one.days for one in group), len(group)
            found[f"locked_{name}_by_sales"] = _summed(group)
        found["locked_median_by_merchant"] = median(one.days for one in plain), 1
        found["locked_median_by_sales"] = _middle(by_days), 1
    return found | _with_and_without(_newest(everybody))


def _with_and_without(newest: Sequence[_One]) -> dict[str, Parts]:
    """Set the newest tenth's merchants with a guarantee beside those without: cash locked, premium paid."""
    with_one = [one for one in newest if one.guaranteed]
    if not with_one:
        return {}
    without = [one for one in newest if not one.guaranteed]
    sales = sum(one.sales for one in with_one)
    found = {
        "newest_cash_with_guarantee": _summed(with_one),
        "newest_premium_with_guarantee": (float(sum(one.premium for one in with_one)) * 10_000, sales),
    }
    return found | ({"newest_cash_without_guarantee": _summed(without)} if without else {})


def _newest(merchants: Sequence[_One]) -> list[_One]:
    return _last_tenth(sorted(merchants, key=lambda one: (one.joined, one.id)))


def _last_tenth(ordered: Sequence[_One]) -> list[_One]:
    return list(ordered[-max(1, len(ordered) // _TENTH) :])


def _summed(group: Sequence[_One]) -> Parts:
    return sum(one.locked for one in group), float(sum(one.sales for one in group))


def _middle(ordered: Sequence[_One]) -> float:
    """Return the days of the merchant at which half of the sales are reached, or between two.

    It is a median with weights: Python's has none, and numpy's, where half is reached between two, takes one.
    """
    half, reached = sum(one.sales for one in ordered) / 2, 0.0
    for number, one in enumerate(ordered):
        reached += one.sales
        if reached == half:
            return (one.days + ordered[number + 1].days) / 2
        if reached > half:
            return one.days
    raise AssertionError("sales are positive")
