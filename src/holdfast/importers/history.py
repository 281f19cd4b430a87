"""What every importer makes of its source: orders with the times of their events, and the rows it refused."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.kernel.zones import UTC

Progress = Callable[[float], None]
"""Is told which share of the source has been read, from 0 to 1."""


class HistoryRefund(NamedTuple):
    """What of an order's amount went back to its consumer, above zero, and when."""

    amount_minor: int
    at: Instant


class HistoryOrder(NamedTuple):
    """One order of one merchant, as it happened. Times that are unknown or did not come are None.

    `placed_at ≤ shipped_at ≤ delivered_at ≤ cancelled_at` wherever they are known, no other time lies before
    `placed_at`, and what was delivered was shipped: `chronology.in_order` sees to it. `reviewed_at` and
    `score` (1 to 5) are the consumer's word on it, both or neither; it may come before the delivery.
    `amount_minor` is what the consumer owes, above zero.

    What went its own way, another parcel, pieces that were sent back, a step of a service, is an order of its
    own, `part_of` the one that was placed. A `service` is performed at `delivered_at`, and not shipped.
    `refunds` ascend by time, none before `placed_at`; in all they are at most the amount.
    """

    id: str
    merchant_id: str
    consumer_id: str
    amount_minor: int
    title: str
    placed_at: Instant
    ship_by: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    cancelled_at: Instant | None
    reviewed_at: Instant | None
    score: int | None
    part_of: str | None = None
    service: bool = False
    refunds: tuple[HistoryRefund, ...] = ()


class Reject(NamedTuple):
    """A row that was not taken: which, why, and what to do about it.

    `row` is the line of a CSV file on which the record starts, from 1, or the record of a Parquet file, from
    1. `column` is empty where the whole row is meant. `code` and `policy` are empty where the importer
    refused it, else what the engine answered, and under which policy of a replay. `reason_zh` and `fix_zh`
    say in 中文 what `reason` and `fix` say in English; they stand last, so that every column keeps its place.
    """

    file: str
    row: int
    column: str
    value: str
    reason: str
    fix: str
    code: str = ""
    policy: str = ""
    reason_zh: str = ""
    fix_zh: str = ""

    def told(self) -> tuple[Text, Text]:
        """Return why, and what to do about it, in both languages."""
        return Text(self.reason_zh or self.reason, self.reason), Text(self.fix_zh or self.fix, self.fix)


class RepairKind(StrEnum):
    """In which way the times of an order contradicted each other, or what the clock on a wall can show."""

    SHIP_BY_BEFORE_PLACED = "ship_by_before_placed"
    SHIPPED_BEFORE_PLACED = "shipped_before_placed"
    SHIPPED_UNKNOWN = "shipped_unknown"
    DELIVERED_BEFORE_PLACED = "delivered_before_placed"
    DELIVERED_BEFORE_SHIPPED = "delivered_before_shipped"
    SHOWN_TWICE = "shown_twice"
    NEVER_SHOWN = "never_shown"
    SHIPPED_WITHOUT_DATE = "shipped_without_date"
    DELIVERED_WITHOUT_DATE = "delivered_without_date"
    CANCELLED_WITHOUT_DATE = "cancelled_without_date"
    CANCELLED_TOO_EARLY = "cancelled_too_early"
    REVIEWED_BEFORE_PLACED = "reviewed_before_placed"
    PART_BEFORE_WHOLE = "part_before_whole"
    REFUNDED_BEFORE_PLACED = "refunded_before_placed"
    REFUNDED_UNKNOWN = "refunded_unknown"
    REFUND_WITHOUT_AMOUNT = "refund_without_amount"
    PLACED_BY_ID = "placed_by_id"


class Repair(NamedTuple):
    """A time that was changed so that the order can have happened; the order itself was taken.

    `value` and `became` are RFC 3339; `value` is empty where there was no time. `row` as in `Reject`.
    """

    file: str
    row: int
    column: str
    value: str
    kind: RepairKind
    became: str


class LeftOut(StrEnum):
    """Why something that a file holds is no order of the history, though nothing is wrong with it."""

    NO_ORDER = "no_order"
    OTHER_TABLE = "other_table"
    NOT_PAY_LATER = "not_pay_later"
    REPLACED = "replaced"
    REFUND_ELSEWHERE = "refund_elsewhere"


class Origin(NamedTuple):
    """Where an order was read: the file and its row; row 0 where the source has no rows."""

    file: str
    row: int


class Vanishing(NamedTuple):
    """A merchant that runs away: from `at` it ships and answers nothing."""

    merchant_id: str
    at: Instant


class History(msgspec.Struct, frozen=True):
    """A market's history. `orders` ascend by `placed_at`, parts after their wholes, then by id.

    All are in `currency`.

    `rejects` and `repairs` ascend by file, then by row. `origins` tells by its id where an order was read.
    `assumed` times of the source had no offset, and were read as clocks in `zone` show them; `dates` of them
    had no time of day either. `unpaid` rows are of orders that were never paid: they are none of `orders`.
    """

    source: str
    currency: str
    orders: Sequence[HistoryOrder]
    rejects: Sequence[Reject]
    vanishings: Sequence[Vanishing] = ()
    repairs: Sequence[Repair] = ()
    origins: Mapping[str, Origin] = {}
    zone: str = UTC
    assumed: int = 0
    unpaid: int = 0
    dates: int = 0
    left_out: Mapping[LeftOut, int] = {}

    def origin(self, order_id: str) -> Origin:
        """Return where an order was read; a generated one was in no row."""
        return self.origins.get(order_id, Origin(self.source, 0))

    def repair_counts(self) -> dict[RepairKind, int]:
        """Return how many repairs there were of each kind, in the order of the kinds."""
        counts = Counter(repair.kind for repair in self.repairs)
        return {kind: counts[kind] for kind in RepairKind if counts[kind]}
