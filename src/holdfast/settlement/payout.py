"""Payouts (打款): a hold on the merchant's available money until the provider confirms."""

from msgspec.structs import replace

from holdfast.coverage.book import coverage
from holdfast.coverage.rules import check_payout
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.model import PAYOUT, Hold, HoldState
from holdfast.orders.facts import AnswerOverdue, Question
from holdfast.parties.book import check_paid, new_id
from holdfast.parties.model import Merchant
from holdfast.parties.refusals import OwnerRanElsewhere
from holdfast.policy.model import adopted
from holdfast.settlement import owed_back, receipts, recourse
from holdfast.settlement.facts import (
    PayoutAsked,
    PayoutConfirmed,
    PayoutFailed,
    PayoutHeld,
    PayoutReturned,
    PayoutScheduled,
)
from holdfast.settlement.model import PAYOUT_TRANSITIONS, ConfirmPayout, FailPayout, Payout, PayoutState
from holdfast.settlement.otherwise import PaidOtherwise
from holdfast.settlement.refusals import NOTHING, PayoutNotAsked, ToldAmount
from holdfast.settlement.told import is_in_another


def available_account(merchant: Merchant) -> str:
    """Return the account that payouts leave from."""
    return chart.merchant(merchant.id, chart.AVAILABLE, merchant.currency)


def _step(row: Payout, event: str) -> PayoutState:
    return advance(PAYOUT_TRANSITIONS, row.state, event, f"merchant:{row.id}")


def schedule(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Have the merchant's available money paid out at the next date of the cycle, if it is not already."""
    row = desk.find(Payout, merchant_id) or Payout(id=merchant_id, state=PayoutState.IDLE)
    merchant = desk.need(Merchant, merchant_id)
    if row.state is not PayoutState.IDLE or book.available(desk, available_account(merchant)) <= 0:
        return []
    cycle = adopted(desk, desk.policy_version).payout_cycle
    if not cycle:
        return ask(desk, row, now)
    at = (now // cycle + 1) * cycle
    desk.put(replace(row, state=_step(row, "schedule"), wake_at=at), row)
    return [PayoutScheduled(merchant_id=merchant_id, payout_at=at)]


def ask(desk: Desk, row: Payout, now: Instant) -> list[FactBody]:
    """Ask the provider to pay, unless the merchant's standing or its cover forbids it: then hold it back."""
    merchant = desk.need(Merchant, row.id)
    policy = adopted(desk, desk.policy_version)
    available_id = available_account(merchant)
    amount = book.available(desk, available_id)
    if amount <= 0:
        desk.put(Payout(id=row.id, state=_step(row, "nothing_left")), row)
        return []
    try:
        check_paid(desk, merchant)
    except Refusal as refusal:  # until a person decides, nothing is tried again
        since = row.waits_since or (now if isinstance(refusal, OwnerRanElsewhere) else None)
        held_back = Payout(id=row.id, state=_step(row, "refuse"), refused=True, waits_since=since)
        return _hold_back(desk, row, held_back, refusal, amount)
    try:
        check_payout(coverage(desk, merchant.id), policy, now)
    except Refusal as refusal:
        again_at = now + (policy.payout_cycle or DAY)
        held_back = Payout(id=row.id, state=_step(row, "put_off"), refused=True, wake_at=again_at)
        return _hold_back(desk, row, held_back, refusal, amount)
    psp_id = chart.house(chart.PSP, merchant.currency)
    payout_id = new_id(desk, merchant.id, now)
    # A payout cannot be called back. Cover was checked without this money; the hold keeps it from any other
    # use from this commit on, and only the provider's answer ends it: a time that runs out does not, as the
    # money may be on its way.
    hold = book.hold(desk, available_id, psp_id, amount, now, PAYOUT, hold_id=payout_id)
    state, answer_by = _step(row, "ask"), now + policy.payout_answer_within
    desk.put(Payout(id=row.id, state=state, hold_id=hold.id, waits_since=now, wake_at=answer_by), row)
    return [
        PayoutAsked(merchant_id=row.id, payout_id=hold.id, currency=merchant.currency, amount_minor=amount)
    ]


def wake(desk: Desk, row: Payout, now: Instant) -> list[FactBody]:
    """It is time to pay out; or the provider, which was asked to, has not answered in time."""
    return unanswered(desk, row) if row.state is PayoutState.ASKED else ask(desk, row, now)


def unanswered(desk: Desk, row: Payout) -> list[FactBody]:
    """Report a payout that is not answered in time. It stays asked: the money may be on its way."""
    assert row.hold_id is not None, f"{row.id}: nothing was asked for"
    hold = desk.need(Hold, row.hold_id)
    desk.put(replace(row, wake_at=None), row)
    return [
        AnswerOverdue(
            question=Question.PAYOUT,
            asked_id=hold.id,
            asked_at=hold.placed_at,
            currency=hold.currency,
            amount_minor=hold.amount_minor,
            merchant_id=row.id,
        )
    ]


def wait_no_more(desk: Desk, merchant_id: str) -> None:
    """Note that nobody has to look at the merchant any more before it is paid."""
    row = desk.find(Payout, merchant_id)
    if row is not None and row.state is not PayoutState.ASKED and row.waits_since is not None:
        desk.put(replace(row, waits_since=None), row)


def _hold_back(
    desk: Desk, row: Payout, held_back: Payout, refusal: Refusal, amount_minor: int
) -> list[FactBody]:
    """Pay nothing out now: try again later or, where a person has to decide first, when more money comes."""
    desk.put(held_back, row)
    if row.refused:
        return []
    told = refusal.told()
    return [
        PayoutHeld(
            merchant_id=row.id,
            amount_minor=amount_minor,
            code=refusal.code,
            reason=told.en,
            reason_zh=told.zh,
        )
    ]


def _payout(desk: Desk, merchant_id: str, payout_id: str) -> Hold:
    """Return the hold of a payout of this merchant, on its way or not."""
    merchant = desk.need(Merchant, merchant_id)
    hold = desk.find(Hold, payout_id)
    if hold is None or hold.reason != PAYOUT or hold.from_id != available_account(merchant):
        raise _not_asked(desk, merchant_id, payout_id)
    return hold


def _not_asked(desk: Desk, merchant_id: str, payout_id: str) -> PayoutNotAsked:
    row = desk.find(Payout, merchant_id)
    current = None if row is None else row.hold_id
    return PayoutNotAsked(f"merchant:{merchant_id}", payout=payout_id, current=current or NOTHING)


def confirm(desk: Desk, command: ConfirmPayout, now: Instant) -> list[FactBody]:
    """The merchant was paid, in full or in part, more than was asked, or after the payout had failed.

    After a failure the money was the merchant's again, and may have left by another payout. The platform has
    paid whatever goes beyond the merchant's own money, and the merchant owes it.

    Raises:
        PayoutNotAsked: there is no such payout of the merchant, or it was paid in full before.
    """
    hold = _payout(desk, command.merchant_id, command.payout_id)
    if is_in_another(f"payout:{hold.id}", command.amount_minor, command.currency, hold.currency):
        return _paid_in_another(desk, command, hold, now)
    pending = hold.state is HoldState.PENDING
    before = 0 if pending else _paid_minor(desk, hold)
    if before >= hold.amount_minor:
        raise _not_asked(desk, command.merchant_id, hold.id)
    told = hold.amount_minor - before if command.amount_minor is None else command.amount_minor
    part = _paid(desk, command.merchant_id, hold, told, now) if pending else 0
    rest = min(told - part, max(0, book.available(desk, hold.from_id)))
    if rest:
        book.post(desk, hold.from_id, hold.to_id, rest, now, "payout beyond what was asked")
    if not pending or told != hold.amount_minor:
        _keep_paid(desk, command.merchant_id, hold, before + told)
    carried = told - part - rest
    confirmed = PayoutConfirmed(
        merchant_id=command.merchant_id,
        payout_id=hold.id,
        amount_minor=told,
        from_platform_minor=carried,
    )
    facts = recourse.carry(desk, command.merchant_id, carried, now, "paid out beyond what was the merchant's")
    return [confirmed, *facts, *(schedule(desk, command.merchant_id, now) if pending else [])]


def _paid_in_another(desk: Desk, command: ConfirmPayout, hold: Hold, now: Instant) -> list[FactBody]:
    """The provider paid in a currency that nobody asked for: that is owed back; the payout stays asked."""
    key = _in_another(hold, command.currency)
    known = desk.find(PaidOtherwise, key)
    if known is not None and known.paid_minor:
        raise _not_asked(desk, command.merchant_id, hold.id)
    told = command.amount_minor or 0
    _keep_in_another(desk, command, key, told, known)
    owed = owed_back.of_merchant(desk, command.merchant_id, command.currency, now)
    owed_back.paid(desk, owed, told, now, "paid out in another currency")
    return [
        PayoutConfirmed(
            merchant_id=command.merchant_id,
            payout_id=hold.id,
            amount_minor=told,
            currency=command.currency,
        )
    ]


def _in_another(hold: Hold, currency: str) -> str:
    return f"{hold.id}/{currency}"


def _keep_in_another(
    desk: Desk, told: ConfirmPayout | FailPayout, key: str, paid_minor: int, known: PaidOtherwise | None
) -> None:
    kept = PaidOtherwise(id=key, merchant_id=told.merchant_id, currency=told.currency, paid_minor=paid_minor)
    desk.put(kept, known)


def _paid(desk: Desk, merchant_id: str, hold: Hold, told_minor: int, now: Instant) -> int:
    """Post the paid part of a payout on its way, release the rest of its hold, and return the part posted."""
    part = min(told_minor, hold.open_minor)
    book.post_hold(desk, hold.id, part, now)
    if part < hold.open_minor:
        book.end_hold(desk, hold.id, "void")
    row = desk.need(Payout, merchant_id)
    desk.put(Payout(id=merchant_id, state=_step(row, "confirmed")), row)
    return part


def _paid_minor(desk: Desk, hold: Hold) -> int:
    row = desk.find(PaidOtherwise, hold.id)
    return hold.posted_minor if row is None else row.paid_minor


def _keep_paid(desk: Desk, merchant_id: str, hold: Hold, paid_minor: int) -> None:
    kept = PaidOtherwise(id=hold.id, merchant_id=merchant_id, currency=hold.currency, paid_minor=paid_minor)
    desk.put(kept, desk.find(PaidOtherwise, hold.id))


def fail(desk: Desk, command: FailPayout, now: Instant) -> list[FactBody]:
    """The provider could not pay: the money is available again, and the next cycle tries anew.

    Raises:
        PayoutNotAsked: there is no such payout of the merchant, or none of it was paid that could come back.
        ToldAmount: more came back than had been paid.
    """
    hold = _payout(desk, command.merchant_id, command.payout_id)
    if is_in_another(f"payout:{hold.id}", command.amount_minor, command.currency, hold.currency):
        return _come_back_in_another(desk, command, hold, now)
    if hold.state is not HoldState.PENDING:
        return _come_back(desk, command, hold, now)
    _, back = book.end_hold(desk, hold.id, "void")
    policy = adopted(desk, desk.policy_version)
    wake_at = now + (policy.payout_cycle or DAY)
    row = desk.need(Payout, command.merchant_id)
    desk.put(Payout(id=row.id, state=_step(row, "failed"), wake_at=wake_at), row)
    return [
        PayoutFailed(
            merchant_id=command.merchant_id, payout_id=hold.id, amount_minor=back, reason=command.reason
        )
    ]


def _come_back(desk: Desk, command: FailPayout, hold: Hold, now: Instant) -> list[FactBody]:
    """The merchant's bank sent a payment back, or a part: the money is available again."""
    paid = _paid_minor(desk, hold)
    if not paid:
        raise _not_asked(desk, command.merchant_id, hold.id)
    back = paid if command.amount_minor is None else command.amount_minor
    if back > paid:
        raise ToldAmount(f"payout:{hold.id}", amount=back)
    book.post(desk, hold.to_id, hold.from_id, back, now, "payout returned")
    _keep_paid(desk, command.merchant_id, hold, paid - back)
    return [
        PayoutReturned(
            merchant_id=command.merchant_id, payout_id=hold.id, amount_minor=back, reason=command.reason
        )
    ]


def _come_back_in_another(desk: Desk, command: FailPayout, hold: Hold, now: Instant) -> list[FactBody]:
    """Money paid in another currency came back; the part that was not owed back waits for a person."""
    key = _in_another(hold, command.currency)
    known = desk.find(PaidOtherwise, key)
    back = command.amount_minor or 0
    if known is None or back > known.paid_minor:
        raise ToldAmount(f"payout:{hold.id}", amount=back)
    _keep_in_another(desk, command, key, known.paid_minor - back, known)
    owed = owed_back.of_merchant(desk, command.merchant_id, command.currency, now)
    psp_id = chart.house(chart.PSP, command.currency)
    settled = owed_back.given(desk, owed, psp_id, back, now, "payout returned")
    facts: list[FactBody] = []
    if settled:
        facts.append(
            PayoutReturned(
                merchant_id=command.merchant_id,
                payout_id=hold.id,
                amount_minor=settled,
                reason=command.reason,
                currency=command.currency,
            )
        )
    if rest := back - settled:
        reference = f"payout {hold.id} came back: {command.reason}"
        facts += receipts.keep(desk, desk.ids.new(now), command.currency, rest, reference, now)
    return facts
