"""Invariants of orders: their sums, their parts, who owes for them, how they began, and when they wake."""

from holdfast.kernel.check import Books, Check, Finding, Sums, Tally, unequal
from holdfast.ledger import chart
from holdfast.ledger.book import balances_of
from holdfast.ledger.model import Account
from holdfast.orders.facts import OrderPlaced, OrderSplit, PartBegan
from holdfast.orders.model import ENDED, Order, OrderState
from holdfast.orders.rules import next_timer
from holdfast.orders.services import Statement
from holdfast.parties.model import Consumer, Merchant, MerchantRegistered
from holdfast.policy.model import AdoptedPolicy, Policy, PolicyAdopted


def held_is_of_orders(books: Books) -> list[Finding]:
    """Each merchant's held account is the sum that its orders hold; its reserve, no more than they put in."""
    held, reserve = Sums(int), Sums(int)
    for order in books.rows(Order):
        held[order.merchant_id] += order.held_minor
        reserve[order.merchant_id] += order.reserve_minor
    on_held = balances_of(books, "merchant", chart.HELD)
    on_reserve = balances_of(books, "merchant", chart.RESERVE)
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


def orders_add_up(books: Books) -> list[Finding]:
    """On each order no sum is below zero, no more is awarded than was debited, no more owed than ordered.

    The amounts that an order holds, exposes and may still be claimed agree, and an order that ended exposes
    nothing but the amount that an open claim asks for.
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
    counted = Sums(int)
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
    """A consumer owes in all the sum of its orders' debts; by name, that of the overdue ones."""
    owed, overdue = Sums(int), Sums(int)
    for order in books.rows(Order):
        owed[order.consumer_id] += order.owed_minor
        if order.state in {OrderState.OVERDUE, OrderState.WRITTEN_OFF} or order.captured_at is not None:
            overdue[order.consumer_id] += order.owed_minor
    by_name = balances_of(books, "consumer", chart.OWED)
    findings: list[Finding] = []
    for consumer in books.rows(Consumer):
        where = f"consumer:{consumer.id}"
        findings += unequal(where, "what is outstanding", consumer.outstanding_minor, owed[consumer.id])
        findings += unequal(where, "the owed account", by_name.get(consumer.id), -overdue[consumer.id])
    return findings


def advances_are_out(books: Books) -> list[Finding]:
    """The platform's advances are the sums paid on orders whose debit is to come, or fell short of it."""
    out: Sums = Sums(int)
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


def statements_are_of_services(books: Books) -> list[Finding]:
    """Line-by-line statements are of orders that are services, and no line is below zero."""
    least = {
        row.id: min((line.amount_minor for line in row.lines), default=0) for row in books.rows(Statement)
    }
    findings = [
        Finding(f"statement:{key}", f"a line of it is {minor}") for key, minor in least.items() if minor < 0
    ]
    for order in books.rows(Order) if least else ():
        if order.service:
            least.pop(order.id, None)
    return findings + [Finding(f"statement:{key}", "its order is no service, or not there") for key in least]


def beginnings_are_told(books: Books) -> list[Finding]:
    """Every order and merchant is told of by the journal once, every policy at least, and nothing else is."""
    tally = Tally()
    versions: set[str] = set()
    for fact in books.facts():
        match fact.body:
            case OrderPlaced(order_id=key, merchant_id=merchant_id, amount_minor=amount):
                tally.add(key, merchant_id, amount)
            case PartBegan(order_id=key, merchant_id=merchant_id, amount_minor=amount):
                tally.add(key, merchant_id, amount)
            case OrderSplit(order_id=key, merchant_id=merchant_id, amount_minor=amount, left_minor=left):
                tally.remove(key, merchant_id, left + amount)
                tally.add(key, merchant_id, left)
            case MerchantRegistered(merchant_id=key):
                tally.add(key)
            case PolicyAdopted(version=key) if key not in versions:
                versions.add(key)
                tally.add(key)
            case _:
                pass
    for order in books.rows(Order):
        tally.remove(order.id, order.merchant_id, order.amount_minor)
    for kind in (Merchant, AdoptedPolicy):
        for row in books.rows(kind):
            tally.remove(row.id)
    return [] if not tally.total else _untold(books)


def _untold(books: Books) -> list[Finding]:
    """Return findings for rows that the journal does not tell of once: slower, as it keeps their ids."""
    told: dict[str, int] = {}
    for fact in books.facts():
        match fact.body:
            case OrderPlaced(order_id=key) | PartBegan(order_id=key):
                told[f"order:{key}"] = told.get(f"order:{key}", 0) + 1
            case MerchantRegistered(merchant_id=key):
                told[f"merchant:{key}"] = told.get(f"merchant:{key}", 0) + 1
            case PolicyAdopted(version=key):
                told[f"policy:{key}"] = 1
            case _:
                pass
    kinds = {"order": Order, "merchant": Merchant, "policy": AdoptedPolicy}
    there = {f"{name}:{row.id}": 1 for name, kind in kinds.items() for row in books.rows(kind)}
    findings = [
        Finding(
            where,
            f"the journal tells {told.get(where, 0)} times that it began, and it is there "
            f"{there.get(where, 0)} times",
        )
        for where in sorted({*told, *there})
        if told.get(where, 0) != there.get(where, 0)
    ]
    return findings or [Finding("journal", "an order began with another merchant or amount than it has now")]


def orders_wake(books: Books) -> list[Finding]:
    """Each order wakes when the first of its timers is due."""
    policies: dict[str, Policy] = {row.id: row.policy for row in books.rows(AdoptedPolicy)}
    findings: list[Finding] = []
    for order in books.rows(Order):
        timer = next_timer(order, policies[order.policy_version])
        due = None if timer is None else timer[0]
        if order.wake_at != due:
            findings.append(Finding(f"order:{order.id}", f"it wakes at {order.wake_at}, and is due at {due}"))
    return findings


CHECKS: tuple[Check, ...] = (
    held_is_of_orders,
    orders_add_up,
    parts_are_counted,
    consumers_owe,
    advances_are_out,
    statements_are_of_services,
    beginnings_are_told,
    orders_wake,
)
