"""The sweep: claims on an absconded merchant are paid from their own orders, or together and pro rata.

A claim whose own order holds all of it is paid when it is upheld; the others wait for the sweep. Before that,
the holds of claims are ended, and the claims are gathered, in slices: their amounts are summed up. The sweep
shares the money that is there when it starts pro rata: among claims of running windows first, then, in a
second one, the money that they leave among those that came after theirs. A claim's share is the difference of
two running sums, so the slices do not matter, and the fund's part is set aside by a hold, so nobody else can
take it meanwhile.
"""

from msgspec.structs import replace

from holdfast.claims.facts import ClaimUpheld
from holdfast.coverage.book import Added, adjust
from holdfast.enforcement.model import TRANSITIONS, Stage, SweepStarted, WindDown, WindDownFinished
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk, Index
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.model import Hold
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant
from holdfast.policy.model import adopted
from holdfast.settlement import book as settlement
from holdfast.settlement.model import (
    HOLDING_CLAIMS,
    UPHELD_CLAIMS,
    UPHELD_LATE_CLAIMS,
    Claim,
    ClaimState,
)

SLICE = 200
"""The number of orders or claims that one wake handles, as many as one transaction may reasonably hold."""


def step(row: WindDown, event: str) -> Stage:
    """Return the stage that an event leads to."""
    return advance(TRANSITIONS, row.stage, event, f"merchant:{row.id}")


def join(desk: Desk, fact: ClaimUpheld, now: Instant) -> list[FactBody]:
    """Pay a claim that is upheld on an absconded merchant, or let it join the sweep that comes next."""
    row = desk.find(WindDown, fact.merchant_id)
    if row is None or "claim" not in TRANSITIONS[row.stage]:
        return []
    claim = desk.need(Claim, fact.claim_id)
    if claim.state is not ClaimState.UPHELD:
        return []
    order = desk.need(Order, claim.order_id)
    if not claim.late and claim.claimed_minor <= min(order.held_minor, order.exposed_minor):
        return _pay_own(desk, row, order, claim, now)
    stage = step(row, "claim")
    wakes = now if row.stage is Stage.DONE else row.wake_at
    passed = row.stage is Stage.GATHERING and claim.late is row.late and claim.id <= row.cursor
    rest = row.rest_minor + (_gathered(desk, claim) if passed else 0)
    desk.put(replace(row, stage=stage, rest_minor=rest, wake_at=wakes), row)
    return []


def _pay_own(desk: Desk, row: WindDown, order: Order, claim: Claim, now: Instant) -> list[FactBody]:
    """Pay at once a claim whose own order holds all of it: no sweep would give it less, or others more."""
    policy = adopted(desk, order.policy_version)
    _, facts = settlement.pay_share(desk, order, policy, claim, 0, now)
    desk.put(replace(row, claims=row.claims + 1, paid_minor=row.paid_minor + claim.claimed_minor), row)
    return facts


def start_gathering(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """End the holds of claims, as a sweep shares all money; then gather the claims of running windows.

    Claims after their window have a sweep of the money that is left.
    """
    if holding := desk.page(HOLDING_CLAIMS, row.id, limit=SLICE):
        facts: list[FactBody] = []
        for claim_id in holding:
            facts += _free(desk, desk.need(Claim, claim_id), now)
        desk.put(replace(row, wake_at=now), row)
        return facts
    late = not desk.page(UPHELD_CLAIMS, row.id, limit=1)
    desk.put(replace(row, stage=step(row, "gather"), late=late, cursor="", rest_minor=0, wake_at=now), row)
    return []


def _index(row: WindDown) -> Index:
    """Return the index of the claims that the sweep is about."""
    return UPHELD_LATE_CLAIMS if row.late else UPHELD_CLAIMS


def gather(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """Gather the next claims; after the last of them the sweep begins."""
    ids = desk.page(_index(row), row.id, row.cursor, SLICE)
    rest = row.rest_minor + sum(_gathered(desk, desk.need(Claim, claim_id)) for claim_id in ids)
    if len(ids) == SLICE:
        desk.put(replace(row, cursor=ids[-1], rest_minor=rest, wake_at=now), row)
        return []
    return _start_sweep(desk, row, rest, now)


def _free(desk: Desk, claim: Claim, now: Instant) -> list[FactBody]:
    """End the hold of a claim; one that is not decided asks for the amount anew."""
    assert claim.hold_id is not None, f"{claim.id}: it has reserved nothing"
    _, back = book.end_hold(desk, claim.hold_id, "void")
    asked = back if claim.state is ClaimState.OPEN else 0
    desk.put(replace(claim, hold_id=None, asked_minor=claim.asked_minor + asked), claim)
    return adjust(desk, claim.merchant_id, now, Added(asked=asked)) if asked else []


def _gathered(desk: Desk, claim: Claim) -> int:
    """Return the part of a claim, in minor units, that goes beyond its order's proceeds."""
    return max(0, claim.claimed_minor - desk.need(Order, claim.order_id).held_minor)


def _start_sweep(desk: Desk, row: WindDown, rest: int, now: Instant) -> list[FactBody]:
    """Fix the money that the claims share, `rest` at most; set the fund's part of it aside."""
    merchant = desk.need(Merchant, row.id)
    there = settlement.to_share(desk, merchant, rest, now, late=row.late)
    aside = min(max(0, rest - there.own_minor), there.fund_minor)
    hold_id = None
    if aside:
        psp_id = chart.house(chart.PSP, merchant.currency)
        fund_id = chart.house(chart.FUND, merchant.currency)
        # The fund's money leaves by this hold, slice by slice: it is fixed before the first share is paid, so
        # that no claim elsewhere can take it and each share is of one and the same pool.
        hold_id = book.hold(desk, fund_id, psp_id, aside, now, "compensation").id
    pool = min(rest, there.own_minor + aside)
    desk.put(
        replace(
            row,
            stage=step(row, "sweep"),
            cursor="",
            rest_minor=rest,
            pool_minor=pool,
            swept_minor=0,
            given_minor=0,
            fund_hold_id=hold_id,
            wake_at=now,
        ),
        row,
    )
    return [SweepStarted(merchant_id=row.id, rest_minor=rest, pool_minor=pool, fund_set_aside_minor=aside)]


def sweep(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """Pay the next claims their shares; after the last of them the sweep ends."""
    ids = desk.page(_index(row), row.id, row.cursor, SLICE)
    facts: list[FactBody] = []
    for claim_id in ids:
        paid = _pay_share(desk, desk.need(WindDown, row.id), desk.need(Claim, claim_id), now)
        facts += paid
    current = desk.need(WindDown, row.id)
    if len(ids) == SLICE:
        desk.put(replace(current, cursor=ids[-1], wake_at=now), current)
        return facts
    return facts + _finish(desk, current, now)


def _pay_share(desk: Desk, row: WindDown, claim: Claim, now: Instant) -> list[FactBody]:
    order = desk.need(Order, claim.order_id)
    rest = max(0, claim.claimed_minor - order.held_minor)
    running = row.swept_minor + rest
    upto = row.pool_minor * min(running, row.rest_minor) // row.rest_minor if row.rest_minor else 0
    share = upto - row.given_minor
    policy = adopted(desk, order.policy_version)
    paid, facts = settlement.pay_share(desk, order, policy, claim, share, now, row.fund_hold_id)
    desk.put(
        replace(
            row,
            swept_minor=running,
            given_minor=upto,
            claims=row.claims + 1,
            paid_minor=row.paid_minor + paid.amount_minor,
            missing_minor=row.missing_minor + paid.missing_minor,
            fund_minor=row.fund_minor + paid.from_fund_minor,
        ),
        row,
    )
    return facts


def _finish(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """End the sweep: give back the rest of the fund's part."""
    if row.fund_hold_id is not None and desk.need(Hold, row.fund_hold_id).open_minor:
        book.end_hold(desk, row.fund_hold_id, "void")
    more = (UPHELD_CLAIMS, UPHELD_LATE_CLAIMS)
    if any(desk.page(index, row.id, limit=1) for index in more):  # they have a sweep of their own
        desk.put(replace(row, stage=step(row, "more"), fund_hold_id=None, wake_at=now), row)
        return []
    desk.put(replace(row, stage=step(row, "swept"), fund_hold_id=None, wake_at=None), row)
    return [
        WindDownFinished(
            merchant_id=row.id,
            claims=row.claims,
            paid_minor=row.paid_minor,
            missing_minor=row.missing_minor,
            owed_to_fund_minor=row.fund_minor,
        )
    ]
