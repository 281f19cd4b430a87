"""Invariants of payouts, and of money that goes other ways than was asked: each sum has row and account."""

from holdfast.coverage.model import Coverage
from holdfast.kernel.check import Books, Check, Finding, Sums, unequal
from holdfast.kernel.clock import Instant
from holdfast.ledger import chart
from holdfast.ledger.book import on_accounts
from holdfast.ledger.model import Hold, HoldState
from holdfast.parties.model import Merchant
from holdfast.settlement.model import Payout, PayoutState
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


def credit_is_returned(books: Books) -> list[Finding]:
    """Each consumer's credit is the sum on its way back to it, or waiting for an account."""
    due: Sums = Sums(int)
    for row in books.rows(Repayment):
        due[chart.consumer(row.consumer_id, row.currency, chart.CREDIT)] += row.left_minor
    return on_accounts(books, chart.CREDIT, due, "the credit")


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
    """Consumers and merchants owe back by name the sums that they got twice, or in another currency."""
    due: Sums = Sums(int)
    findings: list[Finding] = []
    for row in books.rows(OwedBack):
        due[account_of(row)] -= row.owed_minor
        if row.owed_minor < 0:
            findings.append(Finding(f"owed_back:{row.id}", f"{row.owed_minor} is owed"))
    return findings + on_accounts(books, chart.BACK, due, "what is owed back")


def receipts_are_unassigned(books: Books) -> list[Finding]:
    """The account of unassigned money has the sum that is left of all receipts."""
    due: Sums = Sums(int)
    findings: list[Finding] = []
    for row in books.rows(Receipt):
        due[chart.house(chart.UNASSIGNED, row.currency)] += row.left_minor
        if not 0 <= row.left_minor <= row.amount_minor:
            findings.append(Finding(f"receipt:{row.id}", f"{row.left_minor} of {row.amount_minor} is left"))
    return findings + on_accounts(books, chart.UNASSIGNED, due, "what is not assigned")


def freezes_stand_still(books: Books) -> list[Finding]:
    """Each merchant's frozen account has the sum of its freezes, and no more than was ordered.

    The amount to be frozen as money comes in is the missing part of its freezes, in the merchant's currency.
    """
    currencies = {row.id: row.currency for row in books.rows(Merchant)}
    due, missing = Sums(int), Sums(int)
    findings: list[Finding] = []
    for row in books.rows(Freeze):
        due[chart.merchant(row.merchant_id, chart.FROZEN, row.currency)] += row.frozen_minor
        if currencies.get(row.merchant_id) == row.currency:
            missing[row.merchant_id] += row.missing_minor
        sums = (row.available_minor, row.cover_minor, row.missing_minor)
        if min(sums) < 0 or sum(sums) > row.amount_minor:
            findings.append(Finding(f"freeze:{row.id}", f"{sums} of {row.amount_minor} stands still"))
    findings += on_accounts(books, chart.FROZEN, due, "what is frozen")
    kept = {row.id: row.to_freeze_minor for row in books.rows(Coverage)}
    for key in sorted({*kept, *missing}):
        findings += unequal(f"coverage:{key}", "what is to be frozen", kept.get(key), missing[key])
    return findings


def chargebacks_add_up(books: Books) -> list[Finding]:
    """Those who bore a chargeback bore all of it, and no more of it came back than was taken."""
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


def payouts_wake(books: Books) -> list[Finding]:
    """A payout that is to come wakes; one that was asked for has a hold, and wakes once without an answer."""
    findings: list[Finding] = []
    for payout in books.rows(Payout):
        where, due = f"payout:{payout.id}", payout.wake_at
        match payout.state:
            case PayoutState.ASKED:
                stands = _waits(payout.waits_since, due)
            case PayoutState.SCHEDULED:
                stands = due is not None
            case _:
                stands = due is None
        if not stands:
            findings.append(
                Finding(where, f"it is {payout.state} since {payout.waits_since}, waking at {due}")
            )
        if (payout.hold_id is not None) is not (payout.state is PayoutState.ASKED):
            findings.append(Finding(where, f"it is {payout.state}, with hold {payout.hold_id}"))
    return findings


def repayments_wake(books: Books) -> list[Finding]:
    """A repayment that was asked for says since when, and wakes once without an answer; no other wakes."""
    findings: list[Finding] = []
    for row in books.rows(Repayment):
        asked = row.state is RepaymentState.ASKED
        if not (_waits(row.asked_at, row.wake_at) if asked else (row.asked_at, row.wake_at) == (None, None)):
            what = f"it is {row.state}, asked for at {row.asked_at} and waking at {row.wake_at}"
            findings.append(Finding(f"repayment:{row.id}", what))
    return findings


def _waits(since: Instant | None, wake_at: Instant | None) -> bool:
    """Tell whether a request has the time since when it waits, and wakes, if at all, after that."""
    return since is not None and (wake_at is None or wake_at >= since)


CHECKS: tuple[Check, ...] = (
    credit_is_returned,
    repayments_add_up,
    owed_back_by_name,
    receipts_are_unassigned,
    freezes_stand_still,
    chargebacks_add_up,
    payouts_wake,
    repayments_wake,
)
