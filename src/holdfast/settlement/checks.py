"""Invariants of claims, debts and recoveries, against coverage, guarantees, accounts, orders and owners."""

from collections import Counter, defaultdict

from holdfast.coverage.model import Coverage
from holdfast.guarantees.model import Guarantee
from holdfast.kernel.check import Books, Check, Finding, Sums, unequal
from holdfast.ledger import chart
from holdfast.ledger.book import balances_of
from holdfast.ledger.model import Account, Hold, HoldState, Transfer
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant, MerchantStatus, Owner
from holdfast.settlement.model import Claim, ClaimState, Debt, Recovery, RecoveryStage
from holdfast.settlement.otherwise import OF_THE_ORDER, Repayment

UNDECIDED = frozenset({ClaimState.OPEN, ClaimState.WAITING, ClaimState.UPHELD})


SETTLED = frozenset({ClaimState.SHORT, ClaimState.PAID})


_RELEASING = frozenset({chart.HELD, chart.RESERVE})
"""The merchant's accounts that fees are taken from; money from `available` to the fund is a recovery."""


def coverage_is_current(books: Books) -> list[Finding]:
    """Coverage has the orders' exposure, the merchant's held, reserve and deposit, and the orders' debits.

    The amount asked is the part of open claims that nothing is kept for.
    """
    exposed, captured, asked = Sums(int), Sums(int), Sums(int)
    for claim in books.rows(Claim):
        asked[claim.merchant_id] += claim.asked_minor
    for order in books.rows(Order):
        exposed[order.merchant_id] += order.exposed_minor
        captured[order.merchant_id] += order.captured_minor
    for repayment in books.rows(Repayment):
        if repayment.why in OF_THE_ORDER:  # never owed: it was the merchant's at no time
            captured[repayment.merchant_id] -= repayment.amount_minor
    accounts = [balances_of(books, "merchant", kind) for kind in sorted(chart.COVER)]
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
    """Sales have earned the sum that they paid in fees and fund shares; coverage and debts owe the same."""
    houses = (f"{chart.FEES}/", f"{chart.FUND}/")
    earned: Sums = Sums(int)
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


def claims_add_up(books: Books) -> list[Finding]:
    """Of a paid claim, paid and missing come to the claimed amount; no other has paid or misses any."""
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
    """A merchant's debt is the missing part of its short claims, and the debts on its owed account."""
    short, late = Sums(int), Sums(int)
    for claim in books.rows(Claim):
        short[claim.merchant_id] += claim.missing_minor
        late[claim.merchant_id] += claim.missing_minor if claim.late else 0
    owed = balances_of(books, "merchant", chart.OWED)
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
    """Each owner owes, in each currency, the debts of its absconded merchants, to whomever they owe."""
    debts = {row.id: row.owed_minor for row in books.rows(Debt)}
    owed: defaultdict[str, Sums] = defaultdict(lambda: Sums(int))
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


def issuers_are_asked(books: Books) -> list[Finding]:
    """The platform is ahead of issuers by open calls; merchants owe them the calls that they paid."""
    ahead: defaultdict[str, int] = defaultdict(int)
    recourse: defaultdict[str, int] = defaultdict(int)
    for row in books.rows(Guarantee):
        ahead[row.currency] += row.open_minor
        recourse[row.merchant_id] += row.recourse_minor
    owed = {debt.id: debt.issuer_minor for debt in books.rows(Debt)}
    findings = [
        finding
        for merchant in books.rows(Merchant)
        for finding in unequal(
            f"debt:{merchant.id}", "what is owed to issuers", owed.get(merchant.id), recourse[merchant.id]
        )
    ]
    for account in books.rows(Account):
        if account.id == chart.house(chart.GUARANTEES, account.currency):
            due = -ahead.pop(account.currency, 0)
            findings += unequal(f"account:{account.id}", "the balance", account.posted_minor, due)
    left = [currency for currency, minor in ahead.items() if minor]
    return findings + [Finding(f"currency:{each}", "what was called is on no account") for each in left]


def recoveries_are_set_aside(books: Books) -> list[Finding]:
    """A round's unpaid rest is reserved for it; claims wait for the next only while one runs."""
    rows = {row.id: row for row in books.rows(Recovery)}
    kept = {row.hold_id for row in rows.values()}
    open_minor = {
        hold.id: hold.open_minor
        for hold in books.rows(Hold)
        if hold.id in kept and hold.state is HoldState.PENDING
    }
    waiting: Counter[str] = Counter()
    findings: list[Finding] = []
    for claim in books.rows(Claim):
        if claim.next_round:
            waiting[claim.merchant_id] += 1
            if claim.state is not ClaimState.SHORT:
                findings.append(Finding(f"claim:{claim.id}", f"it is {claim.state} and waits for a round"))
    for key, row in rows.items():
        where = f"recovery:{key}"
        sharing = row.stage is RecoveryStage.SHARING
        due = row.pool_minor - row.given_minor if sharing else 0
        has = 0 if row.hold_id is None else open_minor.get(row.hold_id, 0)
        if has < due or (row.stage is RecoveryStage.DONE and row.hold_id is not None):
            findings.append(Finding(where, f"it is {row.stage}: {due} is to be given, {has} is reserved"))
        if not 0 <= row.given_minor <= row.pool_minor <= row.rest_minor:
            findings.append(
                Finding(where, f"{row.given_minor} of {row.pool_minor} given for {row.rest_minor}")
            )
        if sharing:
            waiting.pop(key, None)
    return findings + [Finding(f"merchant:{key}", "claims wait for a round's end") for key in sorted(waiting)]


def recoveries_wake(books: Books) -> list[Finding]:
    """Each round of a recovery wakes until it is done."""
    return [
        Finding(f"recovery:{row.id}", f"it is {row.stage}, waking at {row.wake_at}")
        for row in books.rows(Recovery)
        if (row.wake_at is None) is not (row.stage is RecoveryStage.DONE)
    ]


CHECKS: tuple[Check, ...] = (
    coverage_is_current,
    lines_are_earned,
    claims_add_up,
    claims_and_orders_meet,
    debts_are_missing_sums,
    owners_owe,
    issuers_are_asked,
    recoveries_are_set_aside,
    recoveries_wake,
)
