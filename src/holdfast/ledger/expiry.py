"""The deadline of a hold."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book
from holdfast.ledger.model import Hold, HoldEnded


def wake(desk: Desk, row: Hold, _now: Instant) -> list[FactBody]:
    """Let a hold expire."""
    ended, back = book.end_hold(desk, row.id, "expire")
    return [HoldEnded(hold_id=ended.id, state=ended.state, released_minor=back)]
