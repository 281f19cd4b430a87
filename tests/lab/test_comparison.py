"""Runs summed up: shares, days and intervals worked out by hand, and when a policy dominates another."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from small import small

from holdfast.lab.comparison import MEANING, gained, summed_up
from holdfast.lab.duels import duel
from holdfast.lab.intervals import interval
from holdfast.lab.results import (
    HONEST,
    LEARNED,
    PolicyFigures,
    RunFigures,
    SellerFigures,
    Sums,
    Waits,
    Worst,
)
from thorough import examples

MARKET = small()


def seller(number: int, kind: str = HONEST, *, sums: Sums, first: Sums | None = None) -> SellerFigures:
    return SellerFigures(
        id=f"m{number:02d}",
        kind=kind,
        joined_day=number,
        ordinary_minor=100.0,
        first_year=first or sums,
        settled=sums,
        whole=sums,
    )


def honest(number: int, locked: float, first: float | None = None) -> SellerFigures:
    sums = Sums(orders=10, sales_minor=1_000, sales_in_time_minor=1_000, locked=locked)
    year = replace(sums, locked=locked if first is None else first)
    return seller(number, sums=sums, first=year)


def figures(number: int, *sellers: SellerFigures, days: float | None = 3.0) -> RunFigures:
    waits = None if days is None else Waits(days, days * 2)
    return RunFigures(
        policy="p",
        number=number,
        sellers=sellers,
        waits_first_year=waits,
        waits_settled=waits,
        facts=100,
        facts_sha256=f"{number:064x}",
    )


def summed(*runs: RunFigures, learned: Worst | None = None) -> PolicyFigures:
    return summed_up("p", runs, MARKET, learned)


HONEST_TEN = tuple(honest(number, 1_000.0 * number) for number in range(1, 11))
TAKEN = Sums(
    sales_minor=1_000,
    loss_gross_minor=400,
    loss_late_minor=50,
    loss_recovered_minor=100,
    drawn_minor=500,
    recovered_minor=200,
    fees_minor=80,
    own_fees_minor=30,
    deposit_used_minor=100,
)
THIEF = seller(99, "vanisher", sums=TAKEN)


def test_shares_are_of_all_sales_gross_and_net() -> None:
    found = summed(figures(0, *HONEST_TEN, THIEF), figures(1, *HONEST_TEN, THIEF, days=None))
    for span in (found.first_year, found.settled):
        assert span["loss_gross_share"] == pytest.approx(400 / 11_000)
        assert span["loss_late_share"] == pytest.approx(50 / 11_000)
        assert span["loss_net_share"] == pytest.approx(300 / 11_000)
        assert span["draw_gross_share"] == pytest.approx(500 / 11_000)
        assert span["draw_net_share"] == pytest.approx(300 / 11_000)
        assert span.figures["loss_gross_share"].interval == pytest.approx((400 / 11_000, 400 / 11_000))
        assert (span["days_until_paid"], span["days_until_paid_late"]) == pytest.approx((3, 6))
        assert span.figures["days_until_paid"].interval is None
        assert set(span.figures) <= set(MEANING)
    assert (found.first_year.from_day, found.first_year.to_day) == (1, 100)
    assert (found.settled.from_day, found.settled.to_day) == (41, 100)


def test_what_a_ring_gained_stands_over_what_it_paid_in_and_the_best_ring_beside_it() -> None:
    modest = seller(98, "vanisher", sums=replace(TAKEN, loss_gross_minor=0, drawn_minor=0))
    found = summed(figures(0, *HONEST_TEN, THIEF, modest), figures(1, *HONEST_TEN, THIEF, modest))
    [kind] = found.adversaries
    assert (kind.adversary, kind.merchants) == ("vanisher", 4)
    assert (kind.cost_days, kind.loss_days, kind.fund_days) == pytest.approx((4.5, 2, 2.5))
    assert kind.net_days == pytest.approx((600 - 300) / 200)
    assert (kind.gain_minor, kind.paid_minor, kind.own_paid_minor) == pytest.approx((450, 180, 130))
    assert kind.ratio == pytest.approx(2.5)
    assert kind.ratio_interval == pytest.approx((2.5, 2.5))
    assert kind.worst_ratio == pytest.approx(5)
    assert found.best_paid == kind
    assert (gained(0, 0), gained(5, 0), gained(6, 3)) == (0.0, None, 2.0)


def test_a_ring_that_has_had_no_time_makes_no_kind_look_cheaper() -> None:
    waiting = replace(THIEF, id="m97", over=False, whole=Sums())
    [kind] = summed(figures(0, *HONEST_TEN, THIEF, waiting)).adversaries
    assert (kind.merchants, kind.cost_days) == (1, pytest.approx(9))


def test_who_gains_without_paying_is_the_best_paid() -> None:
    free = replace(THIEF, kind="free", whole=replace(TAKEN, fees_minor=0, deposit_used_minor=0))
    found = summed(figures(0, *HONEST_TEN, THIEF, free))
    assert found.best_paid is not None
    assert (found.best_paid.adversary, found.best_paid.ratio, found.best_paid.worst_ratio) == (
        "free",
        None,
        None,
    )


def worst(cost: float) -> Worst:
    return Worst(adversary=LEARNED, cost_days=cost, loss_days=cost, fund_days=0.0, net_days=cost)


def test_the_worst_is_what_was_learned_where_that_costs_more() -> None:
    run = figures(0, *HONEST_TEN, THIEF)
    assert summed(run, learned=worst(20.0)).worst_adversary == worst(20.0)
    cheaper = summed(run, learned=worst(2.0)).worst_adversary
    assert cheaper is not None
    assert (cheaper.adversary, cheaper.ratio) == ("vanisher", pytest.approx(5))
    assert summed(figures(0, *HONEST_TEN)).worst_adversary is None


def test_one_run_has_no_intervals_and_a_market_without_sales_no_shares() -> None:
    alone = summed(figures(0, *HONEST_TEN))
    assert all(figure.interval is None for figure in alone.settled.figures.values())
    nothing = seller(1, sums=Sums())
    empty = summed(figures(0, nothing), figures(1, nothing))
    assert (empty.settled["loss_gross_share"], empty.settled["orders_refused_share"]) == (0, 0)
    assert math.isnan(empty.settled["locked_mean_by_sales"])


def test_intervals_hold_the_mean_narrow_with_runs_and_repeat() -> None:
    few = interval([1.0, 2.0, 3.0, 4.0])
    many = interval([1.0, 2.0, 3.0, 4.0] * 25)
    assert few is not None
    assert many is not None
    assert few[0] < 2.5 < few[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 3
    assert few == interval([1.0, 2.0, 3.0, 4.0])
    assert interval([5.0]) is None
    assert interval([1.0, 2.0], [0.0, 0.0]) == (0.0, 0.0)
    assert interval([2.0, 6.0], [1.0, 3.0]) == pytest.approx((2, 2))


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.integers(0, 10**9)), min_size=2, max_size=30))
@settings(max_examples=examples(50), deadline=None)
def test_an_interval_lies_between_percentiles_of_what_is_drawn(runs: list[tuple[float, int]]) -> None:
    """The bootstrap worked out by hand, on the same draws."""
    above, below = np.array(runs, float).T
    drawn = np.random.default_rng(20_260_101).integers(0, len(runs), size=(4_000, len(runs)))
    sums = below[drawn].sum(axis=1)
    ratios = [up / down if down else 0.0 for up, down in zip(above[drawn].sum(axis=1), sums, strict=True)]
    found = interval(list(above), list(below))
    assert found == pytest.approx(np.quantile(ratios, [0.025, 0.975]).tolist())


OURS = [figures(0, *HONEST_TEN, THIEF), figures(1, *HONEST_TEN, THIEF)]


def rivals(*, locked: float, loss: int, first: float | None = None) -> list[RunFigures]:
    ten = [
        honest(number, 1_000.0 * number * locked, 1_000.0 * number * (locked if first is None else first))
        for number in range(1, 11)
    ]
    sums = replace(TAKEN, loss_gross_minor=loss)
    thief = seller(99, "vanisher", sums=sums)
    return [figures(number, *ten, thief) for number in range(2)]


@pytest.mark.parametrize(
    ("locked", "loss", "learned", "dominates"),
    [
        (2.0, 400, (5.0, 5.0), True),
        (1.9, 400, (5.0, 5.0), False),
        (2.0, 399, (5.0, 5.0), False),
        (2.0, 900, (5.2, 5.0), False),
        (3.0, 900, (4.0, 5.0), True),
        (0.0, 900, (4.0, 5.0), False),
    ],
)
def test_to_dominate_is_to_cost_no_more_by_anyone_and_to_lock_half(
    *, locked: float, loss: int, learned: tuple[float, float], dominates: bool
) -> None:
    theirs = rivals(locked=locked, loss=loss)
    ours, other = summed_up("ours", OURS, MARKET), summed_up("theirs", theirs, MARKET)
    found = duel((ours, OURS), (other, theirs), {"ours": worst(learned[0]), "theirs": worst(learned[1])})
    assert found.dominates is dominates
    assert found.locked_ratio == (pytest.approx(1 / locked) if locked else None)
    assert found.loss_difference == pytest.approx((400 - loss) / 11_000)
    assert ("learning" in found.costlier) is (learned[0] > learned[1])
    assert ("vanisher" in found.costlier) is (loss < 395)
    assert found.undecided == {}


def test_a_first_year_in_which_it_locks_more_keeps_it_from_dominating() -> None:
    theirs = rivals(locked=4.0, loss=400, first=0.5)
    ours, other = summed_up("ours", OURS, MARKET), summed_up("theirs", theirs, MARKET)
    found = duel((ours, OURS), (other, theirs), {})
    assert not found.dominates
    assert (found.locked_ratio, found.locked_by.endswith("first year")) == (pytest.approx(2), True)


def test_an_adversary_that_costs_more_by_chance_alone_is_undecided() -> None:
    """In one run it cost us more, in the other them: nobody can say which policy it is worse for."""

    def thief(loss: int) -> SellerFigures:
        return seller(99, "vanisher", sums=Sums(sales_minor=1_000, loss_gross_minor=loss))

    ours = [figures(0, *HONEST_TEN, thief(300)), figures(1, *HONEST_TEN, thief(0))]
    theirs = [figures(0, *HONEST_TEN, thief(0)), figures(1, *HONEST_TEN, thief(250))]
    we, they = summed_up("ours", ours, MARKET), summed_up("theirs", theirs, MARKET)
    found = duel((we, ours), (they, theirs), {})
    assert found.costlier == {}
    assert found.undecided == {"vanisher": pytest.approx((1.5, 1.25))}
