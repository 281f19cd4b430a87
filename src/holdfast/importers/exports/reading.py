"""The rows of an export made orders: what is no order left out, lines of one order put together."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from holdfast.importers.cells import BadCell
from holdfast.importers.exports.assembling import Assembler, OrderLine
from holdfast.importers.exports.cleaning import bare, heading, narrow, rounded
from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Form, Name, Rows
from holdfast.importers.exports.found import Found
from holdfast.importers.exports.links import Linker
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.times import Times
from holdfast.importers.grids.grid import Advance, Line, Value
from holdfast.importers.history import Reject, Repair
from holdfast.importers.wall import Wall
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text

OPEN_ORDERS = 10_000
"""Orders whose lines are waited for: a line that comes after so many others have begun is not taken."""


_MARKED = 2
"""Cells that a row's mark may stand in."""

_NUMBER = "0123456789 "


class Reading(NamedTuple):
    """What a row, or the rows of an order, became; `odd` is what clocks showed oddly of its times."""

    found: Found | None
    rejects: Sequence[Reject] = ()
    odd: Sequence[Repair] = ()


class Reader:
    """Reads one table of an export.

    `spoilt` are the orders of which a row could not be taken, and that row. `rounded`: a spreadsheet has
    rounded its ids. `begun`: a row with orders' numbers has come. `ended`: what comes now is no order.
    """

    def __init__(
        self, recognised: Recognised, wall: Wall, currency: str | None = None, linker: Linker | None = None
    ) -> None:
        """Look for the form's columns in the header.

        Raises:
            ColumnLost: one that every file of the form has is not there.
        """
        self.wall = wall
        self._table = recognised
        self._form: Form = recognised.form
        self._columns = Columns(recognised.form, recognised.header, recognised.grid.name)
        self.rounded = rounded(self._head_ids())
        self._assembler = Assembler(
            self._columns,
            Times(recognised.form.times, wall, recognised.form.months),
            currency,
            linker,
            rounded=self.rounded,
        )
        self._header = [heading(cell) for cell in recognised.header]
        self._empty = frozenset(recognised.form.empty)
        self._open: dict[str, list[OrderLine]] = {}
        self.spoilt: dict[str, int] = {}
        self.begun = False
        self.ended = False
        self.left_out = 0

    def _head_ids(self) -> Iterator[str]:
        for number, cells in self._table.grid.head():
            if number > self._table.row and len(cells) == self._columns.width:
                yield narrow(self._columns.text(cells, Name.ORDER_ID)[1])

    @property
    def columns(self) -> Columns:
        """Return where the fields stand."""
        return self._columns

    def lines(self, advance: Advance | None = None) -> Iterator[Line | tuple[int, Refusal]]:
        """Give the rows after the header.

        Raises:
            Refusal: the rest of the file cannot be read.
        """
        return (line for line in self._table.grid.rows(advance) if line[0] > self._table.row)

    def take(self, number: int, cells: Sequence[Value] | Refusal) -> Iterator[Reading]:
        """Give what a row became, and the orders that it ends; `ended` where nothing after it is an order."""
        if isinstance(cells, Refusal):
            yield Reading(None, [_unreadable(self._table.grid.name, number, cells)])
            return
        said = self._begins(cells)
        if self._form.ends and any(text.startswith(self._form.ends) for text in said):
            self.ended = True
        elif self._says_nothing(cells, said):
            self.left_out += 1
        else:
            yield from self._row(number, cells)

    def begins(self, cells: Sequence[Value] | Refusal) -> bool:
        """Tell whether orders have begun: before them rows may stand that explain the columns."""
        if not self.begun and cells and not isinstance(cells, Refusal):
            self._says_nothing(cells, self._begins(cells))
        return self.begun

    def finish(self) -> Iterator[Reading]:
        """Give the orders that no row ended."""
        for order_id in [*self._open]:
            yield from self.close(order_id)

    def close(self, order_id: str) -> Iterator[Reading]:
        """Give an order whose lines have all come; nothing where none has."""
        lines = self._open.pop(order_id, None)
        if lines is not None:
            yield self._made(order_id, lines)

    def order_id(self, cells: Sequence[Value]) -> str | None:
        """Return the order that a row is of; None where it does not say."""
        try:
            return self._assembler.order_id(self._columns.fitted(cells))
        except BadCell:
            return None

    def _begins(self, cells: Sequence[Value]) -> list[str]:
        """Return the first texts of a row, without numbers before them: totals and ends are marked there."""
        said = islice((text for cell in cells if (text := bare(cell, self._empty))), _MARKED)
        return [text.lstrip(_NUMBER) for text in said]

    def _says_nothing(self, cells: Sequence[Value], said: list[str]) -> bool:
        totals = self._form.totals
        if not said or (totals and any(text.startswith(totals) for text in said)):
            return True
        if self._columns.left_out(cells) or self._explains(cells):
            return True
        return heading(cells[0]) == self._header[0] and (
            [heading(cell) for cell in cells[: len(self._header)]] == self._header
        )

    def _explains(self, cells: Sequence[Value]) -> bool:
        """Tell whether a row explains the columns, as some exports do below the header: no digit is in it."""
        if self.begun or len(cells) < self._columns.width:
            return False
        said = [self._columns.text(cells, name)[1] for name in (Name.ORDER_ID, Name.PLACED_AT)]
        self.begun = any(sign.isdigit() for text in said for sign in text)
        return not self.begun and all(said)

    def _row(self, number: int, cells: Sequence[Value]) -> Iterator[Reading]:
        order_id = ""
        try:
            cells = self._columns.fitted(cells)
            order_id = self._assembler.order_id(cells)
            line = self._assembler.line(number, cells)
        except BadCell as bad:
            yield from self._spoil(order_id, number, bad)
            return
        if order_id in self.spoilt:
            yield from self._spoil(order_id, number, _of_spoilt(order_id, self.spoilt[order_id]))
            return
        if self._form.rows is Rows.ORDER:
            yield self._made(order_id, [line])
            return
        self._open.setdefault(order_id, []).append(line)
        if len(self._open) > OPEN_ORDERS:
            yield from self.close(next(iter(self._open)))

    def _spoil(self, order_id: str, number: int, bad: BadCell) -> Iterator[Reading]:
        """Reject a row, and with it the lines of its order that came before: what is left would be untrue."""
        name = self._table.grid.name
        before = self._open.pop(order_id, [])
        rejects = [_of_spoilt(order_id, number).at(name, line.row) for line in before]
        if order_id:
            self.spoilt.setdefault(order_id, number)
        yield Reading(None, [*rejects, bad.at(name, number)])

    def _made(self, order_id: str, lines: Sequence[OrderLine]) -> Reading:
        first, *others = lines
        name = self._table.grid.name
        try:
            found = self._assembler.order(order_id, lines)
            return Reading(found, (), self.wall.row_read(name, first.row).odd)
        except BadCell as bad:
            self.wall.row_read(name, first.row)  # of an order that is not taken
            rejects = [
                bad.at(name, first.row),
                *(_of_spoilt(order_id, first.row).at(name, o.row) for o in others),
            ]
            return Reading(None, rejects)


def _of_spoilt(order_id: str, row: int) -> BadCell:
    reason = Text(
        f"订单 {order_id} 的另一行（第 {row} 行）未能采纳",
        f"another line of the order {order_id}, in row {row}, could not be taken",
    )
    return BadCell(
        "",
        order_id,
        reason,
        Text(
            "请改正那一行；订单要么整笔采纳，要么不采纳",
            "Mend that row; an order is taken whole or not at all",
        ),
    )


def _unreadable(name: str, number: int, refusal: Refusal) -> Reject:
    return BadCell("", "", *refusal.record().told()).at(name, number)
