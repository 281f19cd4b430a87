"""Grouping of rows into orders, and the values of each group."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from holdfast.importers.bulk.row_blocks import RowBlock
from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.grids.grid import Value
from holdfast.kernel.refusal import Refusal

_pa = cast("Any", pa)

T = TypeVar("T", bound=np.generic)


class Stretch(NamedTuple):
    """Some rows of a block, by their places: the order of each, and which are among the block's columns."""

    block: RowBlock
    places: Ints
    ids: Any
    swift: Mask

    def some(self, which: Mask) -> "Stretch":
        """Return those of the rows."""
        kept = _pa.array(which)
        return Stretch(self.block, self.places[which], self.ids.filter(kept), self.swift[which])

    def column(self, at: int) -> Any:
        """Return a column of the rows; where a row is not among the block's columns, nothing is said."""
        column = self.block.column(at)
        if not self.swift.all():
            where = np.searchsorted(self.block.fit, self.places)
            return column.take(_pa.array(where, mask=~self.swift)).fill_null("")
        if len(self.places) == len(self.block.fit):
            return column
        where = np.searchsorted(self.block.fit, self.places)
        if where.size and where[-1] - where[0] == where.size - 1:
            return column.slice(where[0], where.size)
        return column.take(_pa.array(where))


class OrderLines:
    """Rows of orders, one after the other as in the file; `codes` tells which order each is of, from 0.

    Orders are numbered as they begin. Without codes every row is an order.
    """

    def __init__(self, stretches: Sequence[Stretch], codes: Ints | None) -> None:
        self._stretches = stretches
        self._begins = np.cumsum([0, *(len(each.places) for each in stretches)])
        self.rows = int(self._begins[-1])
        self.numbers: Ints = np.concatenate(
            [np.zeros(0, np.int64), *(each.block.numbers[each.places] for each in stretches)]
        )
        self.swift: Mask = np.concatenate([np.zeros(0, np.bool_), *(each.swift for each in stretches)])
        self.ids: Any = _pa.concat_arrays([_pa.array([], _pa.string()), *(each.ids for each in stretches)])
        self._codes = codes
        self._sorted: Ints = np.arange(self.rows) if codes is None else np.argsort(codes, kind="stable")
        self.count = self.rows if codes is None else int(codes.max(initial=-1)) + 1
        self._starts: Ints = (
            self._sorted if codes is None else np.searchsorted(codes[self._sorted], np.arange(self.count))
        )

    def column(self, at: int) -> Any:
        """Return a column of the rows; where a row is not among its block's columns, nothing is said."""
        arrays = [each.column(at) for each in self._stretches]
        if len(arrays) == 1:
            return arrays[0]
        return _pa.concat_arrays([_pa.array([], _pa.string()), *arrays])

    def row(self, at: int) -> Sequence[Value] | Refusal:
        """Return the cells of a row."""
        number = int(np.searchsorted(self._begins, at, side="right")) - 1
        each = self._stretches[number]
        return each.block.row(int(each.places[at - self._begins[number]]))

    def of_order(self, order: int) -> list[int]:
        """Return the rows of an order."""
        end = self._starts[order + 1] if order + 1 < self.count else self.rows
        rows: list[int] = self._sorted[self._starts[order] : end].tolist()
        return rows

    @cached_property
    def first(self) -> Ints:
        """Return the first row of each order."""
        return self._sorted[self._starts] if self._codes is not None else self._sorted

    def first_said(self, said: Mask) -> Ints:
        """Return the first row of each order that says something; the first where none does."""
        if self._codes is None or not self.rows:
            return self._sorted
        at_once = said[self.first]
        if at_once.all() or np.count_nonzero(at_once) == np.count_nonzero(said):
            return self.first
        places = np.where(said, np.arange(self.rows), self.rows)[self._sorted]
        found: Ints = np.minimum.reduceat(places, self._starts)
        return np.where(found < self.rows, found, self.first)

    def spread(self, values: npt.NDArray[T]) -> npt.NDArray[T]:
        """Return what is said of each order for each of its rows."""
        return values if self._codes is None else values[self._codes]

    def all(self, mask: Mask) -> Mask:
        """Return of which orders it holds in every row."""
        return self._over(np.logical_and, mask)

    def any(self, mask: Mask) -> Mask:
        """Return of which orders it holds in some row."""
        return self._over(np.logical_or, mask)

    def sums(self, values: Ints) -> Ints:
        """Return the sum of each order."""
        return self._over(np.add, values)

    def bits(self, values: Ints) -> Ints:
        """Return the bits that are set in some row of each order."""
        return self._over(np.bitwise_or, values)

    def _over(self, combine: np.ufunc, values: Any) -> Any:
        if self._codes is None or not self.rows:
            return values
        return combine.reduceat(values[self._sorted], self._starts)
