"""The generated market: what was promised of it holds for any seed."""

from collections import Counter

import msgspec
import pytest

from holdfast.importers.chronology import Place, in_order
from holdfast.importers.demo import ORDERS, SEASON, SURGE_DAYS, YEAR, generate
from holdfast.importers.history import History, HistoryOrder
from holdfast.kernel.clock import DAY, Instant, day

SEEDS = (0, 7, 2026)


@pytest.fixture(scope="module", params=SEEDS)
def market(request: pytest.FixtureRequest) -> History:
    seed: int = request.param
    return generate(seed)


def of(market: History, merchant_id: str) -> list[HistoryOrder]:
    return [order for order in market.orders if order.merchant_id == merchant_id]


def between(orders: list[HistoryOrder], start: Instant, end: Instant) -> list[HistoryOrder]:
    return [order for order in orders if start <= order.placed_at < end]


def test_same_seed_same_bytes() -> None:
    encoded = [msgspec.json.encode(generate(seed)) for seed in (5, 5, 6)]
    assert encoded[0] == encoded[1]
    assert encoded[0] != encoded[2]


def test_sizes(market: History) -> None:
    assert len(market.orders) == ORDERS == 20_000
    assert len({order.id for order in market.orders}) == ORDERS
    assert {order.merchant_id for order in market.orders} <= {f"m{n:03d}" for n in range(1, 201)}
    assert len({order.merchant_id for order in market.orders}) > 190
    assert market.currency == "CNY"
    assert not market.rejects
    assert not market.repairs


def test_days(market: History) -> None:
    days = Counter(day(order.placed_at) for order in market.orders)
    assert len(days) == SEASON.days == 120
    assert (min(days), max(days)) == ("2026-07-04", "2026-10-31")


def test_orders_ascend_and_their_times_are_in_order(market: History) -> None:
    keys = [(order.placed_at, order.id) for order in market.orders]
    assert keys == sorted(keys)
    for order in market.orders:
        assert in_order(order, lambda field: Place("", 0, field)) == (order, [])


def test_amounts(market: History) -> None:
    amounts = sorted(order.amount_minor for order in market.orders)
    assert 1_500 <= amounts[0] < 3_000
    assert 100_000 < amounts[-1] <= 150_000
    assert 4_000 < amounts[ORDERS // 2] < 16_000


def test_shares(market: History) -> None:
    scores = Counter(order.score for order in market.orders)
    assert 0.020 < scores[1] / ORDERS < 0.030
    assert 0.012 < scores[2] / ORDERS < 0.018
    assert 0.021 < sum(order.cancelled_at is not None for order in market.orders) / ORDERS < 0.029


def test_growth_and_weekdays(market: History) -> None:
    by_day = Counter((order.placed_at - SEASON.start) // DAY for order in market.orders)
    assert sum(by_day[n] for n in range(90, 120)) > 1.4 * sum(by_day[n] for n in range(30))
    by_weekday = Counter((order.placed_at // DAY + 3) % 7 for order in market.orders)
    assert by_weekday[5] + by_weekday[6] > 1.1 * (by_weekday[1] + by_weekday[2])


def test_a_few_merchants_sell_most(market: History) -> None:
    counts = [count for _, count in Counter(order.merchant_id for order in market.orders).most_common()]
    assert sum(counts[:20]) > 0.3 * ORDERS
    assert counts[0] > 5 * counts[100]


def test_titles_are_chinese(market: History) -> None:
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in order.title) for order in market.orders)


def test_three_large_merchants_vanish(market: History) -> None:
    assert len(market.vanishings) == 3
    by_orders = Counter(order.merchant_id for order in market.orders)
    by_sales = Counter[str]()
    for order in market.orders:
        by_sales[order.merchant_id] += order.amount_minor
    for vanishing in market.vanishings:
        assert SEASON.start + 60 * DAY <= vanishing.at < SEASON.start + 110 * DAY
        for counts in (by_orders, by_sales):
            assert vanishing.merchant_id in {merchant for merchant, _ in counts.most_common(30)}


def test_who_is_gone_ships_nothing_and_still_gets_orders(market: History) -> None:
    for merchant_id, at in market.vanishings:
        orders = of(market, merchant_id)
        assert all(order.shipped_at is None or order.shipped_at < at for order in orders)
        after = [order for order in orders if order.placed_at >= at]
        assert after
        assert all(order.placed_at < at + 6 * DAY for order in after)
    owed = [
        order
        for merchant_id, at in market.vanishings
        for order in of(market, merchant_id)
        if order.placed_at < at
    ]
    assert sum(order.shipped_at is None and order.cancelled_at is None for order in owed) > 5


def test_each_runs_away_in_its_own_way(market: History) -> None:
    sudden, young, sale = market.vanishings
    first = {merchant_id: of(market, merchant_id)[0].placed_at for merchant_id, _ in market.vanishings}
    assert first[sudden.merchant_id] < SEASON.start + 5 * DAY
    assert SEASON.start + 28 * DAY <= first[young.merchant_id] < SEASON.start + 45 * DAY
    last = between(of(market, sale.merchant_id), sale.at - SURGE_DAYS * DAY, sale.at)
    before = between(of(market, sale.merchant_id), sale.at - 2 * SURGE_DAYS * DAY, sale.at - SURGE_DAYS * DAY)
    assert len(last) > 2.5 * len(before)
    assert mean(last) < 0.7 * mean(before)
    assert claimed(last) > 0.1
    calm = between(of(market, sudden.merchant_id), sudden.at - SURGE_DAYS * DAY, sudden.at)
    calm_before = between(of(market, sudden.merchant_id), sudden.at - 30 * DAY, sudden.at - SURGE_DAYS * DAY)
    assert len(calm) < len(calm_before)


def mean(orders: list[HistoryOrder]) -> float:
    return sum(order.amount_minor for order in orders) / len(orders)


def claimed(orders: list[HistoryOrder]) -> float:
    return sum(order.score in {1, 2} for order in orders) / len(orders)


def test_progress_climbs_to_one() -> None:
    told: list[float] = []
    generate(1, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_year_is_as_large_and_its_three_run_away_late() -> None:
    market = generate(7, span=YEAR)
    assert (market.source, len(market.orders)) == ("demo-year", ORDERS)
    days = Counter(day(order.placed_at) for order in market.orders)
    assert len(days) == YEAR.days == 365
    assert (min(days), max(days)) == ("2025-11-01", "2026-10-31")
    assert len(market.vanishings) == 3
    for vanishing in market.vanishings:
        assert YEAR.start + 250 * DAY <= vanishing.at < YEAR.start + 341 * DAY
