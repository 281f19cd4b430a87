"""When X happened, then Y: one table; and why a row wakes: another.

A reaction runs in the transaction of the fact that it answers, in the order of the table, and its own facts
have their reactions too.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from holdfast.claims import kept, returns, waiting
from holdfast.claims.facts import ClaimRejected, ClaimUpheld
from holdfast.enforcement import sweep, wind_down
from holdfast.enforcement.model import DeclarationWithdrawn, MerchantAbsconded, WindDown, WindDownFinished
from holdfast.guarantees import handlers as guarantees
from holdfast.guarantees.model import Guarantee, GuaranteeCalled, GuaranteeRefused, IssuerSettled
from holdfast.journal import proposing
from holdfast.journal.model import PutAside
from holdfast.journal.proposals import Proposal
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody, Row
from holdfast.ledger import expiry
from holdfast.ledger.model import Hold
from holdfast.orders import timers
from holdfast.orders.facts import (
    OrderCancelled,
    OrderDelivered,
    OrderReturned,
    OwedReduced,
    ServicePerformed,
)
from holdfast.orders.model import Order, Timer
from holdfast.orders.rules import next_timer
from holdfast.parties.model import MerchantCleared, MerchantReinstated
from holdfast.policy.model import Policy, adopted
from holdfast.settlement import capture, less_owed, payout, recourse, recovery, release, repayment, takings
from holdfast.settlement.facts import (
    CaptureFailed,
    ClaimPaid,
    ClaimRecovered,
    DepositPaid,
    FundRecovered,
    LossRecovered,
    OrderCaptured,
    OrderCompleted,
    PayoutConfirmed,
    PayoutFailed,
    PayoutReturned,
    ProceedsReleased,
    RecoveryRecorded,
    RecoveryShared,
    ReserveReleased,
)
from holdfast.settlement.model import Debt, Payout, Recovery, RecoveryStage
from holdfast.settlement.otherwise import Repayment
from holdfast.settlement.otherwise_facts import (
    ChargebackWon,
    ChargedBack,
    ClaimMet,
    FreezeLifted,
    MoneyFrozen,
    MoneySeized,
    PaidTwice,
)
from holdfast.settlement.recovery import recover

Reaction = Callable[[Desk, Any, Instant], Sequence[FactBody]]


def release_at_once(desk: Desk, fact: OrderCaptured, now: Instant) -> Sequence[FactBody]:
    """Release at the debit itself, where policy has it so."""
    order = desk.need(Order, fact.order_id)
    policy = adopted(desk, order.policy_version)
    stopped = order.disputed_at is not None and policy.claim_stops_capture
    if stopped or order.release_at is None or order.release_at > now:
        return []
    if order.window_ends_at is not None and order.window_ends_at <= now:
        return release.complete(
            desk, order, policy, now
        )  # debited after its window: nothing is left to wait for
    return release.when_due(desk, order, policy, now)


def recover_then_pay_out(desk: Desk, fact: Any, now: Instant) -> Sequence[FactBody]:
    """The merchant has more available: what it owes is taken, what open claims ask kept, the rest paid out.

    What an authority has ordered to stand still comes before all that: it cannot be paid to anybody.
    While a sweep shares what there is, nothing else takes of it.
    """
    if wind_down.is_sweeping(desk, fact.merchant_id):
        return []
    merchant_id = fact.merchant_id
    frozen = takings.freeze_what_came(desk, merchant_id, now)
    recovered = recover(desk, merchant_id, now)
    for_claims = kept.keep(desk, merchant_id, now)
    return [*frozen, *recovered, *for_claims, *payout.schedule(desk, merchant_id, now)]


def go_on_after_claim(desk: Desk, fact: ClaimPaid, now: Instant) -> Sequence[FactBody]:
    """A claim was paid, and what was reserved for it and not used is free: see `recover_then_pay_out`.

    In a wind-down that frees nothing before its sweep: claims that wait for that come before debts.
    """
    return recover_then_pay_out(desk, fact, now) if wind_down.has_ended(desk, fact.merchant_id) else []


def recover_from_freed_cover(desk: Desk, fact: OrderCompleted, now: Instant) -> Sequence[FactBody]:
    """A window closed: its cover is free for claims that are short, also where its order held none of it."""
    debt = desk.find(Debt, fact.merchant_id)
    if debt is None or not debt.here_minor or wind_down.is_sweeping(desk, fact.merchant_id):
        return []
    return recover(desk, fact.merchant_id, now)


def nobody_has_to_look(desk: Desk, fact: Any, _now: Instant) -> Sequence[FactBody]:
    """A person has looked at the merchant, one of whose owners ran with another; or it ran away itself."""
    payout.wait_no_more(desk, fact.merchant_id)
    return []


REACTIONS: Mapping[type[FactBody], tuple[Reaction, ...]] = {
    OrderDelivered: (capture.advance,),
    ServicePerformed: (capture.advance,),
    OrderCaptured: (release_at_once, waiting.pay_waiting),
    CaptureFailed: (waiting.forgive_waiting,),
    OrderCancelled: (less_owed.take_back_advance, waiting.close_with_order),
    OrderReturned: (less_owed.take_back_advance, waiting.close_with_order),
    OwedReduced: (less_owed.take_back_advance, less_owed.lower_receivable),
    OrderCompleted: (recover_from_freed_cover,),
    ProceedsReleased: (recover_then_pay_out,),
    ReserveReleased: (recover_then_pay_out,),
    PayoutFailed: (recover_then_pay_out,),
    PayoutReturned: (recover_then_pay_out,),
    PayoutConfirmed: (wind_down.add_carried_to_owners,),
    ChargedBack: (wind_down.add_carried_to_owners, recover_then_pay_out),
    ChargebackWon: (wind_down.take_won_off_owners, recover_then_pay_out),
    PaidTwice: (wind_down.add_carried_to_owners, recover_then_pay_out),
    MoneySeized: (wind_down.add_carried_to_owners,),
    MoneyFrozen: (recover_then_pay_out,),
    FreezeLifted: (recover_then_pay_out,),
    RecoveryRecorded: (recover_then_pay_out,),
    RecoveryShared: (recover_then_pay_out,),
    DepositPaid: (recover_then_pay_out,),
    ClaimUpheld: (sweep.join,),
    ClaimRejected: (recover_then_pay_out,),
    ClaimPaid: (wind_down.add_to_owners, go_on_after_claim),
    ClaimRecovered: (wind_down.take_off_owners,),
    ClaimMet: (wind_down.take_met_off_owners,),
    FundRecovered: (wind_down.take_off_owners,),
    LossRecovered: (wind_down.take_off_owners,),
    GuaranteeCalled: (recourse.called, wind_down.add_called_to_owners),
    GuaranteeRefused: (recourse.refused, recover_then_pay_out),
    IssuerSettled: (recourse.settled, wind_down.take_off_owners),
    WindDownFinished: (recover_then_pay_out,),
    MerchantReinstated: (recover_then_pay_out,),
    MerchantCleared: (nobody_has_to_look, recover_then_pay_out),
    MerchantAbsconded: (nobody_has_to_look,),
    DeclarationWithdrawn: (recover_then_pay_out,),
}

TIMERS: Mapping[Timer, Callable[[Desk, Order, Policy, Instant], Sequence[FactBody]]] = {
    Timer.EXPIRE: timers.expire,
    Timer.SHIP_LATE: timers.ship_late,
    Timer.CANCEL_UNSHIPPED: timers.cancel_unshipped,
    Timer.LOST: timers.lost,
    Timer.AFTER_SALES: timers.after_sales,
    Timer.RETURN: returns.unconfirmed,
    Timer.NOTICE: timers.ask_notice,
    Timer.CAPTURE: capture.ask,
    Timer.REMIND: timers.remind,
    Timer.WRITE_OFF: capture.write_off,
    Timer.RELEASE: release.when_due,
    Timer.COMPLETE: release.complete,
    Timer.RESERVE: release.release_reserve,
    Timer.UNANSWERED: timers.unanswered,
}


def wake_order(desk: Desk, order: Order, now: Instant) -> Sequence[FactBody]:
    """Do what the order's next timer asks for."""
    policy = adopted(desk, order.policy_version)
    timer = next_timer(order, policy)
    assert timer is not None, f"{order.id} woke without a timer"
    return TIMERS[timer[1]](desk, order, policy, now)


def wake_recovery(desk: Desk, row: Recovery, now: Instant) -> Sequence[FactBody]:
    """Share the next slice of a round out, or begin the next round; while a sweep shares, that waits."""
    if row.stage is RecoveryStage.SHARING:
        return recovery.share(desk, row, now)
    if wind_down.is_sweeping(desk, row.id):
        desk.put(replace(row, wake_at=now + recovery.EVERY), row)
        return []
    return recover(desk, row.id, now)


def tried_again(desk: Desk, row: PutAside, _now: Instant) -> Sequence[FactBody]:
    """A deadline was tried again just before, and was not put aside once more: nobody has to mend it."""
    desk.put(replace(row, wake_at=None), row)
    return []


WAKERS: Mapping[type[Row], Callable[[Desk, Any, Instant], Sequence[FactBody]]] = {
    Hold: expiry.wake,
    Order: wake_order,
    Payout: payout.wake,
    WindDown: wind_down.wake,
    Guarantee: guarantees.wake,
    Recovery: wake_recovery,
    Repayment: repayment.unanswered,
    Proposal: proposing.lapse,
    PutAside: tried_again,
}
"""The rows that carry a deadline, and what they do when it comes; what was put aside is looked at last."""

BY_ITSELF: frozenset[type[Row]] = frozenset({WindDown, Recovery})
"""Those whose wakes are large, and done in slices: each is a transaction by itself."""
