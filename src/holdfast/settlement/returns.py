"""Returned goods, and advances on what is no longer owed."""

from holdfast.coverage.book import adjust
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders import rules
from holdfast.orders.book import save
from holdfast.orders.facts import OrderFact, OrderReturned, OwedReduced
from holdfast.orders.handlers import find
from holdfast.orders.model import ConfirmReturn, Order, Timer
from holdfast.orders.refusals import Disputed, NothingAsked
from holdfast.parties.handlers import owe
from holdfast.policy.model import Policy, adopted
from holdfast.settlement import compensation
from holdfast.settlement.capture import settle_receivable
from holdfast.settlement.facts import AdvanceTakenBack
from holdfast.settlement.model import Claim, ClaimState


def confirm(desk: Desk, command: ConfirmReturn, now: Instant) -> list[FactBody]:
    """The merchant has the goods back."""
    order, policy = find(desk, command.order_id)
    rules.step(order, "ConfirmReturn")
    if order.return_asked_at is None:
        raise NothingAsked(f"order:{order.id}", thing="return")
    if order.disputed_at is not None:  # whatever policy stops: what the claim decides is not owed back twice
        raise Disputed(f"order:{order.id}", since=iso(order.disputed_at))
    return _returned(desk, order, policy, "ConfirmReturn", now)


def unconfirmed(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """The merchant let the time to confirm pass: the goods count as returned."""
    return _returned(desk, order, policy, Timer.RETURN, now)


def _returned(desk: Desk, order: Order, policy: Policy, event: str, now: Instant) -> list[FactBody]:
    """End the order: nothing is owed, and what was debited goes back by the waterfall."""
    state = rules.step(order, event)
    owed = order.owed_minor
    if owed:
        owe(desk, order.consumer_id, -owed)
        settle_receivable(desk, order, owed, now, "overdue forgiven")
    ended = save(desk, order, policy, state=state, owed_minor=0, return_asked_at=None)
    facts: list[FactBody] = [
        OrderReturned(
            order_id=order.id,
            merchant_id=order.merchant_id,
            consumer_id=order.consumer_id,
            released_minor=owed,
        )
    ]
    debited = order.captured_minor - order.awarded_minor
    if debited:
        facts += compensation.pay(desk, ended, policy, _claim(desk, ended, debited, now), now)
    return facts


def _claim(desk: Desk, order: Order, amount_minor: int, now: Instant) -> Claim:
    """Put the claim that a return is, upheld by the merchant itself."""
    claim = Claim(
        id=f"{order.id}/return",
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        currency=order.currency,
        state=ClaimState.UPHELD,
        claimed_minor=amount_minor,
        paid_minor=0,
        missing_minor=0,
        opened_at=now,
        reason="goods returned",
        late=compensation.is_late(order),
    )
    desk.add(claim)
    return claim


def take_back_advance(desk: Desk, fact: OrderFact, now: Instant) -> list[FactBody]:
    """Take back, from the merchant's own money, an advance on what is no longer owed."""
    order = desk.need(Order, fact.order_id)
    over = order.advanced_minor - order.owed_minor
    if over <= 0:
        return []
    policy = adopted(desk, order.policy_version)
    claimable = order.captured_minor - order.awarded_minor + order.owed_minor
    exposed = min(max(0, order.exposed_minor - claimable), over)
    steps = compensation.sources(desk, order, None, now, exposure_drop=exposed)
    target = chart.house(chart.ADVANCES, order.currency)
    drawn = book.waterfall(desk, target, steps, over, now, "advance taken back", order_id=order.id)
    held, _, _, reserve, deposit, *_ = drawn.parts
    save(
        desk,
        order,
        policy,
        advanced_minor=order.advanced_minor - (over - drawn.missing_minor),
        held_minor=order.held_minor - held,
        exposed_minor=order.exposed_minor - exposed,
    )
    taken = AdvanceTakenBack(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=over - drawn.missing_minor,
        held_minor=held,
        reserve_minor=reserve,
        deposit_minor=deposit,
        missing_minor=drawn.missing_minor,
    )
    cover = -(held + reserve + deposit)
    return [taken, *adjust(desk, order.merchant_id, now, exposure=-exposed, cover=cover)]


def lower_receivable(desk: Desk, fact: OwedReduced, now: Instant) -> list[FactBody]:
    """Take off what a consumer owes by name on an overdue order what was forgiven."""
    order = desk.need(Order, fact.order_id)
    settle_receivable(desk, order, fact.by_minor, now, "overdue forgiven")
    return []
