"""The merchant's deposit, and the fund's capital."""

from holdfast.coverage.book import Added, adjust, coverage
from holdfast.coverage.rules import check_leaves
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.ledger import book, chart
from holdfast.parties.book import check_paid
from holdfast.parties.model import Merchant
from holdfast.parties.rules import check_currency
from holdfast.policy.model import adopted
from holdfast.settlement.facts import DepositPaid, DepositReturned, FundCapitalised, RecoveryRecorded
from holdfast.settlement.model import CapitaliseFund, Debt, PayDeposit, RecordRecovery, ReturnDeposit
from holdfast.settlement.refusals import DebtFirst, NothingOwed


def pay(desk: Desk, command: PayDeposit, now: Instant) -> list[FactBody]:
    """Take money into the deposit: it is cover at once."""
    merchant = desk.need(Merchant, command.merchant_id)
    deposit_id = chart.merchant(merchant.id, chart.DEPOSIT, merchant.currency)
    psp_id = chart.house(chart.PSP, merchant.currency)
    book.post(desk, psp_id, deposit_id, command.amount_minor, now, "deposit")
    paid = DepositPaid(merchant_id=merchant.id, amount_minor=command.amount_minor)
    return [paid, *adjust(desk, merchant.id, now, Added(cover=command.amount_minor))]


def give_back(desk: Desk, command: ReturnDeposit, now: Instant) -> list[FactBody]:
    """Return a part of the deposit that no order needs as cover, to a merchant that owes nothing.

    Raises:
        DebtFirst: the merchant owes consumers, the fund, an issuer or the platform.
    """
    merchant = desk.need(Merchant, command.merchant_id)
    check_paid(desk, merchant)
    debt = desk.find(Debt, merchant.id)
    if debt is not None and (owed := debt.owed_minor):
        raise DebtFirst(f"merchant:{merchant.id}", owed=owed)
    deposit_id = chart.merchant(merchant.id, chart.DEPOSIT, merchant.currency)
    psp_id = chart.house(chart.PSP, merchant.currency)
    book.post(desk, deposit_id, psp_id, command.amount_minor, now, "deposit returned")
    check_leaves(coverage(desk, merchant.id), adopted(desk, desk.policy_version), now, command.amount_minor)
    returned = DepositReturned(merchant_id=merchant.id, amount_minor=command.amount_minor)
    return [returned, *adjust(desk, merchant.id, now, Added(cover=-command.amount_minor))]


def capitalise(desk: Desk, command: CapitaliseFund, now: Instant) -> list[FactBody]:
    """Take capital into the guarantee fund."""
    check_currency(command.currency)
    psp_id = chart.house(chart.PSP, command.currency)
    fund_id = chart.house(chart.FUND, command.currency)
    book.post(desk, psp_id, fund_id, command.amount_minor, now, "capital")
    return [FundCapitalised(currency=command.currency, amount_minor=command.amount_minor)]


def record_recovery(desk: Desk, command: RecordRecovery, now: Instant) -> list[FactBody]:
    """Take in money that was got from a merchant by other ways; its debts are paid from it first."""
    merchant = desk.need(Merchant, command.merchant_id)
    debt = desk.find(Debt, merchant.id)
    if debt is None or not debt.here_minor:
        raise NothingOwed(f"merchant:{merchant.id}")
    available_id = chart.merchant(merchant.id, chart.AVAILABLE, merchant.currency)
    psp_id = chart.house(chart.PSP, merchant.currency)
    book.post(desk, psp_id, available_id, command.amount_minor, now, "recovery")
    return [
        RecoveryRecorded(merchant_id=merchant.id, amount_minor=command.amount_minor, source=command.source)
    ]
