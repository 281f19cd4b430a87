"""Invariants of money that goes other ways than was asked: each sum has its row, and its account."""

from collections import defaultdict
from collections.abc import Mapping

from holdfast.audit.finding import Books, Finding, unequal
from holdfast.coverage.model import Coverage
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Hold, HoldState
from holdfast.parties.model import Merchant
from holdfast.settlement.otherwise import (
    Freeze,
    Loss,
    OwedBack,
    Repayment,
    RepaymentPayment,
    RepaymentState,
    Taking,
)
from holdfast.settlement.owed_back import account_of
from holdfast.settlement.received import Receipt

_Sums = defaultdict[str, int]


def _on_accounts(books: Books, kind: str, due: Mapping[str, int], thing: str) -> list[Finding]:
    """Compare the accounts of a kind, of whomever, with what rows say is on them."""
    left = dict(due)
    findings: list[Finding] = []
    for account in books.rows(Account):
        stem = account.id.removesuffix(f"/{account.currency}")
        if chart.is_of_chart(account.id) and (stem == kind or stem.endswith(f"/{kind}")):
            findings += unequal(f"account:{account.id}", thing, account.posted_minor, left.pop(account.id, 0))
    return findings + [
        Finding(f"account:{key}", f"{minor} is to be there, and it does not exist")
        for key, minor in left.items()
        if minor
    ]


def credit_is_returned(books: Books) -> list[Finding]:
    """What stands on each consumer's credit is what is on its way back to it, or waits for an account."""
    due: _Sums = _Sums(int)
    for row in books.rows(Repayment):
        due[chart.consumer(row.consumer_id, row.currency, chart.CREDIT)] += row.left_minor
    return _on_accounts(books, chart.CREDIT, due, "the credit")


def repayments_add_up(books: Books) -> list[Finding]:
    """A repayment is on its way while its newest payment is, and done when all of it was paid.

    No payment of it that was not asked last is on its way.
    """
    pending = {hold.id: hold for hold in books.rows(Hold) if hold.state is HoldState.PENDING}
    payments = {row.id: row for row in books.rows(RepaymentPayment)}
    findings: list[Finding] = []
    for row in books.rows(Repayment):
        where = f"repayment:{row.id}"
        hold = None if row.payment_id is None else pending.get(row.payment_id)
        if not 0 <= row.paid_minor <= row.amount_minor:
            findings.append(Finding(where, f"{row.paid_minor} of {row.amount_minor} was paid"))
        if (row.state is RepaymentState.PAID) is not (row.left_minor == 0):
            findings.append(Finding(where, f"it is {row.state}, and {row.left_minor} is left"))
        if (row.state is RepaymentState.ASKED) is not (hold is not None):
            findings.append(Finding(where, f"it is {row.state}, with payment {row.payment_id}"))
        if hold is not None and hold.open_minor > row.left_minor:
            findings.append(Finding(where, f"{hold.open_minor} is on its way, and {row.left_minor} is left"))
        payment = payments.pop(row.payment_id or "", None)
        if row.payment_id is not None and (payment is None or payment.repayment_id != row.id):
            findings.append(Finding(where, f"its payment {row.payment_id} is not kept"))
    return findings + [
        Finding(f"repayment:{row.repayment_id}", f"its older payment {row.id} is on its way")
        for row in payments.values()
        if row.id in pending
    ]


def owed_back_by_name(books: Books) -> list[Finding]:
    """What consumers and merchants got twice, or in another currency, is owed back by name."""
    due: _Sums = _Sums(int)
    findings: list[Finding] = []
    for row in books.rows(OwedBack):
        due[account_of(row)] -= row.owed_minor
        if row.owed_minor < 0:
            findings.append(Finding(f"owed_back:{row.id}", f"{row.owed_minor} is owed"))
    return findings + _on_accounts(books, chart.BACK, due, "what is owed back")


def receipts_are_unassigned(books: Books) -> list[Finding]:
    """What is not assigned is what is left of all receipts."""
    due: _Sums = _Sums(int)
    findings: list[Finding] = []
    for row in books.rows(Receipt):
        due[chart.house(chart.UNASSIGNED, row.currency)] += row.left_minor
        if not 0 <= row.left_minor <= row.amount_minor:
            findings.append(Finding(f"receipt:{row.id}", f"{row.left_minor} of {row.amount_minor} is left"))
    return findings + _on_accounts(books, chart.UNASSIGNED, due, "what is not assigned")


def freezes_stand_still(books: Books) -> list[Finding]:
    """What is frozen of each merchant is what its freezes say, and no more than was ordered.

    What is to be frozen as it comes in is what they miss, in the merchant's currency.
    """
    currencies = {row.id: row.currency for row in books.rows(Merchant)}
    due, missing = _Sums(int), _Sums(int)
    findings: list[Finding] = []
    for row in books.rows(Freeze):
        due[chart.merchant(row.merchant_id, chart.FROZEN, row.currency)] += row.frozen_minor
        if currencies.get(row.merchant_id) == row.currency:
            missing[row.merchant_id] += row.missing_minor
        sums = (row.available_minor, row.cover_minor, row.missing_minor)
        if min(sums) < 0 or sum(sums) > row.amount_minor:
            findings.append(Finding(f"freeze:{row.id}", f"{sums} of {row.amount_minor} stands still"))
    findings += _on_accounts(books, chart.FROZEN, due, "what is frozen")
    kept = {row.id: row.to_freeze_minor for row in books.rows(Coverage)}
    for key in sorted({*kept, *missing}):
        findings += unequal(f"coverage:{key}", "what is to be frozen", kept.get(key), missing[key])
    return findings


def chargebacks_add_up(books: Books) -> list[Finding]:
    """Who bore a chargeback bore all of it, and no more of it came back than was taken."""
    findings: list[Finding] = []
    for row in books.rows(Taking):
        where = f"taking:{row.id}"
        if not 0 <= row.won_minor <= row.amount_minor:
            findings.append(Finding(where, f"{row.won_minor} of {row.amount_minor} came back"))
        if row.kind is Loss.CHARGEBACK:
            borne = (
                row.own_minor
                + row.available_minor
                + row.cover_minor
                + row.platform_minor
                + row.met_minor
                + row.twice_minor
            )
            findings += unequal(where, "what was borne", borne, row.amount_minor)
    return findings
