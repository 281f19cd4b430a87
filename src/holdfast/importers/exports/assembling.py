"""Assembling the lines of an order: its amount, its refunds, and its state."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from holdfast.importers import cells
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.cleaning import check_whole, narrow
from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Form, Lines, Meaning, Name, Rows
from holdfast.importers.exports.found import Found, State
from holdfast.importers.exports.links import Linker
from holdfast.importers.exports.times import Times
from holdfast.importers.grids.grid import Value
from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text

TIMES = (
    Name.PLACED_AT,
    Name.PAID_AT,
    Name.SHIP_BY,
    Name.SHIPPED_AT,
    Name.DELIVERED_AT,
    Name.CANCELLED_AT,
    Name.REFUNDED_AT,
)
"""The fields that are times."""

_BACK = frozenset({Meaning.CLOSED, Meaning.REFUNDED})
_SENT = frozenset({Meaning.SHIPPED, Meaning.DELIVERED})
_SOME_DAY = dt.date(2026, 10, 31)


class OrderLine(NamedTuple):
    """A row of an order: its number in the file, its cells, and the meanings of its states."""

    row: int
    cells: Sequence[Value]
    meanings: set[Meaning]


class Assembler:
    """Makes orders of the lines of one file."""

    def __init__(
        self,
        columns: Columns,
        times: Times,
        currency: str | None,
        linker: Linker | None = None,
        *,
        rounded: bool = False,
    ) -> None:
        """Take what a file's cells are read with; `rounded`: a spreadsheet has rounded its ids."""
        self._columns = columns
        self._form: Form = columns.form
        self._times = times
        self._currency = currency
        self._rounded = rounded
        self._linker = linker

    def order_id(self, row: Sequence[Value]) -> str:
        """Return the id of the order that a row belongs to.

        Raises:
            BadCell: it is missing, lost or none.
        """
        column, text = self._columns.text(row, Name.ORDER_ID)
        text = narrow(text)
        check_whole(column, text, rounded=self._rounded)
        return cells.identity(column, text)

    def line(self, number: int, row: Sequence[Value]) -> OrderLine:
        """Return a row with the meanings of its states.

        Raises:
            BadCell: a state is not known.
        """
        return OrderLine(number, row, self._columns.meanings(row))

    def order(self, order_id: str, lines: Sequence[OrderLine]) -> Found:
        """Return the order that the lines make.

        Raises:
            BadCell: something that they say cannot be taken.
        """
        times, days = self._read_times(lines)
        unpaid = any(Meaning.UNPAID in line.meanings for line in lines)
        code = self._code(lines, needed=not unpaid)
        paid = self._paid(lines, code, times)
        never = _never(lines, times, paid=paid)
        owed = self._sum(Name.AMOUNT, lines, code, filled=unpaid or paid is False) if code else 0
        if owed is None and not never:
            column = self._columns.fields[Name.AMOUNT].column
            raise BadCell(
                column,
                "",
                Text("缺少金额", "the amount is missing"),
                Text("请填写，或去掉此行", "Fill it in, or leave the row out"),
            )
        owed = owed or 0
        back = 0 if never else self._back(lines, code, owed)
        return Found(
            row=lines[0].row,
            order_id=order_id,
            merchant_id=self._said(Name.MERCHANT_ID, lines),
            consumer_id=self._said(Name.CONSUMER_ID, lines),
            currency=code,
            amount_minor=owed,
            refunded_minor=back,
            part_unknown=not back and any(Meaning.REFUNDED_IN_PART in line.meanings for line in lines),
            state=_state(lines, times, owed, back, never=never),
            times=times,
            days=days,
            title=cells.title("title", self._said(Name.TITLE, lines)),
            pay_later=self._pay_later(lines),
            lines=len(lines),
            placed_by_id=not self._said(Name.PLACED_AT, lines),
            links=self._linker.of_lines(self._columns, (line.cells for line in lines))
            if self._linker
            else (),
        )

    def _said(self, name: Name, lines: Sequence[OrderLine]) -> str:
        return next((said for line in lines if (said := self._columns.text(line.cells, name)[1])), "")

    def _read_times(self, lines: Sequence[OrderLine]) -> tuple[dict[Name, Instant], frozenset[Name]]:
        times: dict[Name, Instant] = {}
        days: set[Name] = set()
        for name in TIMES:
            for line in lines:
                column, text = self._columns.text(line.cells, name)
                if text:
                    times[name] = self._times.instant(column, text)
                    days.update([name] if self._times.alone else [])
                    break
        if Name.PLACED_AT not in times:
            self._place(times, days, lines)
        return times, frozenset(days)

    def _place(self, times: dict[Name, Instant], days: set[Name], lines: Sequence[OrderLine]) -> None:
        """Take the date out of the order's id, where the form says that it stands there."""
        column, text = self._columns.text(lines[0].cells, Name.ORDER_ID)
        pattern = self._form.id_date
        placed = self._columns.fields.get(Name.PLACED_AT)
        where = "placed_at" if placed is None else placed.column
        if pattern is None:
            raise BadCell(
                where,
                "",
                Text("缺少下单时间", "the time of the order is missing"),
                Text("请填写，或去掉此行", "Fill it in, or leave the row out"),
            )
        day = Times((pattern,), self._times.wall)
        written = _SOME_DAY.strftime(pattern)
        times[Name.PLACED_AT] = day.instant(column, text[: len(written)])
        days.add(Name.PLACED_AT)

    def _code(self, lines: Sequence[OrderLine], *, needed: bool) -> str:
        """Return the currency; of what was never paid, platforms do not always say it."""
        said = self._said(Name.CURRENCY, lines).upper()
        if not needed and not (said or self._form.currency or self._currency):
            return ""
        column = self._columns.fields[Name.CURRENCY].column if said else "--currency"
        return cells.currency(column, said or self._form.currency or self._currency or "")

    def _sum(self, name: Name, lines: Sequence[OrderLine], code: str, *, filled: bool = False) -> int | None:
        field = self._form.fields.get(name)
        values = [
            value
            for line in lines
            if (value := self._columns.amount(line.cells, name, code, filled=filled)) is not None
        ]
        if field is None or not values:
            return None
        return sum(values) if field.lines is Lines.SUM else values[0]

    def _paid(self, lines: Sequence[OrderLine], code: str, times: dict[Name, Instant]) -> bool | None:
        """Tell whether the consumer paid, or confirmed that it will; None where the file does not say."""
        if Name.PAID_AT in self._columns.fields:
            return Name.PAID_AT in times
        if Name.PAID in self._columns.fields and code:
            return bool(self._sum(Name.PAID, lines, code))
        return None

    def _back(self, lines: Sequence[OrderLine], code: str, owed: int) -> int:
        """Return the refunded sum: the file's, else the whole amount of closed or refunded lines.

        Raises:
            BadCell: it is more than was owed.
        """
        back = abs(self._sum(Name.REFUNDED, lines, code) or 0) or self._gone(lines, code, owed)
        if back > owed:
            fields = self._columns.fields
            column = fields.get(Name.REFUNDED, fields[Name.AMOUNT]).column
            fix = Text(
                "请核对两个金额；退回的不能多于应付的",
                "Check the two amounts; more cannot go back than was owed",
            )
            raise BadCell(
                column, str(back), Text("退回的多于订单金额", "more went back than the order was for"), fix
            )
        return back

    def _gone(self, lines: Sequence[OrderLine], code: str, owed: int) -> int:
        """Return the amount of the lines whose states are closed or refunded."""
        gone = [line for line in lines if line.meanings & _BACK]
        if len(gone) == len(lines):
            return owed
        if self._form.rows is Rows.LINE and self._form.fields[Name.AMOUNT].lines is Lines.SUM:
            return max(0, sum(self._columns.amount(line.cells, Name.AMOUNT, code) or 0 for line in gone))
        return owed if gone and self._form.rows is not Rows.LINE else 0

    def _pay_later(self, lines: Sequence[OrderLine]) -> bool | None:
        field = self._form.fields.get(Name.PAY_LATER)
        if field is None or Name.PAY_LATER not in self._columns.fields:
            return None
        words = frozenset(field.words)
        return any(self._columns.text(line.cells, Name.PAY_LATER)[1] in words for line in lines)


def _meant(lines: Sequence[OrderLine]) -> set[Meaning]:
    return set[Meaning]().union(*(line.meanings for line in lines))


def _never(lines: Sequence[OrderLine], times: dict[Name, Instant], *, paid: bool | None) -> bool:
    """Tell whether it was never paid. What was sent all the same is to be paid after use, or was refused."""
    meant = _meant(lines)
    if meant & _SENT or Name.SHIPPED_AT in times:
        return False
    gone = all(line.meanings & _BACK for line in lines) and Meaning.REFUNDED not in meant
    return Meaning.UNPAID in meant or (gone and paid is False)


def _state(
    lines: Sequence[OrderLine], times: dict[Name, Instant], owed: int, back: int, *, never: bool
) -> State:
    if never:
        return State.UNPAID
    meant = _meant(lines)
    if (back and back == owed) or Name.CANCELLED_AT in times:
        return State.CANCELLED
    if Meaning.DELIVERED in meant or (Name.DELIVERED_AT in times and not meant - {Meaning.NOTHING}):
        return State.DELIVERED
    if Meaning.SHIPPED in meant or Name.SHIPPED_AT in times:
        return State.SHIPPED
    return State.PLACED
