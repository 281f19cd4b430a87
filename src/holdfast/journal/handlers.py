"""A person says that the clock is right: what the guard of the clock refused is done from then on.

The fact of it is the newest of all, and so what the next times are held against: see `kernel.guard`.
"""

from holdfast.journal.model import ClockConfirmed, ConfirmClock
from holdfast.journal.refusals import PersonNeeded
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody


def confirm(desk: Desk, command: ConfirmClock, _now: Instant) -> list[FactBody]:
    """Record who said so.

    Raises:
        PersonNeeded: nobody is named.
    """
    if not command.by.strip():
        raise PersonNeeded("clock")
    return [ClockConfirmed(by=command.by, reason=command.reason, before_at=desk.latest_at)]
