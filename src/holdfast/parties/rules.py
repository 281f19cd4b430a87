"""Who may sell, who may buy."""

from collections.abc import Iterable

from holdfast.kernel import identity
from holdfast.kernel.clock import Instant, day
from holdfast.kernel.currencies import EXPONENTS, WITHDRAWN
from holdfast.kernel.money import CurrencyMismatch, CurrencyWithdrawn, Money, UnknownCurrency
from holdfast.kernel.text import Text
from holdfast.parties.model import Consumer, Merchant, MerchantStatus, Owner
from holdfast.parties.refusals import (
    BadId,
    LimitExceeded,
    MerchantNotActive,
    NotOptedIn,
    OwnerRanAway,
    OwnerRanElsewhere,
    PayoutsHeld,
)


def check_id(field: str, value: str) -> None:
    """Refuse a text that is no id. See `kernel.identity`."""
    if (reason := identity.flaw(value)) is not None:
        raise BadId(field, value=value, reason=reason)


def check_id_within(field: str, value: str, merchant_id: str) -> None:
    """Refuse a text that is no id of a thing of this merchant, or names another. See `kernel.identity`."""
    if (reason := identity.flaw_within(value, merchant_id)) is not None:
        raise BadId(field, value=value, reason=reason)


def check_category(category: str) -> None:
    """Refuse a text that is no category; it may be empty."""
    if category:
        check_id("category", category)


def check_currency(currency: str) -> None:
    """Refuse a currency that is no ISO 4217 code."""
    if currency not in EXPONENTS:
        raise UnknownCurrency("currency", currency=currency)


def check_in_use(currency: str, now: Instant) -> None:
    """Refuse to begin anything in a currency that does not exist, or was withdrawn."""
    check_currency(currency)
    since = WITHDRAWN.get(currency)
    if since is not None and now >= since:
        raise CurrencyWithdrawn("currency", currency=currency, since=day(since))


def check_same_currency(consumer: Consumer, currency: str) -> None:
    """Refuse another currency than the one that a consumer's limit and debts are in."""
    if consumer.currency != currency:
        raise CurrencyMismatch(f"consumer:{consumer.id}", left=currency, right=consumer.currency)


def check_owner(owner: Owner) -> None:
    """Refuse an owner whose earlier merchant ran away."""
    if owner.absconded:
        debts = ", ".join(f"{debt.currency} {debt.decimal()}" for debt in owner.debts)
        raise OwnerRanAway(f"owner:{owner.id}", debt=debts or Text("无", "nothing"))


def owing_more(debts: Iterable[Money], more: Money) -> tuple[Money, ...]:
    """Add a sum to debts by currency, or take it off; currencies are kept apart, and zeros dropped.

    >>> owing_more((Money(500, "CNY"),), Money(30, "JPY"))
    (Money(amount_minor=500, currency='CNY'), Money(amount_minor=30, currency='JPY'))
    """
    sums = {debt.currency: debt for debt in debts}
    owed = sums.get(more.currency, Money(0, more.currency)) + more
    sums[more.currency] = owed
    return tuple(sums[currency] for currency in sorted(sums) if sums[currency].amount_minor)


def check_sells(merchant: Merchant) -> None:
    """Refuse a merchant that may not take orders."""
    if merchant.status is not MerchantStatus.ACTIVE:
        raise MerchantNotActive(f"merchant:{merchant.id}", status=merchant.status.called)


def check_buys(consumer: Consumer, amount_minor: int) -> None:
    """Refuse a consumer without consent, or beyond its limit: outstanding + new ≤ limit."""
    if not consumer.opted_in:
        raise NotOptedIn(f"consumer:{consumer.id}")
    if consumer.outstanding_minor + amount_minor > consumer.limit_minor:
        raise LimitExceeded(
            f"consumer:{consumer.id}",
            outstanding=consumer.outstanding_minor,
            amount=amount_minor,
            limit=consumer.limit_minor,
        )


def check_paid(merchant: Merchant, owners: Iterable[Owner]) -> None:
    """Refuse to pay a merchant that is suspended, has run or is held, or an owner of which ran elsewhere."""
    check_sells(merchant)
    if merchant.payouts_held:
        raise PayoutsHeld(f"merchant:{merchant.id}")
    if ran := ran_elsewhere(merchant, owners):
        raise OwnerRanElsewhere(f"merchant:{merchant.id}", owners=", ".join(ran))


def ran_elsewhere(merchant: Merchant, owners: Iterable[Owner]) -> tuple[str, ...]:
    """Return the owners that ran away with another merchant since a person looked at this one."""
    cleared = merchant.cleared_at
    return tuple(
        owner.id
        for owner in owners
        if owner.absconded and (cleared is None or (owner.ran_at is not None and owner.ran_at > cleared))
    )
