"""Runs summed up: shares, days and intervals worked out by hand, and when a policy dominates another."""

import pytest
from msgspec.structs import replace

from holdfast.lab.comparison import duel, summed_up
from holdfast.lab.intervals import interval
from holdfast.lab.results import HONEST, LEARNED, RunFigures, SellerFigures, Worst


def seller(number: int, kind: str = HONEST, **changes: float) -> SellerFigures:
    whole = {
        "joined_day": number,
        "ordinary_minor": 100.0,
        "orders": 10,
        "refused": 0,
        "sales_minor": 1_000,
        "sales_in_time_minor": 1_000,
        "locked": 1_000.0 * number,
        "loss_minor": 0,
        "drawn_minor": 0,
        "recovered_minor": 0,
        "given_minor": 0,
        "platform_minor": 0,
    }
    return SellerFigures(id=f"m{number:02d}", kind=kind, **{**whole, **changes})  # pyright: ignore[reportArgumentType]


def figures(number: int, *sellers: SellerFigures, days: float | None = 3.0) -> RunFigures:
    return RunFigures("p", number, sellers, days, {}, 100, f"{number:064x}", 0, 50, 1.0)


HONEST_TEN = tuple(seller(number) for number in range(1, 11))
THIEF = seller(99, "vanisher", loss_minor=300, drawn_minor=500, recovered_minor=100, locked=0.0)


def test_shares_are_of_all_sales_and_days_of_the_merchants_own() -> None:
    found = summed_up("p", [figures(0, *HONEST_TEN, THIEF), figures(1, *HONEST_TEN, THIEF, days=None)])
    assert found.consumer_loss_share == pytest.approx(300 / 11_000)
    assert found.fund_draw_share == pytest.approx(400 / 11_000)
    assert found.locked_days_of_sales == pytest.approx(5.5)
    assert found.locked_days_newest_decile == pytest.approx(10)
    assert found.locked_days_largest_decile == pytest.approx(10)
    assert found.days_until_paid == pytest.approx(3)
    [kind] = found.adversaries
    assert (kind.adversary, kind.merchants) == ("vanisher", 2)
    assert (kind.cost_days, kind.loss_days, kind.fund_days) == pytest.approx((7, 3, 4))
    assert found.worst_adversary == Worst("vanisher", kind.cost_days, kind.loss_days, kind.fund_days)
    assert found.interval["consumer_loss_share"] == pytest.approx((300 / 11_000, 300 / 11_000))
    assert "days_until_paid" not in found.interval


def test_the_worst_is_what_was_learned_where_that_costs_more() -> None:
    runs = [figures(0, *HONEST_TEN, THIEF)]
    dearer = Worst(LEARNED, 20.0, 20.0, 0.0)
    assert summed_up("p", runs, dearer).worst_adversary == dearer
    cheaper = summed_up("p", runs, Worst(LEARNED, 2.0, 2.0, 0.0)).worst_adversary
    assert cheaper is not None
    assert cheaper.adversary == "vanisher"
    assert summed_up("p", [figures(0, *HONEST_TEN)]).worst_adversary is None


def test_one_run_has_no_intervals_and_a_market_without_sales_no_shares() -> None:
    assert summed_up("p", [figures(0, *HONEST_TEN)]).interval == {}
    nothing = seller(1, sales_minor=0, sales_in_time_minor=0, orders=0)
    empty = summed_up("p", [figures(0, nothing), figures(1, nothing)])
    assert (empty.consumer_loss_share, empty.locked_days_of_sales, empty.orders_refused_share) == (0, 0, 0)


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


OURS = [figures(0, *HONEST_TEN, THIEF), figures(1, *HONEST_TEN, THIEF)]


def rivals(*, locked: float, loss: int) -> list[RunFigures]:
    honest = [replace(one, locked=one.locked * locked) for one in HONEST_TEN]
    return [figures(n, *honest, replace(THIEF, loss_minor=loss)) for n in range(2)]


@pytest.mark.parametrize(
    ("locked", "loss", "learned", "dominates"),
    [
        (2.0, 300, (5.0, 5.0), True),
        (1.9, 300, (5.0, 5.0), False),
        (2.0, 299, (5.0, 5.0), False),
        (2.0, 900, (5.2, 5.0), False),
        (3.0, 900, (4.0, 5.0), True),
        (0.0, 900, (4.0, 5.0), False),
    ],
)
def test_to_dominate_is_to_cost_no_more_by_anyone_and_to_lock_half(
    *, locked: float, loss: int, learned: tuple[float, float], dominates: bool
) -> None:
    theirs = rivals(locked=locked, loss=loss)
    ours, other = summed_up("ours", OURS), summed_up("theirs", theirs)
    worst = {
        name: Worst(LEARNED, cost, cost, 0.0) for name, cost in zip(("ours", "theirs"), learned, strict=True)
    }
    found = duel((ours, OURS), (other, theirs), worst)
    assert found.dominates is dominates
    assert found.locked_ratio == (pytest.approx(1 / locked) if locked else None)
    assert found.loss_difference == pytest.approx((300 - loss) / 11_000)
    assert ("learning" in found.costlier) is (learned[0] > learned[1])
    assert ("vanisher" in found.costlier) is (loss < 295)
    assert found.undecided == {}


def test_an_adversary_that_costs_more_by_chance_alone_is_undecided() -> None:
    """In one run it cost us more, in the other them: nobody can say which policy it is worse for."""
    ours = [figures(0, *HONEST_TEN, THIEF), figures(1, *HONEST_TEN, replace(THIEF, loss_minor=0))]
    theirs = [
        figures(0, *HONEST_TEN, replace(THIEF, loss_minor=0)),
        figures(1, *HONEST_TEN, replace(THIEF, loss_minor=250)),
    ]
    found = duel((summed_up("ours", ours), ours), (summed_up("theirs", theirs), theirs), {})
    assert found.costlier == {}
    assert found.undecided == {"vanisher": pytest.approx((5.5, 5.25))}
