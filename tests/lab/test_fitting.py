"""What was drawn is found again, what was not told is not fitted, and the lines go into a market file."""

import math
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from holdfast.importers import source
from holdfast.importers.history import History, HistoryOrder, HistoryRefund
from holdfast.kernel.clock import DAY, HOUR, Instant, parse
from holdfast.lab import market_file
from holdfast.lab.distributions import Beta, Constant, Exponential, Gamma, Lognormal
from holdfast.lab.fitting import LEAST_OBSERVATIONS, Fitted, TooLittleToFit, as_toml, fit

START: Instant = parse("2024-03-01")
OLIST = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "olist"

ALL = [
    "merchants.orders_per_day",
    "merchants.ships_after",
    "merchants.on_the_way",
    "merchants.cancelled",
    "consumers.claims_after",
    "category.amount",
    "category.defects",
]


def order(number: int, merchant: str = "m1", **changes: Any) -> HistoryOrder:
    """An order of 100.00 that says nothing but when it was placed."""
    placed = START + number * HOUR
    bare = HistoryOrder(
        f"o{number:06}", merchant, "c1", 10_000, "a kettle", placed, None, None, None, None, None, None
    )
    return bare._replace(**changes)


@cache
def demo() -> list[Fitted]:
    return fit(source.read("demo", seed=7))


def fitted_of(orders: Sequence[HistoryOrder]) -> dict[str, Fitted]:
    ascending = sorted(orders, key=lambda one: (one.placed_at, one.id))
    return {one.name: one for one in fit(History("by hand", "CNY", ascending, ()))}


def shipped_after(hours: Sequence[float]) -> list[HistoryOrder]:
    return [order(n, shipped_at=START + n * HOUR + round(time * HOUR)) for n, time in enumerate(hours)]


def delivered(merchant: int, number: int, *, low: bool) -> HistoryOrder:
    times = {"shipped_at": START + number * HOUR + DAY, "delivered_at": START + number * HOUR + 3 * DAY}
    review = {"score": 1, "reviewed_at": START + number * HOUR + 5 * DAY} if low else {}
    return order(number, merchant=f"m{merchant}", **times, **review)


def merchants_with(
    share: Callable[[], float], merchants: int, orders: int, rng: Random
) -> list[HistoryOrder]:
    """Merchants that each have a share of their own of orders with a low review."""
    made: list[HistoryOrder] = []
    for merchant in range(merchants):
        own = share()
        made += [delivered(merchant, number, low=rng.random() < own) for number in range(orders)]
    return made


@pytest.mark.parametrize(
    "drawn",
    [
        Lognormal(median=28, sigma=0.7),
        Lognormal(median=5, sigma=1.6),
        Gamma(mean=40, shape=6),
        Gamma(mean=200, shape=0.8),
        Exponential(mean=30),
    ],
    ids=repr,
)
def test_what_was_drawn_is_found_again(drawn: Lognormal | Gamma | Exponential) -> None:
    rng = Random(11)
    found = fitted_of(shipped_after([drawn.draw(rng) for _ in range(6_000)]))["merchants.ships_after"]

    if isinstance(drawn, Exponential):  # a gamma of shape 1 is the same, and may lie a hair closer
        assert found.distribution.average == pytest.approx(30, rel=0.03)
        assert found.family == "exponential" or cast("Gamma", found.distribution).shape == pytest.approx(
            1, rel=0.03
        )
    else:
        assert type(found.distribution) is type(drawn)
        for name in drawn.bounds:
            assert getattr(found.distribution, name) == pytest.approx(getattr(drawn, name), rel=0.05)
        assert found.family == str(drawn.__struct_config__.tag)
    assert found.unit == "hours"
    assert found.observations == 6_000
    assert found.ks is not None
    assert found.ks < 0.02
    assert abs(found.error_median) < 0.04
    assert abs(found.error_p90) < 0.04


def test_the_families_that_were_not_taken_lie_farther_away() -> None:
    rng, drawn = Random(3), Lognormal(median=28, sigma=0.7)
    found = fitted_of(shipped_after([drawn.draw(rng) for _ in range(2_000)]))["merchants.ships_after"]
    assert found.ks is not None
    assert {name for name, _ in found.others} == {"gamma", "exponential"}
    distances = [found.ks, *(ks for _, ks in found.others)]
    assert distances == sorted(distances)
    assert distances[1] > 2 * found.ks


def test_the_distance_is_that_of_kolmogorov_and_smirnov() -> None:
    rng, drawn = Random(5), Lognormal(median=28, sigma=0.7)
    hours = sorted(round(drawn.draw(rng) * HOUR) / HOUR for _ in range(200))
    found = fitted_of(shipped_after(hours))["merchants.ships_after"]
    assert isinstance(found.distribution, Lognormal)
    median, sigma = found.distribution.median, found.distribution.sigma
    below = [0.5 * math.erfc(-math.log(time / median) / sigma / math.sqrt(2)) for time in hours]
    farthest = max(max((n + 1) / 200 - share, share - n / 200) for n, share in enumerate(below))
    assert found.ks == pytest.approx(farthest, abs=1e-9)
    assert found.error_median == pytest.approx(median / ((hours[99] + hours[100]) / 2) - 1)


def test_amounts_are_in_minor_units() -> None:
    rng, drawn = Random(7), Lognormal(median=8_900, sigma=0.75)
    found = fitted_of([order(n, amount_minor=round(drawn.draw(rng))) for n in range(5_000)])
    assert list(found) == ["category.amount"]
    amount = found["category.amount"]
    assert isinstance(amount.distribution, Lognormal)
    assert amount.distribution.median == pytest.approx(8_900, rel=0.03)
    assert amount.distribution.sigma == pytest.approx(0.75, rel=0.03)
    assert amount.unit == "minor units"


def test_times_of_zero_and_below_are_left_out_and_counted() -> None:
    rng, drawn = Random(13), Gamma(mean=3, shape=2)
    days = [*(drawn.draw(rng) for _ in range(3_000)), *([0.0] * 20), *([-1.5] * 25)]
    orders = [
        order(n, delivered_at=START + n * HOUR, shipped_at=START + n * HOUR, score=1 + n % 2)._replace(
            reviewed_at=START + n * HOUR + round(time * DAY)
        )
        for n, time in enumerate(days)
    ]
    claims = fitted_of(orders)["consumers.claims_after"]
    assert claims.observations == 3_000
    assert "45 times of zero or below" in claims.remark
    assert isinstance(claims.distribution, Gamma)
    assert claims.distribution.mean == pytest.approx(3, rel=0.05)
    assert claims.distribution.shape == pytest.approx(2, rel=0.05)


def test_a_time_of_shipping_that_only_the_delivery_told_is_none() -> None:
    orders = [order(n, shipped_at=START + (n + 48) * HOUR) for n in range(40)]
    known = [
        one._replace(delivered_at=(one.shipped_at or 0) + (20 + n) * HOUR) for n, one in enumerate(orders)
    ]
    assert "merchants.ships_after" in fitted_of(known)
    repaired = [one._replace(delivered_at=one.shipped_at) for one in orders]
    assert fitted_of(repaired).keys() == {"category.amount"}


def test_the_volumes_of_merchants_are_found_again() -> None:
    rng, drawn = Random(17), Lognormal(median=1.2, sigma=0.8)
    orders: list[HistoryOrder] = []
    for merchant in range(500):
        rate, at = drawn.draw(rng), 0.0
        while (at := at + rng.expovariate(rate)) < 120:
            orders.append(order(len(orders), merchant=f"m{merchant}", placed_at=START + int(at * DAY)))
    volume = fitted_of(orders)["merchants.orders_per_day"]
    assert isinstance(volume.distribution, Lognormal)
    assert volume.distribution.median == pytest.approx(1.2, rel=0.08)
    assert volume.distribution.sigma == pytest.approx(0.8, rel=0.08)
    assert volume.unit == "per day"
    assert volume.observations == len({one.merchant_id for one in orders})


def test_the_chance_in_few_orders_is_told_apart_from_how_merchants_differ() -> None:
    rng = Random(19)
    orders: list[HistoryOrder] = []
    for merchant in range(400):
        at = 0.0
        for _ in range(8):
            at += rng.expovariate(0.5)
            orders.append(order(len(orders), merchant=f"m{merchant}", placed_at=START + int(at * DAY)))
    volume = fitted_of(orders)["merchants.orders_per_day"]
    assert isinstance(volume.distribution, Lognormal)
    assert volume.distribution.sigma > 0.3
    told = float(volume.remark.rsplit(" ", 1)[1])
    assert told < 0.15, "all merchants have the same rate"


def test_the_shares_of_merchants_are_found_again() -> None:
    rng, drawn = Random(23), Beta(mean=0.06, strength=40)
    orders = merchants_with(lambda: drawn.draw(rng), 1_200, 40, rng)
    defects = fitted_of(orders)["category.defects"]
    assert isinstance(defects.distribution, Beta)
    assert defects.distribution.mean == pytest.approx(0.06, rel=0.05)
    assert defects.distribution.strength == pytest.approx(40, rel=0.2)
    assert defects.observations == 1_200
    assert defects.unit == "share"
    assert defects.ks is not None
    assert defects.ks < 0.03


def test_the_distance_of_shares_is_that_from_what_merchants_of_their_sizes_show() -> None:
    """The same rates, expected by drawing merchants again instead of by the formula."""
    rng, drawn = Random(29), Beta(mean=0.2, strength=5)
    orders = merchants_with(lambda: drawn.draw(rng), 150, 12, rng)
    defects = fitted_of(orders)["category.defects"]
    assert isinstance(defects.distribution, Beta)
    lows = [sum(one.score == 1 for one in orders[start : start + 12]) for start in range(0, len(orders), 12)]
    again: list[int] = []
    for _ in range(40_000):
        share = defects.distribution.draw(rng)
        again.append(sum(rng.random() < share for _ in range(12)))
    distances = [
        abs(sum(low <= hits for low in lows) / 150 - sum(low <= hits for low in again) / 40_000)
        for hits in range(13)
    ]
    assert defects.ks == pytest.approx(max(distances), abs=0.01)


def test_merchants_that_do_not_differ_are_said_not_to() -> None:
    orders = [delivered(m, n, low=n % 10 == 0) for m in range(40) for n in range(50)]
    defects = fitted_of(orders)["category.defects"]
    assert isinstance(defects.distribution, Beta)
    assert defects.distribution.mean == pytest.approx(0.1, rel=1e-3)
    assert "no more than by chance" in defects.remark


def test_a_percentile_of_zero_has_no_relative_error() -> None:
    orders = [delivered(m, n, low=m < 5 and n == 0) for m in range(40) for n in range(3)]
    defects = fitted_of(orders)["category.defects"]
    assert math.isnan(defects.error_median)
    assert "a percentile is zero" in defects.remark


@pytest.mark.parametrize("low", [False, True])
def test_shares_that_nobody_or_everybody_has_are_left_out(low: bool) -> None:  # noqa: FBT001
    orders = [delivered(m, n, low=low) for m in range(20) for n in range(5)]
    assert "category.defects" not in fitted_of(orders)


def test_how_few_merchants_differ_is_left_out() -> None:
    orders = [delivered(m, n, low=n % 10 == 0) for m in range(9) for n in range(50)]
    found = fitted_of(orders)
    assert "category.defects" not in found
    assert "merchants.orders_per_day" not in found


def test_cancellations_are_counted_and_their_absence_is_no_share_of_zero() -> None:
    orders = [order(n) for n in range(200)]
    assert "merchants.cancelled" not in fitted_of(orders)
    early = [one._replace(cancelled_at=one.placed_at + HOUR) for one in orders[:6]]
    late = [one._replace(shipped_at=one.placed_at, cancelled_at=one.placed_at + DAY) for one in orders[6:9]]
    cancelled = fitted_of([*early, *late, *orders[9:]])["merchants.cancelled"]
    assert cancelled.distribution == Constant(0.03)
    assert cancelled.observations == 200
    assert cancelled.ks is None
    assert math.isnan(cancelled.error_median)
    assert "6 of 200" in cancelled.remark


def test_what_was_refunded_whole_and_never_left_was_cancelled() -> None:
    orders = [order(number) for number in range(100)]

    def refunded(one: HistoryOrder, minor: int, **changes: Any) -> HistoryOrder:
        return one._replace(refunds=(HistoryRefund(minor, one.placed_at + DAY),), **changes)

    whole = [refunded(one, 10_000) for one in orders[:3]]
    part = refunded(orders[3], 9_999)
    sent = refunded(orders[4], 10_000, shipped_at=orders[4].placed_at)
    performed = refunded(orders[5], 10_000, service=True, delivered_at=orders[5].placed_at)
    fitted = fitted_of([*whole, part, sent, performed, *orders[6:]])["merchants.cancelled"]
    assert fitted.distribution == Constant(0.03)


def test_what_is_always_the_same_is_constant() -> None:
    amount = fitted_of([order(n) for n in range(30)])["category.amount"]
    assert amount.distribution == Constant(10_000)
    assert (amount.ks, amount.error_median, amount.error_p90) == (0, 0, 0)
    assert "alike" in amount.remark


def test_what_is_nearly_the_same_does_not_break() -> None:
    amount = fitted_of([order(n, amount_minor=10**9 + n % 2) for n in range(60)])["category.amount"]
    assert isinstance(amount.distribution, Lognormal)
    assert amount.distribution.median == pytest.approx(10**9)
    assert "gamma" not in dict(amount.others)


def test_what_the_history_does_not_tell_is_left_out() -> None:
    few = [order(n, shipped_at=START + n * HOUR + (n + 1) * HOUR) for n in range(LEAST_OBSERVATIONS - 1)]
    assert fitted_of([*few, order(99)]).keys() == {"category.amount"}


def test_five_orders_are_refused() -> None:
    with pytest.raises(TooLittleToFit) as refused:
        fit(History("five.csv", "CNY", [order(n) for n in range(5)], ()))
    record = refused.value.record()
    assert record.code == "too_little_to_fit"
    assert record.where == "five.csv"
    assert record.what.startswith("5 orders")
    assert "30" in record.fix


def test_the_generated_market_fits() -> None:
    found = demo()
    assert [one.name for one in found] == ALL
    for one in found:
        assert one.ks is None if one.name == "merchants.cancelled" else 0 < (one.ks or 0) < 0.15
    cancelled = next(one for one in found if one.name == "merchants.cancelled")
    assert cancelled.distribution.average == pytest.approx(0.025, rel=0.1)


def placed_lines(fitted: str) -> dict[tuple[str, str], str]:
    """Return the lines of a fit by their heading and key."""
    heading, lines = "", dict[tuple[str, str], str]()
    for line in fitted.splitlines():
        if line.startswith("["):
            heading = line
        elif " = " in line:
            lines[heading, line.split(" = ")[0]] = line
    return lines


def test_the_lines_go_into_a_market_file() -> None:
    found = demo()
    lines = placed_lines(as_toml(found, "demo"))
    assert len(lines) == len(ALL)
    heading, mended = "", list[str]()
    for line in market_file.shipped("demo").splitlines():
        heading = line if line.startswith("[") else heading
        mended.append(lines.get((heading, line.split(" = ")[0]), line))
    market, told = market_file.read_text("\n".join(mended), "fitted.toml")
    by_name = {one.name: one.distribution for one in found}
    ships = by_name["merchants.ships_after"].average * HOUR
    assert market.merchants.ships_after.average == pytest.approx(ships, rel=1e-3)
    assert market.merchants.cancelled == pytest.approx(by_name["merchants.cancelled"].average, rel=1e-3)
    assert market.categories[0].defects.average == pytest.approx(
        by_name["category.defects"].average, rel=1e-3
    )
    assert sum(number.source.startswith("fitted to demo (") for number in told) == 5 + 2 * 4


@pytest.mark.parametrize("name", ["demo", 'a "quoted" C:\\folder', "数据/订单.csv", "😀\x7f\t"])
def test_the_lines_are_toml_whatever_the_source_is_called(name: str) -> None:
    found = demo()
    parsed = tomllib.loads(as_toml(found, name))
    assert list(parsed) == ["merchants", "consumers", "category"]
    for one in found:
        table, key = one.name.split(".")
        entry = parsed[table][0][key] if table == "category" else parsed[table][key]
        plain = one.name == "merchants.cancelled"
        assert entry.pop("distribution", None) == (None if plain else one.family)
        assert entry.pop("unit") == one.unit
        closeness = "" if plain else f", KS {one.ks:.3f}"
        assert entry.pop("source") == f"fitted to {name} ({one.observations} observations{closeness})"
        for parameter, value in entry.items():
            assert value == pytest.approx(getattr(one.distribution, parameter), rel=5e-4)


def test_numbers_have_four_digits_and_no_exponent() -> None:
    drawn = Lognormal(123_456_789.0, 0.000123456)
    found = Fitted("category.amount", "", "minor units", 40, drawn, "lognormal", 0.04, 0, 0, (), "")
    assert as_toml([found], "x").splitlines()[-1] == (
        'amount = { distribution = "lognormal", median = 123500000, sigma = 0.0001235, unit = "minor units", '
        'source = "fitted to x (40 observations, KS 0.040)" }'
    )
    assert as_toml([], "x") == ""


@pytest.mark.skipif(
    not OLIST.is_dir(), reason="the Olist data are not beside the repository, in ../shared/data/olist"
)
def test_the_published_orders_fit() -> None:
    """Only spreads and times: of those delivered most were taken out, so that no share is a base rate."""
    found = {one.name: one for one in fit(source.read(str(OLIST)))}
    assert list(found) == ALL
    averages = {name: one.distribution.average for name, one in found.items()}
    assert 24 < averages["merchants.ships_after"] < 120
    assert 100 < averages["merchants.on_the_way"] < 400
    assert 1 < averages["consumers.claims_after"] < 7
    assert 10_000 < averages["category.amount"] < 25_000, "100 to 250 reais"
    assert 0.05 < averages["category.defects"] < 0.3
    assert found["consumers.claims_after"].observations == 510
    assert "213 times of zero or below" in found["consumers.claims_after"].remark
    assert all((one.ks or 0) < 0.15 for one in found.values())
    assert found["category.amount"].family == "lognormal"
