"""The rows of an export made orders: what is no order left out, lines of one order put together."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from holdfast.importers.cells import BadCell
from holdfast.importers.exports.assembling import Assembler, OrderLine
from holdfast.importers.exports.cleaning import bare, heading
from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Form, Name, Rows
from holdfast.importers.exports.found import Found
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.times import Times
from holdfast.importers.grids.grid import Advance, Value
from holdfast.importers.history import Reject
from holdfast.importers.wall import Wall
from holdfast.kernel.refusal import Refusal

OPEN_ORDERS = 10_000
"""Orders whose lines are waited for: a line that comes after so many others have begun is not taken."""


_MARKED = 2
"""Cells that a row's mark may stand in."""

_NUMBER = "0123456789 "


class Reading(NamedTuple):
    """What a row, or the rows of an order, became."""

    found: Found | None
    rejects: Sequence[Reject] = ()


class Reader:
    """Reads one table of an export."""

    def __init__(self, recognised: Recognised, wall: Wall, currency: str | None = None) -> None:
        """Look for the form's columns in the header.

        Raises:
            ColumnLost: one that every file of the form has is not there.
        """
        self._table = recognised
        self._form: Form = recognised.form
        self._columns = Columns(recognised.form, recognised.header, recognised.grid.name)
        self._assembler = Assembler(
            self._columns, Times(recognised.form.times, wall, recognised.form.months), currency
        )
        self._header = [heading(cell) for cell in recognised.header]
        self._empty = frozenset(recognised.form.empty)
        self._open: dict[str, list[OrderLine]] = {}
        self._spoilt: dict[str, int] = {}
        self._begun = False
        self.left_out = 0

    @property
    def columns(self) -> Columns:
        """Return where the fields stand."""
        return self._columns

    def orders(self, advance: Advance | None = None) -> Iterator[Reading]:
        """Give every order, and what cannot be taken as a reject; rows that are no orders are left out.

        Raises:
            Refusal: the rest of the file cannot be read.
        """
        for number, cells in self._table.grid.rows(advance):
            if number <= self._table.row:
                continue
            if isinstance(cells, Refusal):
                yield Reading(None, [_unreadable(self._table.grid.name, number, cells)])
                continue
            said = self._begins(cells)
            if any(text.startswith(self._form.ends) for text in said):
                break
            if self._says_nothing(cells, said):
                self.left_out += 1
                continue
            yield from self._row(number, cells)
        for order_id in [*self._open]:
            yield from self._close(order_id)

    def _begins(self, cells: Sequence[Value]) -> list[str]:
        """Return the first texts of a row, without numbers before them: totals and ends are marked there."""
        said = islice((text for cell in cells if (text := bare(cell, self._empty))), _MARKED)
        return [text.lstrip(_NUMBER) for text in said]

    def _says_nothing(self, cells: Sequence[Value], said: list[str]) -> bool:
        if not said or any(text.startswith(self._form.totals) for text in said):
            return True
        if self._columns.left_out(cells) or self._explains(cells):
            return True
        return [heading(cell) for cell in cells[: len(self._header)]] == self._header

    def _explains(self, cells: Sequence[Value]) -> bool:
        """Tell whether a row explains the columns, as some exports do below the header: no digit is in it."""
        if self._begun or len(cells) < self._columns.width:
            return False
        said = [self._columns.text(cells, name)[1] for name in (Name.ORDER_ID, Name.PLACED_AT)]
        self._begun = any(sign.isdigit() for text in said for sign in text)
        return not self._begun and all(said)

    def _row(self, number: int, cells: Sequence[Value]) -> Iterator[Reading]:
        order_id = ""
        try:
            cells = self._fitted(cells)
            order_id = self._assembler.order_id(cells)
            line = self._assembler.line(number, cells)
        except BadCell as bad:
            yield from self._spoil(order_id, number, bad)
            return
        if order_id in self._spoilt:
            yield from self._spoil(order_id, number, _of_spoilt(order_id, self._spoilt[order_id]))
            return
        if self._form.rows is Rows.ORDER:
            yield self._made(order_id, [line])
            return
        self._open.setdefault(order_id, []).append(line)
        if len(self._open) > OPEN_ORDERS:
            yield from self._close(next(iter(self._open)))

    def _fitted(self, cells: Sequence[Value]) -> Sequence[Value]:
        """Return a row as wide as the header: what is beyond it, or missing at its end, is nothing.

        Raises:
            BadCell: something stands beyond it.
        """
        width = self._columns.width
        if len(cells) == width:
            return cells
        beyond = [text for cell in cells[width:] if (text := bare(cell, self._empty))]
        if beyond:
            reason = f"the row has {len(cells)} columns where the header has {width}"
            raise BadCell(
                "", beyond[0], reason, "A comma or a quote within a cell has shifted them: export it again"
            )
        return [*cells[:width], *[""] * (width - len(cells))]

    def _spoil(self, order_id: str, number: int, bad: BadCell) -> Iterator[Reading]:
        """Reject a row, and with it the lines of its order that came before: what is left would be untrue."""
        name = self._table.grid.name
        before = self._open.pop(order_id, [])
        rejects = [_of_spoilt(order_id, number).at(name, line.row) for line in before]
        if order_id:
            self._spoilt.setdefault(order_id, number)
        yield Reading(None, [*rejects, bad.at(name, number)])

    def _close(self, order_id: str) -> Iterator[Reading]:
        lines = self._open.pop(order_id)
        yield self._made(order_id, lines)

    def _made(self, order_id: str, lines: Sequence[OrderLine]) -> Reading:
        try:
            return Reading(self._assembler.order(order_id, lines))
        except BadCell as bad:
            first, *others = lines
            name = self._table.grid.name
            rejects = [
                bad.at(name, first.row),
                *(_of_spoilt(order_id, first.row).at(name, o.row) for o in others),
            ]
            return Reading(None, rejects)


def _of_spoilt(order_id: str, row: int) -> BadCell:
    reason = f"another line of the order {order_id}, in row {row}, could not be taken"
    return BadCell("", order_id, reason, "Mend that row; an order is taken whole or not at all")


def _unreadable(name: str, number: int, refusal: Refusal) -> Reject:
    record = refusal.record()
    return Reject(name, number, "", "", record.what, record.fix)
