"""A market's distributions fitted to an order history, and how far each lies from the observations.

Positive quantities by maximum likelihood, the family by the least Kolmogorov-Smirnov distance; shares that
differ by merchant by the beta-binomial (Skellam, Journal of the Royal Statistical Society B 10, 1948). Growth
is not fitted: the merchants that a history shows for a year are those that lasted.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from holdfast.importers.history import History, HistoryOrder
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.lab.distributions import Beta, Constant, Distribution, Exponential, Gamma, Lognormal, impossible
from holdfast.policy_files.sourced import quoted

LEAST_OBSERVATIONS, LEAST_MERCHANTS, LEAST_ORDERS_OF_ONE = 30, 10, 5
"""Of fewer observations or merchants nothing is fitted; a merchant of fewer orders tells no volume."""

CLAIMS = (1, 2)
"""The scores of reviews that stand for a claim."""

_MOST_ALIKE = 10_000.0
"""Shapes and strengths above are as good as no spread; a market file's gamma takes none either."""

_Floats = npt.NDArray[np.float64]
_Orders = Sequence[HistoryOrder]
_Span = tuple[int | None, int | None]
_Quantity = tuple[str, str, str]
"""A fitted quantity: its name, meaning and unit, as in `Fitted`."""


class TooLittleToFit(Refusal):
    """A history has too few orders to tell anything of a market."""

    code = "too_little_to_fit"
    sort = Sort.UNMET
    what = Text("{count} 笔订单太少，拟合不出市场", "{count} orders are too few to fit a market to")
    fix = Text("请给出至少有 {least} 笔订单的历史", "Give a history of at least {least} orders")


class Fitted(msgspec.Struct, frozen=True):
    """One number of a market as a history tells it, and how well that describes the history.

    `name` is the table and key of a market file, `distribution` is in `unit`. `observations` are orders, or
    merchants where `meaning` is of one. `ks` is the greatest distance between the cumulative shares that
    were observed and those expected, from 0 to 1; None where nothing is drawn. The errors are the fit's
    median and 90th percentile over the data's, less 1: below zero the fit is too low; NaN where that cannot
    be told, as `remark` says. `others` are the families tried and not taken, with their `ks`, best first.
    """

    name: str
    meaning: str
    unit: str
    observations: int
    distribution: Distribution
    family: str
    ks: float | None
    error_median: float
    error_p90: float
    others: tuple[tuple[str, float], ...]
    remark: str


class _Tried(NamedTuple):
    """A family at its greatest likelihood, its distance from the data, its median and 90th percentile."""

    ks: float
    distribution: Distribution
    median: float
    p90: float


def fit(history: History) -> list[Fitted]:
    """Return the numbers of a market that the history has, in the order of market files; others are missing.

    Raises:
        TooLittleToFit: the history has fewer than `LEAST_OBSERVATIONS` orders.
    """
    orders = history.orders
    if len(orders) < LEAST_OBSERVATIONS:
        raise TooLittleToFit(history.source, count=len(orders), least=LEAST_OBSERVATIONS)
    told = (_orders_per_day, _ships_after, _on_the_way, _cancelled, _claims_after, _amount, _defects)
    return [one for one in (tell(orders) for tell in told) if one is not None]


def _orders_per_day(orders: _Orders) -> Fitted | None:
    """Fit the volumes of merchants; the first order opens the span that the others are counted over."""
    placed: dict[str, list[int]] = {}
    for order in orders:
        placed.setdefault(order.merchant_id, []).append(order.placed_at)
    counted = [times for times in placed.values() if len(times) >= LEAST_ORDERS_OF_ONE]
    if len(counted) < LEAST_MERCHANTS:
        return None
    rates = np.array([(len(times) - 1) * DAY / max(times[-1] - times[0], DAY) for times in counted])
    meaning = f"orders a day of a merchant with {LEAST_ORDERS_OF_ONE} or more, from its first to its last"
    fewer = _left_out(len(placed) - len(counted), f"merchants with fewer than {LEAST_ORDERS_OF_ONE} orders")
    chance = _without_chance(rates, [len(times) - 1 for times in counted])
    quantity = ("merchants.orders_per_day", meaning, "per day")
    return _positive(quantity, rates, [*fewer, chance], (_lognormal,))


def _without_chance(rates: _Floats, counts: Sequence[int]) -> str:
    """Tell the spread of rates less chance's part: a Poisson process's n orders take a gamma's time."""
    chance = float(np.mean(special.polygamma(1, counts)))
    spread = math.sqrt(max(float(np.var(np.log(rates))) - chance, 0.0))
    return f"less the chance in counts of few orders, sigma is about {spread:.2f}"


def _ships_after(orders: _Orders) -> Fitted | None:
    """Fit the times to ship; where shipping and delivery are one, importers knew only the latter."""
    quantity = ("merchants.ships_after", "from the order to the parcel's leaving", "hours")
    times = [(one.placed_at, one.shipped_at) for one in orders if one.shipped_at != one.delivered_at]
    return _times(quantity, times, HOUR, "the merchants' haste is in it")


def _on_the_way(orders: _Orders) -> Fitted | None:
    quantity = ("merchants.on_the_way", "from shipping to delivery", "hours")
    return _times(quantity, [(one.shipped_at, one.delivered_at) for one in orders], HOUR)


def _cancelled(orders: _Orders) -> Fitted | None:
    """Count the cancelled orders; a history without any may well not record them.

    One that was refunded as a whole and neither shipped nor delivered was cancelled, told so or not.
    """
    count = sum(_ended(order) and order.shipped_at is None for order in orders)
    share, nan = Constant(count / len(orders)), math.nan
    quantity = "merchants.cancelled", "share of orders that are cancelled before they are shipped", "share"
    remark = f"counted, nothing is drawn: {count} of {len(orders)} orders; true if the history holds all"
    fitted = Fitted(*quantity, len(orders), share, "constant", None, nan, nan, (), remark)
    return fitted if count else None


def _ended(order: HistoryOrder) -> bool:
    refunded_minor = sum(refund.amount_minor for refund in order.refunds)
    given_up = refunded_minor == order.amount_minor and order.delivered_at is None
    return order.cancelled_at is not None or given_up


def _claims_after(orders: _Orders) -> Fitted | None:
    meaning = "from delivery to a review of 1 or 2, which stands for a claim"
    times = [(one.delivered_at, one.reviewed_at) for one in orders if one.score in CLAIMS]
    return _times(("consumers.claims_after", meaning, "days"), times, DAY)


def _amount(orders: _Orders) -> Fitted | None:
    quantity = ("category.amount", "what an order comes to", "minor units")
    amounts = np.array([order.amount_minor for order in orders], np.float64)
    return _positive(quantity, amounts, ["of all categories together"])


def _defects(orders: _Orders) -> Fitted | None:
    """Fit how merchants differ in the share of their delivered orders that a low review follows.

    A refund of delivered goods is not counted: merchants refund for many reasons besides a defect.
    """
    delivered = [order for order in orders if order.delivered_at is not None]
    trials = Counter(order.merchant_id for order in delivered)
    low = Counter(order.merchant_id for order in delivered if order.score in CLAIMS)
    if len(trials) < LEAST_MERCHANTS or low.total() in {0, trials.total()}:
        return None
    beta = _beta_binomial([(low[merchant], count) for merchant, count in trials.items()])
    rates = np.array([low[merchant] / count for merchant, count in trials.items()])
    counted = f"{low.total()} of {trials.total()} delivered orders, of all categories together"
    alike = ["merchants differ no more than by chance"] if beta.strength > 0.99 * _MOST_ALIKE else []
    remarks = [counted, "true if the history holds all of them, or some by chance", *alike]
    meaning = "share of a merchant's delivered orders that get a review of 1 or 2"
    tried = _expected_rates(beta, rates, Counter(trials.values()))
    return _told(("category.defects", meaning, "share"), rates, [tried], remarks)


def _left_out(count: int, what: str) -> list[str]:
    return [f"left out: {count} {what}"] if count else []


def _times(q: _Quantity, spans: Iterable[_Span], unit: int, *remarks: str) -> Fitted | None:
    """Fit the lengths of spans in milliseconds, in units of so many; those of zero and below are left out."""
    known = [end - start for start, end in spans if start is not None and end is not None]
    positive = np.array([time / unit for time in known if time > 0], np.float64)
    left_out = _left_out(len(known) - len(positive), "times of zero or below")
    enough = len(positive) >= LEAST_OBSERVATIONS
    return _positive(q, positive, [*left_out, *remarks]) if enough else None


def _lognormal(values: _Floats) -> Lognormal:
    sigma, _, median = stats.lognorm.fit(values, floc=0)
    return Lognormal(median=float(median), sigma=float(sigma))


def _gamma(values: _Floats) -> Gamma | None:
    """Fit a gamma, or none where the values are so alike that its equation loses all its digits."""
    if float(np.mean(values)) ** 2 >= _MOST_ALIKE * float(np.var(values)):
        return None
    shape, _, scale = stats.gamma.fit(values, floc=0)
    return Gamma(mean=float(shape * scale), shape=float(shape))


def _exponential(values: _Floats) -> Exponential:
    return Exponential(mean=float(np.mean(values)))


_Found = Lognormal | Gamma | Exponential
_Families = tuple[Callable[[_Floats], _Found | None], ...]
_ALL: _Families = (_lognormal, _gamma, _exponential)


def _tried(found: _Found, values: _Floats) -> _Tried:
    match found:
        case Lognormal(median=median, sigma=sigma):
            known = stats.lognorm(sigma, scale=median)
        case Gamma(mean=mean, shape=shape):
            known = stats.gamma(shape, scale=mean / shape)
        case Exponential(mean=mean):
            known = stats.expon(scale=mean)
    ks = stats.ks_1samp(values, known.cdf, method="asymp").statistic
    return _Tried(float(ks), found, float(known.ppf(0.5)), float(known.ppf(0.9)))


def _positive(q: _Quantity, values: _Floats, remarks: Sequence[str], of: _Families = _ALL) -> Fitted | None:
    """Return the family that lies closest to the values, or None where a market file could write none."""
    if np.ptp(values) == 0:
        same = float(values[0])
        return _told(q, values, [_Tried(0.0, Constant(same), same, same)], [*remarks, "all are alike"])
    fits = (estimate(values) for estimate in of)
    tried = [_tried(found, values) for found in fits if found is not None and impossible(found) is None]
    return _told(q, values, sorted(tried, key=lambda one: one.ks), remarks) if tried else None


def _told(q: _Quantity, values: _Floats, tried: Sequence[_Tried], remarks: Sequence[str]) -> Fitted:
    """Return the first that was tried as fitted, its percentiles compared with those of the values."""
    best, (family, *others) = tried[0], [str(one.distribution.__struct_config__.tag) for one in tried]
    observed = [float(np.quantile(values, share)) for share in (0.5, 0.9)]
    compared = zip((best.median, best.p90), observed, strict=True)
    middle, top = (fitted / found - 1 if found else math.nan for fitted, found in compared)
    undefined = [] if all(observed) else ["a percentile is zero, so that there is no error relative to it"]
    remark = "; ".join([*remarks, *undefined])
    distances = tuple(zip(others, (one.ks for one in tried[1:]), strict=True))
    return Fitted(*q, len(values), best.distribution, family, best.ks, middle, top, distances, remark)


def _beta_binomial(counts: Sequence[tuple[int, int]]) -> Beta:
    """Return the beta of greatest likelihood, by Nelder-Mead over the logs of the odds and the strength."""
    columns = np.array(counts, np.float64)
    hits, misses = columns[:, 0], columns[:, 1] - columns[:, 0]

    def beta(at: _Floats) -> Beta:
        return Beta(mean=1 / (1 + math.exp(-at[0])), strength=math.exp(at[1]))

    def unlikelihood(at: _Floats) -> float:
        a, b = _a_b(beta(at))
        return -float(np.sum(special.betaln(hits + a, misses + b) - special.betaln(a, b)))

    start = np.log([np.sum(hits) / np.sum(misses), 20.0])
    bounds = [(-20, 20), (math.log(0.01), math.log(_MOST_ALIKE))]
    return beta(optimize.minimize(unlikelihood, start, method="Nelder-Mead", bounds=bounds, tol=1e-7).x)


def _a_b(beta: Beta) -> tuple[float, float]:
    return beta.mean * beta.strength, (1 - beta.mean) * beta.strength


def _expected_rates(beta: Beta, rates: _Floats, merchants: Counter[int]) -> _Tried:
    """Compare rates with those that `merchants`, by numbers of trials, are expected to have: exactly."""
    counts = [(np.arange(trials + 1), trials, count) for trials, count in merchants.items()]
    fractions = np.concatenate([hits / trials for hits, trials, _ in counts])
    weights = np.concatenate([n * stats.betabinom.pmf(hits, of, *_a_b(beta)) for hits, of, n in counts])
    at, places = np.unique(fractions, return_inverse=True)
    expected = np.cumsum(np.bincount(places, weights)) / len(rates)
    observed = np.searchsorted(np.sort(rates), at, side="right") / len(rates)
    median, p90 = (float(at[np.searchsorted(expected, share)]) for share in (0.5, 0.9))
    return _Tried(float(np.max(np.abs(observed - expected))), beta, median, p90)


_HEADINGS = {
    "merchants": "[merchants]",
    "consumers": "[consumers]",
    "category": "# Of all categories together: these go into each, with a median of its own.\n[[category]]",
}


def as_toml(fitted: Sequence[Fitted], source: str) -> str:
    """Return the lines of a market file for numbers fitted to `source`, under the headings of its tables."""
    tables: dict[str, list[str]] = {}
    for one in fitted:
        table, key = one.name.split(".")
        tables.setdefault(table, [_HEADINGS[table]]).append(f"{key} = {_entry(one, source)}")
    return "\n".join("\n".join([*lines, ""]) for lines in tables.values())


def _entry(one: Fitted, source: str) -> str:
    """Return an inline table; a constant is a plain value, as not every number may be drawn."""
    closeness = "" if one.ks is None else f", KS {one.ks:.3f}"
    entries = {} if isinstance(one.distribution, Constant) else {"distribution": quoted(one.family)}
    for name in one.distribution.__struct_fields__:
        entries[name] = format(Decimal(f"{getattr(one.distribution, name):.4g}"), "f")
    entries["unit"] = quoted(one.unit)
    entries["source"] = quoted(f"fitted to {source} ({one.observations} observations{closeness})")
    return f"{{ {', '.join(f'{key} = {value}' for key, value in entries.items())} }}"
