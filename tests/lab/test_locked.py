"""Money locked, worked out by hand: by merchant and by sales, tenths, with guarantees."""

import pytest

from holdfast.lab.comparison import settled
from holdfast.lab.locked import parts
from holdfast.lab.results import HONEST, SellerFigures, Sums


def seller(
    number: int, locked: float, sales: int, *, kind: str = HONEST, premium: int | None = None
) -> SellerFigures:
    sums = Sums(locked=locked, sales_in_time_minor=sales, premium_minor=premium or 0)
    return SellerFigures(
        id=f"m{number:02d}",
        kind=kind,
        joined_day=number,
        ordinary_minor=1.0,
        first_year=Sums(),
        settled=sums,
        whole=sums,
        guaranteed=premium is not None,
    )


def values(*sellers: SellerFigures) -> dict[str, float]:
    return {name: above / below for name, (above, below) in parts(sellers, settled).items()}


def test_a_small_merchant_counts_as_much_by_merchant_and_little_by_sales() -> None:
    found = values(seller(1, 900.0, 900), seller(2, 700.0, 100))
    assert found["locked_mean_by_merchant"] == pytest.approx((1 + 7) / 2)
    assert found["locked_mean_by_sales"] == pytest.approx(1_600 / 1_000)
    assert found["locked_median_by_merchant"] == pytest.approx(4)
    assert found["locked_median_by_sales"] == pytest.approx(1)
    assert found["locked_newest_by_sales"] == found["locked_heaviest_by_sales"] == pytest.approx(7)
    assert found["locked_largest_by_merchant"] == pytest.approx(1)


def test_tenths_are_of_those_who_joined_last_lock_longest_and_sell_most() -> None:
    ordinary = [seller(number, 10.0 * number, 100) for number in range(1, 18)]
    found = values(*ordinary, seller(18, 9_000.0, 1_000), seller(19, 50.0, 100), seller(20, 10.0, 50))
    assert found["locked_newest_by_merchant"] == pytest.approx((0.5 + 0.2) / 2)
    assert found["locked_newest_by_sales"] == pytest.approx(60 / 150)
    assert found["locked_heaviest_by_merchant"] == pytest.approx((9 + 1.7) / 2)
    assert found["locked_heaviest_by_sales"] == pytest.approx((9_000 + 170) / 1_100)
    assert found["locked_largest_by_sales"] == pytest.approx((9_000 + 50) / 1_100)
    groups = ("mean", "median", "newest", "heaviest", "largest")
    assert {f"locked_{group}_by_{way}" for group in groups for way in ("merchant", "sales")} == set(found)


def test_adversaries_and_those_without_sales_tell_nothing_of_what_honest_merchants_lock() -> None:
    one = seller(1, 500.0, 100)
    assert values(one, seller(2, 1.0, 100, kind="thief"), seller(3, 900.0, 0)) == values(one)
    assert parts([seller(3, 900.0, 0)], settled) == {}


def test_guarantees_stand_beside_cash_and_make_no_policy_look_better() -> None:
    plain = [seller(number, 800.0, 100) for number in range(1, 19)]
    with_one, without = seller(19, 100.0, 100, premium=2), seller(20, 900.0, 100)
    found = values(*plain, with_one, without)
    assert found["newest_cash_with_guarantee"] == pytest.approx(1)
    assert found["newest_premium_with_guarantee"] == pytest.approx(200)
    assert found["newest_cash_without_guarantee"] == pytest.approx(9)
    assert found["locked_mean_by_merchant"] == pytest.approx((18 * 8 + 9) / 19)
    assert "newest_cash_with_guarantee" not in values(*plain, without)
