"""Parsers for the cells of a form's columns, memoized: each distinct text is parsed once."""

import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.importers import cells
from holdfast.importers.bulk import vectors
from holdfast.importers.bulk.marks import BITS
from holdfast.importers.bulk.vectors import Known, Read, Texts
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.cleaning import SIGNS, amount, check_whole, heading, narrow
from holdfast.importers.exports.columns import Word
from holdfast.importers.exports.form import Form, Name
from holdfast.importers.exports.links import KINDS, Link, Linker
from holdfast.importers.exports.playable import PSEUDONYM, Pseudonyms, party
from holdfast.kernel.text import same

_pa = cast("Any", pa)
_pc = cast("Any", pc)


class CellReaders:
    """The parsers of a form's columns."""

    def __init__(self, form: Form, asked: Asked) -> None:
        self._form = form
        self._amounts: dict[str, Known[int]] = {}
        self._pseudonyms = Pseudonyms(asked.key) if form.personal else None
        signs = "|".join(map(re.escape, (*form.marks, *SIGNS, " ")))
        self.signs = f"(?:{signs})"
        self.order_ids = Known(_order_id)
        self.titles = Known(lambda cell: cells.title("", cell))
        self.currencies = Known(lambda cell: cells.currency("", cell.upper()))
        self.merchants = Known(lambda cell: party("", cell))
        self._consumers = Known(lambda cell: party("", cell) if cell else "")
        linker = Linker(asked.key)
        self.links: dict[Name, Known[tuple[Link, ...]]] = {
            kind: Known(lambda cell, kind=kind: tuple(linker.of_cell(kind, cell))) for kind in KINDS
        }
        pay_later = form.fields.get(Name.PAY_LATER)
        words = frozenset(pay_later.words) if pay_later is not None else frozenset[str]()
        self.pay_later = Known(lambda cell: int(cell in words))

    def consumers(self, column: Texts) -> Read:
        """Read who bought: what stands for persons is made row by row, as few of them buy again."""
        if self._pseudonyms is None:
            return vectors.ids(column, self._consumers)
        told = self._pseudonyms.of(column.array.to_pylist()).encode()
        ends = np.arange(0, len(told) + 1, PSEUDONYM, dtype=np.int32)
        array = _pa.StringArray.from_buffers(len(ends) - 1, _pa.py_buffer(ends), _pa.py_buffer(told))
        if not column.said.all():
            array = _pc.if_else(_pa.array(column.said), array, "")
        return Read(array, np.ones(len(array), np.bool_))

    def amounts(self, code: str) -> Known[int]:
        """Return the parser of amounts in a currency."""
        if code not in self._amounts:
            self._amounts[code] = Known(
                lambda cell: amount("", cell, self._form, code) if cell and code else _none()
            )
        return self._amounts[code]


def _order_id(cell: str) -> str:
    text = narrow(cell)
    check_whole("", text, rounded=False)  # those that are rounded are told of all ids at once
    return cells.identity("", text)


def _none() -> int:
    raise BadCell("", "", same(""), same(""))


def meaning_of(word: Word) -> Callable[[str], int]:
    """Return the parser of a state's word to bits."""

    def bits(cell: str) -> int:
        if not cell:
            return 0
        meaning = word.meanings.get(heading(cell))
        return _none() if meaning is None else BITS[meaning]

    return bits
