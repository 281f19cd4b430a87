"""Where the cells of a sheet stand, out of its bytes: a chunk at once, where they are written as usual."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_AFTER_NAME = np.frombuffer(b" \t\r\n/>", np.uint8)
_PLACE = np.frombuffer(b' r="', np.uint8)
_BEFORE = len("<c")
_ROOM = 16
_LETTERS, _DIGITS = 3, 7
_A, _Z, _ZERO, _NINE = (ord(sign) for sign in "AZ09")
_OPEN, _CLOSE, _SLASH, _QUOTE = (ord(sign) for sign in '<>/"')


class Places(NamedTuple):
    """The rows and columns of cells that are not empty, from 1."""

    rows: Ints
    columns: Ints


def cell_places(chunk: bytes) -> Places | None:
    """Return where the cells of whole tags are; None where one is not written as `<c r="AB12"`."""
    signs = np.concatenate((np.frombuffer(chunk, np.uint8), np.zeros(_ROOM, np.uint8)))
    if b":c" in chunk:  # a cell's name may stand after a prefix
        return None
    begins = np.flatnonzero((signs[:-2] == _OPEN) & (signs[1:-1] == ord("c")))
    begins = begins[np.isin(signs[begins + _BEFORE], _AFTER_NAME)]
    if not begins.size:
        return Places(np.zeros(0, np.int64), np.zeros(0, np.int64))
    begin = begins + _BEFORE
    if (signs[begin[:, None] + np.arange(len(_PLACE))] != _PLACE).any():
        return None
    found = _read(signs[(begin + len(_PLACE))[:, None] + np.arange(_LETTERS + _DIGITS + 1)])
    ends = np.flatnonzero(signs == _CLOSE)
    following = np.searchsorted(ends, begins)
    if found is None or following[-1] == ends.size:
        return None
    filled = signs[ends[following] - 1] != _SLASH
    return Places(found.rows[filled], found.columns[filled])


def _read(signs: Bytes) -> Places | None:
    """Read places, each followed by a quote: shape (cells, 11)."""
    count = len(signs)
    rows, columns = np.zeros(count, np.int64), np.zeros(count, np.int64)
    lettered = np.ones(count, np.bool_)
    ended = np.zeros(count, np.bool_)
    digits = np.zeros(count, np.int64)
    for place in range(signs.shape[1]):
        sign = signs[:, place].astype(np.int64)
        letter = lettered & (sign >= _A) & (sign <= _Z)
        lettered &= letter
        digit = ~letter & ~ended & (sign >= _ZERO) & (sign <= _NINE)
        ended |= ~letter & ~digit & (sign == _QUOTE)
        if not (letter | digit | ended).all() or (place == 0 and not letter.all()):
            return None
        columns = np.where(letter, columns * 26 + sign - _A + 1, columns)
        rows = np.where(digit, rows * 10 + sign - _ZERO, rows)
        digits += digit
    widest = (_Z - _A + 1) ** 3 + (_Z - _A + 1) ** 2 + _Z - _A + 1
    right = ended & (digits > 0) & (digits <= _DIGITS) & (columns <= widest)
    return Places(rows, columns) if right.all() else None
