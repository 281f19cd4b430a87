"""Money that a consumer's bank or an authority takes at the provider: it is met first, and answered then."""

from msgspec.structs import replace

from holdfast.coverage.book import adjust
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.ledger import book, chart
from holdfast.ledger.book import Source
from holdfast.orders.book import resumed, save
from holdfast.orders.handlers import find
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.parties.rules import check_id
from holdfast.policy.model import Policy
from holdfast.settlement import compensation, recourse
from holdfast.settlement.facts import ChargedBack, ClaimForgiven, MoneySeized
from holdfast.settlement.model import CLAIM_TRANSITIONS, Claim, ClaimState
from holdfast.settlement.otherwise import Loss, RecordChargeback, RecordSeizure, Taking
from holdfast.settlement.refusals import NothingToClaim, TakingRecorded
from holdfast.settlement.told import check_told


def _new(desk: Desk, kind: Loss, field: str, told_id: str) -> None:
    """Refuse a taking that is recorded, or whose id is none."""
    check_id(field, told_id)
    known = desk.find(Taking, f"{kind}/{told_id}")
    if known is not None:
        raise TakingRecorded(f"{kind}:{told_id}", amount=known.amount_minor)


def charge_back(desk: Desk, command: RecordChargeback, now: Instant) -> list[FactBody]:
    """The consumer has its money back by its bank: the merchant's side bears it, as it would a refund.

    What cover of other orders needs is not drawn: the platform pays that, and the merchant owes it. What the
    consumer had got back before, it now has twice.
    """
    _new(desk, Loss.CHARGEBACK, "chargeback_id", command.chargeback_id)
    order, policy = find(desk, command.order_id)
    where = f"chargeback:{command.chargeback_id}"
    check_told(where, command.amount_minor, command.currency, order.currency)
    if not order.captured_minor:
        raise NothingToClaim(f"order:{order.id}", most=0, asked=command.amount_minor)
    claim = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    decided = claim.claimed_minor if claim is not None and claim.state is ClaimState.UPHELD else 0
    within = min(command.amount_minor, max(0, order.captured_minor - order.awarded_minor - decided))
    twice = command.amount_minor - within
    parts, facts = _draw(desk, order, policy, within, decided, now)
    missing = within - sum(parts)
    own, available, reserve, deposit = parts
    psp_id, losses_id = chart.house(chart.PSP, order.currency), chart.house(chart.LOSSES, order.currency)
    if twice:
        book.post(desk, losses_id, psp_id, twice, now, "charged back twice", order_id=order.id)
    facts += recourse.carry(desk, order.merchant_id, missing, now, "charged back", order.id)
    desk.add(
        Taking(
            id=f"{Loss.CHARGEBACK}/{command.chargeback_id}",
            kind=Loss.CHARGEBACK,
            merchant_id=order.merchant_id,
            order_id=order.id,
            currency=order.currency,
            amount_minor=command.amount_minor,
            platform_minor=missing,
            twice_minor=twice,
            at=now,
        )
    )
    facts += _less_to_claim(desk, order.id, policy, now)
    charged = ChargedBack(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        chargeback_id=command.chargeback_id,
        amount_minor=command.amount_minor,
        from_order_minor=own,
        from_available_minor=available,
        from_reserve_minor=reserve,
        from_deposit_minor=deposit,
        from_platform_minor=missing,
        twice_minor=twice,
        reason=command.reason,
    )
    return [charged, *facts]


def _draw(
    desk: Desk, order: Order, policy: Policy, within: int, decided: int, now: Instant
) -> tuple[tuple[int, int, int, int], list[FactBody]]:
    """Pay a chargeback from the order, and what else of the merchant's no other order needs.

    Of one that ran a sweep shares that: only the order's own proceeds are drawn, less what its claim takes.
    """
    exposed = min(max(0, order.exposed_minor - decided), within)
    steps = compensation.sources(desk, order, None, now, exposure_drop=exposed)
    if desk.need(Merchant, order.merchant_id).status is MerchantStatus.ABSCONDED:
        held = max(0, min(steps[0].cap_minor or 0, order.held_minor - decided))
        steps = [Source(steps[0].account_id, held), *(Source(step.account_id, 0) for step in steps[1:])]
    psp_id = chart.house(chart.PSP, order.currency)
    drawn = book.waterfall(desk, psp_id, steps, within, now, "charged back", order_id=order.id)
    own, _, available, reserve, deposit, *_ = drawn.parts
    save(
        desk,
        order,
        policy,
        held_minor=order.held_minor - own,
        awarded_minor=order.awarded_minor + within,
        exposed_minor=order.exposed_minor - exposed,
    )
    cover = -(own + reserve + deposit)
    facts = adjust(desk, order.merchant_id, now, exposure=-exposed, cover=cover, claimed=within)
    return (own, available, reserve, deposit), facts


def _less_to_claim(desk: Desk, order_id: str, policy: Policy, now: Instant) -> list[FactBody]:
    """Lower an open claim to what is left to claim; with nothing left it is met, and the order goes on."""
    order = desk.need(Order, order_id)
    claim = None if order.claim_id is None else desk.need(Claim, order.claim_id)
    if claim is None or claim.state is not ClaimState.OPEN:
        return []
    left = order.captured_minor - order.awarded_minor + order.owed_minor
    less = claim.claimed_minor - min(claim.claimed_minor, left)
    if not less:
        return []
    asked = max(0, claim.asked_minor - less) if left else 0
    facts = adjust(desk, claim.merchant_id, now, asked=asked - claim.asked_minor) if claim.asked_minor else []
    if left:
        desk.put(replace(claim, claimed_minor=left, asked_minor=asked))
        return facts
    if claim.hold_id is not None:
        book.end_hold(desk, claim.hold_id, "VoidHold")
    state = advance(CLAIM_TRANSITIONS, claim.state, "cancel", f"claim:{claim.id}")
    desk.put(replace(claim, state=state, asked_minor=0, hold_id=None))
    save(desk, order, policy, claim_id=None, **resumed(order, policy, now))
    met = ClaimForgiven(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        claim_id=claim.id,
        amount_minor=claim.claimed_minor,
    )
    return [met, *facts]


def seize(desk: Desk, command: RecordSeizure, now: Instant) -> list[FactBody]:
    """Take off what an authority took: available money, reserve, deposit; cover is less from this moment.

    What is held of orders is not the merchant's yet. Where the rest does not reach, or a sweep shares it, the
    platform has paid, and the merchant owes it.
    """
    _new(desk, Loss.SEIZURE, "seizure_id", command.seizure_id)
    merchant = desk.need(Merchant, command.merchant_id)
    check_told(f"seizure:{command.seizure_id}", command.amount_minor, command.currency, merchant.currency)
    kinds = (chart.AVAILABLE, chart.RESERVE, chart.DEPOSIT)
    shared = merchant.status is MerchantStatus.ABSCONDED
    steps = [
        Source(chart.merchant(merchant.id, kind, merchant.currency), 0 if shared else None) for kind in kinds
    ]
    psp_id = chart.house(chart.PSP, merchant.currency)
    drawn = book.waterfall(desk, psp_id, steps, command.amount_minor, now, "seized")
    available, reserve, deposit = drawn.parts
    facts = adjust(desk, merchant.id, now, cover=-(reserve + deposit))
    facts += recourse.carry(desk, merchant.id, drawn.missing_minor, now, "seized")
    desk.add(
        Taking(
            id=f"{Loss.SEIZURE}/{command.seizure_id}",
            kind=Loss.SEIZURE,
            merchant_id=merchant.id,
            order_id=None,
            currency=merchant.currency,
            amount_minor=command.amount_minor,
            platform_minor=drawn.missing_minor,
            twice_minor=0,
            at=now,
        )
    )
    seized = MoneySeized(
        merchant_id=merchant.id,
        seizure_id=command.seizure_id,
        amount_minor=command.amount_minor,
        from_available_minor=available,
        from_reserve_minor=reserve,
        from_deposit_minor=deposit,
        from_platform_minor=drawn.missing_minor,
        authority=command.authority,
        document=command.document,
    )
    return [seized, *facts]
