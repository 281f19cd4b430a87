"""The orders of a day, and all that chance decides about each: the same under every policy."""

import bisect
from enum import Enum
from random import Random
from typing import NamedTuple

from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.lab.distributions import poisson
from holdfast.lab.market import Market
from holdfast.lab.results import Strategy
from holdfast.lab.sellers import Calendar, Phase, Seller
from holdfast.policy.model import Policy

_SKEW = 1.6
"""How unevenly consumers order: the busiest tenth places about a quarter of the orders."""

_NEAR_LIMIT = (0.90, 0.99)
_LEAST_MINOR = 100

_OWN_HASTE = 0.2
"""A ring's parcels, which hold nothing, leave and arrive so much sooner."""

_WASH_EVERY = 7
"""Days of accomplices' orders that are one order, as far as their limit allows: few attract no notice."""

_SALE_HASTE = 1.5
"""Who sells off ships so much later."""

_FORGETS = 0.5
"""Of the debits of the forgetful, those that fail at first."""

_GOLDEN = 0.6180339887498949


class Payer(Enum):
    """How a consumer pays and claims."""

    HONEST = "honest"
    FORGETFUL = "forgetful"
    UNABLE = "unable"
    FRIENDLY = "friendly"


class Parting(NamedTuple):
    """The parts of one order that go their own way. Amounts in minor units, 0 for none; times are lengths.

    A service has `steps` of the same amount, one `every` so often; goods have one.
    """

    second_minor: int = 0
    second_after: Duration = 0
    second_lost: bool = False
    piece_minor: int = 0
    piece_after: Duration = 0
    steps: int = 1
    every: Duration = 0


class Purchase:
    """An order as it is going to be. Times are lengths after the event before; None: it does not happen.

    `justified` says that a claim on it would be: the goods are bad, or nothing is in the parcel. `own` says
    that the merchant's own buyer places it. `fails` says that its debit fails, `pays_after` how long after
    that it is paid. `captured` says that its debit was asked for, and is answered. `parting` names its parts
    that go their own way, and `lost` says that it does not arrive.
    """

    __slots__ = (
        "amount_minor",
        "at",
        "cancelled_after",
        "captured",
        "claims_after",
        "consumer_id",
        "fails",
        "id",
        "justified",
        "lost",
        "number",
        "on_the_way",
        "own",
        "parting",
        "pays_after",
        "returned_after",
        "seller",
        "ships_after",
    )

    def __init__(self, seller: Seller, number: int, at: Instant) -> None:
        self.seller = seller
        self.number = number
        self.id = f"{seller.id}-{number}"
        self.at = at
        self.consumer_id = ""
        self.amount_minor = 0
        self.own = False
        self.justified = False
        self.fails = False
        self.captured = False
        self.lost = False
        self.parting: Parting | None = None
        self.pays_after: Duration | None = None
        self.ships_after: Duration | None = None
        self.on_the_way: Duration = 0
        self.cancelled_after: Duration | None = None
        self.returned_after: Duration | None = None
        self.claims_after: Duration | None = None


class Buying:
    """Draws the orders of a market day by day."""

    def __init__(self, market: Market, policy: Policy) -> None:
        self._market = market
        self._calendar = Calendar(market)
        consumers = market.consumers
        shares = (consumers.forgetful, consumers.unable, consumers.friendly)
        self._upto = [sum(shares[:n]) for n in (1, 2, 3)]
        self._payers = (Payer.FORGETFUL, Payer.UNABLE, Payer.FRIENDLY, Payer.HONEST)
        self._limit = policy.consumer_limit_minor

    def of_day(self, seller: Seller, day: int) -> list[Purchase]:
        """Draw a merchant's orders of a day: strangers' in order of time, then those of its accomplices."""
        found = self._strangers(seller, day)
        return found + self._washed(seller, day) if seller.washes(day) else found

    def _strangers(self, seller: Seller, day: int) -> list[Purchase]:
        phase = seller.phase(day)
        if phase.volume <= 0.0:
            return []
        grown = seller.growth ** ((day - seller.joined) / 365)
        mean = seller.rate * phase.volume * grown * self._calendar.factor(day)
        rng = seller.rng
        start = self._market.start + day * DAY
        times = sorted(start + int(DAY * rng.random()) for _ in range(poisson(rng, mean)))
        return [self._purchase(seller, at, phase) for at in times]

    def _washed(self, seller: Seller, day: int) -> list[Purchase]:
        """Let accomplices order: parcels that hold nothing, debited like any, near their limits at most."""
        strategy = seller.strategy
        assert strategy is not None
        rng, daily = seller.rng, seller.ordinary_minor * strategy.wash
        seller.wash_due += daily
        most = int(self._limit * _NEAR_LIMIT[0])
        each = max(_LEAST_MINOR, min(most, int(daily * _WASH_EVERY)))
        found: list[Purchase] = []
        while seller.wash_due >= each:
            seller.wash_due -= each
            seller.number += 1
            at = self._market.start + day * DAY + int(DAY * rng.random())
            purchase = Purchase(seller, seller.number, at)
            self._make_own(purchase, each, rng.random(), strategy)
            purchase.ships_after = int(self._market.merchants.ships_after.draw(rng) * _OWN_HASTE)
            purchase.on_the_way = int(self._market.merchants.on_the_way.draw(rng) * _OWN_HASTE)
            found.append(purchase)
        return found

    def _make_own(self, purchase: Purchase, amount_minor: int, whom: float, strategy: Strategy) -> None:
        purchase.own = True
        purchase.consumer_id = f"{purchase.seller.id}-b{int(whom * strategy.accomplices)}"
        purchase.amount_minor = amount_minor
        purchase.justified = False

    def _purchase(self, seller: Seller, at: Instant, phase: Phase) -> Purchase:
        seller.number += 1
        purchase = Purchase(seller, seller.number, at)
        rng, market, strategy = seller.rng, self._market, seller.strategy
        index = int(market.consumers.count * rng.random() ** _SKEW)
        # Which kind a consumer is follows from its number: neighbours differ, and it is the same for good.
        payer = self._payers[bisect.bisect_right(self._upto, (index * _GOLDEN) % 1.0)]
        purchase.consumer_id = f"c{index + 1:06d}"
        price = strategy.price if strategy is not None and phase.on_sale else 1.0
        purchase.amount_minor = max(_LEAST_MINOR, int(seller.category.amount.draw(rng) * price))
        haste = seller.haste * (_SALE_HASTE if phase.on_sale else 1.0)
        purchase.ships_after = int(market.merchants.ships_after.draw(rng) * haste)
        purchase.on_the_way = int(market.merchants.on_the_way.draw(rng))
        purchase.justified = rng.random() < seller.defects
        if strategy is not None:
            self._wrong(purchase, strategy, phase, rng)
        self._fate(purchase, payer, rng)
        return purchase

    def _wrong(self, purchase: Purchase, strategy: Strategy, phase: Phase, rng: Random) -> None:
        """Change an order to an adversary's plan for it."""
        false, sent, fake, own, unpaid, whom, size = (rng.random() for _ in range(7))
        if own < strategy.own_buyers:
            low, high = _NEAR_LIMIT
            amount = int(self._limit * (low + (high - low) * size))
            self._make_own(purchase, amount, whom, strategy)
            purchase.ships_after = int((purchase.ships_after or 0) * _OWN_HASTE)
            purchase.on_the_way = int(purchase.on_the_way * _OWN_HASTE)
            purchase.fails = unpaid < strategy.unpaid
        elif phase.on_sale and sent >= strategy.ships:
            purchase.justified = True
            if fake >= strategy.fakes:
                purchase.ships_after = None
        elif false < strategy.false_goods:
            purchase.justified = True

    def _fate(self, purchase: Purchase, payer: Payer, rng: Random) -> None:
        """Draw the consumer's acts: the same draws for every order, whatever becomes of it."""
        market = self._market
        consumers = market.consumers
        cancelled, part, returned, claims, friendly, fails = (rng.random() for _ in range(6))
        returns_after, claims_after = consumers.returns_after.draw(rng), consumers.claims_after.draw(rng)
        late_by = consumers.pays_late_by.draw(rng)
        if purchase.own:
            return
        if cancelled < market.merchants.cancelled:
            purchase.cancelled_after = int((purchase.ships_after or DAY) * part)
        ready = consumers.forgetful_claims if payer is Payer.FORGETFUL else consumers.claims_when_wronged
        cheats = payer is Payer.FRIENDLY and friendly < consumers.friendly_claims
        if (purchase.justified and claims < ready) or cheats:
            purchase.claims_after = int(claims_after)
        elif returned < consumers.returns:
            purchase.returned_after = int(returns_after)
        if payer is Payer.UNABLE:
            purchase.fails = True
        elif payer is Payer.FORGETFUL and fails < _FORGETS:
            purchase.fails, purchase.pays_after = True, int(late_by)
