"""What every importer makes of its source: orders with the times of their events, and the rows it refused."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from holdfast.kernel.clock import Instant


class HistoryOrder(NamedTuple):
    """One order of one merchant, as it happened. Times that are unknown or did not come are None.

    `reviewed_at` and `score` (1 to 5) are the consumer's word on it. `amount_minor` is what the consumer owes.
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


class Reject(NamedTuple):
    """A row that was not taken: which, why, and what to do about it. `row` counts lines of the file from 1."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    fix: str


class Vanishing(NamedTuple):
    """A merchant that runs away: from `at` it ships and answers nothing."""

    merchant_id: str
    at: Instant


class History(msgspec.Struct, frozen=True):
    """A market's history. `orders` ascend by `placed_at`, then by id; all are in `currency`."""

    source: str
    currency: str
    orders: Sequence[HistoryOrder]
    rejects: Sequence[Reject]
    vanishings: Sequence[Vanishing] = ()
