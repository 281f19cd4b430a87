"""The wind-down, slice by slice, each slice one wake of its row: first the orders, then one sweep.

A claim whose own order holds all of it is paid when it is upheld; the others wait for the sweep. Before that
they are gathered, in slices too: what they come to is summed up, and what each had reserved is freed. The
sweep shares pro rata what is there when it starts: among claims of running windows first, then, in a second
one, what they leave among those that came after theirs. A claim's share is the difference of two running
sums, so the slices do not matter, and the fund's part is set aside by a hold, so nobody else can take it
meanwhile.
"""

from msgspec.structs import replace

from holdfast.coverage.book import may_leave
from holdfast.coverage.record import coverage
from holdfast.enforcement.model import (
    TRANSITIONS,
    ClaimInvited,
    DebitPaused,
    Stage,
    SweepStarted,
    WindDown,
    WindDownFinished,
)
from holdfast.guarantees import book as guarantees
from holdfast.guarantees.model import GuaranteeCalled, IssuerSettled
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk, Index
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.book import Source
from holdfast.ledger.model import Hold
from holdfast.orders.book import save
from holdfast.orders.handlers import end_unpaid
from holdfast.orders.model import OPEN_ORDERS, Order, OrderState
from holdfast.parties.model import Merchant, MerchantStatus, Owner
from holdfast.policy.model import Policy, adopted
from holdfast.settlement import compensation
from holdfast.settlement.claims import claimable
from holdfast.settlement.facts import ClaimPaid, ClaimRecovered, ClaimUpheld, FundRecovered, LossRecovered
from holdfast.settlement.model import (
    CLAIM_TRANSITIONS,
    UPHELD_CLAIMS,
    UPHELD_LATE_CLAIMS,
    Claim,
    ClaimState,
)

SLICE = 200
"""Orders or claims that one wake handles: what one transaction may reasonably hold."""

DECIDED_BY = "wind-down"


def _step(row: WindDown, event: str) -> Stage:
    return advance(TRANSITIONS, row.stage, event, f"merchant:{row.id}")


def wake(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """Do the next slice."""
    match row.stage:
        case Stage.ORDERS:
            return _orders(desk, row, now)
        case Stage.WAITING:
            return _start_gathering(desk, row, now)
        case Stage.GATHERING:
            return _gather(desk, row, now)
        case Stage.SWEEPING:
            return _sweep(desk, row, now)
        case _:
            raise AssertionError(f"{row.id}: a wind-down does not wake when {row.stage}")


def is_sweeping(desk: Desk, merchant_id: str) -> bool:
    """Tell whether the merchant ran away and its sweep is under way, from when claims are gathered for it."""
    return _stage(desk, merchant_id) in {Stage.GATHERING, Stage.SWEEPING}


def has_ended(desk: Desk, merchant_id: str) -> bool:
    """Tell whether no wind-down of the merchant has still to share what there is."""
    return _stage(desk, merchant_id) in {None, Stage.DONE}


def _stage(desk: Desk, merchant_id: str) -> Stage | None:
    """Return where the merchant's wind-down stands; None for one that has not run."""
    if desk.need(Merchant, merchant_id).status is not MerchantStatus.ABSCONDED:
        return None
    return desk.need(WindDown, merchant_id).stage


def add_to_owners(desk: Desk, fact: ClaimPaid, _now: Instant) -> list[FactBody]:
    """Write on the people behind a merchant that ran what the fund paid for it, and what is missing."""
    return owe_by_owners(desk, fact.merchant_id, fact.from_fund_minor + fact.missing_minor)


def add_called_to_owners(desk: Desk, fact: GuaranteeCalled, _now: Instant) -> list[FactBody]:
    """Write on the people behind a merchant that ran what was called of its guarantees."""
    return owe_by_owners(desk, fact.merchant_id, fact.amount_minor)


def take_off_owners(
    desk: Desk, fact: ClaimRecovered | FundRecovered | LossRecovered | IssuerSettled, _now: Instant
) -> list[FactBody]:
    """Take off the people behind a merchant that ran what came back."""
    return owe_by_owners(desk, fact.merchant_id, -fact.amount_minor)


def owe_by_owners(desk: Desk, merchant_id: str, by_minor: int) -> list[FactBody]:
    """Change what the owners owe; those of a merchant that has not run owe nothing by name."""
    merchant = desk.need(Merchant, merchant_id)
    if by_minor and merchant.status is MerchantStatus.ABSCONDED:
        for owner_id in merchant.owner_ids:
            owner = desk.need(Owner, owner_id)
            desk.put(replace(owner, debt_minor=owner.debt_minor + by_minor))
    return []


def _orders(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    ids = desk.page(OPEN_ORDERS, row.id, row.cursor, SLICE)
    facts: list[FactBody] = []
    for order_id in ids:
        order = desk.need(Order, order_id)
        facts += _wind_down_order(desk, order, adopted(desk, order.policy_version), now)
    current = desk.need(WindDown, row.id)
    if len(ids) == SLICE:
        desk.put(replace(current, cursor=ids[-1], wake_at=now))
        return facts
    policy = adopted(desk, desk.policy_version)
    sweep_at = now if policy.refund_without_claim else now + policy.sweep_after
    desk.put(
        replace(
            current,
            stage=_step(current, "orders_done"),
            cursor="",
            sweep_at=sweep_at,
            wake_at=sweep_at,
        )
    )
    return facts


def _wind_down_order(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Cancel what was not delivered, pause what is not debited, refund or invite what is."""
    match order.state:
        case OrderState.PLACED | OrderState.SHIPPED:
            return end_unpaid(desk, order, policy, "abscond", "the merchant ran away")
        case OrderState.DELIVERED:
            return _pause_debit(desk, order, policy, now)
        case OrderState.CAPTURED if order.exposed_minor:
            current = adopted(desk, desk.policy_version)
            if current.refund_without_claim:
                return _uphold(desk, order, policy, now)
            return [
                ClaimInvited(
                    order_id=order.id,
                    merchant_id=order.merchant_id,
                    consumer_id=order.consumer_id,
                    amount_minor=order.exposed_minor,
                    until=now + current.sweep_after,
                )
            ]
        case _:
            return []


def _pause_debit(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    if order.capture_asked_at is not None or order.capture_at is None or not policy.claim_stops_capture:
        return []
    capture_at = max(order.capture_at, now + policy.sweep_after)
    save(desk, order, policy, capture_at=capture_at, notice_asked_at=None, notice_sent_at=None)
    return [
        DebitPaused(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            amount_minor=order.owed_minor,
            capture_at=capture_at,
        )
    ]


def _uphold(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Uphold the whole of what is exposed: the consumer's own claim, or one made for it."""
    amount = min(order.exposed_minor, claimable(order))
    found = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    if found is not None and found.state is not ClaimState.OPEN:
        return []
    claim_id = f"{order.id}/abscond" if found is None else found.id
    base = found or Claim(
        id=claim_id,
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        currency=order.currency,
        state=ClaimState.OPEN,
        claimed_minor=amount,
        paid_minor=0,
        missing_minor=0,
        opened_at=now,
        reason="the merchant ran away",
    )
    if found is None:
        desk.add(base)
    state = advance(CLAIM_TRANSITIONS, base.state, "abscond", f"claim:{claim_id}")
    desk.put(replace(base, state=state, claimed_minor=amount))
    save(desk, order, policy, claim_id=claim_id, disputed_at=order.disputed_at or now)
    return [
        ClaimUpheld(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            claim_id=claim_id,
            amount_minor=amount,
            by=DECIDED_BY,
        )
    ]


def join(desk: Desk, fact: ClaimUpheld, now: Instant) -> list[FactBody]:
    """Pay a claim that is upheld on a merchant that ran, or let it join the sweep that comes next."""
    row = desk.find(WindDown, fact.merchant_id)
    if row is None or "claim" not in TRANSITIONS[row.stage]:
        return []
    claim = desk.need(Claim, fact.claim_id)
    if claim.state is not ClaimState.UPHELD:
        return []
    order = desk.need(Order, claim.order_id)
    if not claim.late and claim.claimed_minor <= min(order.held_minor, order.exposed_minor):
        return _pay_own(desk, row, order, claim, now)
    stage = _step(row, "claim")
    wakes = now if row.stage is Stage.DONE else row.wake_at
    passed = row.stage is Stage.GATHERING and claim.late is row.late and claim.id <= row.cursor
    rest = row.rest_minor + (_gathered(desk, claim) if passed else 0)
    desk.put(replace(row, stage=stage, rest_minor=rest, wake_at=wakes))
    return []


def _pay_own(desk: Desk, row: WindDown, order: Order, claim: Claim, now: Instant) -> list[FactBody]:
    """Pay at once a claim whose own order holds all of it: no sweep would give it less, or others more."""
    drop = claim.claimed_minor
    steps = compensation.sources(desk, order, None, now, exposure_drop=drop, claim=claim)
    policy = adopted(desk, order.policy_version)
    facts = compensation.pay(desk, order, policy, claim, now, _capped(desk, steps, 0))
    desk.put(replace(row, claims=row.claims + 1, paid_minor=row.paid_minor + claim.claimed_minor))
    return facts


def _start_gathering(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """Begin with claims of running windows; those after their window have a sweep of what is left."""
    late = not desk.page(UPHELD_CLAIMS, row.id, limit=1)
    desk.put(replace(row, stage=_step(row, "gather"), late=late, cursor="", rest_minor=0, wake_at=now))
    return []


def _index(row: WindDown) -> Index:
    """Return the claims that the sweep is about."""
    return UPHELD_LATE_CLAIMS if row.late else UPHELD_CLAIMS


def _gather(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """Gather the next claims; after the last of them the sweep begins."""
    ids = desk.page(_index(row), row.id, row.cursor, SLICE)
    rest = row.rest_minor + sum(_gathered(desk, desk.need(Claim, claim_id)) for claim_id in ids)
    if len(ids) == SLICE:
        desk.put(replace(row, cursor=ids[-1], rest_minor=rest, wake_at=now))
        return []
    return _start_sweep(desk, row, rest, now)


def _gathered(desk: Desk, claim: Claim) -> int:
    """Return what a claim comes to beyond its order's proceeds, and free what it had reserved."""
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "VoidHold")
        desk.put(replace(claim, hold_id=None))
    return max(0, claim.claimed_minor - desk.need(Order, claim.order_id).held_minor)


def _start_sweep(desk: Desk, row: WindDown, rest: int, now: Instant) -> list[FactBody]:
    """Work out what there is for the claims' `rest`; set the fund's part of it aside."""
    merchant = desk.need(Merchant, row.id)
    own = _own(desk, merchant, rest, now, late=row.late)
    fund_id = chart.house(chart.FUND, merchant.currency)
    fund = max(0, book.available(desk, fund_id))
    if row.late:
        fund = min(fund, compensation.late_fund(desk, row.id, may_leave(desk, row.id, now)))
    aside = min(max(0, rest - own), fund)
    hold_id = None
    if aside:
        psp_id = chart.house(chart.PSP, merchant.currency)
        hold_id = book.hold(desk, fund_id, psp_id, aside, now, "compensation").id
    pool = min(rest, own + aside)
    desk.put(
        replace(
            row,
            stage=_step(row, "sweep"),
            cursor="",
            rest_minor=rest,
            pool_minor=pool,
            swept_minor=0,
            given_minor=0,
            fund_hold_id=hold_id,
            wake_at=now,
        )
    )
    return [SweepStarted(merchant_id=row.id, rest_minor=rest, pool_minor=pool, fund_set_aside_minor=aside)]


def _own(desk: Desk, merchant: Merchant, rest: int, now: Instant, *, late: bool) -> int:
    """Return what a sweep may share of the merchant's money that no order holds, and of its guarantees.

    Where that is too little, orders whose window runs and that are not claimed yet keep their part of it.
    Late claims get what cover does not need.
    """

    def has(kind: str) -> int:
        return max(0, book.available(desk, chart.merchant(merchant.id, kind, merchant.currency)))

    pooled = has(chart.RESERVE) + has(chart.DEPOSIT)
    kinds = compensation.claimed_as(desk, merchant.id, running=not late)
    if late:
        spare = may_leave(desk, merchant.id, now)
        pooled = min(pooled, spare)
        pooled += guarantees.reach(desk, merchant.id, kinds, now, spare - pooled)
        return has(chart.AVAILABLE) + pooled
    pooled += guarantees.reach(desk, merchant.id, kinds, now, None)
    held_id = chart.merchant(merchant.id, chart.HELD, merchant.currency)
    lacking = coverage(desk, merchant.id).exposure_minor - book.account(desk, held_id).posted_minor
    own = has(chart.AVAILABLE) + pooled
    return own if own >= lacking or not rest else own * rest // max(rest, lacking)


def _sweep(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    ids = desk.page(_index(row), row.id, row.cursor, SLICE)
    facts: list[FactBody] = []
    for claim_id in ids:
        paid = _pay_share(desk, desk.need(WindDown, row.id), desk.need(Claim, claim_id), now)
        facts += paid
    current = desk.need(WindDown, row.id)
    if len(ids) == SLICE:
        desk.put(replace(current, cursor=ids[-1], wake_at=now))
        return facts
    return facts + _finish(desk, current, now)


def _pay_share(desk: Desk, row: WindDown, claim: Claim, now: Instant) -> list[FactBody]:
    order = desk.need(Order, claim.order_id)
    rest = max(0, claim.claimed_minor - order.held_minor)
    running = row.swept_minor + rest
    upto = row.pool_minor * min(running, row.rest_minor) // row.rest_minor if row.rest_minor else 0
    share = upto - row.given_minor
    fund = Source(chart.house(chart.FUND, order.currency), None if row.fund_hold_id else 0, row.fund_hold_id)
    drop = min(order.exposed_minor, claim.claimed_minor)
    steps = compensation.sources(desk, order, None, now, exposure_drop=drop, fund=fund, claim=claim)
    policy = adopted(desk, order.policy_version)
    facts = compensation.pay(desk, order, policy, claim, now, _capped(desk, steps, share))
    paid = next(fact for fact in facts if isinstance(fact, ClaimPaid))
    desk.put(
        replace(
            row,
            swept_minor=running,
            given_minor=upto,
            claims=row.claims + 1,
            paid_minor=row.paid_minor + paid.amount_minor,
            missing_minor=row.missing_minor + paid.missing_minor,
            fund_minor=row.fund_minor + paid.from_fund_minor,
        )
    )
    return facts


def _capped(desk: Desk, sources: list[Source], share_minor: int) -> list[Source]:
    """Cap the sources after the order's own so that together they give the claim's share and no more."""
    left = share_minor
    capped = [sources[0]]
    for source in sources[1:]:
        part = min(left, book.reach(desk, source)) if left else 0
        left -= part
        capped.append(Source(source.account_id, part, source.hold_id, source.ahead))
    return capped


def _finish(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """End the sweep: give back what is left of the fund's part."""
    if row.fund_hold_id is not None and desk.need(Hold, row.fund_hold_id).open_minor:
        book.end_hold(desk, row.fund_hold_id, "VoidHold")
    more = (UPHELD_CLAIMS, UPHELD_LATE_CLAIMS)
    if any(desk.page(index, row.id, limit=1) for index in more):  # they have a sweep of their own
        desk.put(replace(row, stage=_step(row, "more"), fund_hold_id=None, wake_at=now))
        return []
    desk.put(replace(row, stage=_step(row, "swept"), fund_hold_id=None, wake_at=None))
    return [
        WindDownFinished(
            merchant_id=row.id,
            claims=row.claims,
            paid_minor=row.paid_minor,
            missing_minor=row.missing_minor,
            owed_to_fund_minor=row.fund_minor,
        )
    ]
