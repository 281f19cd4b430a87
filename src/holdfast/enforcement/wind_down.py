"""The wind-down, slice by slice, each slice one wake of its row: first the orders, then the sweep."""

from msgspec.structs import replace

from holdfast.claims.book import uphold_whole
from holdfast.enforcement import sweep
from holdfast.enforcement.model import (
    ClaimInvited,
    DebitPaused,
    Stage,
    WindDown,
)
from holdfast.guarantees.model import GuaranteeCalled, IssuerSettled
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import Money
from holdfast.kernel.rows import FactBody
from holdfast.orders.book import end_unpaid, reduce_owed, save
from holdfast.orders.model import OPEN_ORDERS, Order, OrderState
from holdfast.parties.model import Merchant, MerchantStatus, Owner
from holdfast.parties.rules import owing_more
from holdfast.policy.model import Policy, adopted
from holdfast.settlement.facts import (
    ClaimPaid,
    ClaimRecovered,
    FundRecovered,
    LossRecovered,
    PayoutConfirmed,
)
from holdfast.settlement.otherwise_facts import ChargebackWon, ChargedBack, ClaimMet, MoneySeized, PaidTwice

RAN = "the merchant ran away"


def wake(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    """Do the next slice."""
    match row.stage:
        case Stage.ORDERS:
            return _orders(desk, row, now)
        case Stage.WAITING:
            return sweep.start_gathering(desk, row, now)
        case Stage.GATHERING:
            return sweep.gather(desk, row, now)
        case Stage.SWEEPING:
            return sweep.sweep(desk, row, now)
        case _:
            raise AssertionError(f"{row.id}: a wind-down does not wake when {row.stage}")


def is_sweeping(desk: Desk, merchant_id: str) -> bool:
    """Tell whether the merchant absconded and its sweep is under way, from when its claims are gathered."""
    return _stage(desk, merchant_id) in {Stage.GATHERING, Stage.SWEEPING}


def has_ended(desk: Desk, merchant_id: str) -> bool:
    """Tell whether the merchant has no wind-down, or one that is done: no sweep will share its money."""
    return _stage(desk, merchant_id) in {None, Stage.DONE}


def _stage(desk: Desk, merchant_id: str) -> Stage | None:
    """Return the stage of the merchant's wind-down; None for a merchant that has not absconded."""
    if desk.need(Merchant, merchant_id).status is not MerchantStatus.ABSCONDED:
        return None
    return desk.need(WindDown, merchant_id).stage


def add_to_owners(desk: Desk, fact: ClaimPaid, _now: Instant) -> list[FactBody]:
    """Add to the owners' debts the amounts that the fund paid, and that are missing, of a claim."""
    return owe_by_owners(desk, fact.merchant_id, fact.from_fund_minor + fact.missing_minor)


def add_called_to_owners(desk: Desk, fact: GuaranteeCalled, _now: Instant) -> list[FactBody]:
    """Add to the owners' debts the amount that was called of the merchant's guarantees."""
    return owe_by_owners(desk, fact.merchant_id, fact.amount_minor)


def add_carried_to_owners(
    desk: Desk, fact: PayoutConfirmed | ChargedBack | PaidTwice | MoneySeized, _now: Instant
) -> list[FactBody]:
    """Add to the owners' debts the amount that the platform bore, as it was not the merchant's."""
    return owe_by_owners(desk, fact.merchant_id, fact.from_platform_minor)


def take_off_owners(
    desk: Desk, fact: ClaimRecovered | FundRecovered | LossRecovered | IssuerSettled, _now: Instant
) -> list[FactBody]:
    """Lower the owners' debts by an amount that was recovered."""
    return owe_by_owners(desk, fact.merchant_id, -fact.amount_minor)


def take_met_off_owners(desk: Desk, fact: ClaimMet, _now: Instant) -> list[FactBody]:
    """Lower the owners' debts by the part of a short claim that the consumer got by another way."""
    return owe_by_owners(desk, fact.merchant_id, -fact.amount_minor if fact.was_short else 0)


def take_won_off_owners(desk: Desk, fact: ChargebackWon, _now: Instant) -> list[FactBody]:
    """Lower the owners' debts by the amount of a chargeback that the platform has back."""
    return owe_by_owners(desk, fact.merchant_id, -fact.to_platform_minor)


def owe_by_owners(desk: Desk, merchant_id: str, by_minor: int) -> list[FactBody]:
    """Change the debts of a merchant's owners by an amount in minor units of the merchant's currency.

    Only owners of an absconded merchant owe by name.
    """
    merchant = desk.need(Merchant, merchant_id)
    if by_minor and merchant.status is MerchantStatus.ABSCONDED:
        more = Money(by_minor, merchant.currency)
        for owner_id in merchant.owner_ids:
            owner = desk.need(Owner, owner_id)
            desk.put(replace(owner, debts=owing_more(owner.debts, more)), owner)
    return []


def _orders(desk: Desk, row: WindDown, now: Instant) -> list[FactBody]:
    ids = desk.page(OPEN_ORDERS, row.id, row.cursor, sweep.SLICE)
    facts: list[FactBody] = []
    for order_id in ids:
        order = desk.need(Order, order_id)
        facts += _wind_down_order(desk, order, adopted(desk, order.policy_version), now)
    current = desk.need(WindDown, row.id)
    if len(ids) == sweep.SLICE:
        desk.put(replace(current, cursor=ids[-1], wake_at=now), current)
        return facts
    policy = adopted(desk, desk.policy_version)
    sweep_at = now if policy.refund_without_claim else now + policy.sweep_after
    desk.put(
        replace(
            current,
            stage=sweep.step(current, "orders_done"),
            cursor="",
            sweep_at=sweep_at,
            wake_at=sweep_at,
        ),
        current,
    )
    return facts


def _wind_down_order(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
    """Cancel an order that is not delivered, pause its debit, or refund the consumer or invite a claim."""
    match order.state:
        case OrderState.PLACED | OrderState.SHIPPED:
            return end_unpaid(desk, order, policy, "abscond", RAN)
        case OrderState.DELIVERED:
            return _pause_capture(desk, order, policy, now)
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


def _pause_capture(desk: Desk, order: Order, policy: Policy, now: Instant) -> list[FactBody]:
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
    """Uphold the whole exposure of an order; the debt that a partial debit left is owed no more."""
    facts: list[FactBody] = []
    if order.owed_minor:
        order, facts = reduce_owed(desk, order, policy, 0, RAN)
    return [*facts, *uphold_whole(desk, order, policy, f"{order.id}/abscond", RAN, now)]
