"""The size of the fund against cases that can be worked out by hand."""

import pytest

from holdfast.lab.fund import YEARS, size_fund
from holdfast.lab.results import HONEST, RunFigures, SellerFigures, Sums

DAYS = 100


def seller(number: int, kind: str, *, draw: int = 0, given: int = 0, back: int = 0) -> SellerFigures:
    on = ((50, draw),) if draw else ()
    sums = Sums(sales_minor=1_000, drawn_minor=draw, recovered_minor=back, given_minor=given)
    return SellerFigures(
        id=f"m{number}",
        kind=kind,
        joined_day=0,
        ordinary_minor=1.0,
        first_year=Sums(),
        settled=sums,
        whole=sums,
        drawn_on=on,
    )


def runs(count: int, *sellers: SellerFigures) -> list[RunFigures]:
    return [RunFigures(policy="p", number=number, sellers=sellers) for number in range(count)]


def test_what_every_year_brings_is_the_size() -> None:
    found = size_fund("p", runs(4, seller(1, "thief", draw=700), seller(2, HONEST)), DAYS, 0.999)
    assert (found.capital_minor, found.interval, found.worst_seen_minor) == (700, (700, 700), 700)
    assert found.share_of_sales == pytest.approx(700 / 2_000)
    assert (found.years, found.merchants_seen) == (YEARS, 8)


def test_what_the_fund_was_given_before_a_draw_is_there_for_it() -> None:
    found = size_fund("p", runs(4, seller(1, "thief", draw=700), seller(2, HONEST, given=400)), DAYS, 0.999)
    assert found.capital_minor == 700 - 400 * 51 // 100
    assert found.without_share_minor == 700
    assert (found.mean_draw_minor, found.mean_given_minor) == (700, 400)


def test_what_came_back_later_does_not_make_it_smaller() -> None:
    found = size_fund("p", runs(4, seller(1, "thief", draw=700, back=300)), DAYS, 0.999)
    assert found.capital_minor == 700
    assert found.mean_draw_minor == 400


def test_the_size_is_the_quantile_of_a_binomial_year() -> None:
    """Ten merchants, each of which draws 100 with probability 1 in 10."""
    sellers = [seller(1, "risky", draw=100), *(seller(number, "risky") for number in range(2, 11))]
    found = size_fund("p", runs(6, *sellers), DAYS, 0.99)
    assert found.capital_minor == 400
    assert found.mean_draw_minor == pytest.approx(100, abs=3)
    assert found.interval[0] <= 400 <= found.interval[1]


def test_a_market_without_draws_needs_no_fund() -> None:
    found = size_fund("p", runs(2, seller(1, HONEST)), DAYS, 0.999)
    assert (found.capital_minor, found.interval, found.share_of_sales) == (0, (0, 0), 0.0)
