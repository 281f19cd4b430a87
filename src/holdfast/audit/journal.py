"""Invariants of the journal, of answered requests, and of deadlines."""

from collections.abc import Iterator

from holdfast.audit.finding import Books, Finding, Tally
from holdfast.audit.guarantees import guarantees_due
from holdfast.enforcement.model import Stage, WindDown
from holdfast.journal.feed import Cursor
from holdfast.journal.model import DeadlinePutAside
from holdfast.journal.requests import Request
from holdfast.kernel.clock import Instant, iso
from holdfast.ledger.model import Hold, HoldState
from holdfast.orders.facts import OrderPlaced, OrderSplit, PartBegan
from holdfast.orders.model import Order
from holdfast.orders.rules import next_timer
from holdfast.parties.model import Merchant, MerchantRegistered
from holdfast.policy.model import AdoptedPolicy, InForce, Policy, PolicyAdopted
from holdfast.reactions import WAKERS
from holdfast.settlement.model import Payout, PayoutState, Recovery, RecoveryStage
from holdfast.settlement.otherwise import Repayment, RepaymentState

_ID_INSTANT_DIGITS = 12
"""The hexadecimal digits of an id that say its instant (RFC 9562 §5.7)."""

_BUSY = frozenset({Stage.ORDERS, Stage.WAITING, Stage.GATHERING, Stage.SWEEPING})


def journal_ascends(books: Books) -> list[Finding]:
    """Every fact is in the journal once: ids ascend, and none is there twice."""
    findings: list[Finding] = []
    last = ""
    for fact in books.facts():
        if fact.id <= last:
            findings.append(Finding(f"fact:{fact.id}", f"it comes after {last}"))
        last = max(last, fact.id)
    return findings


def feed_is_whole(books: Books) -> list[Finding]:
    """Every fact has one position in the feed, positions have no gap, and no reader is beyond the last."""
    tally = Tally()
    findings: list[Finding] = []
    size = 0
    for position, fact_id in books.positions():
        if position != size:
            findings.append(Finding(f"feed:{position}", f"{size} was to come, at fact {fact_id}"))
        size = position + 1
        tally.add(fact_id)
    for fact in books.facts():
        tally.remove(fact.id)
    findings += [
        Finding(f"reader:{cursor.id}", f"it is at {cursor.position}, and the feed has {size} facts")
        for cursor in books.rows(Cursor)
        if cursor.position > size
    ]
    return findings if not tally.total else [*findings, *_misplaced(books)]


def _misplaced(books: Books) -> list[Finding]:
    """Say which facts are not in the feed exactly once: slower, as it keeps their ids."""
    times: dict[str, int] = {}
    for _, fact_id in books.positions():
        times[fact_id] = times.get(fact_id, 0) + 1
    for fact in books.facts():
        times[fact.id] = times.get(fact.id, 0) - 1
    return [
        Finding(f"fact:{key}", "it has no position in the feed" if count < 0 else "it has several")
        for key, count in sorted(times.items())
        if count
    ] or [Finding("feed", "it has other facts than the journal")]


def times_are_plausible(books: Books) -> list[Finding]:
    """A fact happened no later than its id was made, and no earlier than the first fact of all."""
    findings: list[Finding] = []
    first: int | None = None
    for fact in books.facts():
        first = fact.at if first is None else first
        made = int(fact.id[:_ID_INSTANT_DIGITS], 16)
        if not first <= fact.at <= made:
            findings.append(
                Finding(f"fact:{fact.id}", f"{iso(fact.at)} is before {iso(first)} or after {iso(made)}")
            )
    return findings


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
    """Say which rows the journal does not tell of exactly once: slower, as it keeps their ids."""
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


def policy_in_force_is_told(books: Books) -> list[Finding]:
    """The policy in force is the one that the journal told of last."""
    last: dict[str, int] = {}
    for fact in books.facts():
        if isinstance(fact.body, PolicyAdopted):
            last[fact.body.version] = fact.at
    told = [version for version, at in last.items() if at == max(last.values())]
    in_force = [row.version for row in books.rows(InForce)]
    if in_force != [version for version in told if version in in_force] or (told and not in_force):
        return [
            Finding(
                "policy",
                f"in force is {', '.join(in_force) or 'none'}; told of is {', '.join(told) or 'none'}",
            )
        ]
    return []


def requests_have_their_facts(books: Books) -> list[Finding]:
    """Every answered request names facts that are in the journal, or a refusal."""
    named = {fact_id: row.id for row in books.rows(Request) for fact_id in row.fact_ids}
    for fact in books.facts():
        named.pop(fact.id, None)
    findings = [
        Finding(f"key:{key}", f"its fact {fact_id} is not in the journal")
        for fact_id, key in sorted(named.items())
    ]
    findings += [
        Finding(f"key:{row.id}", "it is refused and has facts")
        for row in books.rows(Request)
        if row.refusal is not None and row.fact_ids
    ]
    return findings


def deadlines_stand(books: Books) -> list[Finding]:
    """Every row wakes when its state says: orders by timers, guarantees by dates, others by stage."""
    wrongs = (
        *_orders_due(books),
        *_holds_due(books),
        *_payouts_due(books),
        *_repayments_due(books),
        *_wind_downs_due(books),
        *_recoveries_due(books),
        *guarantees_due(books),
    )
    return [Finding(where, what) for where, what in wrongs]


def no_deadline_is_put_aside(books: Books) -> list[Finding]:
    """No deadline waits to be tried again because it failed by an error of ours."""
    waiting: dict[tuple[str, str], tuple[str, int]] = {}
    for fact in books.facts():
        if isinstance(fact.body, DeadlinePutAside):
            waiting[fact.body.row_kind, fact.body.row_id] = fact.id, fact.body.again_at
    findings: list[Finding] = []
    for kind in WAKERS:
        mine = {key: told for (name, key), told in waiting.items() if name == kind.__name__}
        for row in books.rows(kind) if mine else ():
            incident, again_at = mine.get(row.id, ("", None))
            if again_at is not None and getattr(row, "wake_at", None) == again_at:
                what = (
                    f"its deadline failed, for which see {incident} in the log, and comes at {iso(again_at)}"
                )
                findings.append(Finding(f"{kind.__name__.lower()}:{row.id}", what))
    return findings


def _orders_due(books: Books) -> Iterator[tuple[str, str]]:
    policies: dict[str, Policy] = {row.id: row.policy for row in books.rows(AdoptedPolicy)}
    for order in books.rows(Order):
        timer = next_timer(order, policies[order.policy_version])
        due = None if timer is None else timer[0]
        if order.wake_at != due:
            yield f"order:{order.id}", f"it wakes at {order.wake_at}, and is due at {due}"


def _holds_due(books: Books) -> Iterator[tuple[str, str]]:
    for hold in books.rows(Hold):
        if hold.wake_at is not None and hold.state is not HoldState.PENDING:
            yield f"hold:{hold.id}", f"it is {hold.state} and still wakes"


def _payouts_due(books: Books) -> Iterator[tuple[str, str]]:
    for payout in books.rows(Payout):
        due = payout.wake_at
        match payout.state:
            case PayoutState.ASKED:
                stands = _waits(payout.waits_since, due)
            case PayoutState.SCHEDULED:
                stands = due is not None
            case _:
                stands = due is None
        if not stands:
            yield f"payout:{payout.id}", f"it is {payout.state} since {payout.waits_since}, waking at {due}"
        if (payout.hold_id is not None) is not (payout.state is PayoutState.ASKED):
            yield f"payout:{payout.id}", f"it is {payout.state}, with hold {payout.hold_id}"


def _repayments_due(books: Books) -> Iterator[tuple[str, str]]:
    for row in books.rows(Repayment):
        asked = row.state is RepaymentState.ASKED
        stands = _waits(row.asked_at, row.wake_at) if asked else (row.asked_at, row.wake_at) == (None, None)
        if not stands:
            where = f"repayment:{row.id}"
            yield where, f"it is {row.state}, asked for at {row.asked_at} and waking at {row.wake_at}"


def _waits(since: Instant | None, wake_at: Instant | None) -> bool:
    """Tell whether what is asked for says since when; it wakes once, after that, where no answer comes."""
    return since is not None and (wake_at is None or wake_at >= since)


def _wind_downs_due(books: Books) -> Iterator[tuple[str, str]]:
    for row in books.rows(WindDown):
        if (row.wake_at is not None) is not (row.stage in _BUSY):
            yield f"wind-down:{row.id}", f"it is {row.stage}, waking at {row.wake_at}"


def _recoveries_due(books: Books) -> Iterator[tuple[str, str]]:
    for row in books.rows(Recovery):
        if (row.wake_at is None) is not (row.stage is RecoveryStage.DONE):
            yield f"recovery:{row.id}", f"it is {row.stage}, waking at {row.wake_at}"
