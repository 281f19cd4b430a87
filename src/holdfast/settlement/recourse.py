"""Recourse: what was called of a guarantee is owed to its issuer, and what that refused to the platform."""

from msgspec.structs import replace

from holdfast.coverage.book import Added, adjust
from holdfast.guarantees.model import GuaranteeCalled, GuaranteeRefused, IssuerSettled
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.parties.model import Merchant
from holdfast.settlement.facts import LossRecovered
from holdfast.settlement.model import Debt


def debt_of(desk: Desk, merchant_id: str) -> Debt:
    """Return what the merchant owes; it begins with nothing."""
    found = desk.find(Debt, merchant_id)
    if found is not None:
        return found
    currency = desk.need(Merchant, merchant_id).currency
    return Debt(id=merchant_id, currency=currency, short_minor=0, fund_minor=0)


def owe(desk: Desk, debt: Debt, amount_minor: int, now: Instant, reason: str, order_id: str | None) -> None:
    """Write on the merchant's account what it owes by name."""
    owed_id = chart.merchant(debt.id, chart.OWED, debt.currency)
    receivables_id = chart.house(chart.RECEIVABLES, debt.currency)
    book.post(desk, owed_id, receivables_id, amount_minor, now, reason, order_id=order_id)


def carry(
    desk: Desk, merchant_id: str, amount_minor: int, now: Instant, reason: str, order_id: str | None = None
) -> list[FactBody]:
    """Have the platform pay what left the provider and was not the merchant's: the merchant owes it now."""
    if not amount_minor:
        return []
    debt = debt_of(desk, merchant_id)
    losses_id = chart.house(chart.LOSSES, debt.currency)
    psp_id = chart.house(chart.PSP, debt.currency)
    book.post(desk, losses_id, psp_id, amount_minor, now, reason, order_id=order_id)
    owe(desk, debt, amount_minor, now, "owed to the platform", order_id)
    desk.put(replace(debt, platform_minor=debt.platform_minor + amount_minor), debt)
    return adjust(desk, merchant_id, now, Added(owed=amount_minor))


def settle(desk: Desk, debt: Debt, amount_minor: int, now: Instant, reason: str) -> None:
    """Take off the merchant's account what it no longer owes by name."""
    owed_id = chart.merchant(debt.id, chart.OWED, debt.currency)
    receivables_id = chart.house(chart.RECEIVABLES, debt.currency)
    book.post(desk, receivables_id, owed_id, amount_minor, now, reason)


def called(desk: Desk, fact: GuaranteeCalled, now: Instant) -> list[FactBody]:
    """What was called of a guarantee uses up the merchant's line, as what the fund paid does."""
    debt = debt_of(desk, fact.merchant_id)
    owe(desk, debt, fact.amount_minor, now, "owed to the issuer", fact.order_id)
    desk.put(replace(debt, issuer_minor=debt.issuer_minor + fact.amount_minor), debt)
    return adjust(desk, fact.merchant_id, now, Added(owed=fact.amount_minor))


def refused(desk: Desk, fact: GuaranteeRefused, _now: Instant) -> list[FactBody]:
    """What the issuer refused is owed to the platform, which paid it."""
    debt = debt_of(desk, fact.merchant_id)
    desk.put(
        replace(
            debt,
            issuer_minor=debt.issuer_minor - fact.amount_minor,
            platform_minor=debt.platform_minor + fact.amount_minor,
        ),
        debt,
    )
    return []


def settled(desk: Desk, fact: IssuerSettled, now: Instant) -> list[FactBody]:
    """What the merchant gave back to the issuer it no longer owes."""
    debt = debt_of(desk, fact.merchant_id)
    settle(desk, debt, fact.amount_minor, now, "issuer settled with")
    desk.put(replace(debt, issuer_minor=debt.issuer_minor - fact.amount_minor), debt)
    return adjust(desk, fact.merchant_id, now, Added(owed=-fact.amount_minor))


def to_platform(desk: Desk, debt: Debt, available_id: str, part_minor: int, now: Instant) -> LossRecovered:
    """Make good, from the merchant's available money, what the platform lost to an issuer's refusal."""
    losses_id = chart.house(chart.LOSSES, debt.currency)
    book.post(desk, available_id, losses_id, part_minor, now, "recovered")
    settle(desk, debt, part_minor, now, "owed to the platform settled")
    left = debt.platform_minor - part_minor
    desk.put(replace(debt, platform_minor=left), debt)
    return LossRecovered(merchant_id=debt.id, amount_minor=part_minor, owed_minor=left)
