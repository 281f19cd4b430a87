"""Services, and what else is told of an order's way.

What was performed is stated, line by line, before it is debited: 明码标价和禁止价格欺诈规定 art 15.
"""

import msgspec

from holdfast.kernel.rows import Command, Row
from holdfast.kernel.text import Text


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a statement: what was performed, and its price in minor units."""

    item: str
    amount_minor: int


class Statement(Row, frozen=True, kw_only=True):
    """What was stated of an order that is a service; `id` is the order's."""

    called = Text("结算清单", "statement")

    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """Return what the lines come to, in minor units."""
        return sum(line.amount_minor for line in self.lines)


def shared(
    lines: tuple[Line, ...], part_minor: int, of_minor: int
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the lines of a part that is `part_minor` of `of_minor`, and those of the rest.

    Each line is shared in proportion, its rounding carried to the next: where the lines come to `of_minor`,
    those of the part come to `part_minor`.
    """
    theirs: list[Line] = []
    left: list[Line] = []
    upto = given = 0
    for line in lines:
        upto += line.amount_minor
        part = upto * part_minor // of_minor - given
        given += part
        theirs.append(Line(item=line.item, amount_minor=part))
        left.append(Line(item=line.item, amount_minor=line.amount_minor - part))
    return tuple(theirs), tuple(left)


class PerformOrder(Command, frozen=True, kw_only=True):
    """The merchant has performed the service, or this step of it, and states what is debited for what."""

    order_id: str
    lines: tuple[Line, ...]
