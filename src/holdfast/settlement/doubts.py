"""Debits in doubt (存疑扣款): reported without an id, answering no request. A person finds out.

The question is whether money moved.

Recording each would repay money that never came, as a message that is sent twice is more frequent than two
debits without ids; refusing each would lose a debit that there was.
"""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.orders.model import Order
from holdfast.settlement.otherwise import DOUBT_TRANSITIONS, DismissDoubt, Doubt, DoubtState
from holdfast.settlement.otherwise_facts import DebitDoubted, DoubtDismissed


def keep(desk: Desk, order: Order, amount_minor: int, currency: str, now: Instant) -> list[FactBody]:
    """Keep a debit for a person to decide; the same report again is the same doubt, open once more."""
    key = f"{order.id}/{currency}/{amount_minor}"
    known = desk.find(Doubt, key)
    if known is None:
        row = Doubt(
            id=key,
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            currency=currency,
            amount_minor=amount_minor,
            state=DoubtState.OPEN,
            times=1,
            since=now,
        )
    else:
        since = known.since if known.state is DoubtState.OPEN else now
        state = advance(DOUBT_TRANSITIONS, known.state, "told_again", f"doubt:{key}")
        row = replace(known, state=state, times=known.times + 1, since=since)
    desk.put(row, known)
    return [
        DebitDoubted(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            doubt_id=key,
            currency=currency,
            amount_minor=amount_minor,
            times=row.times,
        )
    ]


def answered(desk: Desk, doubt_id: str, event: str) -> Doubt:
    """Move a doubt to the state of a person's answer, and return it."""
    row = desk.need(Doubt, doubt_id)
    after = replace(row, state=advance(DOUBT_TRANSITIONS, row.state, event, f"doubt:{doubt_id}"))
    desk.put(after, row)
    return after


def dismiss(desk: Desk, command: DismissDoubt, _now: Instant) -> list[FactBody]:
    """End a doubt: no money moved."""
    row = answered(desk, command.doubt_id, "DismissDoubt")
    return [
        DoubtDismissed(
            order_id=row.order_id,
            merchant_id=row.merchant_id,
            consumer_id=row.consumer_id,
            doubt_id=row.id,
            reason=command.reason,
        )
    ]
