"""Invariants of orders, coverage, claims and debts against each other and against the accounts."""

from collections import defaultdict

from holdfast.audit.finding import Books, Finding, unequal
from holdfast.coverage.model import Coverage
from holdfast.ledger import chart
from holdfast.ledger.model import Account, Transfer
from holdfast.orders.model import ENDED, Order, OrderState
from holdfast.parties.model import Consumer, Merchant, MerchantStatus, Owner
from holdfast.settlement.model import Claim, ClaimState, Debt
from holdfast.settlement.otherwise import OF_THE_ORDER, Repayment

UNDECIDED = frozenset({ClaimState.OPEN, ClaimState.WAITING, ClaimState.UPHELD})
SETTLED = frozenset({ClaimState.SHORT, ClaimState.PAID})

_Sums = defaultdict[str, int]

_RELEASING = frozenset({chart.HELD, chart.RESERVE})
"""The merchant's accounts that fees are taken from; what leaves `available` for the fund is a recovery."""


def _balances(books: Books, owners: str, kind: str) -> dict[str, int]:
    """Return the posted balances of a kind of account by its owner's id."""
    balances: dict[str, int] = {}
    for account in books.rows(Account):
        stem, _, _ = account.id.rpartition("/")
        owner, _, name = stem.rpartition("/")
        if name == kind and owner.startswith(f"{owners}/"):
            balances[owner.removeprefix(f"{owners}/")] = account.posted_minor
    return balances


def held_is_of_orders(books: Books) -> list[Finding]:
    """Each merchant's held account is the sum of what its orders hold; its reserve is no more than theirs."""
    held, reserve = _Sums(int), _Sums(int)
    for order in books.rows(Order):
        held[order.merchant_id] += order.held_minor
        reserve[order.merchant_id] += order.reserve_minor
    on_held = _balances(books, "merchant", chart.HELD)
    on_reserve = _balances(books, "merchant", chart.RESERVE)
    findings: list[Finding] = []
    for merchant in books.rows(Merchant):
        where = f"merchant:{merchant.id}"
        findings += unequal(where, "the held account", on_held.get(merchant.id), held[merchant.id])
        kept = on_reserve.get(merchant.id, 0)
        if kept > reserve[merchant.id]:
            findings.append(
                Finding(where, f"the reserve has {kept}, and its orders put {reserve[merchant.id]} there")
            )
    return findings


def coverage_is_current(books: Books) -> list[Finding]:
    """Exposure is what orders expose; cover is held, reserve and deposit; captured is what was debited.

    What is asked is what open claims ask beyond what is kept for them.
    """
    exposed, captured, asked = _Sums(int), _Sums(int), _Sums(int)
    for claim in books.rows(Claim):
        asked[claim.merchant_id] += claim.asked_minor
    for order in books.rows(Order):
        exposed[order.merchant_id] += order.exposed_minor
        captured[order.merchant_id] += order.captured_minor
    for repayment in books.rows(Repayment):
        if repayment.why in OF_THE_ORDER:  # never owed: it was the merchant's at no time
            captured[repayment.merchant_id] -= repayment.amount_minor
    accounts = [_balances(books, "merchant", kind) for kind in sorted(chart.COVER)]
    kept = {row.id: row for row in books.rows(Coverage)}
    findings: list[Finding] = []
    for merchant in books.rows(Merchant):
        row = kept.get(merchant.id) or Coverage(id=merchant.id, currency=merchant.currency)
        cover = sum(balances.get(merchant.id, 0) for balances in accounts)
        where = f"coverage:{merchant.id}"
        findings += unequal(where, "exposure", row.exposure_minor, exposed[merchant.id])
        findings += unequal(where, "cover", row.cover_minor, cover)
        findings += unequal(where, "what was captured", row.captured_minor, captured[merchant.id])
        findings += unequal(where, "what claims ask", row.asked_minor, asked[merchant.id])
    return findings


def lines_are_earned(books: Books) -> list[Finding]:
    """What sales have earned is what they paid as fees and fund shares; what is owed is what debts say."""
    houses = (f"{chart.FEES}/", f"{chart.FUND}/")
    earned: _Sums = _Sums(int)
    for transfer in books.rows(Transfer):
        if transfer.to_id.startswith(houses):
            stem, _, _ = transfer.from_id.rpartition("/")
            owner, _, kind = stem.rpartition("/")
            if kind in _RELEASING:
                earned[owner.removeprefix("merchant/")] += transfer.amount_minor
    debts = {row.id: row.owed_minor for row in books.rows(Debt)}
    findings: list[Finding] = []
    for row in books.rows(Coverage):
        where = f"coverage:{row.id}"
        findings += unequal(where, "what its sales have earned", row.earned_minor, earned[row.id])
        findings += unequal(where, "what it owes", row.owed_minor, debts.get(row.id, 0))
    return findings


def orders_add_up(books: Books) -> list[Finding]:
    """On each order no sum is below zero, no more is awarded than was debited, no more owed than ordered.

    What an order holds, exposes and still may be claimed keep to each other, and an order that ended exposes
    nothing but what an open claim asks for.
    """
    return [Finding(f"order:{order.id}", what) for order in books.rows(Order) for what in _wrongs(order)]


def _wrongs(order: Order) -> list[str]:
    sums = (
        order.owed_minor,
        order.advanced_minor,
        order.captured_minor,
        order.awarded_minor,
        order.held_minor,
        order.reserve_minor,
        order.exposed_minor,
    )
    in_part = order.overdue_at is not None and order.state in {OrderState.CAPTURED, OrderState.COMPLETED}
    captured = order.captured_at is not None or order.state in ENDED - {OrderState.WRITTEN_OFF}
    nothing_owed = captured and not in_part
    could = order.owed_minor + order.captured_minor - order.awarded_minor
    wrongs = {
        "a sum is below zero": min(sums) < 0,
        "more is owed than was ordered": order.owed_minor > order.amount_minor,
        "it is owed and debited at once, or ended and still owed": bool(order.owed_minor) and nothing_owed,
        "more is awarded than was debited": order.awarded_minor > order.captured_minor,
        "more is held than can be claimed": order.held_minor > could,
        "more is exposed than can be claimed": order.exposed_minor > could,
        "it ended and exposes": bool(order.exposed_minor) and order.state in ENDED and order.claim_id is None,
        "it is disputed without a claim, or has a claim and is not": (
            (order.disputed_at is None) is not (order.claim_id is None)
        ),
    }
    return [what for what, wrong in wrongs.items() if wrong]


def parts_are_counted(books: Books) -> list[Finding]:
    """Each order counts the parts that were split from it, and each part is of its parties' order."""
    counted = _Sums(int)
    whose: dict[str, tuple[str, str, str]] = {}
    for order in books.rows(Order):
        if order.first_id is not None:
            counted[order.first_id] += 1
            whose[order.first_id] = order.merchant_id, order.consumer_id, order.currency
    findings: list[Finding] = []
    for order in books.rows(Order):
        where = f"order:{order.id}"
        findings += unequal(where, "the number of its parts", order.parts, counted.pop(order.id, 0))
        mine = order.merchant_id, order.consumer_id, order.currency
        if whose.get(order.id, mine) != mine:
            findings.append(Finding(where, "a part of it is of other parties, or in another currency"))
    return findings + [
        Finding(f"order:{key}", "parts were split from it, and it is not there") for key in counted
    ]


def consumers_owe(books: Books) -> list[Finding]:
    """What a consumer owes in all is the sum over its orders; what it owes by name, over the overdue ones."""
    owed, overdue = _Sums(int), _Sums(int)
    for order in books.rows(Order):
        owed[order.consumer_id] += order.owed_minor
        if order.state in {OrderState.OVERDUE, OrderState.WRITTEN_OFF} or order.captured_at is not None:
            overdue[order.consumer_id] += order.owed_minor
    by_name = _balances(books, "consumer", chart.OWED)
    findings: list[Finding] = []
    for consumer in books.rows(Consumer):
        where = f"consumer:{consumer.id}"
        findings += unequal(where, "what is outstanding", consumer.outstanding_minor, owed[consumer.id])
        findings += unequal(where, "the owed account", by_name.get(consumer.id), -overdue[consumer.id])
    return findings


def advances_are_out(books: Books) -> list[Finding]:
    """The platform's advances are what it paid on orders whose debit is to come, or fell short of it."""
    out: _Sums = _Sums(int)
    for order in books.rows(Order):
        out[order.currency] += order.advanced_minor
    return [
        finding
        for account in books.rows(Account)
        if account.id == chart.house(chart.ADVANCES, account.currency)
        for finding in unequal(
            f"account:{account.id}", "the balance", account.posted_minor, -out[account.currency]
        )
    ]


def claims_add_up(books: Books) -> list[Finding]:
    """A claim that was paid has paid and missing of what was claimed; no other has paid or misses any."""
    findings: list[Finding] = []
    for claim in books.rows(Claim):
        due = claim.claimed_minor if claim.state in SETTLED else 0
        where = f"claim:{claim.id}"
        findings += unequal(where, "paid and missing", claim.paid_minor + claim.missing_minor, due)
        if min(claim.paid_minor, claim.missing_minor) < 0 or claim.claimed_minor <= 0:
            findings.append(Finding(where, "a sum is below zero, or nothing is claimed"))
        if claim.asked_minor and (claim.state is not ClaimState.OPEN or claim.asked_minor < 0):
            findings.append(Finding(where, f"it is {claim.state} and asks {claim.asked_minor}"))
        if (claim.state is ClaimState.SHORT) is not (claim.missing_minor > 0):
            findings.append(Finding(where, f"it is {claim.state} and misses {claim.missing_minor}"))
    return findings


def claims_and_orders_meet(books: Books) -> list[Finding]:
    """An undecided or unpaid claim is the one its order names, and an order names no other."""
    named = {order.claim_id: order.id for order in books.rows(Order) if order.claim_id is not None}
    findings: list[Finding] = []
    for claim in books.rows(Claim):
        order_id = named.pop(claim.id, None)
        where = f"claim:{claim.id}"
        if claim.state in UNDECIDED and order_id != claim.order_id:
            findings.append(
                Finding(where, f"it is {claim.state}, and order {claim.order_id} does not name it")
            )
        elif claim.state not in UNDECIDED and order_id is not None:
            findings.append(Finding(where, f"it is {claim.state}, and order {order_id} still names it"))
    missing = [f"order:{order_id}" for order_id in named.values()]
    return findings + [Finding(where, "it names a claim that does not exist") for where in missing]


def debts_are_missing_sums(books: Books) -> list[Finding]:
    """A merchant's debt is what its short claims miss, and what its owed account owes all others."""
    short, late = _Sums(int), _Sums(int)
    for claim in books.rows(Claim):
        short[claim.merchant_id] += claim.missing_minor
        late[claim.merchant_id] += claim.missing_minor if claim.late else 0
    owed = _balances(books, "merchant", chart.OWED)
    kept = {row.id: row for row in books.rows(Debt)}
    findings: list[Finding] = []
    for merchant in books.rows(Merchant):
        row = kept.get(merchant.id) or Debt(
            id=merchant.id, currency=merchant.currency, short_minor=0, fund_minor=0
        )
        where = f"debt:{merchant.id}"
        findings += unequal(where, "what short claims miss", row.short_minor, short[merchant.id])
        findings += unequal(where, "what late ones of them miss", row.late_minor, late[merchant.id])
        by_name = row.owed_minor - row.short_minor
        findings += unequal(where, "what is owed by name", by_name, -owed.get(merchant.id, 0))
    return findings


def owners_owe(books: Books) -> list[Finding]:
    """Each owner owes, in each currency, what its merchants that ran owe: to all to whom they owe."""
    debts = {row.id: row.owed_minor for row in books.rows(Debt)}
    owed: defaultdict[str, _Sums] = defaultdict(lambda: _Sums(int))
    for merchant in books.rows(Merchant):
        if merchant.status is MerchantStatus.ABSCONDED:
            for owner_id in merchant.owner_ids:
                owed[owner_id][merchant.currency] += debts.get(merchant.id, 0)
    findings: list[Finding] = []
    for owner in books.rows(Owner):
        where, right = f"owner:{owner.id}", owed[owner.id]
        kept = {debt.currency: debt.amount_minor for debt in owner.debts}
        if len(kept) != len(owner.debts) or list(kept) != sorted(kept) or 0 in kept.values():
            findings.append(Finding(where, "its debts are not one sum a currency, in order"))
        for currency in sorted({*kept, *right}):
            name = f"the debt in {currency}"
            findings += unequal(where, name, kept.get(currency, 0), right[currency])
    return findings
