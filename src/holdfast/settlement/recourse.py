"""Recourse: a merchant owes sums called of guarantees to their issuers, refused ones to the platform."""

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
    """Return the debts of a merchant; where there is no row yet, one with nothing owed."""
    found = desk.find(Debt, merchant_id)
    if found is not None:
        return found
    currency = desk.need(Merchant, merchant_id).currency
    return Debt(id=merchant_id, currency=currency, short_minor=0, fund_minor=0)


def owe(desk: Desk, debt: Debt, amount_minor: int, now: Instant, reason: str, order_id: str | None) -> None:
    """Book a debt on the merchant's account of debts by name."""
    owed_id = chart.merchant(debt.id, chart.OWED, debt.currency)
    receivables_id = chart.house(chart.RECEIVABLES, debt.currency)
    book.post(desk, owed_id, receivables_id, amount_minor, now, reason, order_id=order_id)


def carry(
    desk: Desk, merchant_id: str, amount_minor: int, now: Instant, reason: str, order_id: str | None = None
) -> list[FactBody]:
    """Have the platform bear a payment beyond the merchant's own money: the merchant owes it that."""
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
    """Book on the merchant's account of debts by name that a part is paid."""
    owed_id = chart.merchant(debt.id, chart.OWED, debt.currency)
    receivables_id = chart.house(chart.RECEIVABLES, debt.currency)
    book.post(desk, receivables_id, owed_id, amount_minor, now, reason)


def called(desk: Desk, fact: GuaranteeCalled, now: Instant) -> list[FactBody]:
    """Add an amount called of a guarantee to the merchant's debts.

    It uses up the merchant's line, as the fund's payments do.
    """
    debt = debt_of(desk, fact.merchant_id)
    owe(desk, debt, fact.amount_minor, now, "owed to the issuer", fact.order_id)
    desk.put(replace(debt, issuer_minor=debt.issuer_minor + fact.amount_minor), debt)
    return adjust(desk, fact.merchant_id, now, Added(owed=fact.amount_minor))


def refused(desk: Desk, fact: GuaranteeRefused, _now: Instant) -> list[FactBody]:
    """Owe to the platform, which paid it, an amount that the issuer refused."""
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
    """Lower the debt to the issuer by the amount that the merchant gave back to it."""
    debt = debt_of(desk, fact.merchant_id)
    settle(desk, debt, fact.amount_minor, now, "issuer settled with")
    desk.put(replace(debt, issuer_minor=debt.issuer_minor - fact.amount_minor), debt)
    return adjust(desk, fact.merchant_id, now, Added(owed=-fact.amount_minor))


def to_platform(desk: Desk, debt: Debt, available_id: str, part_minor: int, now: Instant) -> LossRecovered:
    """Pay back to the platform, from the merchant's available money, a loss that it bore for the merchant."""
    losses_id = chart.house(chart.LOSSES, debt.currency)
    book.post(desk, available_id, losses_id, part_minor, now, "recovered")
    settle(desk, debt, part_minor, now, "owed to the platform settled")
    left = debt.platform_minor - part_minor
    desk.put(replace(debt, platform_minor=left), debt)
    return LossRecovered(merchant_id=debt.id, amount_minor=part_minor, owed_minor=left)
