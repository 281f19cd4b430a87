"""A market: every number of it, as a file says it."""

import math
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from holdfast.kernel.clock import DAY, Instant
from holdfast.lab.distributions import Distribution

FIRST_YEAR_DAYS = 365

MONTH = 30 * DAY
"""Between two steps of a service, where a market says nothing."""


class Measure(StrEnum):
    """The dimension of a number, which fixes the units in which it may be written."""

    TIME = "time"
    SHARE = "share"
    MONEY = "money"
    COUNT = "count"
    FACTOR = "factor"
    FLAG = "flag"


class Number(NamedTuple):
    """A number of a market: its measure, its bounds in canonical units, its meaning; whether it is drawn."""

    measure: Measure
    low: float
    high: float
    meaning: str
    drawn: bool = False


def _time(meaning: str, *, most: float = 3650 * DAY, drawn: bool = False) -> Number:
    return Number(Measure.TIME, 0, most, meaning, drawn)


def _share(meaning: str, *, drawn: bool = False) -> Number:
    return Number(Measure.SHARE, 0, 1, meaning, drawn)


def _count(meaning: str, low: float, high: float, *, drawn: bool = False) -> Number:
    return Number(Measure.COUNT, low, high, meaning, drawn)


def _factor(meaning: str, *, low: float = 0.01, high: float = 100, drawn: bool = False) -> Number:
    return Number(Measure.FACTOR, low, high, meaning, drawn)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """How long is simulated."""

    days: Annotated[int, _count("days of the settled time", 30, 3650)]
    warm_up_days: Annotated[
        int, _count("days from the marketplace's first until it counts as settled", 0, 3650)
    ]


class Merchants(msgspec.Struct, frozen=True, kw_only=True):
    """Honest merchants; adversaries have the same goods, sizes and haste."""

    count: Annotated[int, _count("merchants at work over the whole time, adversaries among them", 1, 100_000)]
    join_later: Annotated[float, _share("of them, those that join on a day by chance; the others are there")]
    orders_per_day: Annotated[
        Distribution, _count("orders a merchant has on an ordinary day", 0, 10_000, drawn=True)
    ]
    growth_per_year: Annotated[Distribution, _factor("volume after a year over that before", drawn=True)]
    ships_after: Annotated[Distribution, _time("from the order to the parcel's leaving", drawn=True)]
    haste: Annotated[Distribution, _factor("of one merchant, over that of the market", drawn=True)]
    on_the_way: Annotated[Distribution, _time("from shipping to delivery", drawn=True)]
    cancelled: Annotated[float, _share("of orders, those cancelled before they are shipped")]
    confirms_returns_after: Annotated[Distribution, _time("until returned goods are confirmed", drawn=True)]


class Consumers(msgspec.Struct, frozen=True, kw_only=True):
    """Consumers, each of one kind for good."""

    count: Annotated[int, _count("consumers; some order often, most seldom", 1, 10_000_000)]
    forgetful: Annotated[float, _share("that pay late and claim seldom")]
    unable: Annotated[float, _share("that cannot pay: their debits fail")]
    friendly: Annotated[float, _share("that claim now and then though nothing is wrong")]
    friendly_claims: Annotated[float, _share("of orders that a friendly fraud claims")]
    returns: Annotated[float, _share("of orders that go back without reason within the trial")]
    returns_after: Annotated[Distribution, _time("from delivery to sending back", drawn=True)]
    claims_when_wronged: Annotated[float, _share("of wronged consumers, those that claim")]
    forgetful_claims: Annotated[float, _share("the same, of the forgetful")]
    claims_after: Annotated[Distribution, _time("from delivery to the claim", drawn=True)]
    pays_late_by: Annotated[Distribution, _time("until the forgetful pay after a failed debit", drawn=True)]


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Arbiters and risk officers."""

    decides_after: Annotated[Distribution, _time("from a claim to its decision", drawn=True)]
    upholds_justified: Annotated[float, _share("of justified claims that are upheld")]
    sees_through: Annotated[float, _share("of unjustified claims that are rejected")]
    declares_after: Annotated[Distribution, _time("from vanishing until two people declare it", drawn=True)]
    suspends_at: Annotated[
        float, _share("upheld claims of delivered orders at which a merchant is suspended")
    ]
    suspends_from: Annotated[int, _count("upheld claims below which nobody is suspended", 1, 10_000)]
    reviews_for: Annotated[Distribution, _time("until a suspended honest merchant is reinstated", drawn=True)]


class Guarantees(msgspec.Struct, frozen=True, kw_only=True):
    """Guarantees (保函, 保证保险) that honest newcomers bring instead of cash; adversaries find no issuer."""

    share: Annotated[float, _share("of honest merchants, those that bring a guarantee on joining")] = 0.0
    limit: Annotated[
        Distribution | None,
        _factor("what it pays at most, over a day's ordinary sales", high=1000, drawn=True),
    ] = None
    premium_per_year: Annotated[Distribution | None, _share("of the limit, paid for a year", drawn=True)] = (
        None
    )
    lasts: Annotated[Distribution | None, _time("from joining until it ends", drawn=True)] = None


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Orders in parts: goods or services in steps that strangers order; accomplices' are whole."""

    second_parcel: Annotated[float, _share("of orders of goods, those that leave in two parcels")] = 0.0
    second_part: Annotated[Distribution | None, _share("of the order, what the second holds", drawn=True)] = (
        None
    )
    second_later: Annotated[
        Distribution | None, _time("from the first parcel's leaving to the second's", drawn=True)
    ] = None
    second_lost: Annotated[float, _share("of second parcels, those that never arrive")] = 0.0
    piece_back: Annotated[float, _share("of orders of goods, those of which a piece goes back")] = 0.0
    piece: Annotated[Distribution | None, _share("of what arrived, what such a piece is", drawn=True)] = None
    services: Annotated[float, _share("of orders, those that are services in steps")] = 0.0
    steps: Annotated[int, _count("steps of a service, of the same amount", 2, 100)] = 6
    step: Annotated[Distribution | None, _time("from a step to the next", most=100 * DAY, drawn=True)] = None

    @property
    def any(self) -> bool:
        """Tell whether any order goes in parts."""
        return bool(self.second_parcel or self.piece_back or self.services)

    @property
    def lasts_days(self) -> int:
        """Return for how many days more than an order of goods a service goes on, on average."""
        every = MONTH if self.step is None else self.step.average
        return math.ceil((self.steps - 1) * every / DAY) if self.services else 0


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of one kind."""

    name: str
    share: Annotated[float, _share("of merchants that trade in it")]
    amount: Annotated[Distribution, Number(Measure.MONEY, 1, 1e12, "what an order comes to", drawn=True)]
    defects: Annotated[
        Distribution, _share("of a merchant's orders, honest mistakes that justify a claim", drawn=True)
    ]


class Season(msgspec.Struct, frozen=True, kw_only=True):
    """Some days of each year on which more is ordered."""

    name: str
    month: Annotated[int, _count("month of its first day", 1, 12)]
    day: Annotated[int, _count("its first day", 1, 31)]
    days: Annotated[int, _count("how many days it lasts", 1, 366)]
    factor: Annotated[float, _factor("orders over those of ordinary days")]


class Adversary(msgspec.Struct, frozen=True, kw_only=True):
    """The behaviour of an adversary from the day on which it joins; each number is drawn anew for each one.

    First it trades honestly (`build`), then its volume rises (`ramp` to `ramp_to`), then it sells off (`sale`
    at `price` of the usual price, `sale_factor` times the volume), then it waits for its money (`stays`)
    and is gone. Without `runs` it goes on as in `build` for good.

    Its accomplices' orders (`wash`) are debited and paid out like any: the same money goes around, less fees.
    Before it is gone they claim it back, on orders whose window runs and on others, or it refunds them.
    """

    name: str
    share: Annotated[float, _share("of merchants that are such adversaries")]
    runs: Annotated[bool, Number(Measure.FLAG, 0, 1, "it vanishes in the end")] = True
    build: Annotated[Distribution | None, _time("of honest trade", drawn=True)] = None
    outgrows_youth: Annotated[
        bool, Number(Measure.FLAG, 0, 1, "it builds until policy holds it for young no more, and no longer")
    ] = False
    ramp: Annotated[Distribution | None, _time("of rising volume", drawn=True)] = None
    ramp_to: Annotated[Distribution | None, _factor("volume after the rise over that before", drawn=True)] = (
        None
    )
    keeps_growth: Annotated[
        bool, Number(Measure.FLAG, 0, 1, "it grows as fast as policy takes for ordinary, and no faster")
    ] = False
    sale: Annotated[Distribution | None, _time("of selling off", drawn=True)] = None
    sale_factor: Annotated[
        Distribution | None, _factor("volume of the sale over that before", drawn=True)
    ] = None
    price: Annotated[Distribution | None, _share("of the usual price, in the sale", drawn=True)] = None
    ships: Annotated[Distribution | None, _share("of the sale's orders that are really sent", drawn=True)] = (
        None
    )
    fakes: Annotated[
        Distribution | None,
        _share("of its other orders, those whose tracking shows a delivery that never was", drawn=True),
    ] = None
    false_goods: Annotated[Distribution | None, _share("of its goods that are not as shown", drawn=True)] = (
        None
    )
    stays: Annotated[Distribution | None, _time("after the last order, until it is gone", drawn=True)] = None
    answers: Annotated[bool, Number(Measure.FLAG, 0, 1, "it confirms returned goods")] = True
    own_buyers: Annotated[
        Distribution | None, _share("of its orders that its own buyers place", drawn=True)
    ] = None
    unpaid: Annotated[Distribution | None, _share("of its own buyers' debits that fail", drawn=True)] = None
    accomplices: Annotated[
        Distribution | None, _count("buyers of its own; 30 where nothing is said", 1, 10_000, drawn=True)
    ] = None
    wash: Annotated[
        Distribution | None,
        _factor("what they order over its ordinary sales, until it sells off", high=1000, drawn=True),
    ] = None
    deposit: Annotated[
        Distribution | None,
        _factor("what it pays as a deposit on joining, over a day's ordinary sales", high=1000, drawn=True),
    ] = None
    takes_deposit_out: Annotated[
        bool, Number(Measure.FLAG, 0, 1, "on its last day it takes out of the deposit what it can")
    ] = False
    claims_in_window: Annotated[
        Distribution | None, _share("of accomplices' orders, those claimed in their window", drawn=True)
    ] = None
    claims_late: Annotated[
        Distribution | None, _share("of accomplices' orders, those claimed after their window", drawn=True)
    ] = None
    claims_before: Annotated[Distribution | None, _time("before it is gone, when they claim", drawn=True)] = (
        None
    )
    refunds: Annotated[
        Distribution | None,
        _share("of accomplices' other orders, those refunded on its last day", drawn=True),
    ] = None
    comes_back: Annotated[int, _count("times that it joins again under a relative", 0, 100)] = 0
    comes_back_after: Annotated[Distribution | None, _time("until it joins again", drawn=True)] = None


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """A whole market. Times in milliseconds, shares from 0 to 1, money in minor units of `currency`.

    `digest` tells markets apart: it is of every number, and of nothing else.
    """

    name: str
    currency: str
    start: Instant
    period: Period
    merchants: Merchants
    consumers: Consumers
    people: People
    categories: tuple[Category, ...]
    seasons: tuple[Season, ...]
    adversaries: tuple[Adversary, ...]
    guarantees: Guarantees = Guarantees()
    parts: Parts = Parts()
    digest: str = ""

    @property
    def begins(self) -> Instant:
        """Return when the warm-up begins."""
        return self.start - self.period.warm_up_days * DAY

    @property
    def first_year_ends(self) -> Instant:
        """Return when the marketplace's first year ends: after 365 days, or with the last."""
        return min(self.begins + FIRST_YEAR_DAYS * DAY, self.ends)

    @property
    def ends(self) -> Instant:
        """Return when the last day of orders ends."""
        return self.start + self.period.days * DAY
