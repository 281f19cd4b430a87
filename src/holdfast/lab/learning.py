"""The learning adversary: it searches, over many runs, for the strategy that costs a policy most.

The cross-entropy method (Rubinstein and Kroese 2004): strategies are drawn from a distribution, the costliest
teach it where to draw next. Each candidate is a merchant of one market, so that a run tries many. Its cost is
the loss of consumers and the fund by it, in days of its ordinary sales: a larger shop is not a better thief.
"""

from collections.abc import Sequence
from random import Random
from statistics import fmean, pstdev
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from holdfast.lab.comparison import gained
from holdfast.lab.distributions import Beta, Lognormal
from holdfast.lab.effort import FULL, Effort
from holdfast.lab.jobs import Tell, digest_of, stretch
from holdfast.lab.market import Category, Market
from holdfast.lab.results import LEARNED, SellerFigures, Strategy, Worst
from holdfast.lab.sellers import Nature, Seller, born, stream, take_on
from holdfast.lab.simulation import simulate
from holdfast.policy.model import Policy


class Dimension(NamedTuple):
    """A number of a strategy that is searched, and between which bounds."""

    name: str
    low: float
    high: float


SPACE: tuple[Dimension, ...] = (
    Dimension("build_days", 0, 300),
    Dimension("ramp_days", 0, 90),
    Dimension("ramp_to", 1, 4),
    Dimension("sale_days", 0, 30),
    Dimension("sale_factor", 1, 10),
    Dimension("price", 0.5, 1),
    Dimension("ships", 0, 1),
    Dimension("fakes", 0, 1),
    Dimension("false_goods", 0, 0.3),
    Dimension("stays_days", 0, 21),
    Dimension("deposit_days", 0, 90),
    Dimension("wash", 0, 5),
    Dimension("claims_late", 0, 1),
    Dimension("refunds", 0, 1),
)
"""The search space of strategies. A sale sells at most the demand at its price: see `sellers.ELASTICITY`."""


_ANYWHERE = 8
"""Of so many candidates one is drawn anywhere, not around the best."""

_LEAST_SPREAD = 0.03
_FUND = 10**12
_RATE, _AMOUNT, _SIGMA = 1.5, 15_000.0, 0.3
_DEFECTS = Beta(mean=0.02, strength=60)

Point = tuple[float, ...]

KNOWN: tuple[Strategy, ...] = (
    Strategy(build_days=125),
    Strategy(build_days=240),
    Strategy(build_days=150, sale_days=14, sale_factor=10, price=0.5, stays_days=9),
    Strategy(build_days=150, ramp_days=45, ramp_to=3, sale_days=10, sale_factor=5, price=0.5, stays_days=9),
    Strategy(
        build_days=60,
        sale_days=10,
        sale_factor=10,
        price=0.5,
        stays_days=11,
        deposit_days=60,
        wash=2,
        claims_late=1,
    ),
    Strategy(build_days=180, sale_days=10, sale_factor=10, price=0.5, stays_days=9, wash=5),
)
"""Known strategies of adversaries: the search begins with them, beside strategies by chance."""


class Target(msgspec.Struct, frozen=True):
    """A policy that is to be hurt. `peers` is the record of a category: run-aways and windows."""

    market: Market
    policy: Policy
    name: str
    seed: int
    peers: tuple[int, int]
    effort: Effort = FULL

    @property
    def digest(self) -> str:
        """Return the digest of the target."""
        effort = msgspec.to_builtins(self.effort)
        return digest_of(self.market.digest, self.policy.version, self.seed, self.peers, effort)

    def costs(self, strategies: Sequence[Strategy], generation: int, tell: Tell) -> list[SellerFigures]:
        """Let merchants follow strategies, in one market and each in a category of its own."""
        market = _market(self.market, strategies)
        policy = self.policy
        if policy.fund_capital_minor:
            policy = replace(policy, fund_capital_minor=_FUND)
        names = (self.seed, generation)
        sellers = [
            _seller(market, number, strategy, names) for number, strategy in enumerate(strategies, start=1)
        ]
        known = {seller.category.name: self.peers for seller in sellers}
        found = simulate(market, policy, self.name, sellers, names, tell, known)
        return list(found.sellers)


class Learn(msgspec.Struct, frozen=True, tag=True):
    """A search against one policy, as a job."""

    target: Target

    @property
    def name(self) -> str:
        """See `jobs.Job`."""
        return f"learning against {self.target.name}"

    @property
    def digest(self) -> str:
        """See `jobs.Job`."""
        return digest_of("learn", self.target.digest)

    def perform(self, tell: Tell) -> Strategy:
        """Return the best strategy found: among those tried last, and in the middle of them."""
        effort = self.target.effort
        # By the name, not the version: a setting that changes nothing here must not change the search.
        rng = stream(self.target.seed, 0, f"learning against {self.target.name}")
        points = [point_of(strategy) for strategy in KNOWN]
        points += [_anywhere(rng) for _ in range(effort.candidates - len(points))]
        best: list[tuple[float, Point]] = []
        for generation in range(effort.generations):
            begin, end = (
                number * effort.candidates / effort.lives for number in (generation, generation + 1)
            )
            costs = self.target.costs(
                [strategy_at(point) for point in points], generation, stretch(tell, begin, end)
            )
            known = [
                *zip((cost.whole.gross_minor / cost.ordinary_minor for cost in costs), points, strict=True),
                *best,
            ]
            best = sorted(known, reverse=True)[: effort.elite]
            points = _next(best, effort.candidates, rng)
        middle, first = strategy_at(_middle([point for _, point in best])), strategy_at(best[0][1])
        judging = stretch(tell, effort.candidates * effort.generations / effort.lives, 1.0)
        worst = Judge(self.target, (middle, first)).perform(judging)
        assert worst.strategy is not None
        return worst.strategy


class Judge(msgspec.Struct, frozen=True, tag=True):
    """A job: the cost of strategies to a policy, each followed by merchants that it was not searched on."""

    target: Target
    strategies: tuple[Strategy, ...]

    @property
    def name(self) -> str:
        """See `jobs.Job`."""
        return f"judging {self.target.name}"

    @property
    def digest(self) -> str:
        """See `jobs.Job`."""
        return digest_of("judge", self.target.digest, self.strategies)

    def perform(self, tell: Tell) -> Worst:
        """Return the costliest."""
        each = list(dict.fromkeys(self.strategies))
        found = [
            self._cost(one, stretch(tell, number / len(each), (number + 1) / len(each)))
            for number, one in enumerate(each)
        ]
        return max(found, key=lambda worst: worst.cost_days)

    def _cost(self, strategy: Strategy, tell: Tell) -> Worst:
        effort = self.target.effort
        costs = self.target.costs([strategy] * effort.judged, effort.generations, tell)
        ordinary = sum(cost.ordinary_minor for cost in costs)
        gross = sum(cost.whole.gross_minor for cost in costs)
        loss = sum(cost.whole.loss_gross_minor for cost in costs)
        return Worst(
            adversary=LEARNED,
            cost_days=gross / ordinary,
            loss_days=loss / ordinary,
            fund_days=(gross - loss) / ordinary,
            net_days=sum(cost.whole.net_minor for cost in costs) / ordinary,
            ratio=gained(gross, sum(cost.whole.paid_minor for cost in costs)),
            strategy=strategy,
            tried=effort.candidates * effort.generations,
        )


def _market(market: Market, strategies: Sequence[Strategy]) -> Market:
    """Return a market that lasts as long as the longest strategy, with nobody else in it."""
    longest = max(
        strategy.build_days + strategy.ramp_days + strategy.sale_days + strategy.stays_days
        for strategy in strategies
    )
    period = replace(market.period, days=int(longest) + 2, warm_up_days=0)
    return replace(market, period=period, seasons=())


def _seller(market: Market, number: int, strategy: Strategy, names: tuple[int, int]) -> Seller:
    amount = Lognormal(median=_AMOUNT, sigma=_SIGMA)
    category = Category(name=f"{LEARNED}-{number}", share=1.0, amount=amount, defects=_DEFECTS)
    seller_id = f"l{number:03d}"
    seller = Seller(seller_id, LEARNED, category, 0, stream(*names, seller_id))
    born(seller, Nature(_RATE, 1.0, 1.0, _DEFECTS.mean))
    take_on(market, seller, strategy)
    return seller


def strategy_at(point: Point) -> Strategy:
    """Return the strategy at a point of the unit cube."""
    numbers = {d.name: d.low + (d.high - d.low) * x for d, x in zip(SPACE, point, strict=True)}
    return msgspec.convert(numbers, Strategy)


def point_of(strategy: Strategy) -> Point:
    """Return where in the unit cube a strategy lies."""
    return tuple((getattr(strategy, d.name) - d.low) / (d.high - d.low) for d in SPACE)


def _anywhere(rng: Random) -> Point:
    return tuple(rng.random() for _ in SPACE)


def _middle(points: Sequence[Point]) -> Point:
    return tuple(fmean(values) for values in zip(*points, strict=True))


def _next(best: Sequence[tuple[float, Point]], candidates: int, rng: Random) -> list[Point]:
    """Draw the next strategies around the best, a few of them anywhere."""
    columns = list(zip(*(point for _, point in best), strict=True))
    around = [(fmean(column), max(_LEAST_SPREAD, pstdev(column))) for column in columns]
    drawn = [
        tuple(min(1.0, max(0.0, rng.gauss(centre, spread))) for centre, spread in around)
        for _ in range(candidates - candidates // _ANYWHERE)
    ]
    return drawn + [_anywhere(rng) for _ in range(candidates // _ANYWHERE)]
