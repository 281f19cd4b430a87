"""Statements of payment providers as entries: payments, refunds, fees and payouts."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.importers import cells as reading
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.cleaning import amount, bare, heading, narrow
from holdfast.importers.exports.columns import Place
from holdfast.importers.exports.form import Closing, Entries, EntryKind, Form
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.exports.refusals import ColumnLost, StatementDisagrees
from holdfast.importers.exports.times import Times
from holdfast.importers.grids.grid import Advance, Value
from holdfast.importers.history import Reject
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import Instant
from holdfast.kernel.money import Money
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text, same

_BEGINS = 2
_UNKNOWN_SHOWN = 30


class Entry(NamedTuple):
    """An entry of a statement. Amounts in minor units of `currency`, above zero what came to the merchant.

    `order_ref` is what the merchant called the order, `pending` is True of what is under way only.
    """

    row: int
    entry_id: str
    order_ref: str
    kind: EntryKind
    amount_minor: int
    fee_minor: int
    currency: str
    at: Instant
    pending: bool


class Statement(NamedTuple):
    """The entries of a statement, and the rows that could not be taken."""

    entries: Sequence[Entry]
    rejects: Sequence[Reject]


class _Way(NamedTuple):
    """How entries of one kind are read, their columns found in the header."""

    entries: Entries
    where: Place
    words: frozenset[str]
    entry_id: Sequence[Place]
    order_ref: Sequence[Place]
    amount: Sequence[Place]
    fee: Sequence[Place]
    currency: Sequence[Place]
    at: Sequence[Place]
    pending: tuple[Place, frozenset[str]] | None


def read_statement(table: Recognised, wall: Wall, advance: Advance | None = None) -> Statement:
    """Read the entries of a statement; what its last lines say of them must agree.

    Raises:
        ColumnLost: a column is missing that entries of its form have.
        StatementDisagrees: its own count or sum is not that of its entries.
        Refusal: the rest of the file cannot be read.
    """
    reader = _Reader(table, wall)
    entries: list[Entry] = []
    rejects: list[Reject] = []
    closing: list[str] = []
    for number, row in table.grid.rows(advance):
        if number <= table.row:
            continue
        if isinstance(row, Refusal):
            rejects.append(BadCell("", "", *row.record().told()).at(table.grid.name, number))
        elif closing or reader.ends(row):
            closing.append(",".join(bare(cell, frozenset()) for cell in row))
        else:
            try:
                entries.append(reader.entry(number, row))
            except BadCell as bad:
                rejects.append(bad.at(table.grid.name, number))
    if not rejects:  # what could not be read is told; it would disagree for that alone
        for said in table.form.closing:
            _check(said, entries, "\n".join(closing), table.grid.name)
    return Statement(entries, rejects)


class _Reader:
    """Reads the rows of one statement."""

    def __init__(self, table: Recognised, wall: Wall) -> None:
        self._form: Form = table.form
        self._empty = frozenset(table.form.empty)
        self._width = len(table.header)
        self._times = Times(table.form.times, wall, table.form.months)
        self._ways = [*_ways(table)]

    def ends(self, row: Sequence[Value]) -> bool:
        """Tell whether a row is the first of the closing lines."""
        return any(
            bare(cell, self._empty).startswith(self._form.ends) for cell in row[:_BEGINS] if self._form.ends
        )

    def entry(self, number: int, row: Sequence[Value]) -> Entry:
        """Return the entry of a row.

        Raises:
            BadCell: it is of no kind that the form knows, or something in it cannot be taken.
        """
        if len(row) < self._width:
            row = [*row, *[""] * (self._width - len(row))]
        way = self._way(row)
        code = reading.currency(way.currency[0].name if way.currency else "currency", self._code(way, row))
        _, ref = self._text(way.order_ref, row)
        column, entry_id = self._text(way.entry_id, row)
        at_column, at = self._text(way.at, row)
        value = self._amount(way.amount, row, code)
        fee = self._amount(way.fee, row, code) if way.fee else 0
        return Entry(
            number,
            reading.identity(column, narrow(entry_id)),
            ref,
            way.entries.kind,
            -value if way.entries.negative else value,
            -fee if way.entries.fee_negative else fee,
            code,
            self._times.instant(at_column, at),
            way.pending is not None and bare(row[way.pending[0].at], self._empty) in way.pending[1],
        )

    def _way(self, row: Sequence[Value]) -> _Way:
        for way in self._ways:
            if bare(row[way.where.at], self._empty) in way.words:
                return way
        where = self._ways[0].where
        known = ", ".join(sorted(word for way in self._ways for word in way.words)[:_UNKNOWN_SHOWN])
        said = bare(row[where.at], self._empty)
        raise BadCell(
            where.name,
            said,
            Text("此条目是什么不明", "what this entry is, is not known"),
            Text(f"所知的有：{known}", f"Known are: {known}"),
        )

    def _code(self, way: _Way, row: Sequence[Value]) -> str:
        return (self._text(way.currency, row)[1] if way.currency else "").upper() or self._form.currency or ""

    def _text(self, places: Sequence[Place], row: Sequence[Value]) -> tuple[str, str]:
        for place in places:
            said = bare(row[place.at], self._empty)
            if said:
                return place.name, said
        return (places[0].name if places else ""), ""

    def _amount(self, places: Sequence[Place], row: Sequence[Value], code: str) -> int:
        column, said = self._text(places, row)
        if not said:
            raise BadCell(
                column,
                "",
                Text("缺少金额", "the amount is missing"),
                Text("请重新导出对账单", "Export the statement again"),
            )
        return amount(column, said, self._form, code)


def _ways(table: Recognised) -> Iterator[_Way]:
    places = {heading(name): Place(str(name).strip(), at) for at, name in enumerate(table.header)}

    def found(names: Sequence[str], field: str) -> list[Place]:
        there = [places[key] for key in map(heading, names) if key in places]
        if names and not there:
            raise ColumnLost(table.grid.name, form=table.form.name, column=names[0], field=field)
        return there

    for entries in table.form.entries:
        mark = entries.pending
        yield _Way(
            entries,
            found([entries.column], "kind")[0],
            frozenset(entries.words),
            found(entries.entry_id, "entry_id"),
            found(entries.order_ref, "order_ref"),
            found(entries.amount, "amount"),
            found(entries.fee, "fee"),
            found(entries.currency, "currency"),
            found(entries.at, "at"),
            None if mark is None else (found([mark.column], "pending")[0], frozenset(mark.words)),
        )


def _check(said: Closing, entries: Sequence[Entry], closing: str, where: str) -> None:
    """Compare the control totals with the entries."""
    meant = [entry for entry in entries if said.kind in {None, entry.kind}]
    what = Text("各", "entry") if said.kind is None else same(said.kind.value)
    if said.count is not None:
        told = re.search(said.count, closing)
        if told is None or int(told[1]) != len(meant):
            shown = Text("空白", "nothing") if told is None else told[1]
            raise StatementDisagrees(
                where,
                what=Text("{what} 行的行数", "the number of {what} rows").fill(what=what),
                told=shown,
                found=str(len(meant)),
            )
    if said.amount is not None and meant:
        told = re.search(said.amount, closing)
        code, total = meant[0].currency, abs(sum(entry.amount_minor for entry in meant))
        if told is None or abs(Money.parse(told[1], code).amount_minor) != total:
            shown = Text("空白", "nothing") if told is None else told[1]
            found = Money(total, code).decimal()
            raise StatementDisagrees(
                where,
                what=Text("{what} 行的合计", "the sum of {what} rows").fill(what=what),
                told=shown,
                found=found,
            )
