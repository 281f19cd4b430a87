"""Chargebacks: money that a consumer's bank takes back; and payments that a consumer got twice.

Such money first settles amounts that the consumer had still to get: bounced repayments that wait on its
credit, and the missing part of its short claims. Then the order bears it, as it bears a refund. The consumer
owes back the rest, which it has twice.
"""

from typing import NamedTuple

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.book import Drawn
from holdfast.orders.book import find, resumed, save
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy.model import Policy
from holdfast.settlement import owed_back, recourse, recovery, repayment
from holdfast.settlement.facts import ClaimForgiven
from holdfast.settlement.model import CLAIM_TRANSITIONS, SHORT_OF_ORDER, Claim, ClaimState
from holdfast.settlement.otherwise import Loss, RecordChargeback, RecordPaidTwice, Taking
from holdfast.settlement.otherwise_facts import ChargedBack, ClaimMet, PaidTwice
from holdfast.settlement.rules import claimable, refundable
from holdfast.settlement.takings import check_new
from holdfast.settlement.told import is_in_another
from holdfast.settlement.waterfall import COVER, From, sources

_PAGE = 50


class _Met(NamedTuple):
    """The amounts, in minor units, that a consumer was still due and got now: on its credit, for claims."""

    credit: int
    short: int
    facts: list[FactBody]


def _meet(desk: Desk, order: Order, currency: str, amount_minor: int, now: Instant, reason: str) -> _Met:
    """Settle amounts that a consumer was still due with money that left the provider for it."""
    credit = repayment.meet(desk, order, currency, amount_minor, now, reason)
    if currency != order.currency:
        return _Met(credit, 0, [])
    facts: list[FactBody] = []
    left = amount_minor - credit
    for claim_id in desk.page(SHORT_OF_ORDER, order.id, limit=_PAGE):
        claim = desk.need(Claim, claim_id)
        part = min(left, claim.missing_minor)
        if part:
            left -= part
            facts += _meet_short(desk, claim, part, now)
    short = amount_minor - credit - left
    if short and not recourse.debt_of(desk, order.merchant_id).short_minor:
        recovery.stop_waiting(desk, order.merchant_id)
    return _Met(credit, short, facts + recourse.carry(desk, order.merchant_id, short, now, reason, order.id))


def _meet_short(desk: Desk, claim: Claim, part: int, now: Instant) -> list[FactBody]:
    """Lower the missing part of a claim: the merchant owed it to the consumer, and now to the platform."""
    missing = claim.missing_minor - part
    event = "recover_part" if missing else "recover"
    state = advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}")
    desk.put(
        replace(
            claim,
            state=state,
            paid_minor=claim.paid_minor + part,
            missing_minor=missing,
            next_round=claim.next_round and missing > 0,
        ),
        claim,
    )
    debt = recourse.debt_of(desk, claim.merchant_id)
    late = part if claim.late else 0
    desk.put(replace(debt, short_minor=debt.short_minor - part, late_minor=debt.late_minor - late), debt)
    return [
        _met(claim, part, missing, was_short=True),
        *adjust(desk, claim.merchant_id, now, Added(owed=-part)),
    ]


def _met(claim: Claim, part: int, missing: int, *, was_short: bool) -> ClaimMet:
    return ClaimMet(**claim.subjects, amount_minor=part, missing_minor=missing, was_short=was_short)


def charge_back(desk: Desk, command: RecordChargeback, now: Instant) -> list[FactBody]:
    """The consumer has its money back by its bank: the merchant's side bears it, as it would a refund.

    Money that the cover of other orders needs is not drawn: the platform pays that part, and the merchant
    owes it. An amount that the consumer had got back before, it now has twice, and owes back; so it does an
    amount in another currency than the order's.
    """
    order, policy = find(desk, command.order_id)
    check_new(desk, Loss.CHARGEBACK, "chargeback_id", command.chargeback_id, order.merchant_id)
    where, amount = f"chargeback:{command.chargeback_id}", command.amount_minor
    other = is_in_another(where, amount, command.currency, order.currency)
    currency = command.currency if other else order.currency
    met = _meet(desk, order, currency, amount, now, "charged back")
    left = amount - met.credit - met.short
    within = 0 if other else min(left, refundable(order))
    (parts, missing), facts = _draw(desk, order, policy, within, now)
    twice = left - within
    owed = owed_back.of_consumer(desk, order, currency, now)
    owed_back.paid(desk, owed, twice, now, "charged back twice")
    facts += recourse.carry(desk, order.merchant_id, missing, now, "charged back", order.id)
    facts += _less_to_claim(desk, order.id, policy, now)
    charged = ChargedBack(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        chargeback_id=command.chargeback_id,
        amount_minor=amount,
        from_order_minor=parts[From.ORDER],
        from_available_minor=parts[From.AVAILABLE],
        from_reserve_minor=parts[From.RESERVE],
        from_deposit_minor=parts[From.DEPOSIT],
        from_platform_minor=missing + met.short,
        twice_minor=twice,
        reason=command.reason,
        currency=currency if other else "",
        from_credit_minor=met.credit,
        met_minor=met.short,
    )
    desk.add(_taking_of(charged, currency, now))
    return [charged, *met.facts, *facts]


def _taking_of(charged: ChargedBack, currency: str, now: Instant) -> Taking:
    """Return the row that says who bore a chargeback, so that it can be given back to them if it is won."""
    return Taking(
        id=f"{Loss.CHARGEBACK}/{charged.chargeback_id}",
        kind=Loss.CHARGEBACK,
        merchant_id=charged.merchant_id,
        order_id=charged.order_id,
        currency=currency,
        amount_minor=charged.amount_minor,
        platform_minor=charged.from_platform_minor - charged.met_minor,
        twice_minor=charged.twice_minor,
        at=now,
        own_minor=charged.from_order_minor,
        available_minor=charged.from_available_minor,
        cover_minor=charged.from_reserve_minor + charged.from_deposit_minor,
        met_minor=charged.from_credit_minor + charged.met_minor,
    )


def pay_twice(desk: Desk, command: RecordPaidTwice, now: Instant) -> list[FactBody]:
    """The consumer got a payment that nobody had asked for: it owes back the part that was not due to it."""
    order, _ = find(desk, command.order_id)
    check_new(desk, Loss.PAID_TWICE, "payment_id", command.payment_id, order.merchant_id)
    where, amount = f"payment:{command.payment_id}", command.amount_minor
    other = is_in_another(where, amount, command.currency, order.currency)
    currency = command.currency if other else order.currency
    met = _meet(desk, order, currency, amount, now, "paid twice")
    mine = met.credit + met.short
    owed = owed_back.of_consumer(desk, order, currency, now)
    owed_back.paid(desk, owed, amount - mine, now, "paid twice")
    desk.add(
        Taking(
            id=f"{Loss.PAID_TWICE}/{command.payment_id}",
            kind=Loss.PAID_TWICE,
            merchant_id=order.merchant_id,
            order_id=order.id,
            currency=currency,
            amount_minor=amount,
            platform_minor=0,
            twice_minor=amount - mine,
            at=now,
            met_minor=mine,
        )
    )
    paid = PaidTwice(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        payment_id=command.payment_id,
        currency=currency,
        amount_minor=amount,
        met_minor=mine,
        from_platform_minor=met.short,
        owed_back_minor=amount - mine,
        reason=command.reason,
    )
    return [paid, *met.facts]


def _draw(
    desk: Desk, order: Order, policy: Policy, within: int, now: Instant
) -> tuple[Drawn[From], list[FactBody]]:
    """Pay a chargeback from the order, and from the merchant's other money that no other order needs.

    Where the merchant absconded, a sweep shares that other money: only the order's own proceeds are drawn.
    """
    if not within:
        return Drawn(dict.fromkeys(From, 0), 0), []
    exposed = min(order.exposed_minor, within)
    steps = sources(desk, order, now, exposure_drop=exposed)
    if desk.need(Merchant, order.merchant_id).status is MerchantStatus.ABSCONDED:
        steps = {
            name: step if name is From.ORDER else step._replace(cap_minor=0) for name, step in steps.items()
        }
    psp_id = chart.house(chart.PSP, order.currency)
    drawn = book.waterfall(desk, psp_id, steps, within, now, "charged back", order_id=order.id)
    parts = drawn.parts
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - parts[From.ORDER],
        awarded_minor=order.awarded_minor + within,
        exposed_minor=order.exposed_minor - exposed,
    )
    cover = -sum(parts[name] for name in COVER)
    facts = adjust(desk, order.merchant_id, now, Added(exposure=-exposed, cover=cover, claimed=within))
    return drawn, facts


_UNPAID = frozenset({ClaimState.OPEN, ClaimState.UPHELD})


def _less_to_claim(desk: Desk, order_id: str, policy: Policy, now: Instant) -> list[FactBody]:
    """Lower a claim that is not paid yet to the amount that is left to claim; with nothing left it ends."""
    order = desk.need(Order, order_id)
    claim = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    if claim is None or claim.state not in _UNPAID:
        return []
    upheld = claim.state is ClaimState.UPHELD
    left = refundable(order) if upheld else claimable(order)
    less = claim.claimed_minor - min(claim.claimed_minor, left)
    if not less:
        return []
    told: list[FactBody] = [_met(claim, less, left, was_short=False)] if upheld else []
    asked = max(0, claim.asked_minor - less) if left else 0
    facts = (
        adjust(desk, claim.merchant_id, now, Added(asked=asked - claim.asked_minor))
        if claim.asked_minor
        else []
    )
    if left:
        desk.put(replace(claim, claimed_minor=left, asked_minor=asked), claim)
        return [*told, *facts]
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "void")
    state = advance(CLAIM_TRANSITIONS, claim.state, "cancel", f"claim:{claim.id}")
    desk.put(replace(claim, state=state, asked_minor=0, hold_id=None), claim)
    save(desk, order, policy, claim_id=None, **resumed(order, policy, now))
    if upheld:
        return [*told, *facts]
    return [ClaimForgiven(**claim.subjects, amount_minor=claim.claimed_minor), *facts]
