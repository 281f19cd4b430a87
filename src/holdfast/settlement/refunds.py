"""Refunds: the merchant pays back of its own accord."""

from holdfast.coverage.book import Added, adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders import rules
from holdfast.orders.book import find, save
from holdfast.parties.book import check_paid
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.settlement.facts import OrderRefunded
from holdfast.settlement.model import Refund
from holdfast.settlement.refusals import ClaimOpenAlready, RefundNotCovered
from holdfast.settlement.rules import check_amount, refundable
from holdfast.settlement.waterfall import COVER, From, sources


def refund(desk: Desk, command: Refund, now: Instant) -> list[FactBody]:
    """Refund from the merchant's own money and from cover that no other order needs, all or nothing.

    Raises:
        ClaimOpenAlready: a claim on the order is open.
        NothingToClaim: the amount is not above zero, or more than was debited and not paid back.
        RefundNotCovered: the merchant's money does not reach.
    """
    order, policy = find(desk, command.order_id)
    state = rules.step(order, "Refund")
    if order.claim_id is not None:
        raise ClaimOpenAlready(f"order:{order.id}", claim=order.claim_id)
    check_amount(order, command.amount_minor, refundable(order))
    exposed = min(order.exposed_minor, command.amount_minor)
    merchant = desk.need(Merchant, order.merchant_id)
    if not exposed or merchant.status is MerchantStatus.ABSCONDED:
        check_paid(desk, merchant)  # what no window asks for is a payout by another name
    psp_id = chart.house(chart.PSP, order.currency)
    steps = sources(desk, order, now, exposure_drop=exposed)
    drawn = book.waterfall(desk, psp_id, steps, command.amount_minor, now, "refund", order_id=order.id)
    if drawn.missing_minor:
        raise RefundNotCovered(f"order:{order.id}", missing=drawn.missing_minor)
    parts = drawn.parts
    save(
        desk,
        order,
        policy,
        state=state,
        held_minor=order.held_minor - parts[From.ORDER],
        awarded_minor=order.awarded_minor + command.amount_minor,
        exposed_minor=order.exposed_minor - exposed,
    )
    refunded = OrderRefunded(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        amount_minor=command.amount_minor,
        from_order_minor=parts[From.ORDER],
        from_available_minor=parts[From.AVAILABLE],
        reason=command.reason,
        from_reserve_minor=parts[From.RESERVE],
        from_deposit_minor=parts[From.DEPOSIT],
    )
    cover = -sum(parts[name] for name in COVER)
    return [refunded, *adjust(desk, order.merchant_id, now, Added(exposure=-exposed, cover=cover))]
