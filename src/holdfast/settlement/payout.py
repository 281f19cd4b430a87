"""Payouts: a hold on the merchant's available money until the provider confirms."""

from msgspec.structs import replace

from holdfast.coverage.record import coverage
from holdfast.coverage.rules import check_payout
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.parties.book import check_paid
from holdfast.parties.model import Merchant
from holdfast.policy.model import adopted
from holdfast.settlement.facts import PayoutAsked, PayoutConfirmed, PayoutFailed, PayoutHeld, PayoutScheduled
from holdfast.settlement.model import ConfirmPayout, FailPayout, Payout, PayoutState
from holdfast.settlement.refusals import PayoutNotAsked

PAYOUT = "payout"
"""The reason of a payout's hold."""


def available_account(merchant: Merchant) -> str:
    """Return the account that payouts leave from."""
    return chart.merchant(merchant.id, chart.AVAILABLE, merchant.currency)


def schedule(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Have the merchant's available money paid out at the next turn of the cycle, if it is not already."""
    row = desk.find(Payout, merchant_id) or Payout(id=merchant_id, state=PayoutState.IDLE)
    merchant = desk.need(Merchant, merchant_id)
    if row.state is not PayoutState.IDLE or book.available(desk, available_account(merchant)) <= 0:
        return []
    cycle = adopted(desk, desk.policy_version).payout_cycle
    if not cycle:
        return ask(desk, row, now)
    at = (now // cycle + 1) * cycle
    desk.put(replace(row, state=PayoutState.SCHEDULED, wake_at=at))
    return [PayoutScheduled(merchant_id=merchant_id, payout_at=at)]


def ask(desk: Desk, row: Payout, now: Instant) -> list[FactBody]:
    """Tell the provider to pay, unless the merchant's standing or its cover forbids; then try again later."""
    merchant = desk.need(Merchant, row.id)
    policy = adopted(desk, desk.policy_version)
    available_id = available_account(merchant)
    amount = book.available(desk, available_id)
    if amount <= 0:
        desk.put(Payout(id=row.id, state=PayoutState.IDLE))
        return []
    try:
        check_paid(desk, merchant)
    except Refusal as refusal:  # until a person decides, nothing is tried again
        return _hold_back(desk, row, refusal, amount, None)
    try:
        check_payout(coverage(desk, merchant.id), policy, now)
    except Refusal as refusal:
        return _hold_back(desk, row, refusal, amount, now + (policy.payout_cycle or DAY))
    psp_id = chart.house(chart.PSP, merchant.currency)
    hold = book.hold(desk, available_id, psp_id, amount, now, PAYOUT)
    desk.put(Payout(id=row.id, state=PayoutState.ASKED, hold_id=hold.id))
    return [
        PayoutAsked(merchant_id=row.id, payout_id=hold.id, currency=merchant.currency, amount_minor=amount)
    ]


def _hold_back(
    desk: Desk, row: Payout, refusal: Refusal, amount_minor: int, again_at: Instant | None
) -> list[FactBody]:
    state = PayoutState.IDLE if again_at is None else PayoutState.SCHEDULED
    desk.put(Payout(id=row.id, state=state, refused=True, wake_at=again_at))
    if row.refused:
        return []
    record = refusal.record()
    return [PayoutHeld(merchant_id=row.id, amount_minor=amount_minor, code=record.code, reason=record.what)]


def _asked(desk: Desk, merchant_id: str, payout_id: str) -> Payout:
    row = desk.need(Payout, merchant_id)
    if row.hold_id != payout_id:
        raise PayoutNotAsked(f"merchant:{merchant_id}", payout=payout_id, current=row.hold_id or "none")
    return row


def confirm(desk: Desk, command: ConfirmPayout, now: Instant) -> list[FactBody]:
    """The merchant was paid."""
    row = _asked(desk, command.merchant_id, command.payout_id)
    transfer = book.post_hold(desk, command.payout_id, None, now)
    desk.put(Payout(id=row.id, state=PayoutState.IDLE))
    confirmed = PayoutConfirmed(
        merchant_id=row.id, payout_id=command.payout_id, amount_minor=transfer.amount_minor
    )
    return [confirmed, *schedule(desk, row.id, now)]


def fail(desk: Desk, command: FailPayout, now: Instant) -> list[FactBody]:
    """The provider could not pay: the money is available again, and the next turn tries anew."""
    row = _asked(desk, command.merchant_id, command.payout_id)
    _, back = book.end_hold(desk, command.payout_id, "VoidHold")
    policy = adopted(desk, desk.policy_version)
    desk.put(Payout(id=row.id, state=PayoutState.SCHEDULED, wake_at=now + (policy.payout_cycle or DAY)))
    return [
        PayoutFailed(
            merchant_id=row.id, payout_id=command.payout_id, amount_minor=back, reason=command.reason
        )
    ]
