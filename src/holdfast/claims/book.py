"""The functions that other rooms call: a claim is filed, decided or upheld whole, however it came."""

from msgspec.structs import replace

from holdfast.claims import kept, payment, rules
from holdfast.claims.facts import ClaimOpened, ClaimRejected, ClaimUpheld, ClaimWaits
from holdfast.claims.refusals import ClaimExists
from holdfast.coverage.book import Added, adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book
from holdfast.orders.book import find, resumed, save
from holdfast.orders.model import Order
from holdfast.orders.refusals import NotConfirmed
from holdfast.orders.rules import step as order_step
from holdfast.policy.model import Policy
from holdfast.settlement.model import Claim, ClaimState
from holdfast.settlement.refusals import ClaimOpenAlready
from holdfast.settlement.rules import check_amount, claimable, is_late, refundable


def file(
    desk: Desk, order: Order, policy: Policy, claim_id: str, amount_minor: int, reason: str, now: Instant
) -> list[FactBody]:
    """File a claim: the order stops, and available money is held for the part that its proceeds do not cover.

    Raises:
        ClaimExists, ClaimOpenAlready: the id is taken, or another claim stands on the order.
        NotConfirmed, ClaimTooLate, NothingToClaim: this order cannot be claimed on, or not for so much.
    """
    if desk.find(Claim, claim_id) is not None:
        raise ClaimExists(f"claim:{claim_id}")
    state = order_step(order, "OpenClaim")
    if order.confirmed_at is None:
        raise NotConfirmed(f"order:{order.id}")
    if order.claim_id is not None:
        raise ClaimOpenAlready(f"order:{order.id}", claim=order.claim_id)
    rules.check_in_time(order, policy, now)
    check_amount(order, amount_minor, claimable(order))
    paid_back = max(0, amount_minor - order.owed_minor)  # what is still owed comes off first
    hold_id, held = kept.hold_payout(desk, order, policy, paid_back, now)
    asked = kept.asked(desk, order, policy, paid_back - held)
    claim = replace(
        Claim.on(order, claim_id, amount_minor, reason, ClaimState.OPEN, now),
        hold_id=hold_id,
        asked_minor=asked,
    )
    desk.put(claim, None)
    save(desk, order, policy, state=state, claim_id=claim_id, disputed_at=now)
    opened = ClaimOpened(
        **claim.subjects,
        amount_minor=amount_minor,
        reason=reason,
        payout_held_minor=held,
        late=order.captured_at is not None and is_late(order),
    )
    return [opened, *(adjust(desk, order.merchant_id, now, Added(asked=asked)) if asked else [])]


def decide(desk: Desk, claim: Claim, granted_minor: int, now: Instant, *, reason: str = "") -> list[FactBody]:
    """Decide a claim: for the consumer, up to the amount granted; with nothing granted, for the merchant.

    Before the debit the consumer owes so much less; after it the waterfall pays at once. `reason` says why
    nothing is granted.

    Raises:
        WrongState: it is decided already.
        DecisionTooHigh: more would be granted than is claimed.
    """
    order, policy = find(desk, claim.order_id)
    if not granted_minor:
        return _reject(desk, order, policy, claim, reason, now)
    rules.check_granted(claim, granted_minor)
    if rules.capture_comes_first(order, policy):
        desk.put(replace(claim, state=rules.step(claim, "wait"), claimed_minor=granted_minor), claim)
        return [ClaimWaits(**claim.subjects, amount_minor=granted_minor)]
    if order.captured_at is None:
        return payment.forgive(desk, order, policy, claim, granted_minor, now)
    late = is_late(order)
    return payment.pay(desk, order, policy, claim, "UpholdClaim", granted_minor, now, late=late)


def _reject(
    desk: Desk, order: Order, policy: Policy, claim: Claim, reason: str, now: Instant
) -> list[FactBody]:
    """Decide for the merchant: the order goes on where it stopped, and its payout too."""
    state = rules.step(claim, "RejectClaim")
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "void")
    desk.put(replace(claim, state=state, hold_id=None, asked_minor=0), claim)
    facts = adjust(desk, claim.merchant_id, now, Added(asked=-claim.asked_minor)) if claim.asked_minor else []
    save(desk, order, policy, claim_id=None, **resumed(order, policy, now))
    return [*facts, ClaimRejected(**claim.subjects, reason=reason)]


def uphold_whole(
    desk: Desk, order: Order, policy: Policy, claim_id: str, reason: str, now: Instant
) -> list[FactBody]:
    """Uphold an absconded merchant's order for its whole exposure: the consumer's claim, or one made for it.

    A claim that is decided already stays as it is. The sweep of the wind-down pays.
    """
    found = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    if found is not None and found.state is not ClaimState.OPEN:
        return []
    amount = min(order.exposed_minor, refundable(order))
    claim = found or Claim.on(order, claim_id, amount, reason, ClaimState.OPEN, now)
    if found is None:
        desk.add(claim)
    facts = adjust(desk, order.merchant_id, now, Added(asked=-claim.asked_minor)) if claim.asked_minor else []
    desk.put(replace(claim, state=rules.step(claim, "abscond"), claimed_minor=amount, asked_minor=0), claim)
    save(desk, order, policy, claim_id=claim.id, disputed_at=order.disputed_at or now)
    return [*facts, ClaimUpheld(**claim.subjects, amount_minor=amount)]
