"""Exports of after-sales: which orders money went back to, how much, and when."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.importers import cells
from holdfast.importers.cells import BadCell
from holdfast.importers.chronology import Place
from holdfast.importers.exports.cleaning import bare, check_whole, heading, narrow, rounded
from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Form, Meaning, Name
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.times import Times
from holdfast.importers.grids.grid import Advance, Value
from holdfast.importers.history import Reject, Repair
from holdfast.importers.refunds import Told
from holdfast.importers.wall import Wall
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text


class AfterSale(NamedTuple):
    """An after-sale: an order's refund, and the column with its sum; not `told` where there was none.

    Amounts are in minor units of `currency`; `odd` is of the time.
    """

    refund_id: str
    order_id: str = ""
    currency: str = ""
    told: Told | None = None
    odd: Sequence[Repair] = ()
    said: tuple[str, str] = ("", "")


def after_sales(
    table: Recognised, wall: Wall, advance: Advance | None = None
) -> Iterator[AfterSale | Reject | None]:
    """Give what each row of a table tells, and what cannot be taken; None of a row that is none.

    Raises:
        ColumnLost: a column is missing that every file of its form has.
        Refusal: the rest of the file cannot be read.
    """
    reader = _Reader(table, wall)
    for number, row in table.grid.rows(advance):
        if number > table.row:
            yield reader.take(number, row)


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, table: Recognised, wall: Wall) -> None:
        self._form: Form = table.form
        self._file = table.grid.name
        self._wall = wall
        self._columns = Columns(table.form, table.header, self._file)
        self._times = Times(table.form.times, wall, table.form.months)
        self._empty = frozenset(table.form.empty)
        self._header = [heading(cell) for cell in table.header]
        self._rows: dict[str, int] = {}
        head = [
            row for number, row in table.grid.head() if number > table.row and len(row) == self._columns.width
        ]
        self._rounded = {
            name: rounded(narrow(self._columns.text(row, name)[1]) for row in head)
            for name in (Name.ORDER_ID, Name.REFUND_ID)
        }

    def take(self, number: int, row: Sequence[Value] | Refusal) -> AfterSale | Reject | None:
        """Return the after-sale of a row; None of a blank one, and of a repeated header."""
        if isinstance(row, Refusal):
            return BadCell("", "", *row.record().told()).at(self._file, number)
        if (
            not any(bare(cell, self._empty) for cell in row)
            or [heading(cell) for cell in row] == self._header
        ):
            return None
        try:
            found = self._after_sale(number, self._columns.fitted(row))
        except BadCell as bad:
            self._wall.row_read(self._file, number)  # of a row that is not taken
            return bad.at(self._file, number)
        self._rows[found.refund_id] = number
        return found

    def _after_sale(self, number: int, row: Sequence[Value]) -> AfterSale:
        """Return what a row tells.

        Raises:
            BadCell: something in it cannot be taken.
        """
        refunded = Meaning.REFUNDED in self._columns.meanings(row)
        refund_id = self._id(row, Name.REFUND_ID)
        if refund_id in self._rows:
            reason = Text(
                f"退款已在第 {self._rows[refund_id]} 行",
                f"the refund is already in row {self._rows[refund_id]}",
            )
            raise BadCell(
                self._column(Name.REFUND_ID),
                refund_id,
                reason,
                Text("每笔退款请只留一行", "Keep one row for each refund"),
            )
        if not refunded:
            return AfterSale(refund_id)
        order_id = self._id(row, Name.ORDER_ID)
        code = cells.currency("currency", self._form.currency or "")
        said = self._columns.text(row, Name.AMOUNT)
        minor = self._columns.amount(row, Name.AMOUNT, code)
        if minor is None or minor < 0:
            reason = (
                Text("缺少金额", "the amount is missing")
                if minor is None
                else Text("金额为负", "the amount is negative")
            )
            raise BadCell(
                *said,
                reason,
                Text("退回的金额请写大于零的数", "Write what went back as an amount above zero"),
            )
        column, text = self._columns.text(row, Name.REFUNDED_AT)
        at = self._times.instant(column, text) if text else None
        read = self._wall.row_read(self._file, number)
        told = Told(minor, at, read.day_ends.get(column), Place(self._file, number, column))
        return AfterSale(refund_id, order_id, code, told if minor else None, read.odd, said)

    def _id(self, row: Sequence[Value], name: Name) -> str:
        column, text = self._columns.text(row, name)
        text = narrow(text)
        check_whole(column, text, rounded=self._rounded[name])
        return cells.identity(column, text)

    def _column(self, name: Name) -> str:
        return self._columns.fields[name].column
