"""Invariants of wind-downs."""

from holdfast.enforcement.model import Stage, WindDown
from holdfast.kernel.check import Books, Check, Finding

_BUSY = frozenset({Stage.ORDERS, Stage.WAITING, Stage.GATHERING, Stage.SWEEPING})


def wind_downs_wake(books: Books) -> list[Finding]:
    """Each wind-down wakes while it has something to do by itself."""
    return [
        Finding(f"wind-down:{row.id}", f"it is {row.stage}, waking at {row.wake_at}")
        for row in books.rows(WindDown)
        if (row.wake_at is not None) is not (row.stage in _BUSY)
    ]


CHECKS: tuple[Check, ...] = (wind_downs_wake,)
