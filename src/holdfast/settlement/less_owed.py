"""What follows where less is owed: an advance on it goes back, and so does what the consumer owes by name."""

from holdfast.coverage.book import Added, adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders.book import save
from holdfast.orders.facts import OrderFact, OwedReduced
from holdfast.orders.model import Order
from holdfast.policy.model import adopted
from holdfast.settlement.book import settle_receivable
from holdfast.settlement.facts import AdvanceTakenBack
from holdfast.settlement.rules import claimable
from holdfast.settlement.waterfall import COVER, From, sources


def take_back_advance(desk: Desk, fact: OrderFact, now: Instant) -> list[FactBody]:
    """Take back, from the merchant's own money, an advance on what is no longer owed."""
    order = desk.need(Order, fact.order_id)
    over = order.advanced_minor - order.owed_minor
    if over <= 0:
        return []
    policy = adopted(desk, order.policy_version)
    exposed = min(max(0, order.exposed_minor - claimable(order)), over)
    steps = sources(desk, order, now, exposure_drop=exposed)
    target = chart.house(chart.ADVANCES, order.currency)
    drawn = book.waterfall(desk, target, steps, over, now, "advance taken back", order_id=order.id)
    parts = drawn.parts
    save(
        desk,
        order,
        policy,
        advanced_minor=order.advanced_minor - (over - drawn.missing_minor),
        held_minor=order.held_minor - parts[From.ORDER],
        exposed_minor=order.exposed_minor - exposed,
    )
    taken = AdvanceTakenBack(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=over - drawn.missing_minor,
        held_minor=parts[From.ORDER],
        reserve_minor=parts[From.RESERVE],
        deposit_minor=parts[From.DEPOSIT],
        missing_minor=drawn.missing_minor,
    )
    cover = -sum(parts[name] for name in COVER)
    return [taken, *adjust(desk, order.merchant_id, now, Added(exposure=-exposed, cover=cover))]


def lower_receivable(desk: Desk, fact: OwedReduced, now: Instant) -> list[FactBody]:
    """Take off what a consumer owes by name on an overdue order what was forgiven."""
    order = desk.need(Order, fact.order_id)
    settle_receivable(desk, order, fact.by_minor, now, "overdue forgiven")
    return []
