"""An order as an export has it, before options and estimates complete it."""

from enum import StrEnum
from typing import NamedTuple

from holdfast.importers.exports.form import Name
from holdfast.importers.exports.links import Link
from holdfast.kernel.clock import Instant


class State(StrEnum):
    """How far an order came. Never paid: there is nothing to play; cancelled: all of the money is back."""

    UNPAID = "unpaid"
    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Found(NamedTuple):
    """An order as the file has it. Empty texts stand for data that the file lacks.

    `amount_minor` is what the consumer owed for all of it, before refunds; `refunded_minor` went back.
    `part_unknown`: a part of it went back, and the file does not say how much. `days` are the times that were
    dates alone. `row` is where it begins. `placed_by_id`: its day stands in its id alone.
    `links` are there where they are wanted.
    """

    row: int
    order_id: str
    merchant_id: str
    consumer_id: str
    currency: str
    amount_minor: int
    refunded_minor: int
    part_unknown: bool
    state: State
    times: dict[Name, Instant]
    days: frozenset[Name]
    title: str
    pay_later: bool | None
    lines: int
    placed_by_id: bool
    links: tuple[Link, ...] = ()
