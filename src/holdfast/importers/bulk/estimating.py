"""Times that a file lacks, estimated by columns: as `exports.playable` estimates those of one order."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from holdfast.importers.bulk.moments import Times
from holdfast.importers.bulk.vectors import Ints, Mask
from holdfast.importers.exports.form import Estimates, Name
from holdfast.importers.history import Repair, RepairKind
from holdfast.kernel.clock import DAY, iso


class Guess(NamedTuple):
    """The rows in which a time was estimated."""

    column: str
    kind: RepairKind
    rows: Mask
    at: Ints


class Estimated(NamedTuple):
    """The times of orders by the columns of a chunk, and which of them were estimated."""

    moments: Mapping[str, Times]
    guesses: tuple[Guess, ...]

    def any(self) -> Mask:
        """Return the rows in which a time was estimated."""
        found = self.guesses[0].rows
        for guess in self.guesses[1:]:
            found = found | guess.rows
        return found

    def repairs(self, places: Ints, file: str, rows: Sequence[int]) -> list[list[Repair]]:
        """Return the repairs of estimated times in some rows, by their places and numbers in the file."""
        found: list[list[Repair]] = [[] for _ in rows]
        for guess in self.guesses:
            guessed = np.flatnonzero(guess.rows[places])
            for at, became in zip(guessed.tolist(), guess.at[places][guessed].tolist(), strict=True):
                found[at].append(Repair(file, rows[at], guess.column, "", guess.kind, iso(became)))
        return found


def estimated(
    moments: Mapping[Name, Times],
    days: Estimates,
    shipped: Mask,
    delivered: Mask,
    cancelled: Mask,
    refunded: Mask,
) -> Estimated:
    """Return the times of orders that were shipped, delivered, cancelled, or refunded in part."""
    placed = moments[Name.PLACED_AT].at
    arrival, told = moments[Name.DELIVERED_AT], moments[Name.SHIPPED_AT]
    at = placed + days.shipped_after_days * DAY
    at = np.where(arrival.said, np.minimum(at, arrival.at), at)
    left = _guessed(told, (shipped | delivered | arrival.said) & ~told.said, at)
    last = np.where(left.said, np.maximum(placed, left.at), placed)
    came = _guessed(arrival, delivered & ~arrival.said, last + days.delivered_after_days * DAY)
    last = np.where(came.said, np.maximum(last, came.at), last)
    end, money = moments[Name.CANCELLED_AT], moments[Name.REFUNDED_AT]
    ended = Times(
        np.where(end.said, end.at, money.at), cancelled & (end.said | money.said), end.good, end.assumed
    )
    unknown = cancelled & ~ended.said
    ended = _guessed(ended, unknown, last + days.ended_after_days * DAY)
    last = np.where(unknown, np.maximum(last, ended.at), last)
    known = Times(money.at, refunded & money.said, money.good, money.assumed)
    back = _guessed(known, refunded & ~money.said, last + days.ended_after_days * DAY)
    return Estimated(
        {
            "placed_at": moments[Name.PLACED_AT],
            "ship_by": moments[Name.SHIP_BY],
            "shipped_at": left,
            "delivered_at": came,
            "cancelled_at": ended,
            "refunded_at": back,
        },
        (
            _guess("shipped_at", RepairKind.SHIPPED_WITHOUT_DATE, told, left),
            _guess("delivered_at", RepairKind.DELIVERED_WITHOUT_DATE, arrival, came),
            Guess("cancelled_at", RepairKind.CANCELLED_WITHOUT_DATE, unknown, ended.at),
            _guess("refunded_at", RepairKind.REFUNDED_UNKNOWN, known, back),
        ),
    )


def _guessed(told: Times, rows: Mask, at: Ints) -> Times:
    return Times(np.where(rows, at, told.at), told.said | rows, told.good, told.assumed)


def _guess(column: str, kind: RepairKind, before: Times, after: Times) -> Guess:
    return Guess(column, kind, after.said & ~before.said, after.at)
