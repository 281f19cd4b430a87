"""Rows of an export that are whole orders, read by columns: as `Assembler` and `Maker` read each by itself.

Whatever is not plain is told as not read, and is for them: a time in another form, an amount that is none, a
word that is not known, a row of totals, a refund beyond the order.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.importers import cells
from holdfast.importers.bulk import vectors
from holdfast.importers.bulk.chunk import Kind, constant, of_columns, some, written
from holdfast.importers.bulk.estimating import Estimated, estimated
from holdfast.importers.bulk.moments import Days, Times, times
from holdfast.importers.bulk.plain_chunks import in_sequence
from holdfast.importers.bulk.row_blocks import RowBlock
from holdfast.importers.bulk.vectors import Ints, Known, Mask, Numbers, Texts, texts
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.assembling import TIMES
from holdfast.importers.exports.cleaning import amount, heading
from holdfast.importers.exports.columns import Place, Word
from holdfast.importers.exports.form import Form, Meaning, Name
from holdfast.importers.exports.playable import party, pseudonym
from holdfast.importers.exports.reading import Reader
from holdfast.importers.exports.recognising import Recognised

_pa = cast("Any", pa)
_pc = cast("Any", pc)

_BITS = {meaning: 1 << place for place, meaning in enumerate(Meaning)}
_BACK = _BITS[Meaning.CLOSED] | _BITS[Meaning.REFUNDED]
_SENT = _BITS[Meaning.SHIPPED] | _BITS[Meaning.DELIVERED]
_NO_AMOUNT = -(2**62)
"""Stands for an amount that could not be read."""


class Read(NamedTuple):
    """Rows that were read: their places, their columns, and how many times each had without an offset."""

    places: Ints
    columns: dict[str, Any]
    ids: Any
    pay_later: Mask
    assumed: Ints
    numbers: Ints


class ExportColumns:
    """Reads rows of one table; what it learns of its words it keeps."""

    def __init__(self, reader: Reader, recognised: Recognised, asked: Asked, table: int) -> None:
        self._reader = reader
        self._form: Form = recognised.form
        self._file = recognised.grid.name
        self._asked = asked
        self._table = table
        self._days = Days(reader.wall.name)
        self._empty = frozenset(self._form.empty)
        self._known = _Readers(self._form, asked)
        self._states = [(word, Known(_meaning_of(word))) for word in reader.columns.states]
        self._out = [
            (place, Known(lambda cell, words=words: int(heading(cell) in words)))
            for place, words in reader.columns.leave_out
        ]
        totals = "|".join(map(re.escape, self._form.totals))
        self._totals = f"^[0-9 ]*({totals})" if totals else ""
        self._block: RowBlock | None = None
        self._count = 0
        self._good: Mask = np.ones(0, np.bool_)
        self._cleaned: dict[int, Texts] = {}

    @property
    def wanted(self) -> list[int]:
        """Return the places of the columns that are looked at."""
        columns = self._reader.columns
        found = {place.at for word in columns.states for place in [word.place]}
        found |= {place.at for place, _ in columns.leave_out}
        for spots in columns.fields.values():
            found |= {place.at for place in (*spots.first, *spots.add, *spots.subtract)}
        return sorted(found | ({0, 1} if self._totals else set[int]()))

    def read(self, block: RowBlock, among: Ints) -> Read:
        """Read some rows, those among these."""
        fit = np.intersect1d(block.fit, among, assume_unique=True)
        if not len(fit):
            none = np.zeros(0, np.int64)
            return Read(none, {}, None, none > 0, none, none)
        self._block = block
        self._cleaned = {}
        self._count = len(block.fit)
        self._good = np.isin(block.fit, fit, assume_unique=True)
        numbers = block.numbers[block.fit]
        found, pay_later, assumed = self._orders(numbers)
        good = self._good
        which = _pa.array(good)
        columns = {name: _filtered(column, good, which) for name, column in found.items()}
        self._block, self._cleaned = None, {}
        return Read(
            block.fit[good], columns, columns["order_id"], pay_later[good], assumed[good], numbers[good]
        )

    def spoilt(self, read: Read) -> Mask:
        """Return which rows are of an order with an earlier row that could not be taken."""
        if not self._reader.spoilt or read.ids is None:
            return np.zeros(len(read.places), np.bool_)
        pairs = zip(read.ids.to_pylist(), read.numbers.tolist(), strict=True)
        return np.array([self._reader.spoilt.get(order_id, row) < row for order_id, row in pairs], np.bool_)

    def counted(self, read: Read, wanted: Mask) -> tuple[Any, int]:
        """Return the rows that are wanted as a batch, and how many of them were not paid after use."""
        self._reader.wall.assumed += int(read.assumed[wanted].sum())
        passed = int((wanted & ~read.pay_later).sum())
        kept = wanted & read.pay_later
        batch = of_columns(read.columns, len(kept))
        return batch if kept.all() else batch.filter(_pa.array(kept)), passed

    def _orders(self, numbers: Ints) -> tuple[dict[str, Any], Mask, Ints]:
        count = len(numbers)
        self._check_rows()
        order_id = self._order_ids()
        meant = self._meanings()
        moments = {name: self._times(name) for name in TIMES}
        self._good &= moments[Name.PLACED_AT].said
        codes, which = self._codes(count)
        places = vectors.digits(codes, which)
        paid = self._paid(moments, codes, places)
        unpaid = (meant & _BITS[Meaning.UNPAID]) > 0
        sent = ((meant & _SENT) > 0) | moments[Name.SHIPPED_AT].said
        gone = ((meant & _BACK) > 0) & ((meant & _BITS[Meaning.REFUNDED]) == 0)
        never = ~sent & (unpaid | (gone & (paid == 0)))
        owed = self._amount(Name.AMOUNT, codes, places, filled=unpaid | (paid == 0))
        self._good &= owed.said | never
        refunded = self._amount(Name.REFUNDED, codes, places)
        back = np.where(refunded.said & (refunded.values != 0), np.abs(refunded.values), 0)
        back = np.where(back > 0, back, np.where((meant & _BACK) > 0, owed.values, 0))
        back = np.where(never, 0, back)
        self._good &= (back <= owed.values) | never
        in_part = (meant & _BITS[Meaning.REFUNDED_IN_PART]) > 0
        self._good &= never | (back > 0) | ~in_part
        self._good &= never | ((owed.values > 0) & (owed.values <= cells.MAX_ORDER_MINOR))
        cancelled = ~never & (((back > 0) & (back == owed.values)) | moments[Name.CANCELLED_AT].said)
        told = (meant & ~_BITS[Meaning.NOTHING]) > 0
        arrived = ((meant & _BITS[Meaning.DELIVERED]) > 0) | (moments[Name.DELIVERED_AT].said & ~told)
        delivered = ~never & ~cancelled & arrived
        shipped = ~never & ~cancelled & ~delivered & sent
        back = np.where(cancelled, 0, back)
        estimates = estimated(moments, self._form.estimates, shipped, delivered, cancelled, back > 0)
        self._good &= never | in_sequence(estimates.moments)
        found = self._parties(order_id, never)
        title = vectors.strings(self._said(Name.TITLE), self._known.titles)
        self._good &= title.good
        currency = _pa.array(codes, type=_pa.string()).take(_pa.array(which))
        found |= {
            "table": np.full(count, self._table, np.int32),
            "row": numbers,
            "kind": np.where(never, int(Kind.UNPAID), int(Kind.ORDER)).astype(np.int8),
            "order_id": order_id,
            "currency": _pc.if_else(_pa.array(never), "", currency),
            "title": title.array,
            "amount": owed.values,
            "service": np.zeros(count, np.bool_),
            "refunded": some(back, back > 0),
            "repairs": self._repairs(estimates, numbers, never),
            **{name: some(each.at, each.said) for name, each in estimates.moments.items()},
        }
        assumed = sum((each.assumed.astype(np.int64) for each in moments.values()), np.zeros(count, np.int64))
        return found, self._pay_later(), assumed

    def _check_rows(self) -> None:
        """Leave to others the rows that may be none of an order."""
        if self._totals:
            for at in (0, 1):
                column = self._column(at)
                marked = _pc.match_substring_regex(column.array, self._totals).to_numpy(zero_copy_only=False)
                self._good &= column.said & ~marked
        for place, known in self._out:
            out, good = vectors.values(self._column(place.at), known, 1)
            self._good &= good & (out == 0)

    def _column(self, at: int) -> Texts:
        if at not in self._cleaned:
            assert self._block is not None
            self._cleaned[at] = vectors.cleaned(Texts(self._block.column(at)), self._empty)
        return self._cleaned[at]

    def _said(self, name: Name) -> Texts:
        spots = self._reader.columns.fields.get(name)
        if spots is None:
            return texts([""] * self._count)
        return vectors.first_said([self._column(place.at) for place in spots.first])

    def _order_ids(self) -> Any:
        column = self._said(Name.ORDER_ID)
        self._good &= vectors.plain_ids(column) & ~vectors.lost(column)
        return column.array

    def _meanings(self) -> Ints:
        meant = np.zeros(self._count, np.int64)
        for word, known in self._states:
            bits, good = vectors.values(self._column(word.place.at), known, 0)
            self._good &= good
            meant |= bits
        return meant

    def _times(self, name: Name) -> Times:
        found = times(self._said(name), self._days)
        self._good &= found.good
        return found

    def _codes(self, count: int) -> tuple[list[str], Ints]:
        column = self._said(Name.CURRENCY)
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
            read = self._amount(Name.PAID, codes, places)
            return (read.said & (read.values != 0)).astype(np.int64)
        return np.full(self._count, -1, np.int64)

    def _amount(self, name: Name, codes: Sequence[str], places: Ints, filled: Mask | None = None) -> Numbers:
        """Return an amount; in `filled` rows it is one that is more than nothing, where a column has one."""
        spots = self._reader.columns.fields.get(name)
        count = self._count
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
        if read.good.all():
            return read
        good = read.good
        values = read.values
        if len(codes) == 1:  # signs and thousands are read one by one
            exact, fine = vectors.values(column, self._known.amounts(codes[0]), _NO_AMOUNT)
            values = np.where(good, values, exact)
            good = good | fine
        self._good &= good
        return Numbers(np.where(column.said & good, values, 0), column.said, good)

    def _pay_later(self) -> Mask:
        if not self._asked.only_pay_later:
            return np.ones(self._count, np.bool_)
        said, good = vectors.values(self._said(Name.PAY_LATER), self._known.pay_later, 0)
        self._good &= good
        return said > 0

    def _parties(self, order_id: Any, never: Mask) -> dict[str, Any]:
        """Return whose orders they are; of one that was never paid nobody looks."""
        merchant, consumer = self._said(Name.MERCHANT_ID), self._said(Name.CONSUMER_ID)
        if self._asked.merchant is not None and not merchant.said.all():
            named = _pa.scalar(self._asked.merchant, type=_pa.string())
            merchant = Texts(_pc.if_else(_pa.array(merchant.said), merchant.array, named))
        sold = vectors.ids(merchant, self._known.merchants)
        self._good &= sold.good | never
        read = vectors.strings if self._known.personal else vectors.ids
        bought = read(consumer, self._known.consumers)
        good, array = bought.good & consumer.said, bought.array
        if self._asked.each_consumer and not consumer.said.all():
            each = _pc.binary_join_element_wise("of-", order_id, "")
            array = _pc.if_else(_pa.array(consumer.said), array, each)
            good = bought.good | ~consumer.said
        self._good &= good | never
        return {"merchant_id": sold.array, "consumer_id": array}

    def _repairs(self, estimates: Estimated, numbers: Ints, never: Mask) -> Any:
        told = [""] * len(numbers)
        rows = np.flatnonzero(estimates.any() & self._good & ~never)
        changes = estimates.repairs(rows, self._file, numbers[rows].tolist())
        for at, repairs in zip(rows.tolist(), changes, strict=True):
            told[at] = written(repairs)
        return _pa.array(told, type=_pa.string())


class _Readers:
    """What reads the cells of a form's columns one by one."""

    def __init__(self, form: Form, asked: Asked) -> None:
        self._form = form
        self._amounts: dict[str, Known[int]] = {}
        consumer = form.fields.get(Name.CONSUMER_ID)
        self.personal = personal = consumer is not None and consumer.personal
        self.titles = Known(lambda cell: cells.title("", cell))
        self.currencies = Known(lambda cell: cells.currency("", cell.upper()))
        self.merchants = Known(lambda cell: party("", cell))
        self.consumers = Known(
            lambda cell: "" if not cell else pseudonym(asked.key, cell) if personal else party("", cell)
        )
        pay_later = form.fields.get(Name.PAY_LATER)
        words = frozenset(pay_later.words) if pay_later is not None else frozenset[str]()
        self.pay_later = Known(lambda cell: int(cell in words))

    def amounts(self, code: str) -> Known[int]:
        """Return what reads amounts of a currency."""
        if code not in self._amounts:
            self._amounts[code] = Known(
                lambda cell: amount("", cell, self._form, code) if cell and code else _none()
            )
        return self._amounts[code]


def _none() -> int:
    raise BadCell("", "", "", "")


def _meaning_of(word: Word) -> Callable[[str], int]:
    def bits(cell: str) -> int:
        if not cell:
            return 0
        meaning = word.meanings.get(heading(cell))
        return _none() if meaning is None else _BITS[meaning]

    return bits


def _filtered(column: Any, good: Mask, which: Any) -> Any:
    if good.all():
        return column
    return cast("Any", column[good] if isinstance(column, np.ndarray) else column.filter(which))
