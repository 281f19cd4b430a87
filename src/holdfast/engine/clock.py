"""A person says that the clock is right: what the guard of the clock refused is done from then on.

The fact of it is the newest of all, and so what the next times are held against: see `kernel.guard`.
"""

import logging
from collections.abc import Iterable

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.guard import ClockAhead, ClockBehind
from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import Command, FactBody
from holdfast.parties.refusals import PersonNeeded

_log = logging.getLogger(__name__)
_CODES = frozenset({ClockAhead.code, ClockBehind.code})


class ConfirmClock(Command, frozen=True, kw_only=True):
    """Take the time at which this comes as the present, however far it lies from the newest fact's."""

    by: str
    reason: str = ""


class ClockConfirmed(FactBody, frozen=True, kw_only=True):
    """Somebody said that the clock is right; `before_at` is when the newest fact before it happened."""

    by: str
    reason: str
    before_at: Instant | None


def confirm(desk: Desk, command: ConfirmClock, _now: Instant) -> list[FactBody]:
    """Record who said so.

    Raises:
        PersonNeeded: nobody is named.
    """
    if not command.by.strip():
        raise PersonNeeded("clock")
    return [ClockConfirmed(by=command.by, reason=command.reason, before_at=desk.latest_at)]


def tell_operator(refusals: Iterable[RefusalRecord | None]) -> None:
    """Log, once a batch, that the guard of the clock refused: each caller is told, and so is who runs it."""
    for refusal in refusals:
        if refusal is not None and refusal.code in _CODES:
            _log.error("%s", refusal)
            return
