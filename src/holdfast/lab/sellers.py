"""Who sells in a run: honest merchants and adversaries, drawn by the seed."""

import math
from random import Random
from typing import NamedTuple

from holdfast.coverage.record import RISES_BP
from holdfast.kernel.clock import DAY, Instant, moment
from holdfast.lab.distributions import Distribution, draw
from holdfast.lab.guarantees import Guarantee, brought
from holdfast.lab.market import Adversary, Category, Market
from holdfast.lab.results import HONEST, Strategy
from holdfast.orders.model import Listing
from holdfast.policy.model import Policy

ELASTICITY = 3.3
"""At half price ten times as much is wanted, and no more: no sale sells more than its price draws."""

_RISES_FOR = 30
"""Days over which a new shop's volume rises to its ordinary one."""

_LISTINGS = 3
_CAUTION = 0.9
"""How near to what policy takes for ordinary growth the one that games it goes."""

_WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 1.1, 1.05, 0.95)


class Seller:
    """A merchant of a run. `joined` is a day from the start of measuring; `gone_at` is when it vanishes.

    `own` are orders of its accomplices that were debited, with amount and time, where it has plans for them;
    `wash_due` is the amount that they are still to order, in minor units.
    """

    __slots__ = (
        "back",
        "category",
        "defects",
        "delivered",
        "gone_at",
        "growth",
        "guarantee",
        "haste",
        "id",
        "joined",
        "kind",
        "listings",
        "number",
        "own",
        "owner",
        "rate",
        "rng",
        "strategy",
        "suspended",
        "upheld",
        "wash_due",
    )

    def __init__(self, seller_id: str, kind: str, category: Category, joined: int, rng: Random) -> None:
        self.id = seller_id
        self.kind = kind
        self.owner = f"owner-{seller_id}"
        self.category = category
        self.joined = joined
        self.rng = rng
        self.rate = 0.0
        self.growth = 1.0
        self.haste = 1.0
        self.defects = 0.0
        self.strategy: Strategy | None = None
        self.gone_at: Instant | None = None
        self.back: Adversary | None = None
        self.number = 0
        self.delivered = 0
        self.upheld = 0
        self.suspended = False
        self.guarantee: Guarantee | None = None
        self.own: dict[str, tuple[int, Instant]] = {}
        self.wash_due = 0.0
        self.listings = [
            Listing(title=f"{category.name} {n}", text=f"{category.name} {n} of {seller_id}", price_minor=1)
            for n in range(1, _LISTINGS + 1)
        ]

    @property
    def ordinary_minor(self) -> float:
        """Return its sales of an ordinary day, in minor units."""
        return self.rate * self.category.amount.average

    @property
    def goes(self) -> bool:
        """Tell whether it is to vanish in the end."""
        return self.strategy is not None and self.strategy.runs

    @property
    def schemes(self) -> bool:
        """Tell whether it has plans for its accomplices' orders."""
        return self.strategy is not None and self.strategy.schemes

    def is_gone(self, at: Instant) -> bool:
        """Tell whether it has vanished by an instant."""
        return self.gone_at is not None and at >= self.gone_at

    def washes(self, day: int) -> bool:
        """Tell whether its accomplices order on a day: until it sells off."""
        strategy = self.strategy
        if strategy is None or not strategy.wash:
            return False
        return day - self.joined < strategy.build_days + strategy.ramp_days

    def phase(self, day: int) -> "Phase":
        """Return the phase of its plan on a day."""
        age = day - self.joined
        rise = min(1.0, (age + 1) / _RISES_FOR)
        strategy = self.strategy
        if strategy is None or not strategy.runs or age < strategy.build_days:
            return Phase(rise, on_sale=False)
        age -= strategy.build_days
        if age < strategy.ramp_days:
            return Phase(rise * strategy.ramp_to ** (age / strategy.ramp_days), on_sale=False)
        if age - strategy.ramp_days < strategy.sale_days:
            wanted = strategy.price**-ELASTICITY
            return Phase(rise * strategy.ramp_to * min(strategy.sale_factor, wanted), on_sale=True)
        return Phase(0.0, on_sale=False)


class Phase(NamedTuple):
    """A day of a merchant's life: its volume over the ordinary, and whether it sells off."""

    volume: float
    on_sale: bool


class Calendar:
    """How much more or less is ordered on each day of a market."""

    def __init__(self, market: Market) -> None:
        self._start = market.start
        self._seasons = market.seasons

    def factor(self, day: int) -> float:
        """Return a day's sales over those of an ordinary day."""
        date = moment(self._start + day * DAY)
        factor = _WEEKDAYS[date.weekday()]
        for season in self._seasons:
            first = date.replace(month=season.month, day=min(season.day, 28))
            since = (date - first).days + (min(season.day, 28) - season.day)
            if 0 <= since < season.days:
                factor *= season.factor
        return factor


def strategy_of(adversary: Adversary, policy: Policy, rate: float, rng: Random) -> Strategy:
    """Draw the strategy of one adversary. Some know the policy: its thresholds are public."""

    def days(of: Distribution | None) -> float:
        return max(0.0, draw(of, rng, 0.0)) / DAY

    build, ramp = days(adversary.build), days(adversary.ramp)
    if adversary.outgrows_youth:
        window = policy.claim_window / DAY
        build = max(policy.young_for / DAY, policy.young_orders / max(rate, 1e-9) + _RISES_FOR) + window + 1
    ramp_to = draw(adversary.ramp_to, rng, 1.0)
    if adversary.keeps_growth:
        windows = ramp * DAY / max(DAY, policy.claim_window)
        ramp_to = (RISES_BP / 10_000) ** (_CAUTION * windows)
    return Strategy(
        build_days=build,
        ramp_days=ramp,
        ramp_to=ramp_to,
        sale_days=days(adversary.sale),
        sale_factor=draw(adversary.sale_factor, rng, 1.0),
        price=draw(adversary.price, rng, 1.0),
        ships=draw(adversary.ships, rng, 1.0),
        fakes=draw(adversary.fakes, rng, 0.0),
        false_goods=draw(adversary.false_goods, rng, 0.0),
        stays_days=days(adversary.stays),
        runs=adversary.runs,
        answers=adversary.answers,
        own_buyers=draw(adversary.own_buyers, rng, 0.0),
        unpaid=draw(adversary.unpaid, rng, 0.0),
        deposit_days=draw(adversary.deposit, rng, 0.0),
        takes_deposit_out=adversary.takes_deposit_out,
        accomplices=max(1.0, draw(adversary.accomplices, rng, 30.0)),
        wash=draw(adversary.wash, rng, 0.0),
        claims_in_window=draw(adversary.claims_in_window, rng, 0.0),
        claims_late=draw(adversary.claims_late, rng, 0.0),
        claims_before_days=days(adversary.claims_before) or 5.0,
        refunds=draw(adversary.refunds, rng, 0.0),
    )


def gone_at(market: Market, joined: int, strategy: Strategy) -> Instant | None:
    """Return when a merchant that joins on a day vanishes, or None."""
    if not strategy.runs:
        return None
    days = strategy.build_days + strategy.ramp_days + strategy.sale_days + strategy.stays_days
    return market.start + math.ceil((joined + days) * DAY)


class Nature(NamedTuple):
    """The nature of a merchant, which is independent of its strategy."""

    rate: float
    growth: float
    haste: float
    defects: float


def nature(market: Market, category: Category, rng: Random) -> Nature:
    """Draw the nature of a merchant."""
    merchants = market.merchants
    return Nature(
        merchants.orders_per_day.draw(rng),
        merchants.growth_per_year.draw(rng),
        merchants.haste.draw(rng),
        category.defects.draw(rng),
    )


def born(seller: Seller, found: Nature) -> Seller:
    """Give a merchant its nature."""
    seller.rate, seller.growth, seller.haste, seller.defects = found
    return seller


def stream(seed: int, run: int, name: str) -> Random:
    """Return a source of chance of its own for a merchant of a run: others do not disturb it."""
    return Random(f"{seed}/{run}/{name}")  # noqa: S311 - a simulation, repeatable on purpose


def kinds(market: Market, only: frozenset[str] | None, rng: Random) -> list[Adversary | None]:
    """Return the kind of each merchant, in an order by chance; None is honest.

    Each kind has as many as its share comes to, the broken rest by chance. With `only`, no other kind is
    there; its merchants are missing and not honest instead.
    """
    count = market.merchants.count
    found: list[Adversary | None] = []
    for adversary in market.adversaries:
        wanted = adversary.share * count
        number = int(wanted) + (rng.random() < wanted - int(wanted))
        if only is None or adversary.name in only:
            found += [adversary] * number
        else:
            count -= number
    found += [None] * max(0, count - len(found))
    rng.shuffle(found)
    return found


def population(
    market: Market, policy: Policy, seed: int, run: int, only: frozenset[str] | None = None
) -> list[Seller]:
    """Return the merchants of a run; the same for every policy, but for those who know it."""
    rng = stream(seed, run, "population")
    first, last = -market.period.warm_up_days, max(1, market.period.days - _RISES_FOR)
    shares = [category.share for category in market.categories]
    sellers: list[Seller] = []
    for number, adversary in enumerate(kinds(market, only, rng), start=1):
        late = adversary is not None or rng.random() < market.merchants.join_later
        joined = rng.randrange(first, last) if late else first
        category = rng.choices(market.categories, shares)[0]
        seller_id = f"m{number:04d}"
        own = stream(seed, run, seller_id)
        seller = Seller(seller_id, HONEST if adversary is None else adversary.name, category, joined, own)
        born(seller, nature(market, category, own))
        if adversary is not None:
            take_on(market, seller, strategy_of(adversary, policy, seller.rate, own))
            seller.back = adversary if adversary.comes_back else None
        else:
            at, chance = market.start + joined * DAY, stream(seed, run, f"{seller_id}-guarantee")
            seller.guarantee = brought(market.guarantees, seller_id, seller.ordinary_minor, at, chance)
        sellers.append(seller)
    return sellers


def take_on(market: Market, seller: Seller, strategy: Strategy) -> None:
    """Make a merchant an adversary."""
    seller.strategy = strategy
    seller.gone_at = gone_at(market, seller.joined, strategy)


def come_back(market: Market, policy: Policy, gone: Seller, again: int, at: Instant, rng: Random) -> Seller:
    """Return the merchant as which an adversary that is gone comes back, for the `again`-th time."""
    assert gone.back is not None, f"{gone.id} does not come back"
    joined = (at - market.start) // DAY + 1
    seller = Seller(f"{gone.id}-again", gone.kind, gone.category, joined, rng)
    seller.owner = f"relative-{again}-of-{gone.owner}"
    born(seller, nature(market, gone.category, rng))
    take_on(market, seller, strategy_of(gone.back, policy, seller.rate, rng))
    seller.back = gone.back
    return seller
