"""Services, and what else is told of an order's way.

What was performed is stated, line by line, before it is debited: 明码标价和禁止价格欺诈规定 art 15.
"""

import msgspec

from holdfast.kernel.rows import Command, Row


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a statement: what was performed, and its price in minor units."""

    item: str
    amount_minor: int


class Statement(Row, frozen=True, kw_only=True):
    """What was stated of an order that is a service; `id` is the order's."""

    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """Return what the lines come to, in minor units."""
        return sum(line.amount_minor for line in self.lines)


class PerformOrder(Command, frozen=True, kw_only=True):
    """The merchant has performed the service, or this step of it, and states what is debited for what."""

    order_id: str
    lines: tuple[Line, ...]


class LoseParcel(Command, frozen=True, kw_only=True):
    """The carrier lost the parcel, or brings it back to the merchant: it has not arrived."""

    order_id: str
    reason: str


class WithdrawDelivery(Command, frozen=True, kw_only=True):
    """What was told of the arrival, or of the performance, was wrong."""

    order_id: str
    reason: str


class RefuseReturn(Command, frozen=True, kw_only=True):
    """The merchant says that what was sent back did not come back; the consumer may claim."""

    order_id: str
    by: str
    reason: str
