"""Columns of times read at once, by arithmetic on their digits, in the few forms that machines write."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from holdfast.importers.bulk.vectors import Ints, Mask, Texts
from holdfast.importers.cells import END, FIRST
from holdfast.kernel.clock import DAY
from holdfast.kernel.zones import zone

Bytes = npt.NDArray[np.uint8]

SPACED = "%Y-%m-%d %H:%M:%S %z"
"""The pattern of times with an offset after a space."""

_LOCAL = len("2026-04-06 19:44:05")
_UTC = len("2026-04-06T19:44:05Z")
_EXACT_UTC = len("2026-04-06T19:44:05.250Z")
_OFFSET = len("2026-04-06T19:44:05+08:00")
_ZERO = ord("0")
_HOURS = 25
_HOUR, _MINUTE, _SECOND = 3_600_000, 60_000, 1_000
_EPOCH, _MONTHS, _IN_DAY, _SIXTY, _NINE = 1970, 12, 24, 60, 9
_LATER = 2102
"""No clock shows this year before `END`."""

_BEGINS: Ints = (
    np.arange((_LATER - _EPOCH) * _MONTHS + 1, dtype=np.int64)
    .astype("datetime64[M]")
    .astype("datetime64[D]")
    .astype(np.int64)
)
"""The days on which the months begin, counted from 1970."""


class Times(NamedTuple):
    """Times that were read, in ms: which rows have one, which could be read, and which had no offset."""

    at: Ints
    said: Mask
    good: Mask
    assumed: Mask


class Days:
    """How far a zone is from UTC on each of its days: known for those on which its clocks are not put."""

    def __init__(self, name: str) -> None:
        """Take the name of a zone.

        Raises:
            UnknownZone: there is none of that name.
        """
        self._zone = zone(name)
        self._offsets: dict[int, int | None] = {}

    def offsets(self, days: Ints) -> tuple[Ints, Mask]:
        """Return the offset of each day since 1970, in ms, and which days have but one."""
        first = int(days.min())
        which = days - first
        offsets = np.zeros(int(which.max()) + 1, np.int64)
        sure = np.zeros(len(offsets), np.bool_)
        for day in np.flatnonzero(np.bincount(which)).tolist():
            offset = self._offset(first + day)
            if offset is not None:
                offsets[day], sure[day] = offset, True
        return offsets[which], sure[which]

    def _offset(self, day: int) -> int | None:
        if day not in self._offsets:
            self._offsets[day] = self._of_day(day)
        return self._offsets[day]

    def _of_day(self, day: int) -> int | None:
        if not FIRST <= day * DAY < END:
            return None
        begin = np.datetime64(day, "D").astype("datetime64[s]")
        hours = [(begin + np.timedelta64(hour, "h")).astype(object) for hour in range(_HOURS)]
        found = {
            shown.replace(tzinfo=self._zone, fold=fold).utcoffset() for shown in hours for fold in (0, 1)
        }
        if len(found) != 1:
            return None
        [offset] = found
        return round(offset.total_seconds() * _SECOND)


def times(column: Texts, days: Days, *, spaced: bool = False) -> Times:
    """Read times such as 2026-04-06 19:44:05, ..T19:44:05Z, ..05.250Z, ..05+08:00; others are not read.

    `spaced`: those such as 2026-04-06 19:44:05 +0800 are read, too.
    """
    count = len(column.lengths)
    at = np.zeros(count, np.int64)
    said = column.said
    good = ~said
    assumed = np.zeros(count, np.bool_)
    forms: tuple[tuple[int, Callable[[Bytes], tuple[Ints, Mask]] | None], ...] = (
        (_LOCAL, None),
        (_UTC, _utc),
        (_EXACT_UTC, _exact_utc),
        (_OFFSET, _either_offset if spaced else _offset),
    )
    for length, rest in forms:
        rows = np.flatnonzero(column.lengths == length)
        if not rows.size:
            continue
        signs = _signs(column, rows, length)
        moments, fine = _moments(signs)
        if rest is None:
            offsets, sure = days.offsets(moments // DAY)
            moments, fine = moments - offsets, fine & sure
            assumed[rows] = fine
        else:
            more, right = rest(signs[_LOCAL:])
            moments, fine = moments + more, fine & right
        at[rows] = moments
        good[rows] = fine & (moments >= FIRST) & (moments < END)
    return Times(at, said, good, assumed & good)


def _signs(column: Texts, rows: npt.NDArray[np.intp], length: int) -> Bytes:
    """Return the bytes of some texts of one length, those of one place beside each other: (length, rows)."""
    begin, end = int(column.offsets[0]), int(column.offsets[-1])
    if end - begin == rows.size * length:  # the others say nothing: what is said stands there without a gap
        signs = column.data[begin:end].reshape(rows.size, length)
    else:
        signs = column.data[column.offsets[rows][:, None] + np.arange(length, dtype=np.int32)]
    return np.ascontiguousarray(signs.T)


def no_times(count: int) -> Times:
    """Return times of which there is none."""
    none = np.zeros(count, np.bool_)
    return Times(np.zeros(count, np.int64), none, ~none, none)


def _moments(signs: Bytes) -> tuple[Ints, Mask]:
    """Return what the first 19 signs say, as if in UTC, and which are a date and a time of day."""
    year, year_fine = _number(signs[0:4])
    month, month_fine = _number(signs[5:7])
    day, day_fine = _number(signs[8:10])
    hour, hour_fine = _number(signs[11:13])
    minute, minute_fine = _number(signs[14:16])
    second, second_fine = _number(signs[17:19])
    fine = year_fine & month_fine & day_fine & hour_fine & minute_fine & second_fine
    fine &= (signs[4] == ord("-")) & (signs[7] == ord("-"))
    fine &= (signs[10] == ord(" ")) | (signs[10] == ord("T"))
    fine &= (signs[13] == ord(":")) & (signs[16] == ord(":"))
    fine &= (year >= _EPOCH) & (year < _LATER) & (month >= 1) & (month <= _MONTHS)
    fine &= (hour < _IN_DAY) & (minute < _SIXTY) & (second < _SIXTY)
    months = np.where(fine, (year - _EPOCH) * _MONTHS + month - 1, 0)
    first = _BEGINS[months]
    fine &= (day >= 1) & (day <= _BEGINS[months + 1] - first)
    return (first + day - 1) * DAY + hour * _HOUR + minute * _MINUTE + second * _SECOND, fine


def _number(signs: Bytes) -> tuple[Ints, Mask]:
    figures = signs - np.uint8(_ZERO)  # what is less becomes more than nine
    total: Ints = figures[0].astype(np.int64)
    for figure in figures[1:]:
        total = total * 10 + figure
    fine: Mask = np.all(figures <= _NINE, axis=0)
    return total, fine


def _utc(signs: Bytes) -> tuple[Ints, Mask]:
    return np.zeros(len(signs[0]), np.int64), signs[0] == ord("Z")


def _exact_utc(signs: Bytes) -> tuple[Ints, Mask]:
    parts, fine = _number(signs[1:4])
    return parts, fine & (signs[0] == ord(".")) & (signs[4] == ord("Z"))


def _either_offset(signs: Bytes) -> tuple[Ints, Mask]:
    """Read an offset such as +08:00 or, after a space, +0800."""
    apart = signs[0] == ord(" ")
    colon = np.full_like(signs[:1], ord(":"))
    return _offset(np.where(apart, np.concatenate((signs[1:4], colon, signs[4:6])), signs))


def _offset(signs: Bytes) -> tuple[Ints, Mask]:
    hours, hours_fine = _number(signs[1:3])
    minutes, minutes_fine = _number(signs[4:6])
    sign = np.where(signs[0] == ord("-"), 1, -1)
    fine = hours_fine & minutes_fine & ((signs[0] == ord("+")) | (signs[0] == ord("-")))
    fine &= (signs[3] == ord(":")) & (hours < _IN_DAY) & (minutes < _SIXTY)
    return sign * (hours * _HOUR + minutes * _MINUTE), fine
