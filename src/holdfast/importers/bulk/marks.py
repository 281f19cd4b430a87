"""Marks: the meanings of states' words as bits, and conclusions about orders from their marks and times."""

from collections.abc import Mapping

from holdfast.importers.bulk.moments import Times
from holdfast.importers.bulk.order_lines import OrderLines
from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.exports.form import Meaning, Name

BITS = {meaning: 1 << place for place, meaning in enumerate(Meaning)}
_BACK = BITS[Meaning.CLOSED] | BITS[Meaning.REFUNDED]
_SENT = BITS[Meaning.SHIPPED] | BITS[Meaning.DELIVERED]


class Told:
    """The conclusions about orders from their marks and times: `marks` are those of each row."""

    def __init__(self, lines: OrderLines, marks: Ints, moments: Mapping[Name, Times], paid: Ints) -> None:
        self._moments = moments
        self._meant = lines.bits(marks)
        self.gone: Mask = (marks & _BACK) > 0
        self.gone_all = lines.all(self.gone)
        self.unpaid = self.has(Meaning.UNPAID)
        self._sent = ((self._meant & _SENT) > 0) | moments[Name.SHIPPED_AT].said
        closed = self.gone_all & ~self.has(Meaning.REFUNDED)
        self.never: Mask = ~self._sent & (self.unpaid | (closed & (paid == 0)))

    def has(self, meaning: Meaning) -> Mask:
        """Return of which orders some row means this."""
        return (self._meant & BITS[meaning]) > 0

    def states(self, owed: Ints, back: Ints) -> tuple[Mask, Mask, Mask]:
        """Return which orders were shipped and no more, delivered, and cancelled."""
        moments, paid = self._moments, ~self.never
        cancelled = paid & (((back > 0) & (back == owed)) | moments[Name.CANCELLED_AT].said)
        silent = (self._meant & ~BITS[Meaning.NOTHING]) == 0
        arrived = self.has(Meaning.DELIVERED) | (moments[Name.DELIVERED_AT].said & silent)
        delivered = paid & ~cancelled & arrived
        return paid & ~cancelled & ~delivered & self._sent, delivered, cancelled
