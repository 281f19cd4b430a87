"""The results of a replay, as plain data: the report and the JSON are written from them alone."""

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.zones import UTC


class Sources(msgspec.Struct):
    """Where compensation came from, in minor units."""

    order: int = 0
    available: int = 0
    reserve: int = 0
    deposit: int = 0
    guarantee: int = 0
    fund: int = 0


class Day(msgspec.Struct):
    """The market at the end of one day of the replay's zone; sales are those of the day."""

    date: str
    exposure_minor: int
    cover_minor: int
    locked_minor: int
    sales_minor: int


class MerchantRisk(msgspec.Struct):
    """One merchant's record under a policy. `min_ratio` is the least cover over exposure, if any was."""

    merchant_id: str
    sales_minor: int
    orders: int
    claims: int
    claimed_minor: int
    uncovered_minor: int
    peak_exposure_minor: int
    min_ratio: float | None
    status: str


class StoryEvent(msgspec.Struct):
    """One line of a run-away's story. `kind` is a key of `report.EVENTS`; amounts in minor units."""

    at: Instant
    kind: str
    count: int
    amount_minor: int


class RunAway(msgspec.Struct):
    """One run-away under a policy, from the last good day to the last payment.

    `late_uncovered_minor` of what is uncovered was claimed after the order's window, for which none is kept.
    """

    merchant_id: str
    vanished_at: Instant
    declared_at: Instant | None
    finished_at: Instant | None
    consumers: int
    orders: int
    owed_minor: int
    compensated_minor: int
    uncovered_minor: int
    late_uncovered_minor: int
    captures_stopped_minor: int
    sources: Sources
    events: list[StoryEvent]


class NotTaken(msgspec.Struct):
    """A drop: the first refused event of an order, a key of `course.COLUMNS`, and the refusal's words.

    `later` counts further events of the order that it refused; none are counted of an order not taken at all.
    """

    order_id: str
    event: str
    code: str
    what: str
    fix: str
    later: int = 0
    what_zh: str = ""
    fix_zh: str = ""


class PolicyResult(msgspec.Struct):
    """The result of one policy on the whole history. Amounts in minor units.

    `claims` are those on debited money that came to payment; claimed = compensated + uncovered at the end.
    What is `late` of both was claimed after the order's window, for which no cover is kept.
    `sources` sum up to `compensated_minor`; what was recovered later counts as the merchant's available.
    `min_coverage_ratio` is the lowest of any merchant after any transaction, None if nothing was exposed.
    `locked_days_of_sales` is the integral of cover over time, up to its last change,
    by what was debited. `gmv_minor` is what was ordered, of orders that were taken; `captured_minor` what was
    debited of it. `refunded_minor` went back by refunds of merchants, before the debit, which is then for
    less, or after it. `refusals` counts new orders that were not taken (`refused_minor` in all), by the code
    of the refusal. `cut_short` counts orders that went another way than in the history, by the first event
    that was not taken; `not_taken` are all of both.
    """

    policy: str
    gmv_minor: int
    claims: int
    claimed_minor: int
    compensated_minor: int
    uncovered_minor: int
    sources: Sources
    fund_recovered_minor: int
    min_coverage_ratio: float | None
    locked_days_of_sales: float
    ledger_sum_minor: int
    late_claimed_minor: int
    late_uncovered_minor: int
    facts: int
    seconds: float
    captures_stopped_minor: int
    orders_refused: int
    consumers_compensated: int
    consumers_uncovered: int
    median_days_until_paid: float | None
    days: list[Day]
    riskiest: list[MerchantRisk]
    run_aways: list[RunAway]
    refusals: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    captured_minor: int = 0
    refunded_minor: int = 0
    refused_minor: int = 0
    cut_short: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    not_taken: list[NotTaken] = msgspec.field(default_factory=list[NotTaken])

    @property
    def orders_cut_short(self) -> int:
        """Return how many orders went another way than in the history, as an event was not taken."""
        return sum(self.cut_short.values())


class Assumption(msgspec.Struct, frozen=True):
    """One assumption of the replay: its option, its value, and what it means in both languages."""

    option: str
    value: str
    zh: str
    en: str


class Replay(msgspec.Struct):
    """A whole run: one history, several policies, `today` always among them and last.

    `repairs` counts the times that the importer put in order, by kind. Days are those of `zone`.
    `times_assumed` of the source's times had no offset, and were read in `read_zone`; `dates_assumed` of them
    had no time of day. `unpaid` rows are of orders that were never paid: they are in no figure.
    """

    source: str
    seed: int
    currency: str
    home: str
    orders: int
    merchants: int
    consumers: int
    first_day: str
    last_day: str
    rejected_rows: int
    facts: int
    seconds: float
    assumptions: list[Assumption]
    policies: list[PolicyResult]
    repairs: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    zone: str = UTC
    read_zone: str = UTC
    times_assumed: int = 0
    dates_assumed: int = 0
    unpaid: int = 0
    left_out: dict[str, int] = msgspec.field(default_factory=dict[str, int])

    def taken(self, result: PolicyResult) -> int:
        """Return how many of the orders a policy took."""
        return max(0, self.orders - result.orders_refused)

    @property
    def nothing_ran(self) -> list[str]:
        """Return the policies of which there is nothing to say: not one order was taken."""
        return [result.policy for result in self.policies if not self.taken(result)]
