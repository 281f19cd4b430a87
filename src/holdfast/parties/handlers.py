"""One function a command."""

from msgspec.structs import replace

from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.parties import rules
from holdfast.parties.book import owners_of
from holdfast.parties.model import (
    TRANSITIONS,
    ClearMerchant,
    ClosePayLater,
    Consumer,
    ConsumerLimitSet,
    Merchant,
    MerchantCleared,
    MerchantRegistered,
    MerchantReinstated,
    MerchantStatus,
    MerchantSuspended,
    OpenPayLater,
    Owner,
    PayLaterClosed,
    PayLaterOpened,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.parties.refusals import (
    AlreadyRegistered,
    LimitMustNotBeNegative,
    NothingToClear,
    OwnerNeeded,
)
from holdfast.policy.model import adopted


def register_merchant(desk: Desk, command: RegisterMerchant, now: Instant) -> list[FactBody]:
    """Take a merchant in, unless somebody behind it ran away before."""
    rules.check_id("merchant_id", command.merchant_id)
    rules.check_in_use(command.currency, now)
    rules.check_category(command.category)
    if desk.find(Merchant, command.merchant_id) is not None:
        raise AlreadyRegistered(f"merchant:{command.merchant_id}", kind=Merchant.called)
    if not command.owner_ids:
        raise OwnerNeeded(f"merchant:{command.merchant_id}")
    for owner_id in dict.fromkeys(command.owner_ids):
        rules.check_id("owner_ids", owner_id)
        owner = desk.find(Owner, owner_id)
        if owner is None:
            desk.put(Owner(id=owner_id, absconded=False), None)
        else:
            rules.check_owner(owner)
    desk.put(
        Merchant(
            id=command.merchant_id,
            name=command.name,
            currency=command.currency,
            owner_ids=tuple(dict.fromkeys(command.owner_ids)),
            status=MerchantStatus.ACTIVE,
            registered_at=now,
            category=command.category,
        ),
        None,
    )
    return [
        MerchantRegistered(
            merchant_id=command.merchant_id,
            name=command.name,
            currency=command.currency,
            owner_ids=command.owner_ids,
            deposit_due_minor=adopted(desk, desk.policy_version).deposit_minor,
            category=command.category,
        )
    ]


def suspend(desk: Desk, command: SuspendMerchant, _now: Instant) -> list[FactBody]:
    """Stop a merchant's new orders and payouts."""
    merchant = desk.need(Merchant, command.merchant_id)
    status = advance(TRANSITIONS, merchant.status, "SuspendMerchant", f"merchant:{merchant.id}")
    desk.put(replace(merchant, status=status), merchant)
    return [MerchantSuspended(merchant_id=merchant.id, reason=command.reason)]


def reinstate(desk: Desk, command: ReinstateMerchant, _now: Instant) -> list[FactBody]:
    """End a suspension."""
    merchant = desk.need(Merchant, command.merchant_id)
    status = advance(TRANSITIONS, merchant.status, "ReinstateMerchant", f"merchant:{merchant.id}")
    desk.put(replace(merchant, status=status), merchant)
    return [MerchantReinstated(merchant_id=merchant.id)]


def clear(desk: Desk, command: ClearMerchant, now: Instant) -> list[FactBody]:
    """Let a merchant be paid again that somebody has looked at, though an owner ran away with another."""
    merchant = desk.need(Merchant, command.merchant_id)
    rules.check_sells(merchant)
    ran = rules.ran_elsewhere(merchant, owners_of(desk, merchant))
    if not ran:
        raise NothingToClear(f"merchant:{merchant.id}")
    desk.put(replace(merchant, cleared_at=now), merchant)
    return [MerchantCleared(merchant_id=merchant.id, owner_ids=ran, reason=command.reason)]


def open_pay_later(desk: Desk, command: OpenPayLater, now: Instant) -> list[FactBody]:
    """Keep the consent; a consumer that comes back keeps its currency, its limit and what it owes."""
    rules.check_id("consumer_id", command.consumer_id)
    known = desk.find(Consumer, command.consumer_id)
    if known is None:
        rules.check_in_use(command.currency, now)
    elif known.opted_in:
        raise AlreadyRegistered(f"consumer:{command.consumer_id}", kind=Consumer.called)
    else:
        rules.check_same_currency(known, command.currency)
    limit = adopted(desk, desk.policy_version).consumer_limit_minor if known is None else known.limit_minor
    desk.put(
        Consumer(
            id=command.consumer_id,
            currency=command.currency,
            opted_in=True,
            limit_minor=limit,
            outstanding_minor=0 if known is None else known.outstanding_minor,
        ),
        known,
    )
    return [PayLaterOpened(consumer_id=command.consumer_id, currency=command.currency, limit_minor=limit)]


def close_pay_later(desk: Desk, command: ClosePayLater, _now: Instant) -> list[FactBody]:
    """Withdraw the consent; what is owed stays owed."""
    consumer = desk.need(Consumer, command.consumer_id)
    desk.put(replace(consumer, opted_in=False), consumer)
    return [PayLaterClosed(consumer_id=consumer.id, outstanding_minor=consumer.outstanding_minor)]


def set_limit(desk: Desk, command: SetConsumerLimit, _now: Instant) -> list[FactBody]:
    """Set the limit; a lower one than what is owed stops new orders and takes nothing back."""
    if command.limit_minor < 0:
        raise LimitMustNotBeNegative(f"consumer:{command.consumer_id}", limit=command.limit_minor)
    consumer = desk.need(Consumer, command.consumer_id)
    desk.put(replace(consumer, limit_minor=command.limit_minor), consumer)
    return [ConsumerLimitSet(consumer_id=consumer.id, limit_minor=command.limit_minor)]
