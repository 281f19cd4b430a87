"""The consequences where a consumer owes less: an advance is taken back, the debt by name is lowered."""

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
    """Take back, from the merchant's own money, the part of an advance that the consumer does not owe now."""
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
    """Lower, by the forgiven amount, the debt that a consumer has by name on an overdue order."""
    order = desk.need(Order, fact.order_id)
    settle_receivable(desk, order, fact.by_minor, now, "overdue forgiven")
    return []
