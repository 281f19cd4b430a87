"""Columns of cells read at once. A reader tells of each row whether it could read it: others read it exactly.

What is read here is read as `cells` and `exports.cleaning` read it, to the last digit: tests hold the two
against each other. pyarrow carries no types, so that it is `Any` here.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from holdfast.importers.cells import BadCell
from holdfast.importers.exports.cleaning import SPACES
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.identity import MAX_LENGTH

_pa = cast("Any", pa)
_pc = cast("Any", pc)

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def _among(signs: str) -> Mask:
    """Return of each byte whether it is one of these signs of ASCII."""
    found = np.zeros(256, np.bool_)
    found[[*signs.encode()]] = True
    return found


_FIRST_VISIBLE, _LAST_VISIBLE = 33, 126
_SEEN = _among("".join(map(chr, range(_FIRST_VISIBLE, _LAST_VISIBLE + 1))))
_FIGURES = _among("0123456789")
_SHORTENS, _ZERO = _among(".eE"), ord("0")
_GUARD, _QUOTES = ord("="), _among("'`")
_BEGINS_ID = ~_among("='`\"")
_BEFORE, _AFTER = b'="', b'"'
_SHORTENED = r"^[0-9](\.[0-9]+)?[eE]\+[0-9]+$"
_ROUNDED = r"^[0-9]{15}0+$"
_AMOUNT = r"^[0-9]{1,11}(\.[0-9]{1,4})?$"
_PLAIN_ID = r"^[0-9A-Za-z_\x{4E00}-\x{9FA5}][!-~\x{4E00}-\x{9FA5}]*$"
"""Letters and signs that stay as they are in NFKC, alone and beside each other, and are seen."""

_MOST_KNOWN = 50_000
_LONGEST_DECIMAL = 38
_SIGN = 63

T = TypeVar("T", bound=Hashable)


class Texts:
    """A column of texts, none missing, with its bytes: they stand one after the other in UTF-8."""

    def __init__(self, array: Any) -> None:
        self.array = array
        _, offsets, data = array.buffers()
        begin = array.offset
        count = len(array)
        self.offsets: npt.NDArray[np.int32] = (
            np.frombuffer(offsets, np.int32)[begin : begin + count + 1] if count else np.zeros(1, np.int32)
        )
        self.data: npt.NDArray[np.uint8] = np.frombuffer(data or b"\0", np.uint8)
        if not self.data.size:
            self.data = np.zeros(1, np.uint8)
        self.lengths = np.diff(self.offsets)

    @cached_property
    def said(self) -> Mask:
        """Return which cells say anything."""
        return self.lengths > 0

    @property
    def silent(self) -> bool:
        """Tell whether no cell says anything."""
        return bool(self.offsets[0] == self.offsets[-1])

    @cached_property
    def first(self) -> npt.NDArray[np.uint8]:
        """Return the first byte of each text; any where there is none."""
        return self.data[np.minimum(self.offsets[:-1], self.data.size - 1)]

    @cached_property
    def last(self) -> npt.NDArray[np.uint8]:
        """Return the last byte of each text; any where there is none."""
        return self.data[np.maximum(self.offsets[1:] - 1, 0)]

    def without(self, low: int, high: int) -> Mask:
        """Return which texts hold no byte outside of these bounds."""
        odd = self.data - np.uint8(low) > np.uint8(high - low)  # what is less becomes more than all
        if not odd.any():
            return np.ones(len(self.lengths), np.bool_)
        before = np.concatenate((np.zeros(1, np.int32), np.cumsum(odd, dtype=np.int32)))
        return before[self.offsets[1:]] == before[self.offsets[:-1]]


def texts(values: Sequence[str]) -> Texts:
    """Return a column of these."""
    return Texts(_pa.array(values, type=_pa.string()))


def cleaned(column: Texts, empty: frozenset[str]) -> Texts:
    """Return the cells as `exports.cleaning.bare` does."""
    if column.silent:
        return column
    column = _trimmed(column)
    first = column.first
    guarded = column.said & (first == _GUARD)
    if guarded.any():
        guarded &= (column.lengths >= len(_BEFORE + _AFTER)) & (column.last == _AFTER[0])
        guarded &= column.data[np.minimum(column.offsets[:-1] + 1, column.data.size - 1)] == _BEFORE[1]
    quoted = column.said & _QUOTES[first]
    if guarded.any() or quoted.any():
        bare = _pc.utf8_ltrim(column.array, characters="`'") if quoted.any() else column.array
        if guarded.any():
            inside = _pc.utf8_slice_codeunits(column.array, start=len(_BEFORE), stop=-len(_AFTER))
            bare = inside if guarded.all() else _pc.if_else(_pa.array(guarded), inside, bare)
        column = _trimmed(Texts(bare))
    if empty and (column.said & (column.lengths <= max(len(word.encode()) for word in empty))).any():
        nothing = _pc.is_in(column.array, value_set=_pa.array(sorted(empty)))
        column = Texts(_pc.if_else(nothing, "", column.array))
    return column


def _trimmed(column: Texts) -> Texts:
    if ((_SEEN[column.first] & _SEEN[column.last]) | ~column.said).all():
        return column
    return Texts(_pc.utf8_trim(column.array, characters=SPACES))


def first_said(columns: Sequence[Texts]) -> Texts:
    """Return of several columns the first that says something, row by row."""
    found = columns[0]
    for other in columns[1:]:
        if found.said.all():
            break
        found = Texts(_pc.if_else(_pa.array(found.said), found.array, other.array))
    return found


class Known(Generic[T]):
    """Reads cells one by one, but each text once: for columns in which few different ones stand."""

    def __init__(self, read: Callable[[str], T]) -> None:
        """Begin with a parser of cells, which raises BadCell."""
        self._read = read
        self._found: dict[str, T] = {}
        self._bad: set[str] = set()

    def of(self, column: Texts, fallback: T) -> tuple[list[T], Ints, Mask]:
        """Return the different values, which of them each row has, and which rows could be read."""
        encoded = column.array.dictionary_encode()
        texts: list[str] = encoded.dictionary.to_pylist()
        if len(self._found) > _MOST_KNOWN:
            self._found.clear()
            self._bad.clear()
        known, read, bad = self._found, self._read, self._bad
        for text in texts:
            if text not in known:
                try:
                    known[text] = read(text)
                except BadCell:
                    known[text] = fallback
                    bad.add(text)
        which: Ints = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        good = np.ones(len(texts), np.bool_)
        if bad:
            good[:] = [text not in bad for text in texts]
        return [known[text] for text in texts], which, good[which] if texts else np.zeros(0, np.bool_)


class Read(NamedTuple):
    """A column that was read: an array, and the rows in which it could be."""

    array: Any
    good: Mask


class Numbers(NamedTuple):
    """Whole numbers that were read: which rows have one, and which could be read."""

    values: Ints
    said: Mask
    good: Mask


def ids(column: Texts, known: Known[str]) -> Read:
    """Read ids; those that are not plain ASCII one by one."""
    good = plain_ids(column)
    if not good.all():
        size = (column.lengths > 0) & (column.lengths <= MAX_LENGTH)
        good |= size & _pc.match_substring_regex(column.array, _PLAIN_ID).to_numpy(zero_copy_only=False)
    if good.all():
        return Read(column.array, good)
    return strings(column, known)


def plain_ids(column: Texts) -> Mask:
    """Return which cells are ids as they stand: up to 128 visible characters of ASCII, and no guard."""
    size = (column.lengths > 0) & (column.lengths <= MAX_LENGTH)
    return size & _BEGINS_ID[column.first] & column.without(_FIRST_VISIBLE, _LAST_VISIBLE)


def lost(column: Texts, *, rounded: bool) -> Mask:
    """Return which ids a spreadsheet has shortened, or `rounded`: see `exports.cleaning.check_whole`."""
    pattern = f"{_SHORTENED}|{_ROUNDED}" if rounded else _SHORTENED
    found = np.zeros(len(column.lengths), np.bool_)
    second = column.data[np.minimum(column.offsets[:-1] + 1, column.data.size - 1)]
    may_be = column.said & _FIGURES[column.first] & (_SHORTENS[second] | (rounded & (column.last == _ZERO)))
    few = np.flatnonzero(may_be)  # nearly all ids are told apart by two bytes, without the pattern
    if few.size:
        some = column.array.take(_pa.array(few))
        found[few] = _pc.match_substring_regex(some, pattern).to_numpy(zero_copy_only=False)
    return found


def strings(column: Texts, known: Known[str]) -> Read:
    """Read texts one by one, each different one once."""
    values, which, good = known.of(column, "")
    return Read(_pa.array(values, type=_pa.string()).take(_pa.array(which)), good)


def values(column: Texts, known: Known[int], fallback: int) -> tuple[Ints, Mask]:
    """Read whole numbers one by one, each different text once."""
    found, which, good = known.of(column, fallback)
    return np.array(found, np.int64)[which] if found else np.zeros(0, np.int64), good


def digits(codes: Sequence[str], which: Ints) -> Ints:
    """Return how many digits after the point the currency of each row has."""
    exponents = np.array([EXPONENTS.get(code, 0) for code in codes], np.int64)
    return exponents[which] if codes else np.zeros(0, np.int64)


def amounts(column: Texts, places: Ints) -> Numbers:
    """Read amounts in minor units: plain decimals of at most 11 digits before the point, exact in `places`.

    They are exact in a double, of which 15 digits are sure (IEEE 754-2019 §5.12.2).
    """
    said = column.said
    if column.silent:
        return Numbers(np.zeros(len(said), np.int64), said, ~said)
    good: Mask = _pc.match_substring_regex(column.array, _AMOUNT).to_numpy(zero_copy_only=False)
    point = _pc.find_substring(column.array, ".").to_numpy(zero_copy_only=False)
    good &= (point < 0) | (column.lengths - point - 1 <= places)
    safe = column.array if good.all() else _pc.if_else(_pa.array(good), column.array, "0")
    major = safe.cast(_pa.float64()).to_numpy(zero_copy_only=False)
    return Numbers(np.rint(major * 10.0**places).astype(np.int64), said, good | ~said)


def without_signs(column: Texts, signs: str, thousands: str) -> Texts:
    """Return amounts without currency signs, and without thousands separators in their right places.

    Args:
        column: the amounts.
        signs: a regular expression of what is taken out.
        thousands: what stands between groups of three digits; empty where nothing does.
    """
    bare = _pc.replace_substring_regex(column.array, pattern=signs, replacement="")
    if thousands:
        sign = re.escape(thousands)
        grouped = _pc.match_substring_regex(bare, rf"^[0-9]{{1,3}}({sign}[0-9]{{3}})+(\.[0-9]+)?$")
        bare = _pc.if_else(grouped, _pc.replace_substring(bare, pattern=thousands, replacement=""), bare)
    # What had but a sign is no amount: it must not seem to be empty.
    lost = _pa.array(column.said & (Texts(bare).lengths == 0))
    return Texts(_pc.if_else(lost, column.array, bare))


def decimals(column: Any, places: Ints) -> Numbers:
    """Read typed decimals in minor units: those of as many places as the currency has."""
    said = np.asarray(column.is_valid())
    whole = column.cast(_pa.decimal128(_LONGEST_DECIMAL, column.type.scale)).fill_null(0)
    words = np.frombuffer(whole.buffers()[1], np.int64).reshape(-1, 2)[whole.offset :][: len(whole)]
    fits = words[:, 1] == words[:, 0] >> _SIGN
    return Numbers(words[:, 0].copy(), said, ~said | (fits & (places == column.type.scale)))
