"""A generated market: 200 merchants, 20,000 orders, 120 days; three run away. Same seed, same bytes.

`YEAR` is the same over 365 days: long enough that a merchant's record counts.

Its figures are chosen to be plausible and to put every part to work; they measure nothing. Events of the last
orders happen after the last day, as they would have.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from holdfast.importers.catalog import CATEGORIES, PRICIEST, STYLES, Category
from holdfast.importers.history import History, HistoryOrder, Progress, Vanishing
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant, parse

MERCHANTS = 200
ORDERS = 20_000
CONSUMERS = 6_000
LAST_DAY: Instant = parse("2026-10-31")

CANCELLED = 0.025
SCORED = {1: 0.026, 2: 0.0155, 3: 0.05, 4: 0.16, 5: 0.40}
"""The shares of delivered orders with each score; the rest says nothing."""

CLAIMS = (1, 2)
"""The scores that stand for a claim; how many there are of them is a merchant's own rate."""

SURGE_DAYS = 10
LEAST_PRICE, GREATEST_PRICE = 1_500, 150_000

_ZIPF = 0.75
_GROWTH = 0.6
_WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.25, 1.2)
_HOURS_UTC = (7, 8, 8, 8, 7, 7, 8, 8, 8, 7, 7, 8, 10, 12, 11, 8, 4, 2, 1, 1, 1, 1, 3, 5)
_UNAWARE = (0.8, 0.5, 0.3, 0.15)
"""How many still order on the days after a run-away, against before: shoppers do not know yet."""

_JOIN_LATER = 0.25
_TWO_PIECES = 0.08
_SHODDY = 5
"""How many times as many claims the goods of a selling-off bring."""


class _Runner(NamedTuple):
    """How a merchant that runs away behaves: its size by rank, its life, its last days."""

    rank: int
    factor: float
    joins: tuple[int, int]
    vanishes: tuple[int, int]
    surge: float


class Span(NamedTuple):
    """How long a market is, and who runs away in it: days from the first, which is 0."""

    days: int
    runners: tuple[_Runner, ...]

    @property
    def start(self) -> Instant:
        """Return when the first day begins."""
        return LAST_DAY - (self.days - 1) * DAY


def _span(
    days: int, sudden: tuple[int, int], young: tuple[int, int, int, int], seller_off: tuple[int, int]
) -> Span:
    """Return a market with one who is suddenly gone, a young one, and one who sells off at half price."""
    return Span(
        days,
        (
            _Runner(rank=8, factor=1.0, joins=(0, 0), vanishes=sudden, surge=1.0),
            _Runner(rank=6, factor=2.2, joins=young[:2], vanishes=young[2:], surge=1.0),
            _Runner(rank=12, factor=1.0, joins=(0, 0), vanishes=seller_off, surge=5.0),
        ),
    )


SEASON = _span(120, (66, 78), (28, 34, 80, 92), (97, 108))
YEAR = _span(365, (250, 280), (90, 120, 280, 310), (320, 340))


class _Listing(NamedTuple):
    title: str
    price_minor: int


class _Merchant(NamedTuple):
    id: str
    size: float
    joined: int
    vanishes_at: Instant | None
    surge: float
    haste: float
    claims: float
    listings: tuple[_Listing, ...]

    def weight(self, day: int, span: Span) -> float:
        """Return how many orders this day brings, in relation to other merchants and days."""
        if day < self.joined:
            return 0.0
        rise = min(1.0, (day - self.joined + 1) / 14) if self.joined else 1.0
        weight = self.size * rise * (1 + _GROWTH * day / span.days)
        weight *= _WEEKDAYS[(span.start // DAY + 3 + day) % 7]
        if self.vanishes_at is None:
            return weight
        last = (self.vanishes_at - span.start) // DAY
        if day > last:
            since = day - last - 1
            return weight * _UNAWARE[since] if since < len(_UNAWARE) else 0.0
        return weight * self.surge if self.sells_off(span.start + day * DAY) else weight

    def sells_off(self, at: Instant) -> bool:
        """Tell whether it is selling everything at half price by then."""
        if self.vanishes_at is None or self.surge == 1.0:
            return False
        return at >= self.vanishes_at - SURGE_DAYS * DAY


def generate(seed: int, progress: Progress | None = None, span: Span = SEASON) -> History:
    """Return the market drawn from `seed`; amounts are CNY, days are UTC."""
    rng = Random(seed)  # noqa: S311 - a market to look at, not a secret
    merchants = _merchants(rng, span)
    placed = _placed(rng, merchants, span)
    orders: list[HistoryOrder] = []
    for number, (at, merchant) in enumerate(placed, start=1):
        orders.append(_order(rng, f"o{number:05d}", at, merchant))
        if progress and number % (ORDERS // 20) == 0:
            progress(number / ORDERS)
    vanishings = [Vanishing(m.id, m.vanishes_at) for m in merchants if m.vanishes_at is not None]
    vanishings.sort(key=lambda vanishing: vanishing.at)
    return History("demo" if span is SEASON else "demo-year", "CNY", orders, (), vanishings)


def _seconds(milliseconds: float) -> Duration:
    return int(milliseconds) // SECOND * SECOND


def _merchants(rng: Random, span: Span) -> list[_Merchant]:
    """Return the merchants; their ids say nothing about their sizes."""
    numbers = list(range(1, MERCHANTS + 1))
    rng.shuffle(numbers)
    runners = {runner.rank: runner for runner in span.runners}
    return [
        _merchant(rng, f"m{number:03d}", rank, runners.get(rank), span)
        for rank, number in enumerate(numbers, 1)
    ]


def _merchant(rng: Random, merchant_id: str, rank: int, runner: _Runner | None, span: Span) -> _Merchant:
    size = (rank + 2) ** -_ZIPF
    if runner is None:
        category = rng.choices(CATEGORIES, [category.share for category in CATEGORIES])[0]
        joined = rng.randrange(1, span.days - 10) if rng.random() < _JOIN_LATER else 0
        vanishes_at, surge = None, 1.0
    else:
        category, size, surge = PRICIEST, size * runner.factor, runner.surge
        joined = rng.randint(*runner.joins)
        vanishes_at = span.start + rng.randint(*runner.vanishes) * DAY + _seconds(rng.randrange(DAY))
    haste, claims = rng.lognormvariate(0, 0.25), rng.lognormvariate(-0.08, 0.4)
    listings = tuple(_listing(rng, category) for _ in range(rng.randint(6, 12)))
    return _Merchant(merchant_id, size, joined, vanishes_at, surge, haste, claims, listings)


def _listing(rng: Random, category: Category) -> _Listing:
    price = int(category.median_minor * rng.lognormvariate(0, category.sigma))
    title = f"{rng.choice(STYLES)}{rng.choice(category.goods)}"
    return _Listing(title, max(price // 100 * 100 - 10, LEAST_PRICE))


def _placed(rng: Random, merchants: Sequence[_Merchant], span: Span) -> list[tuple[Instant, _Merchant]]:
    """Return when and at whom each order is placed, in order of time."""
    cells = [(day, merchant) for merchant in merchants for day in range(span.days)]
    weights = list(accumulate(merchant.weight(day, span) for day, merchant in cells))
    hours = list(accumulate(_HOURS_UTC))
    placed: list[tuple[Instant, _Merchant]] = []
    for day, merchant in rng.choices(cells, cum_weights=weights, k=ORDERS):
        hour = rng.choices(range(24), cum_weights=hours)[0]
        at = span.start + day * DAY + hour * HOUR + _seconds(rng.randrange(HOUR))
        placed.append((at, merchant))
    placed.sort(key=lambda order: order[0])
    return placed


def _order(rng: Random, order_id: str, placed: Instant, merchant: _Merchant) -> HistoryOrder:
    listing = rng.choice(merchant.listings)
    amount = listing.price_minor * (2 if rng.random() < _TWO_PIECES else 1)
    shipped, delivered, cancelled = _parcel(rng, placed, merchant)
    claims = merchant.claims * (_SHODDY if merchant.sells_off(placed) else 1)
    scored = None if delivered is None else _review(rng, delivered, claims)
    return HistoryOrder(
        id=order_id,
        merchant_id=merchant.id,
        consumer_id=f"c{int(CONSUMERS * rng.random() ** 1.6) + 1:05d}",
        amount_minor=_bounded(amount // 2 if merchant.sells_off(placed) else amount),
        title=listing.title,
        placed_at=placed,
        ship_by=placed + 48 * HOUR,
        shipped_at=shipped,
        delivered_at=delivered,
        cancelled_at=cancelled,
        reviewed_at=scored[0] if scored else None,
        score=scored[1] if scored else None,
    )


def _bounded(amount_minor: int) -> int:
    return min(max(amount_minor, LEAST_PRICE), GREATEST_PRICE)


def _parcel(
    rng: Random, placed: Instant, merchant: _Merchant
) -> tuple[Instant | None, Instant | None, Instant | None]:
    """Return when an order is shipped, delivered and cancelled; nothing is shipped once the merchant is gone.

    Who sells off has less and less to send: it takes twice as long.
    """
    if rng.random() < CANCELLED:
        return None, None, placed + _seconds(rng.randrange(10 * MINUTE, 20 * HOUR))
    slower = 2 if merchant.sells_off(placed) else 1
    hours = 16 * merchant.haste * slower * rng.lognormvariate(0, 0.45)
    shipped = placed + _seconds(min(hours, 240) * HOUR)
    if merchant.vanishes_at is not None and shipped >= merchant.vanishes_at:
        return None, None, None
    return shipped, shipped + _seconds((20 + 48 * rng.lognormvariate(0, 0.4)) * HOUR), None


def _review(rng: Random, delivered: Instant, claims: float) -> tuple[Instant, int] | None:
    drawn = rng.random()
    for score, share in SCORED.items():
        drawn -= share * claims if score in CLAIMS else share
        if drawn < 0:
            days = min(0.3 + rng.expovariate(0.4), 12.0)
            return delivered + _seconds(days * DAY), score
    return None
