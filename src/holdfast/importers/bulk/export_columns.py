"""Rows of an export that are whole orders, read by columns: as `Assembler` and `Maker` read each by itself.

Whatever is not plain is told as not read, and is for them: a time in another form, an amount that is none, a
word that is not known, a row of totals, a refund beyond the order.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.importers import cells
from holdfast.importers.bulk import vectors
from holdfast.importers.bulk.cell_readers import CellReaders, meaning_of
from holdfast.importers.bulk.chunk import Kind, constant, linked, of_columns, some, written
from holdfast.importers.bulk.estimating import Estimated, estimated
from holdfast.importers.bulk.marks import Told
from holdfast.importers.bulk.moments import SPACED, Days, Times, no_times, times
from holdfast.importers.bulk.order_lines import OrderLines
from holdfast.importers.bulk.plain_chunks import in_sequence
from holdfast.importers.bulk.row_blocks import RowBlock
from holdfast.importers.bulk.vectors import Ints, Known, Mask, Numbers, Texts
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.assembling import TIMES
from holdfast.importers.exports.cleaning import heading
from holdfast.importers.exports.columns import Place
from holdfast.importers.exports.form import Form, Lines, Meaning, Name, Rows
from holdfast.importers.exports.links import KINDS, Link
from holdfast.importers.exports.reading import Reader
from holdfast.importers.exports.recognising import Recognised

_pa = cast("Any", pa)
_pc = cast("Any", pc)

_NO_LINKS: tuple[Link, ...] = ()
_NO_AMOUNT = -(2**62)
"""Stands for an amount that could not be read."""


class Read(NamedTuple):
    """Orders that were read: which of all, their columns, and how many times each had without an offset."""

    good: Mask
    columns: dict[str, Any]
    pay_later: Mask
    assumed: Ints


class ExportColumns:
    """A parser of the rows of one table, with a cache of the words in its columns."""

    def __init__(self, reader: Reader, recognised: Recognised, asked: Asked, table: int) -> None:
        self._reader = reader
        self._form: Form = recognised.form
        self._file = recognised.grid.name
        self._asked = asked
        self._table = table
        self._days = Days(reader.wall.name)
        self._spaced = SPACED in self._form.times
        self._empty = frozenset(self._form.empty)
        self._known = CellReaders(self._form, asked)
        self._states = [(word, Known(meaning_of(word))) for word in reader.columns.states]
        self._out = [
            (place, Known(lambda cell, words=words: int(heading(cell) in words)))
            for place, words in reader.columns.leave_out
        ]
        self._lines = OrderLines([], None)
        self._fine: Mask = np.ones(0, np.bool_)
        self._good: Mask = np.ones(0, np.bool_)
        self._cleaned: dict[int, Texts] = {}

    @property
    def wanted(self) -> list[int]:
        """Return the places of the columns that are looked at."""
        columns = self._reader.columns
        found = {place.at for word in columns.states for place in [word.place]}
        found |= {place.at for place, _ in columns.leave_out}
        for name, spots in columns.fields.items():
            if name not in KINDS or self._asked.links:
                found |= {place.at for place in (*spots.first, *spots.add, *spots.subtract)}
        return sorted(found)

    def ids(self, block: RowBlock) -> tuple[Any, Mask, Mask]:
        """Return, of a block's rows that fit, the ids of their orders, which have one, which are left out."""
        spots = self._reader.columns.fields[Name.ORDER_ID]
        columns = [self._clean(block.column(place.at)) for place in spots.first]
        read = vectors.ids(vectors.first_said(columns), self._known.order_ids)
        good = read.good & ~vectors.lost(Texts(read.array), rounded=self._reader.rounded)
        out = np.zeros(len(good), np.bool_)
        for place, known in self._out:
            said, _ = vectors.values(self._clean(block.column(place.at)), known, 0)
            out |= said > 0
        return read.array, good, out

    def read(self, lines: OrderLines) -> Read:
        """Read orders: those of which every row is among the columns, and plain."""
        self._lines = lines
        self._fine = lines.swift.copy()
        self._good = np.ones(lines.count, np.bool_)
        self._cleaned = {}
        if not lines.count:
            return Read(self._good, {}, self._good, np.zeros(0, np.int64))
        found, pay_later, assumed = self._orders()
        good = self._good & lines.all(self._fine)
        self._good = good
        found["repairs"] = self._repairs(found.pop("estimates"), found["row"], found["kind"])
        which = _pa.array(good)
        columns = {name: _filtered(column, good, which) for name, column in found.items()}
        self._lines, self._cleaned = OrderLines([], None), {}
        return Read(good, columns, pay_later[good], assumed[good])

    def counted(self, read: Read, wanted: Mask) -> tuple[Any, int]:
        """Return the orders that are wanted as a batch, and how many of them were not paid after use."""
        self._reader.wall.assumed += int(read.assumed[wanted].sum())
        passed = int((wanted & ~read.pay_later).sum())
        kept = wanted & read.pay_later
        batch = of_columns(read.columns, len(kept))
        return batch if kept.all() else batch.filter(_pa.array(kept)), passed

    def _orders(self) -> tuple[dict[str, Any], Mask, Ints]:
        lines = self._lines
        numbers, order_id = lines.numbers[lines.first], lines.ids.take(_pa.array(lines.first))
        marks = self._meanings()
        moments = {name: self._times(name) for name in TIMES}
        self._good &= moments[Name.PLACED_AT].said
        codes, which = self._codes()
        places = lines.spread(vectors.digits(codes, which))
        paid = self._paid(moments, codes, places)
        told = Told(lines, marks, moments, paid)
        owed = self._summed(Name.AMOUNT, codes, places, filled=told.unpaid | (paid == 0))
        self._good &= owed.said | told.never
        back = self._back(told, owed.values, codes, places)
        self._good &= told.never | ((owed.values > 0) & (owed.values <= cells.MAX_ORDER_MINOR))
        shipped, delivered, cancelled = told.states(owed.values, back)
        back = np.where(cancelled, 0, back)
        estimates = estimated(moments, self._form.estimates, shipped, delivered, cancelled, back > 0)
        self._good &= told.never | in_sequence(estimates.moments)
        found = self._parties(order_id, told.never)
        title = vectors.strings(self._said(Name.TITLE), self._known.titles)
        self._good &= title.good
        currency = _pa.array(codes, type=_pa.string()).take(_pa.array(which))
        found |= {
            "table": np.full(lines.count, self._table, np.int32),
            "row": numbers,
            "kind": np.where(told.never, int(Kind.UNPAID), int(Kind.ORDER)).astype(np.int8),
            "order_id": order_id,
            "currency": _pc.if_else(_pa.array(told.never), "", currency),
            "title": title.array,
            "amount": owed.values,
            "service": np.zeros(lines.count, np.bool_),
            "refunded": some(back, back > 0),
            "estimates": estimates,
            "links": self._links(),
            **{name: some(each.at, each.said) for name, each in estimates.moments.items()},
        }
        assumed = sum(
            (each.assumed.astype(np.int64) for each in moments.values()), np.zeros(lines.count, np.int64)
        )
        return found, self._pay_later(), assumed

    def _back(self, told: Told, owed: Ints, codes: Sequence[str], places: Ints) -> Ints:
        """Return what went back: what the file says, else all of what was closed or refunded."""
        refunded = self._summed(Name.REFUNDED, codes, places)
        back = np.where(refunded.said, np.abs(refunded.values), 0)
        whole = told.gone_all
        if self._form.rows is Rows.LINE and self._form.fields[Name.AMOUNT].lines is Lines.SUM:
            amounts = self._amount(Name.AMOUNT, codes, places)
            part = self._lines.sums(np.where(amounts.said & told.gone, amounts.values, 0))
            unsaid = np.where(whole, owed, part)
        else:
            some_of = whole if self._form.rows is Rows.LINE else self._lines.any(told.gone)
            unsaid = np.where(some_of, owed, 0)
        back = np.where(told.never, 0, np.where(back > 0, back, unsaid))
        self._good &= (back <= owed) | told.never
        self._good &= told.never | (back > 0) | ~told.has(Meaning.REFUNDED_IN_PART)
        return back

    def _clean(self, array: Any) -> Texts:
        return vectors.cleaned(Texts(array), self._empty)

    def _column(self, at: int) -> Texts:
        if at not in self._cleaned:
            self._cleaned[at] = self._clean(self._lines.column(at))
        return self._cleaned[at]

    def _rows_say(self, name: Name) -> Texts:
        spots = self._reader.columns.fields.get(name)
        if spots is None:
            return Texts(constant("", self._lines.rows))
        return vectors.first_said([self._column(place.at) for place in spots.first])

    def _said(self, name: Name) -> Texts:
        """Return what the first row of each order says that says something."""
        column = self._rows_say(name)
        if self._lines.count == self._lines.rows:
            return column
        if column.silent:
            return Texts(constant("", self._lines.count))
        return Texts(column.array.take(_pa.array(self._lines.first_said(column.said))))

    def _meanings(self) -> Ints:
        meant = np.zeros(self._lines.rows, np.int64)
        for word, known in self._states:
            bits, good = vectors.values(self._column(word.place.at), known, 0)
            self._fine &= good
            meant |= bits
        return meant

    def _times(self, name: Name) -> Times:
        if name not in self._reader.columns.fields:
            return no_times(self._lines.count)
        found = times(self._said(name), self._days, spaced=self._spaced)
        self._good &= found.good
        return found

    def _codes(self) -> tuple[list[str], Ints]:
        column, count = self._said(Name.CURRENCY), self._lines.count
        fixed = self._form.currency or self._asked.currency or ""
        if not column.said.any():
            if not fixed:
                self._good &= False
            column = Texts(constant(fixed, count))
        codes, which, good = self._known.currencies.of(column, "")
        self._good &= good
        return codes, which

    def _paid(self, moments: dict[Name, Times], codes: Sequence[str], places: Ints) -> Ints:
        """Return 1 where it was paid, 0 where not, and -1 where the file does not say."""
        fields = self._reader.columns.fields
        if Name.PAID_AT in fields:
            return moments[Name.PAID_AT].said.astype(np.int64)
        if Name.PAID in fields:
            read = self._summed(Name.PAID, codes, places)
            return (read.said & (read.values != 0)).astype(np.int64)
        return np.full(self._lines.count, -1, np.int64)

    def _summed(self, name: Name, codes: Sequence[str], places: Ints, filled: Mask | None = None) -> Numbers:
        """Return an amount of each order, as its lines make it."""
        lines = self._lines
        rows = self._amount(name, codes, places, None if filled is None else lines.spread(filled))
        if lines.count == lines.rows:
            return rows
        said = lines.any(rows.said)
        field = self._form.fields.get(name)
        if field is not None and field.lines is Lines.SUM:
            return Numbers(lines.sums(rows.values), said, said)
        return Numbers(rows.values[lines.first_said(rows.said)], said, said)

    def _amount(self, name: Name, codes: Sequence[str], places: Ints, filled: Mask | None = None) -> Numbers:
        """Return an amount of each row; in `filled` ones it is more than nothing, where a column has such."""
        spots = self._reader.columns.fields.get(name)
        count = self._lines.rows
        if spots is None:
            return Numbers(np.zeros(count, np.int64), np.zeros(count, np.bool_), np.ones(count, np.bool_))
        first, *others = [self._value(place, codes, places) for place in spots.first]
        value, said = first.values, first.said
        for other in others:
            empty = ~said if filled is None else ~said | (filled & (value == 0))
            value = np.where(empty & other.said, other.values, value)
            said = said | other.said
        for place in spots.add:
            value = value + self._value(place, codes, places).values
        for place in spots.subtract:
            value = value - np.abs(self._value(place, codes, places).values)
        return Numbers(np.where(said, value, 0), said, np.ones(count, np.bool_))

    def _value(self, place: Place, codes: Sequence[str], places: Ints) -> Numbers:
        column = self._column(place.at)
        read = vectors.amounts(column, places)
        if not read.good.all() and self._form.decimal == ".":
            plain = vectors.without_signs(column, self._known.signs, self._form.thousands)
            read = vectors.amounts(plain, places)._replace(said=column.said)
        values, good = read.values, read.good
        if not good.all() and len(codes) == 1:  # full-width digits, minus signs: one by one
            exact, fine = vectors.values(column, self._known.amounts(codes[0]), _NO_AMOUNT)
            values = np.where(good, values, exact)
            good = good | fine
        self._fine &= good
        return Numbers(np.where(column.said & good, values, 0), column.said, good)

    def _pay_later(self) -> Mask:
        if not self._asked.only_pay_later:
            return np.ones(self._lines.count, np.bool_)
        said, good = vectors.values(self._rows_say(Name.PAY_LATER), self._known.pay_later, 0)
        self._fine &= good
        return self._lines.any(said > 0)

    def _parties(self, order_id: Any, never: Mask) -> dict[str, Any]:
        """Return whose orders they are; of one that was never paid nobody looks."""
        merchant, consumer = self._said(Name.MERCHANT_ID), self._said(Name.CONSUMER_ID)
        if self._asked.merchant is not None and not merchant.said.all():
            named = _pa.scalar(self._asked.merchant, type=_pa.string())
            merchant = Texts(_pc.if_else(_pa.array(merchant.said), merchant.array, named))
        sold = vectors.ids(merchant, self._known.merchants)
        self._good &= sold.good | never
        bought = self._known.consumers(consumer)
        good, array = bought.good & consumer.said, bought.array
        if self._asked.each_consumer and not consumer.said.all():
            each = _pc.binary_join_element_wise("of-", order_id, "")
            array = _pc.if_else(_pa.array(consumer.said), array, each)
            good = bought.good | ~consumer.said
        self._good &= good | never
        return {"merchant_id": sold.array, "consumer_id": array}

    def _links(self) -> Any:
        """Return what the lines of each order may have in common with others."""
        lines = self._lines
        if not self._asked.links:
            return constant("", lines.count)
        rows = [
            known.of(self._rows_say(kind), _NO_LINKS)
            for kind, known in self._known.links.items()
            if kind in self._reader.columns.fields
        ]
        told: list[str] = []
        for order in range(lines.count):
            found: set[Link] = set()
            for values, which, _ in rows:
                for at in lines.of_order(order):
                    found.update(values[int(which[at])])
            told.append(linked(sorted(found)))
        return _pa.array(told, type=_pa.string())

    def _repairs(self, estimates: Estimated, numbers: Ints, kind: Ints) -> Any:
        told = [""] * len(numbers)
        rows = np.flatnonzero(estimates.any() & self._good & (kind == int(Kind.ORDER)))
        changes = estimates.repairs(rows, self._file, numbers[rows].tolist())
        for at, repairs in zip(rows.tolist(), changes, strict=True):
            told[at] = written(repairs)
        return _pa.array(told, type=_pa.string())


def _filtered(column: Any, good: Mask, which: Any) -> Any:
    if good.all():
        return column
    return cast("Any", column[good] if isinstance(column, np.ndarray) else column.filter(which))
