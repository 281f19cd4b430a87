"""The results of the lab, as plain data: terminal, JSON and report are written from them alone."""

import msgspec

HONEST = "honest"
LEARNED = "learned"


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant's sums over a span, in minor units: of orders placed in it, whatever comes of them later.

    Sales are the debits of strangers; a ring's orders with itself are none. `locked` is the integral of cash
    that was cover (held, reserve, deposit) over the span, in minor units times days, and
    `sales_in_time_minor` the debits of strangers in it. `loss_gross_minor` is the amount that strangers
    claimed with right and were not paid then, `loss_late_minor` the part of it claimed after the order's
    window, and `loss_recovered_minor` the part of it that came later; `drawn_minor` and `recovered_minor` the
    amounts that the fund paid for the merchant and got back, its oldest debt first.

    Paid in by the merchant: `fees_minor` are fees and the fund's share of all its sales, `own_fees_minor`
    those of them on orders of its accomplices, `deposit_used_minor` the part of its deposit that went to
    strangers, `premium_minor` the cost of its guarantee.
    """

    orders: int = 0
    refused: int = 0
    sales_minor: int = 0
    sales_in_time_minor: int = 0
    locked: float = 0.0
    loss_gross_minor: int = 0
    loss_late_minor: int = 0
    loss_recovered_minor: int = 0
    drawn_minor: int = 0
    recovered_minor: int = 0
    given_minor: int = 0
    platform_minor: int = 0
    fees_minor: int = 0
    own_fees_minor: int = 0
    deposit_used_minor: int = 0
    premium_minor: int = 0

    @property
    def loss_minor(self) -> int:
        """Return the sums that strangers were never paid."""
        return self.loss_gross_minor - self.loss_recovered_minor

    @property
    def gross_minor(self) -> int:
        """Return the gross cost to others, before recoveries: the most that it can have gained."""
        return self.loss_gross_minor + self.drawn_minor

    @property
    def net_minor(self) -> int:
        """Return the net cost to strangers and the fund, after recoveries."""
        return self.loss_minor + self.drawn_minor - self.recovered_minor

    @property
    def paid_minor(self) -> int:
        """Return the sum that it paid for the attempt: fees, deposit and premium."""
        return self.fees_minor + self.deposit_used_minor + self.premium_minor

    @property
    def own_paid_minor(self) -> int:
        """Return the same without the fees of sales to strangers, which honest merchants pay, too."""
        return self.own_fees_minor + self.deposit_used_minor + self.premium_minor


class SellerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant in one run: over the first year, over the settled time, and over the whole.

    `ordinary_minor` is its sales on an ordinary day, by its nature and not by the run. `over` says that an
    adversary carried out its plan: it is gone, or is none that goes. `drawn_on` is the day of the settled
    time and the amount of each draw on the fund. `guaranteed` says that it brought a guarantee.
    """

    id: str
    kind: str
    joined_day: int
    ordinary_minor: float
    first_year: Sums
    settled: Sums
    whole: Sums
    over: bool = True
    guaranteed: bool = False
    drawn_on: tuple[tuple[int, int], ...] = ()


class Waits(msgspec.Struct, frozen=True):
    """Days from a claim, or a vanishing, until consumers were paid: the median; 19 of 20 by `late`."""

    median: float
    late: float


class RunFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a market under one policy. `facts_sha256` is of every fact, in order, as JSON."""

    policy: str
    number: int
    sellers: tuple[SellerFigures, ...]
    waits_first_year: Waits | None = None
    waits_settled: Waits | None = None
    peers: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    facts: int = 0
    facts_sha256: str = ""
    ledger_sum_minor: int = 0
    most_rows: int = 0
    seconds: float = 0.0


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """An adversary's strategy: lengths in days, volumes over the ordinary, the rest shares from 0 to 1.

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
    deposit_days: float = 0.0
    takes_deposit_out: bool = False
    accomplices: float = 30.0
    wash: float = 0.0
    claims_in_window: float = 0.0
    claims_late: float = 0.0
    claims_before_days: float = 5.0
    refunds: float = 0.0

    @property
    def schemes(self) -> bool:
        """Tell whether orders of its accomplices are claimed or refunded in the end."""
        return bool(self.claims_in_window or self.claims_late or self.refunds)


class Figure(msgspec.Struct, frozen=True):
    """A figure over all runs, and its 95% interval over runs; None where fewer than two tell of it."""

    value: float
    interval: tuple[float, float] | None = None


class SpanFigures(msgspec.Struct, frozen=True):
    """A policy over one span of all runs; days are counted from the marketplace's first, which is day 1.

    A figure without observations is missing. `comparison.MEANING` has the meaning of each.
    """

    from_day: int
    to_day: int
    figures: dict[str, Figure]

    def __getitem__(self, name: str) -> float:
        """Return the value of a figure, NaN where there is none."""
        found = self.figures.get(name)
        return float("nan") if found is None else found.value


class Worst(msgspec.Struct, frozen=True, kw_only=True):
    """The adversary that costs a policy most: its cost to consumers and the fund, in days of its sales.

    `cost_days` = `loss_days` + `fund_days` is before anything came back, `net_days` after. `ratio` is that
    cost for each unit that it paid in (`Sums.paid_minor`), None where it paid nothing. `strategy` is the one
    that the learning adversary found, None where it did not search.
    """

    adversary: str
    cost_days: float
    loss_days: float
    fund_days: float
    net_days: float
    ratio: float | None = None
    strategy: Strategy | None = None
    tried: int = 0


class KindFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All rings of one kind under one policy that carried out their plan, over all runs and the whole time.

    Costs as in `Worst`, in days of their ordinary sales; `interval` is of `cost_days`. A ring gained at most
    the loss of consumers and the fund by it, had all that it sent been worthless: `gain_minor`, on average,
    for the `paid_minor` that it paid in, `own_paid_minor` without the fees of sales to strangers. `ratio` is
    gain for each unit paid in with its interval, `worst_ratio` that of the ring that did best; None where
    nothing was paid.
    """

    adversary: str
    merchants: int
    cost_days: float
    loss_days: float
    fund_days: float
    net_days: float
    interval: tuple[float, float]
    gain_minor: float
    paid_minor: float
    own_paid_minor: float
    ratio: float | None
    ratio_interval: tuple[float, float] | None
    worst_ratio: float | None


class PolicyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A policy over all runs, in the marketplace's first year and in its settled time.

    `worst_adversary` cost most for each day of its sales, `best_paid` is the kind that gained most for each
    unit paid in.
    """

    policy: str
    first_year: SpanFigures
    settled: SpanFigures
    worst_adversary: Worst | None
    best_paid: KindFigures | None
    adversaries: tuple[KindFigures, ...]
    facts: int
    facts_sha256: str
    seconds: float


class Duel(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a policy dominates another: no more loss and draw, and at most half of the money locked.

    Differences are the policy's less the other's, gross, in the settled time or in the first year, whichever
    is the worse for the policy (`worse_span`), each with the 95% interval of the differences run by run. Of
    the ratios of money locked (mean by sales, median, newest tenth; in each span) `locked_ratio` is the
    greatest, and `locked_by` says which; None where the other locks nothing. `costlier` names those that
    cost the policy more, with both costs in days of their sales; `undecided` those that did so in these runs
    by no more than chance would explain: the 95% interval of the difference holds zero.
    """

    policy: str
    other: str
    worse_span: str
    loss_difference: float
    loss_interval: tuple[float, float]
    draw_difference: float
    draw_interval: tuple[float, float]
    locked_ratio: float | None
    locked_by: str
    costlier: dict[str, tuple[float, float]]
    undecided: dict[str, tuple[float, float]]
    dominates: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
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
