"""Compensation by the waterfall, what the merchant owes for it, and recovery.

Sources, in their order: the order's own held proceeds, the merchant's available money, its reserve, its
deposit, the fund. What still misses stays on the claim, and is paid first from whatever is recovered.
"""

from msgspec.structs import replace

from holdfast.coverage.book import adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import pro_rata
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.book import Source
from holdfast.ledger.model import Hold
from holdfast.orders.book import resumed, save
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant
from holdfast.policy.model import Policy
from holdfast.settlement.facts import ClaimPaid, ClaimRecovered, FundRecovered
from holdfast.settlement.model import CLAIM_TRANSITIONS, SHORT_CLAIMS, Claim, Debt

RECOVERED_AT_ONCE = 200
"""Short claims that money is shared among at a time; what they leave goes to the next as many."""


def own_sources(order: Order, hold_id: str | None) -> list[Source]:
    """Return what is the merchant's own to refund from: the order's proceeds, then available money."""
    available = chart.merchant(order.merchant_id, chart.AVAILABLE, order.currency)
    held = Source(chart.merchant(order.merchant_id, chart.HELD, order.currency), order.held_minor)
    reserved = Source(available, None, hold_id) if hold_id else Source(available, 0)
    return [held, reserved, Source(available)]


def all_sources(order: Order, hold_id: str | None, fund: Source | None = None) -> list[Source]:
    """Return the whole waterfall; `fund` replaces the fund where a part of it is set aside."""
    merchant_id, currency = order.merchant_id, order.currency
    return [
        *own_sources(order, hold_id),
        Source(chart.merchant(merchant_id, chart.RESERVE, currency)),
        Source(chart.merchant(merchant_id, chart.DEPOSIT, currency)),
        fund or Source(chart.house(chart.FUND, currency)),
    ]


def pay(
    desk: Desk, order: Order, policy: Policy, claim: Claim, now: Instant, sources: list[Source] | None = None
) -> list[FactBody]:
    """Pay an upheld claim on a captured order, as far as the waterfall reaches, and end its pause.

    `sources` replaces the waterfall, for sweeps that share what there is.
    """
    amount = claim.claimed_minor
    assert amount <= order.captured_minor - order.awarded_minor, f"{claim.id}: more than was debited"
    if sources is None:
        sources = all_sources(order, claim.hold_id)
    psp_id = chart.house(chart.PSP, order.currency)
    drawn = book.waterfall(desk, psp_id, sources, amount, now, "compensation", order_id=order.id)
    own, reserved, free, reserve, deposit, fund = drawn.parts
    missing = drawn.missing_minor
    _release_hold(desk, claim)
    event = "pay_short" if missing else "pay"
    state = advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}")
    desk.put(replace(claim, state=state, paid_minor=amount - missing, missing_minor=missing, hold_id=None))
    exposed = min(order.exposed_minor, amount)
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - own,
        awarded_minor=order.awarded_minor + amount,
        exposed_minor=order.exposed_minor - exposed,
        claim_id=None,
        **resumed(order, policy, now),
    )
    _owe(desk, order, fund, missing, now)
    cover = -(own + reserve + deposit)
    facts = adjust(desk, order.merchant_id, now, exposure=-exposed, cover=cover, claimed=amount)
    paid = ClaimPaid(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        claim_id=claim.id,
        amount_minor=amount - missing,
        from_order_minor=own,
        from_available_minor=reserved + free,
        from_reserve_minor=reserve,
        from_deposit_minor=deposit,
        from_fund_minor=fund,
        missing_minor=missing,
    )
    return [paid, *facts]


def _release_hold(desk: Desk, claim: Claim) -> None:
    """Give back what was reserved for a claim and not used."""
    if claim.hold_id is not None:
        hold = desk.need(Hold, claim.hold_id)
        if hold.open_minor:
            book.end_hold(desk, hold.id, "VoidHold")


def _owe(desk: Desk, order: Order, fund_minor: int, missing_minor: int, now: Instant) -> None:
    """Whatever the fund paid, and whatever is missing, the merchant owes."""
    if not fund_minor and not missing_minor:
        return
    merchant_id, currency = order.merchant_id, order.currency
    if fund_minor:
        book.post(
            desk,
            chart.merchant(merchant_id, chart.OWED, currency),
            chart.house(chart.RECEIVABLES, currency),
            fund_minor,
            now,
            "owed to the fund",
            order_id=order.id,
        )
    debt = desk.find(Debt, merchant_id) or Debt(
        id=merchant_id, currency=currency, short_minor=0, fund_minor=0
    )
    desk.put(
        replace(
            debt,
            short_minor=debt.short_minor + missing_minor,
            fund_minor=debt.fund_minor + fund_minor,
        )
    )


def recover(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Take what the merchant owes from its available money: short claims first, then the fund."""
    debt = desk.find(Debt, merchant_id)
    if debt is None or not (debt.short_minor or debt.fund_minor):
        return []
    available_id = chart.merchant(merchant_id, chart.AVAILABLE, debt.currency)
    facts: list[FactBody] = []
    while debt.short_minor and (free := max(0, book.available(desk, available_id))):
        facts += _to_claims(desk, debt, available_id, free, now)
        debt = desk.need(Debt, merchant_id)
    part = min(debt.fund_minor, max(0, book.available(desk, available_id)))
    if debt.short_minor or not part:
        return facts
    return facts + _to_fund(desk, debt, available_id, part, now)


def _to_claims(desk: Desk, debt: Debt, available_id: str, free_minor: int, now: Instant) -> list[FactBody]:
    """Share what is there among short claims, in proportion to what each misses."""
    ids = desk.page(SHORT_CLAIMS, debt.id, limit=RECOVERED_AT_ONCE)
    claims = [desk.need(Claim, claim_id) for claim_id in ids]
    given = min(free_minor, sum(claim.missing_minor for claim in claims))
    if not given:
        return []
    facts: list[FactBody] = []
    psp_id = chart.house(chart.PSP, debt.currency)
    for claim, part in zip(claims, pro_rata(given, [claim.missing_minor for claim in claims]), strict=True):
        if not part:
            continue
        book.post(desk, available_id, psp_id, part, now, "recovered", order_id=claim.order_id)
        facts.append(_recovered(desk, claim, part))
    desk.put(replace(debt, short_minor=debt.short_minor - given))
    return facts


def _recovered(desk: Desk, claim: Claim, part: int) -> ClaimRecovered:
    missing = claim.missing_minor - part
    event = "recover_part" if missing else "recover"
    state = advance(CLAIM_TRANSITIONS, claim.state, event, f"claim:{claim.id}")
    desk.put(replace(claim, state=state, paid_minor=claim.paid_minor + part, missing_minor=missing))
    return ClaimRecovered(
        order_id=claim.order_id,
        merchant_id=claim.merchant_id,
        consumer_id=claim.consumer_id,
        claim_id=claim.id,
        amount_minor=part,
        missing_minor=missing,
    )


def _to_fund(desk: Desk, debt: Debt, available_id: str, part: int, now: Instant) -> list[FactBody]:
    merchant = desk.need(Merchant, debt.id)
    currency = merchant.currency
    book.post(desk, available_id, chart.house(chart.FUND, currency), part, now, "recovered")
    book.post(
        desk,
        chart.house(chart.RECEIVABLES, currency),
        chart.merchant(merchant.id, chart.OWED, currency),
        part,
        now,
        "owed to the fund settled",
    )
    left = debt.fund_minor - part
    desk.put(replace(debt, fund_minor=left))
    return [FundRecovered(merchant_id=merchant.id, amount_minor=part, owed_minor=left)]
