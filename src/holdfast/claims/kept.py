"""Money of the merchant that is kept for open claims: by a hold, and the amount asked beyond it."""

from msgspec.structs import replace

from holdfast.claims.facts import KeptForClaim
from holdfast.coverage.book import Added, adjust, coverage
from holdfast.coverage.rules import promises
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.policy.model import Policy, adopted
from holdfast.settlement.model import ASKING_CLAIMS, Claim

AT_ONCE = 200
"""The number of claims that money is kept for in one transaction; the others come the next time."""


def asked(desk: Desk, order: Order, policy: Policy, lacking_minor: int) -> int:
    """Return the part of a claim, in minor units, that nothing is kept for; 0 where cover is promised."""
    if not policy.claim_holds_payout or order.captured_at is None:
        return 0
    covered = order.exposed_minor and promises(adopted(desk, desk.policy_version))
    return 0 if covered else max(0, lacking_minor - order.held_minor)


def hold_payout(
    desk: Desk, order: Order, policy: Policy, amount_minor: int, now: Instant
) -> tuple[str | None, int]:
    """Reserve the merchant's available money for the part of a claim that its order's proceeds do not cover.

    Returns the id of the hold, None without one, and the amount reserved, in minor units. Available money of
    an absconded merchant is shared by sweeps: nobody reserves any of it.
    """
    ran = desk.need(Merchant, order.merchant_id).status is MerchantStatus.ABSCONDED
    if ran or not policy.claim_holds_payout or order.captured_at is None:
        return None, 0
    available_id = chart.merchant(order.merchant_id, chart.AVAILABLE, order.currency)
    part = min(amount_minor - order.held_minor, book.available(desk, available_id))
    if part <= 0:
        return None, 0
    psp_id = chart.house(chart.PSP, order.currency)
    hold = book.hold(desk, available_id, psp_id, part, now, "claim", order_id=order.id)
    return hold.id, part


def keep(desk: Desk, merchant_id: str, now: Instant) -> list[FactBody]:
    """Keep available money of the merchant for the amounts that open claims ask, before it is paid out."""
    if not coverage(desk, merchant_id).asked_minor:
        return []
    facts: list[FactBody] = []
    for claim_id in desk.page(ASKING_CLAIMS, merchant_id, limit=AT_ONCE):
        facts += _keep_more(desk, desk.need(Claim, claim_id), now)
    return facts


def _keep_more(desk: Desk, claim: Claim, now: Instant) -> list[FactBody]:
    available_id = chart.merchant(claim.merchant_id, chart.AVAILABLE, claim.currency)
    part = min(claim.asked_minor, book.available(desk, available_id))
    if part <= 0:
        return []
    kept = part
    if claim.hold_id is not None:
        _, back = book.end_hold(desk, claim.hold_id, "void")
        kept += back
    psp_id = chart.house(chart.PSP, claim.currency)
    hold = book.hold(desk, available_id, psp_id, kept, now, "claim", order_id=claim.order_id)
    left = claim.asked_minor - part
    desk.put(replace(claim, hold_id=hold.id, asked_minor=left), claim)
    told = KeptForClaim(**claim.subjects, amount_minor=part, lacking_minor=left)
    return [told, *adjust(desk, claim.merchant_id, now, Added(asked=-part))]
