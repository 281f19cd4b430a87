"""What the lab found, as plain data: the terminal, the JSON and the report are written from it alone."""

import msgspec

HONEST = "honest"
LEARNED = "learned"


class SellerFigures(msgspec.Struct, frozen=True):
    """One merchant in one run. Amounts in minor units, of the measured time unless they say otherwise.

    `locked` is the integral of its cover over the measured time, in minor units times days, and
    `sales_in_time_minor` what was debited in it; the other figures take in what comes after. `loss_minor` is
    what its consumers claimed with right and were not paid in the end; `drawn_minor` and `recovered_minor`
    what the fund paid for it and got back, `drawn_on` the day and amount of each. `ordinary_minor` is what it
    sells on an ordinary day, by its nature and not by what happened.
    """

    id: str
    kind: str
    joined_day: int
    ordinary_minor: float
    orders: int
    refused: int
    sales_minor: int
    sales_in_time_minor: int
    locked: float
    loss_minor: int
    drawn_minor: int
    recovered_minor: int
    given_minor: int
    platform_minor: int
    drawn_on: tuple[tuple[int, int], ...] = ()

    @property
    def cost_minor(self) -> int:
        """Return what it cost consumers and the fund."""
        return self.loss_minor + self.drawn_minor - self.recovered_minor


class RunFigures(msgspec.Struct, frozen=True):
    """One run of a market under one policy. `facts_sha256` is of every fact, in order, as JSON."""

    policy: str
    number: int
    sellers: tuple[SellerFigures, ...]
    days_until_paid: float | None
    peers: dict[str, tuple[int, int]]
    facts: int
    facts_sha256: str
    ledger_sum_minor: int
    most_rows: int
    seconds: float


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """What an adversary does: lengths in days, volumes over the ordinary, the rest shares from 0 to 1.

    See `lab.market.Adversary`. Without `runs` it goes on as in `build` for good.
    """

    build_days: float = 0.0
    ramp_days: float = 0.0
    ramp_to: float = 1.0
    sale_days: float = 0.0
    sale_factor: float = 1.0
    price: float = 1.0
    ships: float = 1.0
    fakes: float = 0.0
    false_goods: float = 0.0
    stays_days: float = 0.0
    runs: bool = True
    answers: bool = True
    own_buyers: float = 0.0
    unpaid: float = 0.0


class Worst(msgspec.Struct, frozen=True):
    """The adversary that costs a policy most: what it cost consumers and the fund, in days of its sales.

    `strategy` is what the learning adversary found, None where it did not search.
    """

    adversary: str
    cost_days: float
    loss_days: float
    fund_days: float
    strategy: Strategy | None = None
    tried: int = 0


class KindFigures(msgspec.Struct, frozen=True):
    """All adversaries of one kind under one policy, over all runs; `interval` is of `cost_days`, at 95%."""

    adversary: str
    merchants: int
    cost_days: float
    loss_days: float
    fund_days: float
    interval: tuple[float, float]


class PolicyFigures(msgspec.Struct, frozen=True):
    """A policy over all runs: means, and in `interval` the 95% confidence interval of each by its name.

    Shares are of the market's sales. Days locked are days of the merchant's own sales: of the median honest
    merchant, of the newest tenth and of the tenth with the largest sales. `worst_adversary` is the kind that
    cost most for each day of its sales.
    """

    policy: str
    consumer_loss_share: float
    fund_draw_share: float
    locked_days_of_sales: float
    locked_days_newest_decile: float
    locked_days_largest_decile: float
    orders_refused_share: float
    days_until_paid: float | None
    platform_loss_share: float
    worst_adversary: Worst | None
    interval: dict[str, tuple[float, float]]
    adversaries: tuple[KindFigures, ...]
    facts: int
    facts_sha256: str
    seconds: float


class Duel(msgspec.Struct, frozen=True):
    """Whether a policy dominates another: no more loss and draw, and at most half of the money locked.

    Differences are the policy's less the other's, each with the 95% interval of the differences run by run;
    `locked_ratio` is None where the other locks nothing. `costlier` names adversaries that cost the policy
    more, with both costs in days of their sales; `undecided` those that did so in these runs by no more than
    chance would explain: the 95% interval of the difference holds zero.
    """

    policy: str
    other: str
    loss_difference: float
    loss_interval: tuple[float, float]
    draw_difference: float
    draw_interval: tuple[float, float]
    locked_ratio: float | None
    costlier: dict[str, tuple[float, float]]
    undecided: dict[str, tuple[float, float]]
    dominates: bool


class Comparison(msgspec.Struct, frozen=True):
    """The whole: one market, several policies, many runs."""

    market: str
    market_digest: str
    currency: str
    seed: int
    runs: int
    days: int
    warm_up_days: int
    merchants: int
    orders: int
    facts: int
    seconds: float
    policies: tuple[PolicyFigures, ...]
    duels: tuple[Duel, ...] = ()
